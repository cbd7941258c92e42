//! Is there never more put into the archive than somebody allows, and than the disk has?

use offprint::archive::{ArchiveError, Budget, Shortage};

use super::*;

const AMPLE: fn(&Path) -> Option<u64> = |_| None;

fn budget(bytes_max: u64) -> Budget {
    Budget {
        bytes_max: Some(bytes_max),
        reserve: 0,
        free: AMPLE,
    }
}

/// Returns whether an archive that may have so many bytes has room for more.
fn fits(test: &Test, bytes_max: u64) -> bool {
    test.writer()
        .keep_within(budget(bytes_max), second(0))
        .is_ok()
}

/// Returns the size of the archive.
fn size(test: &Test) -> u64 {
    let (mut low, mut high) = (0, 1 << 20);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if fits(test, middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    low
}

#[track_caller]
fn check_full<T: std::fmt::Debug>(result: Result<T, ArchiveError>) -> Shortage {
    match result {
        Err(ArchiveError::NoRoom { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

fn finish(writer: &Writer, bytes: &[u8]) -> Result<(), ArchiveError> {
    let mut blob = writer.blob()?;
    blob.write_all(bytes).unwrap();
    blob.finish("bin").map(|_| ())
}

#[test]
fn what_would_not_fit_is_refused_before_it_is_stored() {
    let test = Test::new();
    commit(&test.writer(), "one", second(1));
    let before = size(&test);
    assert!(before > 100, "{before}");
    let writer = test.writer();
    writer.keep_within(budget(before + 10), second(0)).unwrap();
    finish(&writer, &[1; 6]).unwrap();
    finish(&writer, &[1; 6]).expect("what is here already takes no room");
    let why = check_full(finish(&writer, &[2; 6]));
    assert_eq!(
        why,
        Shortage::Allowed {
            bytes_max: before + 10
        }
    );
    finish(&writer, &[3; 4]).expect("what was refused took no room");
    drop(writer);
    assert_eq!(size(&test), before, "nothing of it was committed");
    test.assert_sound();
}

#[test]
fn the_snapshots_of_a_group_take_room_too() {
    let test = Test::new();
    commit(&test.writer(), "one", second(1));
    let writer = test.writer();
    writer
        .keep_within(budget(size(&test) + 300), second(0))
        .unwrap();
    let group = capture(&writer, "two", second(2));
    check_full(writer.commit(&[group], second(2)));
    drop(writer);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_disk_that_is_nearly_full_takes_no_more() {
    let test = Test::new();
    let writer = test.writer();
    let budget = Budget {
        bytes_max: None,
        reserve: 1000,
        free: |_| Some(1004),
    };
    writer.keep_within(budget, second(0)).unwrap();
    finish(&writer, &[1; 4]).unwrap();
    let why = check_full(finish(&writer, &[2; 5]));
    assert_eq!(
        why,
        Shortage::Disk {
            free: 1004,
            reserve: 1000
        }
    );
    let full = Budget {
        free: |_| Some(1000),
        ..budget
    };
    check_full(test.writer().keep_within(full, second(0)));
}

#[test]
fn the_size_is_remembered_and_counted_anew_where_somebody_else_wrote() {
    let test = Test::new();
    let ample = budget(1 << 40);
    let writer = test.writer();
    writer.keep_within(ample, second(0)).unwrap();
    commit(&writer, "one", second(1));
    writer.remember_size().unwrap();
    drop(writer);
    let memory = test.root().join("state/size.json");
    let remembered = || {
        let json = std::fs::read_to_string(&memory).unwrap();
        let bytes = json.split("\"bytes\":").nth(1).unwrap();
        let digits: String = bytes.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().unwrap()
    };
    let told = remembered();
    // Believed as long as nobody else writes, and for a day.
    let lie = std::fs::read_to_string(&memory)
        .unwrap()
        .replace(&told.to_string(), "7");
    std::fs::write(&memory, &lie).unwrap();
    assert!(fits(&test, 8) && !fits(&test, 7));
    let late = second(25 * 60 * 60);
    assert!(test.writer().keep_within(budget(8), late).is_err());
    commit(&test.writer(), "two", second(2));
    assert!(!fits(&test, 8));
    // Nor where the memory is none.
    std::fs::write(&memory, "[").unwrap();
    assert!(!fits(&test, 8));
    assert!(fits(&test, 1 << 40));
}

#[test]
fn a_memory_of_the_size_that_is_too_long_is_not_believed() {
    let test = Test::new();
    let writer = test.writer();
    writer.keep_within(budget(1 << 40), second(0)).unwrap();
    commit(&writer, "one", second(1));
    writer.remember_size().unwrap();
    drop(writer);
    let memory = test.root().join("state/size.json");
    let json = std::fs::read_to_string(&memory).unwrap();
    let (begin, rest) = json.split_once("\"bytes\":").unwrap();
    let rest = rest.trim_start_matches(|it: char| it.is_ascii_digit());
    let lie = format!("{begin}\"bytes\":7{rest}");
    for (width, believed) in [(4096, true), (4097, false)] {
        std::fs::write(&memory, format!("{lie:<width$}")).unwrap();
        assert_eq!(fits(&test, 8), believed, "{width} bytes");
    }
}
