//! Which of the articles that a source names are wanted? Pure.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::Entry;
use super::glob::Glob;

/// What is wanted. Nothing said is everything.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Those that one of these matches; all, where there are none.
    pub include: Vec<Glob>,
    /// And none of these.
    pub exclude: Vec<Glob>,
    /// And not of before this, as far as it says when it is of.
    pub since: Option<Timestamp>,
    /// Of these so many, the newest ones.
    pub newest: Option<usize>,
}

impl Choice {
    /// Returns whether an address or the path of a file is wanted.
    #[must_use]
    pub fn wants(&self, text: &str) -> bool {
        let matched = |globs: &[Glob]| globs.iter().any(|glob| glob.matches(text));
        (self.include.is_empty() || matched(&self.include)) && !matched(&self.exclude)
    }

    /// Returns whether something of this time is wanted. What does not say when it is of may be new.
    #[must_use]
    pub fn is_recent(&self, time: Option<Timestamp>) -> bool {
        match (self.since, time) {
            (Some(since), Some(time)) => time >= since,
            _ => true,
        }
    }

    /// Returns the entries that are wanted, in their order. Of entries that do not all say when they are of, the first ones are
    /// the newest, as feeds have it.
    #[must_use]
    pub fn of(&self, mut entries: Vec<Entry>) -> Vec<Entry> {
        entries.retain(|entry| {
            let url = entry.url.as_ref();
            url.is_some_and(|url| self.wants(url.as_str())) && self.is_recent(time(entry))
        });
        let Some(newest) = self.newest.filter(|newest| *newest < entries.len()) else {
            return entries;
        };
        if !entries.iter().all(|entry| time(entry).is_some()) {
            entries.truncate(newest);
            return entries;
        }
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_key(|at| Reverse(time(&entries[*at])));
        order.truncate(newest);
        order.sort_unstable();
        let mut wanted = order.into_iter().peekable();
        let numbered = entries.into_iter().enumerate();
        numbered
            .filter_map(|(at, entry)| wanted.next_if_eq(&at).map(|_| entry))
            .collect()
    }
}

/// When an entry is of: published, or else changed.
fn time(entry: &Entry) -> Option<Timestamp> {
    entry.published.or(entry.modified)
}

#[cfg(test)]
mod tests {
    use crate::link::Link;

    use super::*;

    fn entry(name: &str, published: &str) -> Entry {
        Entry {
            url: Link::parse(&format!("https://h.test/{name}")).ok(),
            published: published.parse().ok(),
            ..Entry::default()
        }
    }

    #[track_caller]
    fn check(choice: &Choice, entries: &[(&str, &str)], expected: &[&str]) {
        let entries = entries.iter().map(|(name, time)| entry(name, time));
        let chosen = choice.of(entries.collect());
        let names = chosen.iter().map(|entry| entry.url.as_ref().unwrap());
        let names: Vec<&str> = names
            .map(|url| &url.as_str()["https://h.test/".len()..])
            .collect();
        assert_eq!(names, expected);
    }

    const DATED: &[(&str, &str)] = &[
        ("old", "2020-01-01T00:00:00Z"),
        ("new", "2024-01-01T00:00:00Z"),
        ("newer", "2025-01-01T00:00:00Z"),
    ];

    #[test]
    fn what_is_wanted_is_taken() {
        let glob = |text| vec![Glob::parse(text).unwrap()];
        let all = Choice::default();
        check(&all, DATED, &["old", "new", "newer"]);
        let include = Choice {
            include: glob("/new*"),
            ..all.clone()
        };
        check(&include, DATED, &["new", "newer"]);
        let both = Choice {
            exclude: glob("*er"),
            ..include
        };
        check(&both, DATED, &["new"]);
        let newest = Choice {
            newest: Some(2),
            ..all.clone()
        };
        check(&newest, DATED, &["new", "newer"]);
        check(
            &newest,
            &[("a", ""), ("b", "2024-01-01T00:00:00Z"), ("c", "")],
            &["a", "b"],
        );
        let since = Choice {
            since: "2024-01-01T00:00:00Z".parse().ok(),
            ..all
        };
        check(&since, DATED, &["new", "newer"]);
        check(&since, &[("a", ""), ("b", "2023-12-31T00:00:00Z")], &["a"]);
    }
}
