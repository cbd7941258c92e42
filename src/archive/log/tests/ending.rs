//! Is no more of the log read than is asked for, and is all of that read?

use super::*;

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
