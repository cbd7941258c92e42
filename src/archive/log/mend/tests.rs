//! Which logs mend which.

use std::fs;

use tempfile::TempDir;

use super::*;

/// Returns the lines of a log whose entries are of these kinds, each of a snapshot of its own.
fn chain(kinds: &[EntryKind], salt: &str) -> Vec<String> {
    let mut previous = no_line();
    let mut lines = Vec::new();
    for (index, kind) in (0..).zip(kinds) {
        let entry = Entry {
            article: ArticleId::of_key(salt),
            index,
            kind: *kind,
            previous,
            saw: None,
            snapshot: Digest::of(format!("{salt}{index}").as_bytes()),
            time: jiff::Timestamp::UNIX_EPOCH,
        };
        let line = entry.to_line();
        let line = String::from_utf8(line).unwrap().trim_end().to_owned();
        previous = Digest::of(line.as_bytes());
        lines.push(line);
    }
    lines
}

fn archive(lines: &[String]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    Archive::open_or_create(folder.path()).unwrap();
    fs::create_dir(folder.path().join("log")).unwrap();
    let text = [lines, &[String::new()]].concat().join("\n");
    fs::write(folder.path().join("log/000000000000.jsonl"), text).unwrap();
    folder
}

/// Mends `ours` by `theirs`. Returns the lines that there are then; why not, where nothing was mended.
fn mended(ours: &[String], theirs: &[String]) -> Result<Vec<String>, Unmended> {
    let (ours, theirs) = (archive(ours), archive(theirs));
    let archive = Archive::open(ours.path()).unwrap();
    mend(&archive, theirs.path()).unwrap()?;
    let text = fs::read_to_string(ours.path().join("log/000000000000.jsonl")).unwrap();
    Ok(text.lines().map(str::to_owned).collect())
}

const SIX: [EntryKind; 6] = [EntryKind::Snapshot; 6];

#[test]
fn lines_between_sound_ones_come_back() {
    let whole = chain(&SIX, "a");
    let edited = whole[2].replace("1970", "1971");
    let with = |at: usize, line: &str| {
        let mut lines = whole.clone();
        lines[at] = line.to_owned();
        lines
    };
    let mut removed = whole.clone();
    removed.drain(1..3);
    let mut swapped = whole.clone();
    swapped.swap(1, 4);
    for ours in [with(2, &edited), with(0, "{}"), removed, swapped] {
        assert_eq!(mended(&ours, &whole).unwrap(), whole, "{ours:?}");
    }
}

#[test]
fn an_older_copy_does_not_shorten_the_log() {
    let whole = chain(&SIX, "a");
    let mut ours = whole.clone();
    ours[1] = "{}".to_owned();
    assert_eq!(mended(&ours, &whole[..3]).unwrap(), whole);
    // What is lost between the two is in neither.
    ours.remove(4);
    assert!(matches!(
        mended(&ours, &whole[..3]),
        Err(Unmended::Apart(5))
    ));
}

#[test]
fn a_later_copy_adds_nothing_that_is_not_here() {
    let whole = chain(&SIX, "a");
    let mut ours = whole[..4].to_vec();
    ours[1] = "{}".to_owned();
    assert_eq!(mended(&ours, &whole).unwrap(), whole[..4]);
}

#[test]
fn another_history_is_refused() {
    let (ours, other) = (chain(&SIX, "a"), chain(&SIX, "b"));
    let mut damaged = ours.clone();
    damaged[1] = "{}".to_owned();
    assert!(matches!(mended(&damaged, &other), Err(Unmended::Apart(5))));
    assert!(matches!(mended(&[], &other), Err(Unmended::Nothing)));
    let mut broken = ours.clone();
    broken[2] = broken[2].replace("1970", "1971");
    assert!(matches!(
        mended(&damaged, &broken),
        Err(Unmended::Broken(Broken::Unchained(3)))
    ));
}
