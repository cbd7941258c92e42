//! Which images of articles could not be had again, since when, and why? What runs remember, as JSON. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Of each article, by its ID, the images that are here and could not be had when they were last asked for, by their addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vanished(BTreeMap<String, BTreeMap<String, Vanishing>>);

/// That an image could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vanishing {
    /// When that was seen first.
    pub since: Timestamp,
    /// Why, as a code of `docs/format.md`.
    pub why: String,
    /// The status that came back, if one did.
    pub status: Option<u16>,
}

impl Vanished {
    /// Reads what is remembered; what can't be understood is as good as forgotten.
    #[must_use]
    pub fn parse(json: &[u8]) -> Self {
        serde_json::from_slice(json).unwrap_or_default()
    }

    /// Returns it as it is remembered.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        json(self)
    }

    /// Notes all that an article could not have again, each with its address, why, and the status that came back. What it could not
    /// have before either keeps its time.
    pub fn note<'a>(
        &mut self,
        article: &str,
        lost: impl IntoIterator<Item = (&'a str, &'a str, Option<u16>)>,
        now: Timestamp,
    ) {
        let before = self.0.remove(article).unwrap_or_default();
        let since = |url: &str| before.get(url).map_or(now, |it| it.since);
        let lost: BTreeMap<String, Vanishing> = lost
            .into_iter()
            .map(|(url, why, status)| {
                let vanishing = Vanishing {
                    since: since(url),
                    why: why.to_owned(),
                    status,
                };
                (url.to_owned(), vanishing)
            })
            .collect();
        if !lost.is_empty() {
            self.0.insert(article.to_owned(), lost);
        }
    }

    /// Returns what an article could not have again, by its ID, with the addresses.
    pub fn of(&self, article: &str) -> impl Iterator<Item = (&str, &Vanishing)> {
        let of_article = self.0.get(article).into_iter().flatten();
        of_article.map(|(url, vanishing)| (url.as_str(), vanishing))
    }
}

fn json(vanished: &Vanished) -> Vec<u8> {
    serde_json::to_vec(vanished).expect("what is remembered has string keys")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_vanished_keeps_its_time_until_it_is_back() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut vanished = Vanished::default();
        let lost = [("https://a.test/1.png", "http-status", Some(404))];
        vanished.note("a", lost, at(1));
        vanished.note("a", lost, at(2));
        let again = Vanished::parse(&vanished.to_json());
        assert_eq!(again, vanished);
        let told: Vec<_> = again.of("a").collect();
        assert_eq!(
            (told.len(), told[0].1.since, told[0].1.status),
            (1, at(1), Some(404))
        );
        vanished.note("a", [], at(3));
        assert_eq!(vanished, Vanished::default());
        vanished.note("a", lost, at(4));
        assert_eq!(vanished.of("a").next().unwrap().1.since, at(4));
        assert_eq!(Vanished::parse(b"[1, 2"), Vanished::default());
    }
}
