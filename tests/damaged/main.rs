//! Damaged archives, one a kind of damage: the whole output of `offprint verify` is compared with `NAME.txt`.
//!
//! Where an output is meant to change, `OFFPRINT_BLESS=1 cargo test --test damaged` writes the files anew.

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests, too")]

#[allow(
    dead_code,
    unused_imports,
    reason = "shared with the example, which uses other parts"
)]
#[path = "../../examples/origin/mod.rs"]
mod origin;

mod cases;
mod damage;
mod fixture;
mod mending;
mod mixed;
mod named;
mod owners;
mod random;
mod signed;
mod sorts;
mod together;

use std::fs;
use std::path::Path;
use std::process::Command;

use fixture::Damaged;

/// Runs `verify` on the damaged archive and compares all that it says.
#[track_caller]
fn check(name: &str, damage: impl FnOnce(&Damaged)) {
    let archive = Damaged::fresh();
    damage(&archive);
    let before = archive.contents();
    let said = archive.plain(&verify(archive.root(), &[]));
    assert_eq!(before, archive.contents(), "verify has written something");

    compare(name, &said);
    agree(archive.root(), said.contains("damage     blob-altered"));
    mending::check(name, &archive);
}

/// Compares what was said with `NAME.txt`.
#[track_caller]
fn compare(name: &str, said: &str) {
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/damaged/{name}.txt"));
    if std::env::var_os("OFFPRINT_BLESS").is_some() {
        fs::write(&expected, said).unwrap();
    }
    let wanted = fs::read_to_string(&expected).unwrap_or_default();
    let mut lines = said.lines().zip(wanted.lines());
    let differ = lines.find(|(said, wanted)| said != wanted);
    assert!(
        said == wanted,
        "{name}: {differ:?}; said\n{said}\nwanted\n{wanted}"
    );
}

/// Checks that coreutils alone say the same of the bytes of blobs as `verify`.
#[track_caller]
fn agree(archive: &Path, is_altered: bool) {
    // Where there is no blob at all, coreutils have nothing to say.
    if archive.join("blobs").exists() {
        assert_eq!(coreutils(archive), Some(i32::from(is_altered)));
    }
}

/// Returns what `scripts/verify-without-offprint.sh` says of the bytes of blobs: 0 where they are those of their names.
fn coreutils(archive: &Path) -> Option<i32> {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scripts/verify-without-offprint.sh"
    );
    let mut command = Command::new(script);
    command.arg(archive).output().unwrap().status.code()
}

/// Returns stdout, stderr and exit code of `verify`, as a person would see them.
fn verify(archive: &Path, options: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    let output = command
        .arg("--archive")
        .arg(archive)
        .arg("verify")
        .args(options)
        // What was proven of other copies is nobody's business here, and nothing is left in the cache of whoever runs the tests.
        .env_remove("HOME")
        .env_remove("XDG_CACHE_HOME")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!(
        "{}{}exit code {}\n",
        text(&output.stdout),
        text(&output.stderr),
        output.status.code().unwrap()
    )
}
