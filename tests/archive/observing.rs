//! Does the log say what became of pages, once, and of the newest snapshot?

use offprint::archive::{Archive, Committed, Observation};
use offprint::change::Standing;

use crate::{Test, commit, second};

fn observation(of: &Committed, standing: Standing) -> Observation {
    Observation {
        folder: of.folder.clone(),
        snapshot: of.digest,
        standing,
    }
}

fn standing(archive: &Archive, of: &Committed) -> (Standing, Option<i64>) {
    let stood = archive.standing(&of.folder, &of.digest).unwrap();
    let since = stood
        .since
        .map(|since| since.as_second() - second(0).as_second());
    (stood.standing, since)
}

#[test]
fn a_transition_is_written_down_once() {
    let test = Test::new();
    let writer = test.writer();
    let (one, two) = (
        commit(&writer, "one", second(1)),
        commit(&writer, "two", second(2)),
    );
    let neighbour = test.archive();
    let gone = [
        observation(&one, Standing::Gone),
        observation(&one, Standing::Gone),
    ];
    assert_eq!(
        writer
            .observe(&[observation(&two, Standing::Good)], second(3))
            .unwrap(),
        0
    );
    assert_eq!(writer.observe(&gone, second(4)).unwrap(), 1);
    assert_eq!(writer.observe(&gone, second(5)).unwrap(), 0);
    for archive in [&neighbour, &test.archive()] {
        assert_eq!(standing(archive, &one), (Standing::Gone, Some(4)));
        assert_eq!(standing(archive, &two), (Standing::Good, None));
    }
    let back = observation(&one, Standing::Good);
    assert_eq!(writer.observe(&[back], second(6)).unwrap(), 1);
    assert_eq!(standing(&neighbour, &one), (Standing::Good, None));
    drop(writer);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn a_newer_snapshot_says_that_the_page_is_there() {
    let test = Test::new();
    let writer = test.writer();
    let old = commit(&writer, "one", second(1));
    assert_eq!(
        writer
            .observe(&[observation(&old, Standing::Blocked)], second(2))
            .unwrap(),
        1
    );
    let new = commit(&writer, "one", second(3));
    assert_eq!(standing(&test.archive(), &new), (Standing::Good, None));
    // Who looked before the newer one was committed knows less than the log.
    assert_eq!(
        writer
            .observe(&[observation(&old, Standing::Gone)], second(4))
            .unwrap(),
        0
    );
    assert_eq!(standing(&test.archive(), &new), (Standing::Good, None));
    drop(writer);
    assert_eq!(test.assert_sound(), 2);
}
