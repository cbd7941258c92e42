//! What must hold for what this program remembers: rounds of `verify`, what was proven, articles that do not change?
//!
//! Each file proves itself by a digest, which nobody finds by chance. So what is read is what follows of a whole one whose
//! middle is another, under the digest of that.

use jiff::Timestamp;
use offprint::capture::Still;
use offprint::digest::{Digest, proven, proven_line};
use offprint::proven::{Key, parse, to_bytes};
use offprint::render::RENDERER;
use offprint::verify::{Memory, UNITS};

use super::chosen;

/// What is remembered of an article with a picture that counts as new and one that is to be asked for.
const STILL: &str = include_str!("still.json");

/// Puts what follows the first four bytes of the data in the place of some of `json`: from where, and how many, two say each.
fn altered(json: &[u8], data: &[u8]) -> Vec<u8> {
    let (place, middle) = data.split_at(data.len().min(4));
    let number = |at: usize| {
        place
            .get(at..at + 2)
            .map_or(0, |it| usize::from(it[0]) << 8 | usize::from(it[1]))
    };
    let begin = number(0) % (json.len() + 1);
    let end = (begin + number(2)).min(json.len());
    [&json[..begin], middle, &json[end..]].concat()
}

/// Returns what a line that proves itself holds.
fn within(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").expect("it is a line");
    proven(line).expect("it proves itself")
}

/// A round has parts that were checked and parts that were not, whatever is said of it, and goes on from where it was written.
pub fn round(data: &[u8]) {
    let times = [1_800_000_000, 1].map(|second| Timestamp::constant(second, 0));
    let (now, data) = chosen(data, &times);
    let place = Digest::of(b"here");
    let mut memory = Memory::read(None, place, now);
    for unit in data.chunks_exact(2) {
        memory.note((u16::from(unit[0]) << 8 | u16::from(unit[1])) % UNITS, now);
    }
    let written = memory.to_bytes();
    let altered = proven_line(&altered(within(&written), data));
    for bytes in [&written[..], &altered, data, &proven_line(data)] {
        let read = Memory::read(Some(bytes), place, now);
        let to_do = read.to_do();
        assert!(
            !to_do.is_empty(),
            "a round that is over is followed by another"
        );
        assert_eq!(usize::from(read.done()) + to_do.len(), usize::from(UNITS));
        assert_eq!(Memory::read(Some(&read.to_bytes()), place, now), read);
    }
    assert!(memory.done() == UNITS || Memory::read(Some(&written), place, now) == memory);
}

/// Keys that are read are written again as what they were, and none is read that another program wrote.
pub fn proven_keys(data: &[u8]) {
    let (program, other) = (Digest::of(b"program"), Digest::of(b"other"));
    let mut keys: Vec<Key> = data.chunks(2).map(|part| Key::of("law", [part])).collect();
    keys.sort_unstable();
    keys.dedup();
    let written = to_bytes(&keys, &program);
    assert_eq!(parse(&written, &program), Some(keys));
    assert_eq!(parse(&written, &other), None);
    let (said, _) = written.split_at(written.len() - other.as_bytes().len());
    let altered = altered(said, data);
    let altered = [&altered[..], Digest::of(&altered).as_bytes()].concat();
    for bytes in [&altered[..], data] {
        if let Some(keys) = parse(bytes, &program) {
            assert_eq!(to_bytes(&keys, &program), bytes);
        }
    }
}

/// An article that is read is written again as what it was.
pub fn still(data: &[u8]) {
    let known = STILL.trim_end().replace("RENDERER", &RENDERER.to_string());
    assert!(Still::parse(&proven_line(known.as_bytes())).is_some());
    let altered = proven_line(&altered(known.as_bytes(), data));
    for bytes in [&altered[..], data, &proven_line(data)] {
        if let Some(still) = Still::parse(bytes) {
            assert_eq!(Still::parse(&still.to_bytes()), Some(still));
        }
    }
}
