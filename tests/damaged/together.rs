//! Two to five damages at once, by chance, to different files: every one is named, and mended from a copy that has what it takes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use offprint::finding::{Finding, Severity};
use serde_json::Value;

use crate::agree;
use crate::damage::{Chance, Kind, apply};
use crate::fixture::Damaged;
use crate::named::{Hurt, Named, Sort, is_same, sort};
use crate::random::{Numbers, found, is_altered, is_of_top, seed};
use crate::signed::signed;

/// How often.
const TIMES: u64 = 120;

/// Two work side by side, each on its own copies.
const THREADS: u64 = 2;

type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn damages_together_are_all_named_and_mended() {
    let seed = seed();
    let troubles: Vec<String> = thread::scope(|scope| {
        let parts = (0..THREADS).map(|part| {
            scope.spawn(move || {
                let mut numbers = Numbers(seed.wrapping_add(part << 32));
                let sound = Damaged::of(&signed().join("archive")).contents();
                let times = 0..TIMES / THREADS;
                let troubles = times.filter_map(|_| once(&sound, &mut numbers).err());
                troubles.collect::<Vec<_>>()
            })
        });
        let parts: Vec<_> = parts.collect();
        let parts = parts.into_iter();
        parts.flat_map(|part| part.join().unwrap()).collect()
    });
    let number = troubles.len();
    let troubles = troubles.join("\n");
    assert!(number == 0, "OFFPRINT_SEED={seed}: {number}:\n{troubles}");
}

/// Damages a copy, and says what is not as it must be.
fn once(sound: &Files, numbers: &mut Numbers) -> Result<(), String> {
    let archive = Damaged::of(&signed().join("archive"));
    let aside = tempfile::tempdir().unwrap();
    let hurts = hurt(&archive, aside.path(), sound, numbers);
    let findings = found(archive.root())?;
    agree(archive.root(), is_altered(&findings));
    let mut wrong = String::new();
    for named in hurts.iter().flat_map(Hurt::named) {
        if !named.is_told_by(&findings) && !is_hidden(&named, &hurts, sound) {
            writeln!(wrong, "{} has none of {:?}", named.path, named.codes).unwrap();
        }
    }
    let donor = Damaged::of(&signed().join("archive"));
    // Where the log is hurt, too, the copy has all that its own log tells of.
    let is_log = hurts.iter().any(|it| it.touches("log/000000000000.jsonl"));
    let lost = hurts.iter().find(|it| is_only_in_copies(it));
    let lost = lost.filter(|_| !is_log && numbers.next().is_multiple_of(2));
    if let Some(lost) = lost {
        fs::remove_file(donor.root().join(&lost.file)).unwrap();
    }
    let left = repair(&archive, donor.root());
    let after = found(archive.root())?;
    wrong += &mended(&after, &left);
    if !(is_log && is_traceless(&hurts, sound)) {
        wrong += &only(&left, lost);
        for path in changed(sound, &archive.contents(), lost) {
            writeln!(wrong, "{path} is not as it was").unwrap();
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("{hurts:?}\n{lost:?} is lost\n{wrong}"))
}

/// Damages two to five files.
fn hurt(archive: &Damaged, aside: &Path, sound: &Files, numbers: &mut Numbers) -> Vec<Hurt> {
    // Without the marker it is no archive, and nothing else is looked at; what the repository adds is no part of it.
    let is_of_archive = |path: &&str| !["offprint.json", "README.md"].contains(path);
    let files = sound.keys().map(String::as_str).filter(is_of_archive);
    let files: Vec<&str> = files.collect();
    let number = 2 + usize::try_from(numbers.next() % 4).unwrap();
    let (mut touched, mut hurts) = (BTreeSet::new(), Vec::new());
    while hurts.len() < number {
        let (file, other) = (*numbers.of(&files), *numbers.of(&files));
        let kind = *numbers.of(&Kind::ALL);
        let chance = Chance {
            at: numbers.next(),
            byte: u8::try_from(numbers.next() & 0xff).unwrap(),
        };
        let is_swapped = kind == Kind::Swapped;
        // Of two files of a pair that are both away, nothing tells but `--signers`.
        let pair = file.trim_end_matches(".sig").to_owned();
        let is_done = touched.contains(&pair) || touched.contains(other.trim_end_matches(".sig"));
        let is_nothing = sound[file] == sound[other] || kind == Kind::Duplicated && is_of_top(file);
        if is_done || is_nothing {
            continue;
        }
        touched.insert(pair);
        if is_swapped {
            touched.insert(other.trim_end_matches(".sig").to_owned());
        }
        let aside = aside.join(hurts.len().to_string());
        fs::create_dir(&aside).unwrap();
        let path = |name: &str| archive.root().join(name);
        apply(kind, &path(file), &path(other), &aside, chance);
        hurts.push(Hurt {
            kind,
            file: file.to_owned(),
            other: is_swapped.then(|| other.to_owned()),
        });
    }
    hurts
}

/// Whether another damage keeps this one from being seen: what something is checked by is damaged, too.
fn is_hidden(named: &Named, hurts: &[Hurt], sound: &Files) -> bool {
    let is_hurt = |is_such: &dyn Fn(&str) -> bool| {
        let mut files = sound.keys();
        files.any(|path| is_such(path) && hurts.iter().any(|it| it.touches(path)))
    };
    let is_log = is_hurt(&|path| sort(path) == Sort::Log);
    // A file that two articles share is no part of this archive.
    let article = article(&named.path, sound);
    let is_of_it = |path: &str| article.is_some() && self::article(path, sound) == article;
    let is_snapshot = is_hurt(&|path| sort(path) == Sort::Snapshot && is_of_it(path));
    let is_blob = is_hurt(&|path| sort(path) == Sort::Blob && is_of_it(path));
    let record = |it: &&Hurt| {
        let files = [Some(it.file.as_str()), it.other.as_deref()];
        let mut files = files.into_iter().flatten();
        files.any(|path| sort(path) == Sort::Record && is_of_it(path))
    };
    let record = hurts.iter().find(record).map(|it| it.kind);
    let is_unmade = is_log || is_snapshot || is_blob;
    match sort(&named.path) {
        // Its rows are those of the log and the snapshots.
        Sort::Front => is_log || is_hurt(&|path| sort(path) == Sort::Snapshot),
        // It is compared with what is rendered, or else with its record.
        Sort::View | Sort::Derived => match record {
            Some(Kind::Flipped | Kind::Swapped) => true,
            Some(_) => is_unmade,
            None => false,
        },
        // A record that can still be read is compared with what is rendered; and where nothing is there of a view, none need be.
        Sort::Record => {
            let is_bare = is_hurt(&|path| sort(path) == Sort::View && is_of_it(path));
            let is_legible = matches!(record, Some(Kind::Flipped | Kind::Longer));
            is_unmade && (is_legible || is_bare)
        }
        // Its snapshot names it, if the log or a view says that it was committed.
        Sort::Blob => is_snapshot || is_log && record.is_some(),
        // Without the log its view's record names it; that is believed where it fits the view, and is called stale otherwise.
        Sort::Snapshot => {
            let is_view = is_hurt(&|path| sort(path) == Sort::View && is_of_it(path));
            is_log && (record.is_some() || is_view)
        }
        _ => false,
    }
}

/// Returns the folder of the article that a file is of: a blob or what is derived, by who names it.
fn article<'a>(path: &'a str, sound: &'a Files) -> Option<&'a str> {
    fn folder(path: &str) -> Option<&str> {
        let end = path.match_indices('/').nth(3)?.0;
        path.starts_with("articles/").then(|| &path[..end])
    }
    if path.starts_with("articles/") {
        return folder(path);
    }
    let digest = path.rsplit('/').next()?.split('.').next()?;
    let names = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(digest);
    let is_record = |path: &str| matches!(sort(path), Sort::Snapshot | Sort::Record);
    let mut naming = sound
        .iter()
        .filter(|(path, bytes)| is_record(path) && names(bytes));
    folder(naming.next()?.0)
}

/// Whether only a copy can give back what a damage took.
fn is_only_in_copies(hurt: &Hurt) -> bool {
    let is_truth = matches!(sort(&hurt.file), Sort::Blob | Sort::Snapshot);
    is_truth
        && !matches!(
            hurt.kind,
            Kind::Duplicated | Kind::Renamed | Kind::WrongCase | Kind::Swapped
        )
}

/// Mends the archive from a copy. Returns what it says that it could not mend.
fn repair(archive: &Damaged, donor: &Path) -> BTreeSet<(String, String)> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    command.arg("--json").arg("--archive").arg(archive.root());
    let output = command
        .args(["repair", "--from"])
        .arg(donor)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let objects = said.lines().map(|line| serde_json::from_str(line).unwrap());
    let left = objects.filter(|it: &Value| it["outcome"] == "left");
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    left.map(|it| (text(&it["code"]), text(&it["path"])))
        .collect()
}

/// Whether an article has neither its snapshot nor a view of it: then nothing here tells of it but the log, and if that is gone,
/// the log of a copy is believed in it only as far as a checkpoint proves it.
fn is_traceless(hurts: &[Hurt], sound: &Files) -> bool {
    let is_hurt = |path: &str| hurts.iter().any(|it| it.touches(path));
    let is_of_signed = |path: &&String| matches!(sort(path), Sort::Checkpoint | Sort::Signature);
    if !sound.keys().filter(is_of_signed).any(|path| is_hurt(path)) {
        return false;
    }
    let mut snapshots = sound.keys().filter(|path| sort(path) == Sort::Snapshot);
    snapshots.any(|path| {
        let folder = article(path, sound).unwrap();
        is_hurt(path) && is_hurt(&format!("{folder}/view.json"))
    })
}

/// Says where what is wrong in the end is not what was said to be left.
fn mended(after: &[Finding], left: &BTreeSet<(String, String)>) -> String {
    let is_severe = |it: &&Finding| it.code.severity() != Severity::Notice;
    let severe = after.iter().filter(is_severe);
    let severe: BTreeSet<(String, String)> = severe
        .map(|it| (it.code.to_string(), it.path.clone()))
        .collect();
    if severe == *left {
        return String::new();
    }
    format!("left {left:?}\nis {severe:?}\n")
}

/// Says where that is not what can't be had, and what is made of it.
fn only(left: &BTreeSet<(String, String)>, lost: Option<&Hurt>) -> String {
    let mut wrong = String::new();
    match lost {
        Some(lost) if left.iter().any(|(_, path)| is_same(path, &lost.file)) => {}
        Some(lost) => writeln!(wrong, "{} is not said to be left", lost.file).unwrap(),
        None if left.is_empty() => {}
        None => writeln!(wrong, "left {left:?}").unwrap(),
    }
    wrong
}

/// Returns the files that are not as they were in the sound archive, but for what was lost and what is made of it.
fn changed<'a>(sound: &'a Files, after: &Files, lost: Option<&Hurt>) -> Vec<&'a str> {
    let lost = lost.map(|it| it.file.as_str());
    let of_lost = lost.and_then(|lost| article(lost, sound));
    let is_snapshot = lost.is_some_and(|lost| sort(lost) == Sort::Snapshot);
    // Which blobs it needs, only the snapshot says.
    let is_made = |path: &str| match sort(path) {
        Sort::View | Sort::Record | Sort::Derived => true,
        Sort::Blob => is_snapshot,
        _ => false,
    };
    let changed = sound.iter().filter(|(path, bytes)| {
        let now = after.get(*path).map_or(&[][..], Vec::as_slice);
        match sort(path) {
            // What was mended is written down, and the front page tells of that.
            Sort::Log => !now.starts_with(bytes),
            Sort::Front => now.is_empty(),
            _ => now != bytes.as_slice(),
        }
    });
    let paths = changed.map(|(path, _)| path.as_str());
    let is_due = |path: &&str| {
        let is_made_of_lost = is_made(path) && article(path, sound) == of_lost;
        lost.is_none() || Some(*path) != lost && !is_made_of_lost
    };
    paths.filter(is_due).collect()
}
