//! What becomes of a site in a year? The same each time: chance is counted, not thrown.

use crate::origin::{Body, Reply};
use crate::test::{Test, image};

/// What an article has been edited to, one after the other: no two are taken for each other.
const WORDS: [&str; 8] = [
    "the moon has most to do with it",
    "the sun has a part in it as well",
    "wind can hold the water back for hours",
    "harbours keep tables of it for every day",
    "no two bays have the same range",
    "sailors learn to read it from the weed",
    "engineers have built mills that it drives",
    "in some places it comes as a single wave",
];

/// Articles that the feed names.
const NEWEST: usize = 10;

/// How the site is doing on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weather {
    Fair,
    /// It answers nothing that helps.
    Down,
}

/// What has become of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Up,
    Gone,
    Blocked,
}

#[derive(Debug, Clone)]
struct Piece {
    path: String,
    guid: String,
    version: usize,
    picture: usize,
    published: u32,
    changed: u32,
    fate: Fate,
    picture_is_gone: bool,
}

/// A site.
#[derive(Debug)]
pub(super) struct Site {
    chance: u64,
    today: u32,
    pieces: Vec<Piece>,
    articles_each_day: usize,
}

impl Site {
    pub(super) fn new() -> Self {
        Self {
            chance: 1,
            today: 0,
            pieces: Vec::new(),
            articles_each_day: 0,
        }
    }

    /// Returns whether something happens that happens once in `times`.
    fn happens(&mut self, times: u64) -> bool {
        self.draw(times) == 0
    }

    /// Returns a number below `end` (an LCG with the constants of Knuth's MMIX).
    fn draw(&mut self, end: u64) -> u64 {
        let next = self.chance.wrapping_mul(6_364_136_223_846_793_005);
        self.chance = next.wrapping_add(1_442_695_040_888_963_407);
        (self.chance >> 33) % end
    }

    /// Lets a day pass.
    pub(super) fn pass(&mut self, day: u32) -> Weather {
        self.today = day;
        if day == 0 || self.happens(4) {
            self.publish();
        }
        for number in 0..self.pieces.len() {
            if self.happens(60) {
                self.meet(number);
            }
        }
        self.articles_each_day += self.pieces.len();
        if self.happens(20) {
            Weather::Down
        } else {
            Weather::Fair
        }
    }

    fn publish(&mut self) {
        let number = self.pieces.len();
        self.pieces.push(Piece {
            path: format!("/2026/{number}"),
            guid: format!("urn:tides:{number}"),
            version: 0,
            picture: 0,
            published: self.today,
            changed: self.today,
            fate: Fate::Up,
            picture_is_gone: false,
        });
    }

    /// Something happens to an article.
    fn meet(&mut self, number: usize) {
        let (what, today) = (self.draw(10), self.today);
        let piece = &mut self.pieces[number];
        if piece.fate != Fate::Up {
            if what < 5 {
                piece.fate = Fate::Up;
            }
            return;
        }
        match what {
            0..=3 => piece.version = (piece.version + 1) % WORDS.len(),
            4 | 5 => piece.picture += 1,
            6 => piece.path.push_str("-moved"),
            7 => piece.picture_is_gone = !piece.picture_is_gone,
            8 => piece.fate = Fate::Gone,
            _ => piece.fate = Fate::Blocked,
        }
        piece.changed = today;
    }

    /// Puts the site before the origin as it is today.
    pub(super) fn serve(&self, test: &Test, weather: Weather) {
        let down = || Reply::new(503, Body::Fixed(b"down".to_vec()));
        let say = |path: &str, reply: Reply| {
            let reply = if weather == Weather::Down {
                down()
            } else {
                reply
            };
            test.serve(&format!("a.test{path}"), reply);
        };
        say("/feed.xml", Reply::ok("application/rss+xml", self.feed()));
        say("/sitemap.xml", Reply::ok("application/xml", self.sitemap()));
        for piece in &self.pieces {
            let page = match piece.fate {
                Fate::Up => {
                    let etag = piece.etag();
                    Reply::ok("text/html", piece.page()).with("etag", &etag)
                }
                Fate::Gone => Reply::new(410, Body::Fixed(b"gone".to_vec())),
                Fate::Blocked => Reply::new(403, Body::Fixed(b"no".to_vec())),
            };
            say(&piece.path, page);
            let picture = if piece.picture_is_gone {
                Reply::not_found()
            } else {
                Reply::ok("image/png", piece.picture())
                    .with("etag", &piece.picture_etag())
                    .with("cache-control", "no-cache")
            };
            say(&piece.picture_path(), picture);
        }
    }

    fn feed(&self) -> String {
        let newest = self.pieces.iter().rev().take(NEWEST).map(|piece| {
            format!(
                "<item><guid isPermaLink='false'>{}</guid><link>https://a.test{}</link><pubDate>{}</pubDate></item>",
                piece.guid,
                piece.path,
                morning(piece.published).strftime("%a, %d %b %Y %H:%M:%S +0000")
            )
        });
        let items: String = newest.collect();
        format!("<rss version='2.0'><channel><title>Tides</title>{items}</channel></rss>")
    }

    fn sitemap(&self) -> String {
        let urls = self.pieces.iter().map(|piece| {
            let changed = morning(piece.changed);
            format!(
                "<url><loc>https://a.test{}</loc><lastmod>{changed}</lastmod></url>",
                piece.path
            )
        });
        let urls: String = urls.collect();
        format!("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>")
    }

    /// Returns the bytes of the pages and pictures that are up.
    pub(super) fn versions(&self) -> Vec<Vec<u8>> {
        let up = self.pieces.iter().filter(|piece| piece.fate == Fate::Up);
        up.flat_map(|piece| {
            let picture = (!piece.picture_is_gone).then(|| piece.picture());
            [piece.page()].into_iter().chain(picture)
        })
        .collect()
    }

    /// Returns what stands at a path, if it is up, and its validator. A picture is another where its article has moved: nothing says
    /// that it was there before.
    pub(super) fn standing(&self, path: &str) -> Option<(String, String)> {
        self.pieces.iter().find_map(|piece| {
            if piece.path == path && piece.fate == Fate::Up {
                return Some((piece.path.clone(), piece.etag()));
            }
            let is_picture = piece.picture_path() == path && !piece.picture_is_gone;
            is_picture.then(|| (format!("{path} of {}", piece.path), piece.picture_etag()))
        })
    }

    /// Returns on how many days there was an article, all articles together.
    pub(super) fn days_of_articles(&self) -> usize {
        self.articles_each_day
    }
}

impl Piece {
    fn etag(&self) -> String {
        format!("\"{}-{}\"", self.path, self.version)
    }

    fn picture_etag(&self) -> String {
        format!("\"i{}\"", self.picture)
    }

    fn page(&self) -> Vec<u8> {
        format!(
            "<title>Tides of {0}</title><nav><a href=/>Home</a></nav><h1>Tides of {0}</h1><img src={1}>\
             <p>Twice a day the sea rises and falls, and {2}.<p>This is told at {3}.",
            self.guid,
            self.picture_path(),
            WORDS[self.version],
            self.path
        )
        .into_bytes()
    }

    fn picture_path(&self) -> String {
        format!("/i/{}.png", self.guid.replace(':', "-"))
    }

    fn picture(&self) -> Vec<u8> {
        let end = format!("{} {}", self.guid, self.picture);
        [image("plain.png"), end.into_bytes()].concat()
    }
}

/// Returns the moment at which something happens on a day: before its run.
fn morning(day: u32) -> jiff::Timestamp {
    super::noon(day) - jiff::SignedDuration::from_hours(4)
}
