mod ending;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::merkle;

const TIME: Timestamp = Timestamp::UNIX_EPOCH;

/// Commits one entry for each text.
fn commit(root: &Path, texts: &[&str]) -> Option<ArchivePath> {
    let records: Vec<Record> = texts
        .iter()
        .map(|text| Record {
            article: ArticleId::of_key(text),
            kind: EntryKind::Snapshot,
            saw: None,
            snapshot: Digest::of(text.as_bytes()),
        })
        .collect();
    let tail = settle(root).unwrap();
    append(root, &tail, &records, TIME, || {}).unwrap();
    tail.torn
}

fn file(root: &Path, first: u64) -> std::path::PathBuf {
    layout::log_file(first).under(root)
}

/// Writes down what a reading of the log says: indices, and faults by their names.
fn told(root: &Path) -> String {
    let word = |line| match line {
        Line::Entry(entry) => entry.index.to_string(),
        Line::Fault { number, fault, .. } => format!("{number}:{fault:?}"),
    };
    scan(root, 0)
        .unwrap()
        .map(word)
        .collect::<Vec<_>>()
        .join(" ")
}

#[track_caller]
fn check_damage(damage: impl FnOnce(&mut Vec<u8>), expected: &str, after_next: &str) {
    let dir = TempDir::new().unwrap();
    commit(dir.path(), &["a", "b", "c"]);
    let mut bytes = fs::read(file(dir.path(), 0)).unwrap();
    damage(&mut bytes);
    fs::write(file(dir.path(), 0), &bytes).unwrap();
    assert_eq!(told(dir.path()), expected);
    commit(dir.path(), &["d"]);
    assert_eq!(told(dir.path()), after_next);
}

#[test]
fn lines_are_chained_and_canonical() {
    let dir = TempDir::new().unwrap();
    commit(dir.path(), &["a"]);
    commit(dir.path(), &["b", "c"]);
    let text = fs::read_to_string(file(dir.path(), 0)).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let zeros = "0".repeat(64);
    let expected = format!(
        "{{\"article\":\"{}\",\"index\":0,\"kind\":\"snapshot\",\"previous\":\"{zeros}\",\"snapshot\":\"{}\",\"time\":\"1970-01-01T00:00:00Z\"}}",
        ArticleId::of_key("a"),
        Digest::of(b"a"),
    );
    assert_eq!(lines[0], expected);
    assert!(lines[2].contains(&Digest::of(lines[1].as_bytes()).to_string()));
    assert_eq!(told(dir.path()), "0 1 2");
}

#[test]
fn the_tree_is_that_of_the_lines() {
    let dir = TempDir::new().unwrap();
    commit(dir.path(), &vec!["x"; 1003]);
    commit(dir.path(), &["y"]);
    let last = fs::read(file(dir.path(), 1003)).unwrap();
    fs::write(file(dir.path(), 1003), [&last[..], b"torn"].concat()).unwrap();
    let mut tree = merkle::Tree::default();
    each_line(dir.path(), |line| tree.push(merkle::leaf(line))).unwrap();
    let first = fs::read_to_string(file(dir.path(), 0)).unwrap();
    let written = first
        .lines()
        .chain([std::str::from_utf8(&last).unwrap().trim_end()]);
    let mut expected = merkle::Tree::default();
    written.for_each(|line| expected.push(merkle::leaf(line.as_bytes())));
    let mut scan = scan(dir.path(), 0).unwrap();
    assert_eq!(scan.by_ref().count(), 1005);
    for tree in [&tree, scan.tree()] {
        assert_eq!((tree.size(), tree.root()), (1004, expected.root()));
    }
}

#[test]
fn a_file_has_a_bounded_number_of_entries() {
    let dir = TempDir::new().unwrap();
    let many = vec!["x"; 1001];
    commit(dir.path(), &many);
    commit(dir.path(), &["y"]);
    commit(dir.path(), &["z"]);
    assert_eq!(files(dir.path()).unwrap(), [0, 1001]);
    assert!(told(dir.path()).ends_with(" 1000 1001 1002"));
    assert!(!told(dir.path()).contains(':'));
    // Begun, and then the power went: the file is there and empty.
    fs::write(file(dir.path(), 1001), "").unwrap();
    commit(dir.path(), &["y"]);
    assert!(told(dir.path()).ends_with(" 1000 1001"));
    // A reading that begins late begins with the right file.
    assert_eq!(scan(dir.path(), 1001).unwrap().count(), 1);
}

#[test]
fn damage_is_named_and_never_cut_off() {
    check_damage(
        |bytes| bytes[3] = b'!',
        "1:Unparsable 1 2",
        "1:Unparsable 1 2 3",
    );
    let last = |bytes: &[u8]| {
        bytes[..bytes.len() - 1]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .unwrap()
            + 1
    };
    check_damage(
        |bytes| {
            let at = last(bytes);
            bytes[at] = b'!';
        },
        "0 1 3:Unparsable",
        "0 1 3:Unparsable 3",
    );
    check_damage(
        |bytes| {
            let at = bytes.len() - 5;
            bytes[at] = b'1';
        },
        "0 1 2",
        "0 1 2 3",
    );
    check_damage(
        |bytes| {
            let at = bytes.iter().position(|byte| *byte == b'\n').unwrap();
            bytes[at - 4] = b'1';
        },
        "0 2:Unchained 1 2",
        "0 2:Unchained 1 2 3",
    );
    check_damage(
        |bytes| {
            let at = bytes.iter().position(|byte| *byte == b'\n').unwrap();
            bytes.drain(..=at);
        },
        "1:Gap { expected: 0, found: 1 } 1:Unchained 1 2",
        "1:Gap { expected: 0, found: 1 } 1:Unchained 1 2 3",
    );
}

#[test]
fn a_torn_end_is_set_aside() {
    check_damage(
        |bytes| bytes.extend(b"{\"article\":"),
        "0 1 2 4:Torn",
        "0 1 2 3",
    );
    check_damage(
        |bytes| {
            bytes.pop();
        },
        "0 1 3:Torn",
        "0 1 2",
    );
    check_damage(|bytes| bytes.extend([0; 700]), "0 1 2 4:Torn", "0 1 2 3");
    check_damage(
        |bytes| bytes.extend(b"{\0\0\n\0\"}\n\0"),
        "0 1 2 4:Unparsable 5:Unparsable 6:Torn",
        "0 1 2 3",
    );

    let dir = TempDir::new().unwrap();
    commit(dir.path(), &["a"]);
    let whole = fs::read(file(dir.path(), 0)).unwrap();
    fs::write(file(dir.path(), 0), [&whole[..], b"half"].concat()).unwrap();
    let torn = commit(dir.path(), &["b"]).expect("a torn end");
    assert_eq!(fs::read(torn.under(dir.path())).unwrap(), b"half");
    assert_eq!(commit(dir.path(), &["c"]), None);
}

#[test]
fn a_hostile_index_ends_in_an_answer() {
    let dir = TempDir::new().unwrap();
    commit(dir.path(), &["a"]);
    let text = fs::read_to_string(file(dir.path(), 0)).unwrap();
    fs::write(
        file(dir.path(), 0),
        text.replace("\"index\":0", "\"index\":18446744073709551615"),
    )
    .unwrap();
    assert!(told(dir.path()).starts_with("1:Gap"));
    let mut membership = Membership::default();
    assert_eq!(
        membership.index(dir.path(), &Digest::of(b"a")).unwrap(),
        Some(u64::MAX)
    );
    assert_eq!(
        membership.index(dir.path(), &Digest::of(b"b")).unwrap(),
        None
    );
}

/// Writes an entry that takes the article of `text` out.
fn take_out(root: &Path, text: &str) {
    let record = Record {
        article: ArticleId::of_key(text),
        kind: EntryKind::Remove,
        saw: None,
        snapshot: Digest::of(text.as_bytes()),
    };
    append(root, &settle(root).unwrap(), &[record], TIME, || {}).unwrap();
}

#[test]
fn what_was_taken_out_counts_no_more_whenever_the_log_is_read() {
    let dir = TempDir::new().unwrap();
    let root = dir.path();
    let index = |known: &mut Membership, text: &str| {
        known.index(root, &Digest::of(text.as_bytes())).unwrap()
    };
    let mut asked_before = Membership::default();
    // Far back, so that a reading from the end meets the removal first.
    commit(root, &["a", "b"]);
    commit(root, &vec!["x"; 1200]);
    assert_eq!(index(&mut asked_before, "a"), Some(0));
    assert!(
        !asked_before
            .was_removed(root, &ArticleId::of_key("a"))
            .unwrap()
    );
    take_out(root, "a");
    let removals = removals(root, 0).unwrap();
    assert!(removals.covers(&ArticleId::of_key("a"), 0));
    assert!(!removals.covers(&ArticleId::of_key("a"), 1202));
    assert!(removals.before(1202).is_empty());
    for known in [&mut asked_before, &mut Membership::default()] {
        // Whoever reads on because of something else learns of it.
        assert_eq!(index(known, "nowhere"), None);
        assert_eq!(index(known, "a"), None);
        assert_eq!(index(known, "b"), Some(1));
        assert!(known.was_removed(root, &ArticleId::of_key("a")).unwrap());
    }
    commit(root, &["a"]);
    for known in [&mut asked_before, &mut Membership::default()] {
        assert_eq!(index(known, "a"), Some(1203));
    }
}
