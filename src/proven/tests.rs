use std::fs;

use super::file::FILE_BYTES_MAX;
use super::*;

fn key(text: &str) -> Key {
    Key::of("test", [text.as_bytes()])
}

#[test]
fn what_was_proven_is_known_to_the_same_program_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cache/proven/it");
    let program = Digest::of(b"program");
    let proven = Proven::open(file.clone(), program);
    assert!(!proven.knows(key("a")));
    proven.learn(key("a"));
    proven.learn(key("b"));
    proven.save(true).unwrap();

    let again = Proven::open(file.clone(), program);
    assert!(again.knows(key("a")) && again.knows(key("b")) && !again.knows(key("c")));
    assert!(!Proven::open(file.clone(), Digest::of(b"other")).knows(key("a")));
    assert!(!Proven::fresh(file, program).knows(key("a")));
}

#[test]
fn what_nobody_asks_for_is_forgotten_after_a_look_at_everything() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it");
    let program = Digest::of(b"program");
    let proven = Proven::open(file.clone(), program);
    proven.learn(key("a"));
    proven.learn(key("b"));
    proven.save(true).unwrap();
    for (is_everything, is_known) in [(false, true), (true, false)] {
        let proven = Proven::open(file.clone(), program);
        assert!(proven.knows(key("a")));
        proven.save(is_everything).unwrap();
        assert_eq!(
            Proven::open(file.clone(), program).knows(key("b")),
            is_known
        );
    }
}

#[test]
fn a_damaged_file_says_nothing() {
    let program = Digest::of(b"program");
    let mut keys = vec![key("a"), key("b")];
    keys.sort_unstable();
    let bytes = to_bytes(&keys, &program);
    assert_eq!(parse(&bytes, &program), Some(keys));
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert_eq!(parse(&damaged, &program), None, "byte {at}");
        assert_eq!(parse(&bytes[..at], &program), None, "cut at {at}");
    }
}

#[test]
fn parts_do_not_run_into_each_other() {
    let of = |parts: &[&[u8]]| Key::of("test", parts.iter().copied());
    assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
    assert_ne!(of(&[b"a"]), Key::of("tes", [&b"ta"[..]]));
}

/// Returns so many keys, sorted.
fn keys(number: usize) -> Vec<Key> {
    let key = |number: usize| Key((number as u128).to_be_bytes());
    (0..number).map(key).collect()
}

#[test]
fn as_many_keys_are_read_as_are_kept_and_not_one_more() {
    let program = Digest::of(b"program");
    for (number, is_read) in [(KEYS_MAX, true), (KEYS_MAX + 1, false)] {
        let bytes = to_bytes(&keys(number), &program);
        assert_eq!(bytes.len() <= FILE_BYTES_MAX, is_read);
        let read = parse(&bytes, &program);
        assert_eq!(read.map(|keys| keys.len()), is_read.then_some(number));
    }
}

#[test]
fn a_file_that_is_longer_than_any_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it");
    let file = fs::File::create(&path).unwrap();
    for (bytes, is_read) in [(FILE_BYTES_MAX, true), (FILE_BYTES_MAX + 1, false)] {
        file.set_len(bytes as u64).unwrap();
        assert_eq!(
            file::read(&path).map(|it| it.len()),
            is_read.then_some(bytes)
        );
    }
}

/// What is beyond the limit is proven again.
#[test]
fn no_more_is_learned_or_kept_than_may_be() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it");
    let program = Digest::of(b"program");
    let open = || Proven::open(file.clone(), program);
    assert_eq!(open().keys_max, KEYS_MAX);
    assert_eq!(Proven::fresh(file.clone(), program).keys_max, KEYS_MAX);
    let known = |proven: &Proven| {
        keys(4)
            .into_iter()
            .map(|key| proven.knows(key))
            .collect::<Vec<_>>()
    };

    let few = Proven {
        keys_max: 2,
        ..open()
    };
    for key in keys(3) {
        few.learn(key);
    }
    few.save(false).unwrap();
    assert_eq!(known(&open()), [true, true, false, false]);
    // Two that were known and one that is new are one too many to keep.
    let more = Proven {
        keys_max: 2,
        ..open()
    };
    more.learn(keys(4)[3]);
    more.save(false).unwrap();
    assert_eq!(known(&open()), [true, true, false, false]);
    let enough = Proven {
        keys_max: 3,
        ..open()
    };
    enough.learn(keys(4)[3]);
    enough.save(false).unwrap();
    assert_eq!(known(&open()), [true, true, false, true]);
}
