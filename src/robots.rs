//! May a crawler ask for this path, by the site's robots.txt (RFC 9309)? Pure.
//!
//! ```text
//! file      = *line                        lines end with LF, CR LF or CR
//! line      = [name ":" value] ["#" …]     name: user-agent, allow, disallow, crawl-delay, whatever their case
//! group     = 1*user-agent *(allow / disallow / crawl-delay)
//! ```
//!
//! Groups that name the same crawler are one; the group of `*` is for those that none names. Of the rules that match, the
//! longest one counts, and of two as long, the one that allows. Lines of other names change nothing (§2.2.4). Where people
//! write what the RFC does not foresee (no colon, a misspelt `disallow`, a path without its slash), it is read as they mean
//! it, as the common crawlers do; `docs/guide.md` lists where we differ from them.

mod agent;
mod lines;
mod pattern;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::link::Link;

use lines::Directive;
use pattern::{Pattern, normal};

pub use agent::product;

/// What is read of a robots.txt: the least that RFC 9309 §2.5 asks for. What follows is as good as not there.
pub const ROBOTS_BYTES_MAX: usize = 500 * 1024;

/// The longest pause that a robots.txt is granted between two requests: with more, a run would never end.
pub const CRAWL_DELAY_MAX: Duration = Duration::from_secs(60);

/// What a robots.txt says to one crawler.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Robots {
    rules: Vec<Rule>,
    crawl_delay: Option<Duration>,
}

/// One rule, as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Whether it allows what it matches.
    pub allows: bool,
    /// Its line in the file, counted from 1.
    pub line: usize,
    /// The line as written, without its comment.
    pub text: String,
    pattern: Pattern,
    /// What else it matches.
    also: Option<Pattern>,
}

/// Whether a path may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// Whether it may.
    pub allowed: bool,
    /// The rule that says so; where there is none, everything is allowed.
    pub rule: Option<&'a Rule>,
}

/// A group that is being read: whom it speaks to.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    /// Whether it names the crawler.
    named: bool,
    /// Whether it names everybody.
    everybody: bool,
}

impl Robots {
    /// Reads what a robots.txt says to the crawler of that [`product`] name. Any bytes are a robots.txt.
    #[must_use]
    pub fn read(bytes: &[u8], product: &str) -> Self {
        let (mut named, mut everybody) = (Self::default(), Self::default());
        let mut is_named = false;
        let mut group = Group::default();
        let mut is_head = false;
        for line in lines::lines(head(bytes)) {
            match line.directive {
                Directive::UserAgent => {
                    if !is_head {
                        group = Group::default();
                    }
                    is_head = true;
                    group.named |= agent::names(line.value, product);
                    group.everybody |= agent::names_everybody(line.value);
                    is_named |= group.named;
                }
                Directive::Allow | Directive::Disallow => {
                    is_head = false;
                    let Some(rule) = Rule::read(&line) else {
                        continue;
                    };
                    if group.named {
                        named.rules.push(rule.clone());
                    }
                    if group.everybody {
                        everybody.rules.push(rule);
                    }
                }
                Directive::CrawlDelay => {
                    let delay = crawl_delay(line.value);
                    if group.named {
                        named.crawl_delay = named.crawl_delay.max(delay);
                    }
                    if group.everybody {
                        everybody.crawl_delay = everybody.crawl_delay.max(delay);
                    }
                }
            }
        }
        if is_named { named } else { everybody }
    }

    /// Judges an address of the site. Its robots.txt itself is always allowed (§2.2.2).
    #[must_use]
    pub fn judge(&self, link: &Link) -> Verdict<'_> {
        let url = link.as_url();
        match url.query() {
            Some(query) => self.judge_path(format!("{}?{query}", url.path()).as_bytes()),
            None => self.judge_path(url.path().as_bytes()),
        }
    }

    /// Judges a path, with its query.
    #[must_use]
    pub fn judge_path(&self, path: &[u8]) -> Verdict<'_> {
        if path == b"/robots.txt" {
            return Verdict {
                allowed: true,
                rule: None,
            };
        }
        let path = normal(path);
        let matching = self.rules.iter().filter_map(|rule| {
            let octets = rule.matches(&path)?;
            Some(((octets, rule.allows), rule))
        });
        let rule = matching.max_by_key(|(rank, _)| *rank).map(|it| it.1);
        Verdict {
            allowed: rule.is_none_or(|rule| rule.allows),
            rule,
        }
    }

    /// Returns the pause between two requests that the file asks for, at most [`CRAWL_DELAY_MAX`].
    #[must_use]
    pub fn crawl_delay(&self) -> Option<Duration> {
        self.crawl_delay
    }

    /// Returns about how many bytes of memory it takes.
    #[must_use]
    pub fn memory(&self) -> usize {
        let rules = self.rules.iter();
        rules
            .map(|rule| size_of::<Rule>() + 4 * rule.text.len())
            .sum()
    }
}

impl Rule {
    /// Reads a rule; one without a path says nothing.
    fn read(line: &lines::Line<'_>) -> Option<Self> {
        if line.value.is_empty() {
            return None;
        }
        let allows = line.directive == Directive::Allow;
        Some(Self {
            allows,
            line: line.number,
            text: String::from_utf8_lossy(line.text).into_owned(),
            pattern: Pattern::read(line.value),
            also: if allows {
                Pattern::of_folder(line.value)
            } else {
                Pattern::without_end(line.value)
            },
        })
    }

    /// Returns how many octets of rule match a path; `None` where they do not.
    fn matches(&self, path: &[u8]) -> Option<usize> {
        let patterns = [Some(&self.pattern), self.also.as_ref()];
        let matching = patterns.into_iter().flatten().filter(|it| it.matches(path));
        matching.map(Pattern::octets).max()
    }
}

/// Returns what is read of a file: no byte order mark, and no line that is cut where reading ends.
fn head(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let Some(head) = bytes.get(..ROBOTS_BYTES_MAX) else {
        return bytes;
    };
    let is_whole = bytes.len() == ROBOTS_BYTES_MAX;
    match head.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(end) if !is_whole => &head[..end],
        _ => head,
    }
}

/// Reads the seconds of a pause, whole or not.
fn crawl_delay(value: &[u8]) -> Option<Duration> {
    let seconds: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    let is_pause = seconds.is_finite() && seconds > 0.0;
    is_pause.then(|| Duration::from_secs_f64(seconds.min(CRAWL_DELAY_MAX.as_secs_f64())))
}
