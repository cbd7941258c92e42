use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;

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

#[test]
fn membership_grows_with_the_log() {
    let dir = TempDir::new().unwrap();
    let mut membership = Membership::default();
    for (index, text) in (0..).zip(["a", "b", "c"]) {
        let digest = Digest::of(text.as_bytes());
        assert_eq!(membership.index(dir.path(), &digest).unwrap(), None);
        commit(dir.path(), &[text]);
        assert_eq!(membership.index(dir.path(), &digest).unwrap(), Some(index));
    }
}

#[test]
fn of_a_long_file_only_the_end_is_read() {
    let dir = TempDir::new().unwrap();
    let texts: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    commit(
        dir.path(),
        &texts.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let read_from = |from: u64| {
        let lines: Vec<Line> = scan(dir.path(), from).unwrap().collect();
        let index = |line: &Line| match line {
            Line::Entry(entry) => entry.index,
            Line::Fault { fault, .. } => panic!("{fault:?}"),
        };
        lines.iter().map(index).collect::<Vec<u64>>()
    };
    for from in [1, 2, 300, 500, 900, 990, 999, 1000, u64::MAX] {
        let read = read_from(from);
        let first = read[0];
        assert!(first <= from, "{from}: {first}");
        assert_eq!(read, (first..1000).collect::<Vec<u64>>());
        // No more than twice what is asked for, and a block.
        let asked = 1000_u64.saturating_sub(from);
        assert!(
            read.len() as u64 <= 2 * asked + 70,
            "{from}: {}",
            read.len()
        );
    }
    let mut membership = Membership::default();
    let last = membership.index(dir.path(), &Digest::of(b"999")).unwrap();
    assert_eq!(last, Some(999));
    let read = membership.indices.len();
    assert!(read < 80, "{read}");
    // What is appended is read, and what was passed over is not.
    commit(dir.path(), &["more"]);
    let more = membership.index(dir.path(), &Digest::of(b"more")).unwrap();
    assert_eq!((more, membership.indices.len()), (Some(1000), read + 1));
    let first = membership.index(dir.path(), &Digest::of(b"0")).unwrap();
    assert_eq!((first, membership.indices.len()), (Some(0), 1001));
}

#[test]
fn an_end_that_was_torn_is_passed_over_however_long() {
    let dir = TempDir::new().unwrap();
    let texts: Vec<String> = (0..300).map(|number| number.to_string()).collect();
    commit(
        dir.path(),
        &texts.iter().map(String::as_str).collect::<Vec<_>>(),
    );
    let path = file(dir.path(), 0);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [whole, vec![0; 50_000]].concat()).unwrap();
    let mut membership = Membership::default();
    let index = |membership: &mut Membership, text: &str| {
        let digest = Digest::of(text.as_bytes());
        membership.index(dir.path(), &digest).unwrap()
    };
    assert_eq!(index(&mut membership, "299"), Some(299));
    let last = scan(dir.path(), 299).unwrap();
    let entries = last.filter(|line| matches!(line, Line::Entry(_))).count();
    assert!((1..300).contains(&entries), "{entries}");
    // The next writer sets it aside: the file is shorter than what was read.
    assert!(commit(dir.path(), &["next"]).is_some());
    assert_eq!(index(&mut membership, "next"), Some(300));
    assert_eq!(index(&mut membership, "0"), Some(0));
}

#[test]
fn membership_reads_back_as_far_as_it_must() {
    let dir = TempDir::new().unwrap();
    let texts: Vec<String> = (0..2500).map(|number| number.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    texts.chunks(500).for_each(|texts| {
        commit(dir.path(), texts);
    });
    // Files begin at 0, 1000 and 2000.
    let digits = |number: usize| Digest::of(number.to_string().as_bytes()).short(32);
    let newest = |membership: &mut Membership, numbers: &[usize]| {
        let digits: Vec<String> = numbers.iter().map(|number| digits(*number)).collect();
        let digits: Vec<&str> = digits.iter().map(String::as_str).collect();
        membership.newest(dir.path(), &digits).unwrap()
    };
    let mut membership = Membership::default();
    assert_eq!(newest(&mut membership, &[2300, 2400, 7]), Some((1, 2400)));
    // A file of 500, of which the last two blocks are read.
    assert!(
        membership.indices.len() < 150,
        "{}",
        membership.indices.len()
    );
    assert_eq!(newest(&mut membership, &[1001, 1000]), Some((0, 1001)));
    assert_eq!(membership.indices.len(), 1500);
    // Another writer begins a new file, and then goes on with it.
    commit(dir.path(), &texts[..500]);
    assert_eq!(newest(&mut membership, &[1500, 3]), Some((1, 2503)));
    commit(dir.path(), &["one more"]);
    let one_more = Digest::of(b"one more");
    assert_eq!(membership.index(dir.path(), &one_more).unwrap(), Some(3000));
    assert_eq!(membership.indices.len(), 2001);
    assert_eq!(newest(&mut membership, &[99_999]), None);
    assert_eq!(newest(&mut membership, &[700, 99_999]), Some((0, 700)));
}
