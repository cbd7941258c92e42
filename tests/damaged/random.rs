//! A thousand damages by chance, one at a time, to any file of an archive: every one is noticed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use offprint::archive::Archive;
use offprint::finding::{Code, Finding};
use offprint::verify::verify;

use crate::agree;
use crate::damage::{Chance, Kind, apply};
use crate::fixture::{Damaged, options};
use crate::signed::signed;

/// How many.
const DAMAGES: u64 = 1_000;

/// Coreutils are asked about one of so many: that takes longer than `verify`.
const EACH: u64 = 16;

/// Two work side by side, each on its own copy.
const THREADS: u64 = 2;

/// What chance begins with, unless `OFFPRINT_SEED` says otherwise.
const SEED: u64 = 7;

/// Numbers by chance, the same for the same seed: `SplitMix64`.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let number = self.next() % choices.len() as u64;
        &choices[usize::try_from(number).unwrap()]
    }
}

/// Returns what `verify` finds; what it can't even open is noticed, too.
pub(crate) fn found(root: &Path) -> Result<Vec<Finding>, String> {
    let archive = Archive::open(root).map_err(|error| error.to_string())?;
    let report = verify(&archive, &options(), &(Arc::new(|_| {}) as _));
    report
        .map(|it| it.findings)
        .map_err(|error| error.to_string())
}

/// Returns whether the bytes of a blob are found not to be those of its name.
pub(crate) fn is_altered(found: &[Finding]) -> bool {
    found.iter().any(|it| it.code == Code::BlobAltered)
}

/// Whether a name beside this one is the user's own: at the archive's top whatever has no name of the archive's lies as it may.
pub(crate) fn is_of_top(path: &str) -> bool {
    !path.contains('/')
}

/// Returns what chance begins with.
pub(crate) fn seed() -> u64 {
    let seed = std::env::var("OFFPRINT_SEED").ok();
    seed.map_or(SEED, |seed| seed.parse().unwrap())
}

#[test]
fn a_thousand_damages_by_chance_are_noticed() {
    let seed = seed();
    let missed: Vec<String> = thread::scope(|scope| {
        let parts: Vec<_> = (0..THREADS)
            .map(|part| {
                scope.spawn(move || missed(seed.wrapping_add(part << 32), DAMAGES / THREADS))
            })
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap())
            .collect()
    });
    assert!(
        missed.is_empty(),
        "OFFPRINT_SEED={seed}: {} are not noticed: {missed:#?}",
        missed.len()
    );
}

fn missed(seed: u64, damages: u64) -> Vec<String> {
    let archive = Damaged::of(&signed().join("archive"));
    let aside = tempfile::tempdir().unwrap();
    let contents: BTreeMap<String, Vec<u8>> = archive.contents();
    // What the repository adds to its archive is no part of it.
    let files = contents.keys().map(String::as_str);
    let files: Vec<&str> = files.filter(|path| *path != "README.md").collect();
    let sound = found(archive.root()).unwrap();
    let mut numbers = Numbers(seed);
    let mut missed = Vec::new();
    for number in 0..damages {
        let (file, mut other) = (*numbers.of(&files), *numbers.of(&files));
        while contents[other] == contents[file] {
            other = *numbers.of(&files);
        }
        let kind = *numbers.of(&Kind::ALL);
        let chance = Chance {
            at: numbers.next(),
            byte: u8::try_from(numbers.next() & 0xff).unwrap(),
        };
        if kind == Kind::Duplicated && is_of_top(file) {
            continue;
        }
        let path = |name: &str| -> PathBuf { archive.root().join(name) };
        let undo = apply(kind, &path(file), &path(other), aside.path(), chance);
        let found = found(archive.root());
        if number % EACH == 0
            && let Ok(found) = &found
        {
            agree(archive.root(), is_altered(found));
        }
        if found.as_ref() == Ok(&sound) {
            missed.push(format!("{kind:?} {file} ({chance:?}, {other})"));
        }
        undo.undo();
    }
    assert_eq!(archive.contents(), contents, "what was damaged is undone");
    fs::remove_dir_all(aside.path()).unwrap();
    missed
}
