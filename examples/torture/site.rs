//! What is archived? A site of articles that share pictures, and that can all change at once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::origin::{Body, Config, Origin, Recorded, Reply};
use crate::random::Random;

/// A picture that is whole, whatever follows it.
const PICTURE: &[u8] = include_bytes!("../../tests/specimens/images/plain.png");

/// Pictures of one article.
const PICTURES_EACH: u64 = 3;

/// Bytes that follow a picture at most, so that no two are the same and bodies are not all alike.
const TAIL_BYTES_MAX: u64 = 24 * 1024;

/// What the site is like now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site {
    pub(crate) articles: u64,
    /// Raised when every article changes.
    pub(crate) edition: u64,
}

/// The site on this machine, and which pictures it has sent.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) origin: Origin,
    sent: Arc<Mutex<HashSet<String>>>,
}

impl Site {
    /// Returns the addresses of all articles.
    pub(crate) fn addresses(self) -> Vec<String> {
        (0..self.articles)
            .map(|number| format!("http://news.test/a/{number}"))
            .collect()
    }

    /// Returns the paths of the pictures of an article: every third one stands in the next article, too.
    pub(crate) fn pictures(self, article: u64) -> Vec<String> {
        (0..PICTURES_EACH)
            .map(|number| {
                let of = if number == 0 {
                    article / 2 * 2
                } else {
                    article
                };
                format!("/i/{}/{of}-{number}.png", self.edition)
            })
            .collect()
    }

    pub(crate) fn serve(self) -> std::io::Result<Served> {
        let sent = Arc::new(Mutex::new(HashSet::new()));
        let note = Arc::clone(&sent);
        let origin = Origin::start(&Config::default(), move |request| {
            let reply = self.answer(request);
            if reply.status == 200 {
                let mut sent = note.lock().unwrap_or_else(PoisonError::into_inner);
                sent.insert(request.path.clone());
            }
            reply
        })?;
        Ok(Served { origin, sent })
    }

    fn answer(self, request: &Recorded) -> Reply {
        let path = request.path.as_str();
        let tag = format!("\"{}{path}\"", self.edition);
        // Some have no validator, and are not asked for again.
        let is_tagged = !path.len().is_multiple_of(3) || path.starts_with("/a/");
        if is_tagged && request.header("if-none-match") == Some(tag.as_str()) {
            return Reply::new(304, Body::Fixed(Vec::new())).with("etag", &tag);
        }
        let reply = match path.strip_prefix("/a/").map(str::parse::<u64>) {
            Some(Ok(number)) => Reply::ok("text/html", self.page(number)),
            _ if path.starts_with("/i/") => Reply::ok("image/png", picture(path)),
            _ => return Reply::not_found(),
        };
        if is_tagged {
            reply.with("etag", &tag)
        } else {
            reply
        }
    }

    fn page(self, number: u64) -> String {
        let pictures = self.pictures(number);
        let pictures: Vec<String> = pictures
            .iter()
            .map(|path| format!("<p><img src=\"http://img.test{path}\" alt=\"\">\n"))
            .collect();
        format!(
            "<!DOCTYPE html><title>Article {number}</title><h1>Article {number}, edition {}</h1>\n{}",
            self.edition,
            pictures.concat()
        )
    }
}

impl Served {
    /// Returns the paths that were sent in full.
    pub(crate) fn sent(&self) -> HashSet<String> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Returns the picture at an address: always the same.
fn picture(path: &str) -> Vec<u8> {
    let seed = path
        .bytes()
        .fold(0_u64, |seed, byte| seed.wrapping_mul(31) ^ u64::from(byte));
    let mut random = Random::new(seed);
    let words = random.below(TAIL_BYTES_MAX / 8);
    let tail = (0..words).flat_map(|_| random.next().to_le_bytes());
    PICTURE.iter().copied().chain(tail).collect()
}
