//! An archive of a stranger is read as far as it has what is wanted, and nothing in it is followed, waited for or believed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::{blob, repair, with_article};
use crate::test::Test;

/// Lets the image be lost, of which a copy has something at the same place. Returns the test and that place.
fn with_copy(make: impl FnOnce(&Path, &[u8])) -> Test {
    let test = with_article();
    let path = blob(&test);
    let bytes = fs::read(&path).unwrap();
    let below = path.strip_prefix(test.path("archive")).unwrap();
    let place = test.path("copy").join(below);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    test.write("copy/offprint.json", "{\"format\":1,\"requires\":[]}\n");
    fs::remove_file(&path).unwrap();
    make(&place, &bytes);
    test
}

#[track_caller]
fn check_left(make: impl FnOnce(&Path, &[u8]), why: &str) {
    let test = with_copy(make);
    let ran = repair(&test, &["--from", "copy"]);
    ran.expect_code(1, &["NOT SOUND"]);
    assert!(ran.stdout.contains(why), "no {why:?} in {ran:#?}");
}

#[test]
fn a_copy_gives_what_it_has() {
    let test = with_copy(|place, bytes| fs::write(place, bytes).unwrap());
    repair(&test, &["--from", "copy"]).expect_code(0, &["sound"]);
    assert_eq!(test.assert_sound(), 1);
    // Whatever follows the dot.
    let test = with_copy(|place, bytes| fs::write(place.with_extension("gif"), bytes).unwrap());
    repair(&test, &["--from", "copy"]).expect_code(0, &["sound"]);
}

#[test]
fn a_folder_of_files_named_by_their_digests_will_do() {
    let test = with_copy(|_, _| {});
    let name = blob_name(&test);
    let bytes = crate::test::image("plain.png");
    for place in [
        format!("heap/{name}.png"),
        format!("heap/{name}"),
        format!("heap/{}/{name}.png", &name[..2]),
    ] {
        test.write(&place, &bytes);
        repair(&test, &["--from", "heap"]).expect_code(0, &["sound: 1 finding mended"]);
        fs::remove_dir_all(test.path("heap")).unwrap();
        fs::remove_file(blob(&test)).unwrap();
    }
}

fn blob_name(test: &Test) -> String {
    let snapshot = &test.snapshots()[0].snapshot;
    let (_, resource) = snapshot.resources().next().unwrap();
    resource.digest.to_string()
}

#[test]
fn nothing_in_a_copy_is_followed_waited_for_or_believed() {
    check_left(
        |place, _| fs::write(place, "other bytes").unwrap(),
        "does not have it",
    );
    check_left(
        |place, bytes| fs::write(place, vec![0; bytes.len()]).unwrap(),
        "has other bytes under its name",
    );
    check_left(
        |place, bytes| {
            fs::write(place.with_file_name("elsewhere"), bytes).unwrap();
            symlink("elsewhere", place).unwrap();
        },
        "is a symbolic link",
    );
    check_left(
        |place, bytes| {
            let folder = place.parent().unwrap();
            fs::write(place, bytes).unwrap();
            let outside = folder.with_file_name("outside");
            fs::rename(folder, &outside).unwrap();
            symlink(&outside, folder).unwrap();
        },
        "is a symbolic link",
    );
    check_left(
        |place, _| {
            let made = Command::new("mkfifo").arg(place).status().unwrap();
            assert!(made.success());
        },
        "is a pipe, socket",
    );
    check_left(|place, _| fs::create_dir(place).unwrap(), "is a folder");
    check_left(
        |place, _| symlink("/dev/zero", place).unwrap(),
        "is a symbolic link",
    );
}

#[test]
fn a_file_that_claims_a_length_is_read_no_further() {
    // Sparse: a terabyte that takes no room.
    check_left(
        |place, _| fs::File::create(place).unwrap().set_len(1 << 40).unwrap(),
        "does not have it",
    );
}

#[test]
fn a_log_and_snapshots_of_a_stranger_are_not_taken_for_ours() {
    let test = with_article();
    let deep = "[".repeat(1 << 20);
    test.write("copy/offprint.json", "{\"format\":1}");
    test.write("copy/log/000000000000.jsonl", format!("{deep}\n"));
    let file = &test.snapshots()[0];
    test.write(&format!("copy/{}", file.path), &deep);
    fs::remove_file(test.path("archive").join(file.path.as_str())).unwrap();
    fs::remove_file(test.path("archive/log/000000000000.jsonl")).unwrap();
    fs::write(test.path("archive/log/000000000000.jsonl"), "{}\n").unwrap();
    let ran = repair(&test, &["--from", "copy"]);
    ran.expect_code(1, &["NOT SOUND"]);
    assert!(
        ran.stdout
            .contains("the log there does not hold together either"),
        "{ran:#?}"
    );
    test.write("later/offprint.json", "{\"format\":2}");
    repair(&test, &["--from", "later"]).expect_code(2, &["can't take anything from later"]);
    repair(&test, &["--from", "nowhere"]).expect_code(2, &["there is no archive at nowhere"]);
}
