//! Is this still the article, or what a site shows in its stead? Judged with care: in doubt, it is the article. Pure.
//!
//! An answer that says so itself (404, 410, 401, 403) is believed. A page that came with success is taken for something else
//! only where most of the article's text is gone, and there is a sign besides: words of error pages, a way to log in that was
//! not there, a redirect to the front page, or next to nothing being left.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Content, phrases};
use crate::link::Link;
use crate::refs::Reference;
use crate::snapshot::Snapshot;

/// The least characters of a line that tells articles apart. Menus and footers are of shorter ones, and stay where the
/// article goes.
const TELLING_CHARACTERS_MIN: usize = 30;

/// The least text, in characters, of which it is remarkable that it shrank.
const SHRINKING_CHARACTERS_MIN: usize = 500;

/// To which part of its length the text has shrunk that is next to nothing.
const SHRUNK: usize = 5;

/// The longest line, in characters, that may be the message of an error page.
const MESSAGE_CHARACTERS_MAX: usize = 100;

/// How an article's page is doing at its origin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is there.
    #[default]
    Good,
    /// It was taken away.
    Gone,
    /// Something else is there.
    Changed,
    /// It is there for others.
    Blocked,
}

/// That an article's page can't be had any more, and why that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What became of it.
    pub standing: Standing,
    /// Why, for a person: ends the sentence "its page …".
    pub because: String,
}

/// A page that came in the article's stead, perhaps.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The address that was asked for.
    pub asked: &'a Link,
    /// Where it was found.
    pub address: Option<&'a Link>,
    /// What it calls itself.
    pub title: Option<&'a str>,
    /// What it says.
    pub content: &'a Content,
    /// What it mentions.
    pub references: &'a [Reference],
}

impl Standing {
    /// Returns its word in the log and in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Gone => "gone",
            Self::Changed => "changed",
            Self::Blocked => "blocked",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Returns what an answer's status says of a page that was there; `None` where it may be there again in a while.
#[must_use]
pub fn refused(status: u16) -> Option<Loss> {
    let standing = match status {
        404 | 410 => Standing::Gone,
        401 | 402 | 403 | 451 => Standing::Blocked,
        _ => return None,
    };
    Some(Loss {
        standing,
        because: format!("is answered with HTTP {status}"),
    })
}

/// Returns why `now` is not the article that `before` holds; `None` where it is, or may be.
#[must_use]
pub fn lost(before: (&Snapshot, &Content), now: Seen<'_>) -> Option<Loss> {
    let kept = Kept::of(before, now);
    if !kept.is_mostly_gone() {
        return None;
    }
    let loss = |standing, because: String| Some(Loss { standing, because });
    let leads_to_front = |link: &Link| is_front(link) && !is_front(now.asked);
    if let Some(link) = now
        .address
        .filter(|link| phrases::logs_in(link.as_url().path()))
        && !phrases::logs_in(now.asked.as_url().path())
    {
        return loss(
            Standing::Blocked,
            format!("leads to {link}, where one logs in"),
        );
    }
    if now.content.0.asks_password && !before.1.0.asks_password {
        return loss(Standing::Blocked, "asks for a password".to_owned());
    }
    if let Some((standing, message)) = message(before, now) {
        return loss(standing, format!("says {message:?}"));
    }
    if let Some(link) = now.address.filter(|link| leads_to_front(link)) {
        return loss(Standing::Gone, format!("leads to the front page, {link}"));
    }
    kept.is_next_to_nothing()
        .then(|| "has next to nothing of the article".to_owned())
        .and_then(|because| loss(Standing::Changed, because))
}

/// Returns why what a feed carries now is not the article that `before` holds, where it is but a part of it: feeds that carried
/// the whole text change to excerpts.
#[must_use]
pub fn excerpted(before: (&Snapshot, &Content), now: Seen<'_>) -> Option<Loss> {
    let kept = Kept::of(before, now);
    let (was, is) = kept.all;
    let is_excerpt = was >= SHRINKING_CHARACTERS_MIN && is * 2 < was && kept.is_mostly_gone();
    is_excerpt.then(|| Loss {
        standing: Standing::Changed,
        because: "is carried in part only by its feed".to_owned(),
    })
}

/// Finds a message of an error page, in the title or a line of its own, that the article did not have.
fn message(before: (&Snapshot, &Content), now: Seen<'_>) -> Option<(Standing, String)> {
    let known: HashSet<&str> = before.1.lines().iter().map(String::as_str).collect();
    let title = now
        .title
        .filter(|title| before.0.article.title.as_deref() != Some(*title));
    let lines = now.content.lines().iter().map(String::as_str);
    let new = lines
        .filter(|line| !known.contains(line) && line.chars().count() <= MESSAGE_CHARACTERS_MAX);
    title
        .into_iter()
        .chain(new)
        .find_map(|line| Some((phrases::standing(line)?, line.to_owned())))
}

fn is_front(link: &Link) -> bool {
    let path = link.as_url().path();
    let is_index = path.strip_prefix("/index.");
    path == "/" || is_index.is_some_and(|ending| !ending.contains('/'))
}

/// How much of the article is still there.
#[derive(Debug)]
struct Kept {
    /// Characters of its telling lines.
    before: usize,
    /// How many of these still stand there.
    still: usize,
    /// All of its characters, and all that are there now.
    all: (usize, usize),
    /// Whether a picture of it is still named.
    pictures: bool,
    /// Whether it had any.
    had_pictures: bool,
}

impl Kept {
    fn of((snapshot, content): (&Snapshot, &Content), now: Seen<'_>) -> Self {
        let there: HashSet<&str> = now.content.lines().iter().map(String::as_str).collect();
        let characters = |line: &str| line.chars().count();
        let mut telling: Vec<&str> = content.lines().iter().map(String::as_str).collect();
        let all = telling.iter().copied().map(characters).sum();
        if telling
            .iter()
            .any(|line| characters(line) >= TELLING_CHARACTERS_MIN)
        {
            telling.retain(|line| characters(line) >= TELLING_CHARACTERS_MIN);
        }
        let still = telling.iter().copied().filter(|line| there.contains(line));
        let named: HashSet<&str> = now
            .references
            .iter()
            .filter(|it| it.kind.is_picture())
            .filter_map(|it| it.target.as_ref())
            .map(without_query)
            .collect();
        let pictures = snapshot.resources().map(|(mention, _)| mention);
        let pictures: Vec<&str> = pictures
            .filter(|it| it.kind.is_picture())
            .filter_map(|it| it.target.as_ref())
            .map(without_query)
            .collect();
        Self {
            before: telling.iter().copied().map(characters).sum(),
            still: still.map(characters).sum(),
            all: (
                all,
                now.content
                    .lines()
                    .iter()
                    .map(|line| characters(line))
                    .sum(),
            ),
            pictures: pictures.iter().any(|it| named.contains(it)),
            had_pictures: !pictures.is_empty(),
        }
    }

    /// Returns whether less than half of the text is there; of an article without text, whether no picture is.
    fn is_mostly_gone(&self) -> bool {
        if self.before == 0 {
            return self.had_pictures && !self.pictures;
        }
        self.still * 2 < self.before
    }

    /// Returns whether hardly any text is left, and no picture.
    fn is_next_to_nothing(&self) -> bool {
        let (before, now) = self.all;
        before >= SHRINKING_CHARACTERS_MIN
            && now * SHRUNK < before
            && self.still * 10 < self.before
            && !self.pictures
    }
}

fn without_query(link: &Link) -> &str {
    link.as_str().split(['?', '#']).next().unwrap_or_default()
}
