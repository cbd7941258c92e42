//! What of a killed run's leftovers is not believed? Whatever is old, damaged or not what it was: it is fetched anew. And what do
//! they tell to whom?

use std::fs;
use std::path::PathBuf;

use offprint::digest::Digest;
use serde_json::Value;

use crate::continued::{asked, assert_asks, killed, notes};
use crate::test::Test;

#[test]
fn secrets_are_not_noted_down_and_nobody_else_may_read_the_notes() {
    use std::os::unix::fs::PermissionsExt as _;

    let secrets = ["--cookies", "one.txt", "--header", "a.test=X-Key: hush-two"];
    let test = killed(3, &secrets);
    let notes = notes(&test);
    let written = fs::read_to_string(&notes).unwrap();
    assert!(
        written.contains("(withheld)") && !written.contains("hush"),
        "{written}"
    );
    let mode = fs::metadata(&notes).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

/// Writes the notes anew, each as `change` says.
fn rewrite(test: &Test, change: impl Fn(usize, &mut Value)) {
    let notes = notes(test);
    let written = fs::read_to_string(&notes).unwrap();
    let lines = written.lines().enumerate().map(|(number, line)| {
        let (_, json) = line.split_once(' ').unwrap();
        let mut note: Value = serde_json::from_str(json).unwrap();
        change(number, &mut note);
        let json = note.to_string();
        format!("{} {json}\n", Digest::of(json.as_bytes()))
    });
    fs::write(&notes, lines.collect::<String>()).unwrap();
}

#[test]
fn what_is_older_than_a_day_is_asked_for_again() {
    let test = killed(4, &[]);
    rewrite(&test, |number, note| {
        if number == 2 {
            note["asked"] = "2026-01-01T00:00:00Z".into();
        }
    });
    let old = notes(&test);
    let asked = asked(&test, &[]);
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(!old.exists());
    let test = killed(4, &[]);
    rewrite(&test, |_, note| {
        note["asked"] = "2026-01-01T00:00:00Z".into();
    });
    assert_asks(&test, &[], &[0, 1, 2, 3]);
}

/// Notes and bodies may be anything: what is not proven is fetched.
#[test]
fn what_is_damaged_is_asked_for_again() {
    type Damage = fn(&Test);
    let damages: [(Damage, usize); 7] = [
        (
            |test| edit(&notes(test), |bytes| bytes.truncate(bytes.len() - 9)),
            1,
        ),
        (
            |test| {
                edit(&notes(test), |bytes| {
                    let near_the_end = bytes.len() - 9;
                    flip(bytes, near_the_end);
                });
            },
            1,
        ),
        // Who does not know how the notes begin can't tell whether they are right.
        (|test| edit(&notes(test), |bytes| flip(bytes, 70)), 3),
        (|test| edit(&notes(test), Vec::clear), 3),
        (|test| edit(&body(test), |bytes| flip(bytes, 40)), 1),
        (|test| edit(&body(test), |bytes| bytes.truncate(40)), 1),
        (|test| fs::remove_file(body(test)).unwrap(), 1),
    ];
    for (number, (damage, lost)) in damages.into_iter().enumerate() {
        let test = killed(4, &[]);
        damage(&test);
        let asked = asked(&test, &[]);
        assert_eq!(asked.len(), 2 + lost, "damage {number}: {asked:?}");
    }
    for lie in [Value::Null, "x".into(), u64::MAX.into(), (-1).into()] {
        for member in ["asked", "request", "file", "fetched", "exchanges"] {
            let test = killed(3, &[]);
            rewrite(&test, |number, note| {
                if number > 0 {
                    note[member] = lie.clone();
                }
            });
            asked(&test, &[]);
        }
    }
}

fn edit(path: &PathBuf, change: impl Fn(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn flip(bytes: &mut [u8], at: usize) {
    bytes[at] ^= 1;
}

/// Returns the path of a body that was stored whole.
fn body(test: &Test) -> PathBuf {
    let notes = notes(test);
    let written = fs::read_to_string(&notes).unwrap();
    let json = written.lines().nth(1).unwrap().split_once(' ').unwrap().1;
    let note: Value = serde_json::from_str(json).unwrap();
    notes.with_file_name(note["file"].to_string())
}

#[test]
fn a_link_in_the_place_of_a_body_is_not_followed() {
    let test = killed(3, &[]);
    let body = body(&test);
    fs::rename(&body, test.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(test.path("elsewhere"), &body).unwrap();
    assert_eq!(asked(&test, &[]).len(), 3);
}
