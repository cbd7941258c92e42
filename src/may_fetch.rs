//! Would Offprint ask for this address, and if not, which rule forbids it? Sends the host nothing.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use serde::Serialize;

use crate::exchange::Why;
use crate::fetch::{Gate, Way};
use crate::inputs::{self, InputError};
use crate::link::Link;
use crate::robots::{self, ROBOTS_BYTES_MAX, Robots};

/// What is asked.
#[derive(Debug)]
pub struct Question {
    /// The address, as it was given.
    pub given: String,
    /// The robots.txt of its site, in a file.
    pub robots: Option<PathBuf>,
    /// Who would ask.
    pub user_agent: String,
}

/// The answer. Serialised as the `may-fetch` object of `--json` (`docs/json.md`).
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The address, without user name and password; `None` where what was given is none.
    pub url: Option<Link>,
    /// Whether it would be fetched.
    pub allowed: bool,
    /// All that forbids it.
    pub refusals: Vec<Refused>,
    /// Where the request would go; none where that is not known.
    pub addresses: Vec<IpAddr>,
    /// Which way the request would go.
    #[serde(skip)]
    pub way: Option<Way>,
    /// What the robots.txt says.
    pub robots: Option<Ruled>,
}

/// What forbids an address.
#[derive(Debug, Serialize)]
pub struct Refused {
    /// The reason, as a code of `docs/format.md`.
    pub why: &'static str,
    /// The particulars, for a person.
    pub message: String,
}

/// What a robots.txt says of an address.
#[derive(Debug, Serialize)]
pub struct Ruled {
    /// The name that the groups were compared with.
    pub product: String,
    /// Whether it allows the address.
    pub allowed: bool,
    /// The rule that decides; `None` where none matches.
    pub rule: Option<String>,
    /// The line that it stands in, counted from 1.
    pub line: Option<usize>,
    /// The pause that it asks for, in seconds, as far as it is granted.
    pub crawl_delay: Option<f64>,
}

impl fmt::Display for Ruled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.rule, self.line) {
            (Some(rule), Some(line)) => write!(f, "line {line} of the robots.txt: {rule}"),
            _ => write!(f, "no rule for {} matches", self.product),
        }
    }
}

/// Answers.
///
/// # Errors
/// When the robots.txt can't be read. That the address would not be fetched is an answer.
pub async fn may_fetch(question: &Question, gate: &Gate) -> Result<Answer, InputError> {
    let robots = question.robots.as_ref().map(|path| {
        let mut bytes = Vec::new();
        // One byte more than is read tells that the file goes on; the byte order mark is not counted.
        let left = |held: usize| (ROBOTS_BYTES_MAX + 4).saturating_sub(held);
        inputs::read_past(path, |piece| {
            let length = piece.len().min(left(bytes.len()));
            bytes.extend_from_slice(&piece[..length]);
        })?;
        let product = robots::product(&question.user_agent);
        Ok::<_, InputError>((Robots::read(&bytes, product), product))
    });
    let robots = robots.transpose()?;
    let link = match Link::parse(&question.given) {
        Ok(link) => link,
        Err(error) => return Ok(Answer::not_fetchable(error.to_string())),
    };
    let ruled = robots.map(|(robots, product)| ruled(&robots, product, &link));
    let mut refusals = Vec::new();
    let way = match gate.judge(&link).await {
        Ok(way) => Some(way),
        Err(refusal) => {
            refusals.push(Refused {
                why: Why::AddressRefused.code(),
                message: refusal.to_string(),
            });
            None
        }
    };
    if let Some(ruled) = ruled.as_ref().filter(|ruled| !ruled.allowed) {
        refusals.push(Refused {
            why: Why::Robots.code(),
            message: ruled.to_string(),
        });
    }
    Ok(Answer {
        url: Some(link.without_user_info()),
        allowed: refusals.is_empty(),
        refusals,
        addresses: match &way {
            Some(Way::To(addresses)) => addresses.clone(),
            _ => Vec::new(),
        },
        way,
        robots: ruled,
    })
}

fn ruled(robots: &Robots, product: &str, link: &Link) -> Ruled {
    let verdict = robots.judge(link);
    Ruled {
        product: product.to_owned(),
        allowed: verdict.allowed,
        rule: verdict.rule.map(|rule| rule.text.clone()),
        line: verdict.rule.map(|rule| rule.line),
        crawl_delay: robots.crawl_delay().map(|delay| delay.as_secs_f64()),
    }
}

impl Answer {
    fn not_fetchable(message: String) -> Self {
        Self {
            url: None,
            allowed: false,
            refusals: vec![Refused {
                why: Why::NotFetchable.code(),
                message,
            }],
            addresses: Vec::new(),
            way: None,
            robots: None,
        }
    }
}
