//! Which inputs ask for the same? What is named twice is loaded once, and told of as often as it was named.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::event::Article;
use crate::inputs::Seen;
use crate::link::Link;
use crate::source::Source;

/// How many of the articles told last are remembered, to be told again. An address that comes back later is asked for
/// again, conditionally.
const TOLD_MAX: usize = 1024;

/// An article with more missing resources than this is not remembered: a thousand of them would be much.
const MISSING_MAX: usize = 64;

/// How many inputs wait for another one that asks for the same. What comes beyond asks by itself.
const WAITING_MAX: usize = 1024;

/// What this run has been asked for. The very same input counts once; addresses that differ in their fragment alone are
/// loaded once.
#[derive(Debug, Default)]
pub(super) struct Asked(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    inputs: Seen,
    /// The addresses that are being asked for, and those told last.
    addresses: HashMap<Link, Heard>,
    /// Those told last, the oldest first.
    told: VecDeque<Link>,
}

#[derive(Debug)]
enum Heard {
    /// Not yet told; these inputs wait for it.
    Waiting(Vec<String>),
    /// Told, as this.
    Told(Box<Article>),
}

/// What is to be done about an input.
#[derive(Debug, PartialEq)]
pub(super) enum Ask {
    /// Capture it.
    Anew,
    /// Nothing: it was named already, or waits for one that asks for the same.
    Nothing,
    /// Tell what came of another one that asked for the same.
    Again(Box<Article>),
}

impl Asked {
    /// Notes an input.
    pub(super) fn ask(&self, given: &str, source: &Source) -> Ask {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.inputs.is_new(given.as_bytes()) {
            return Ask::Nothing;
        }
        let Source::Web(link) = source else {
            return Ask::Anew;
        };
        match state.addresses.get_mut(&link.without_fragment()) {
            Some(Heard::Told(article)) => Ask::Again(article.clone()),
            Some(Heard::Waiting(waiting)) if waiting.len() < WAITING_MAX => {
                waiting.push(given.to_owned());
                Ask::Nothing
            }
            Some(Heard::Waiting(_)) => Ask::Anew,
            None => {
                let heard = Heard::Waiting(Vec::new());
                state.addresses.insert(link.without_fragment(), heard);
                Ask::Anew
            }
        }
    }

    /// Notes what is told of an input. Returns the inputs that have waited for it.
    pub(super) fn tell(&self, given: &str, article: &Article) -> Vec<String> {
        let Ok(link) = Link::parse(given).map(|link| link.without_fragment()) else {
            return Vec::new();
        };
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = match state.addresses.get_mut(&link) {
            Some(Heard::Waiting(waiting)) => std::mem::take(waiting),
            Some(Heard::Told(_)) | None => return Vec::new(),
        };
        state.addresses.remove(&link);
        if article.missing.len() <= MISSING_MAX {
            if state.told.len() == TOLD_MAX
                && let Some(oldest) = state.told.pop_front()
            {
                state.addresses.remove(&oldest);
            }
            state.told.push_back(link.clone());
            let heard = Heard::Told(Box::new(article.clone()));
            state.addresses.insert(link, heard);
        }
        waiting
    }
}

#[cfg(test)]
mod tests {
    use super::super::error::InputTrouble;
    use super::super::told::failed;
    use super::*;

    fn ask(asked: &Asked, given: &str) -> Ask {
        asked.ask(given, &Source::parse(given).unwrap())
    }

    fn article(given: &str) -> Article {
        failed(given, None, &InputTrouble::Empty)
    }

    #[test]
    fn the_same_is_asked_for_once() {
        let asked = Asked::default();
        for file in ["a.md", "./a.md"] {
            assert_eq!(ask(&asked, file), Ask::Anew);
            assert_eq!(ask(&asked, file), Ask::Nothing);
        }
        let url = "https://h.test/a";
        assert_eq!(ask(&asked, url), Ask::Anew);
        for other in [url, "https://h.test/a#1", "https://H.test/a#2"] {
            assert_eq!(ask(&asked, other), Ask::Nothing);
        }
        let waited = ["https://h.test/a#1", "https://H.test/a#2"];
        assert_eq!(asked.tell(url, &article(url)), waited);
        assert_eq!(asked.tell(url, &article(url)), [""; 0]);
        let again = Ask::Again(Box::new(article(url)));
        assert_eq!(ask(&asked, "https://h.test/a#3"), again);
        assert_eq!(ask(&asked, "https://h.test/a#3"), Ask::Nothing);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let asked = Asked::default();
        for number in 0..=TOLD_MAX {
            let url = format!("https://h.test/{number}");
            assert_eq!(ask(&asked, &url), Ask::Anew);
            asked.tell(&url, &article(&url));
        }
        assert_eq!(ask(&asked, "https://h.test/0#again"), Ask::Anew);
        for number in 0..=WAITING_MAX {
            let expected = if number < WAITING_MAX {
                Ask::Nothing
            } else {
                Ask::Anew
            };
            assert_eq!(ask(&asked, &format!("https://h.test/0#{number}")), expected);
        }
        let last = format!("https://h.test/{TOLD_MAX}#again");
        assert!(matches!(ask(&asked, &last), Ask::Again(_)));
        assert_eq!(asked.0.lock().unwrap().addresses.len(), TOLD_MAX + 1);
    }
}
