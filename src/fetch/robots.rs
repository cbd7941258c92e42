//! What does the robots.txt of a site say? Asked for once, and remembered for a day at most (RFC 9309 §2.3, §2.4).

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::fault::Fault;
use super::{Accept, Failure, Received, Request, Sink, Stop, Wishes};
use crate::exchange::Why;
use crate::link::Link;
use crate::robots::{ROBOTS_BYTES_MAX, Robots, product};

/// How long an answer counts (§2.4).
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// How long it counts that it can't be had: a site that is back is not to wait for a day. Hosts that fail again and again are
/// spared by the pace of requests.
const UNREACHABLE_KEPT: Duration = Duration::from_secs(60);
/// Sites that are remembered. Who comes back after so many others is asked again.
const SITES_KEPT: usize = 1024;
/// Bytes of rules that are remembered.
const BYTES_KEPT: usize = 8 << 20;
/// Bytes that are read: the byte order mark, the file, and one that tells that it goes on.
const BYTES_READ: usize = ROBOTS_BYTES_MAX + 4;

/// The sites that were asked.
#[derive(Debug)]
pub(super) struct Memory {
    /// The name that groups of rules are compared with.
    product: String,
    sites: Mutex<Sites>,
}

#[derive(Debug, Default)]
struct Sites {
    known: HashMap<String, Site>,
    /// The oldest first, with about how many bytes each takes.
    order: VecDeque<(String, usize)>,
    bytes: usize,
}

/// What is known of one site; filled by who asks first, and the others wait for it.
type Site = Arc<OnceCell<Known>>;

/// What a site says, and until when that counts.
#[derive(Debug)]
pub(super) struct Known {
    says: Says,
    until: Instant,
}

/// What a site says.
#[derive(Debug)]
enum Says {
    /// These rules; none where it has no robots.txt.
    Rules(Robots),
    /// Nothing: it can't be reached, and so nothing is allowed (§2.3.1.4).
    Unreachable(Failure),
}

impl Memory {
    pub(super) fn new(user_agent: &str) -> Self {
        Self {
            product: product(user_agent).to_owned(),
            sites: Mutex::default(),
        }
    }

    /// Returns what is known of the site of `link`, to be filled by who asks first.
    pub(super) fn site(&self, link: &Link) -> Site {
        let origin = link.origin();
        let mut sites = self.sites();
        if let Some(site) = sites.known.get(&origin) {
            let is_current = site.get().is_none_or(|it| Instant::now() < it.until);
            if is_current {
                return Arc::clone(site);
            }
            sites.forget(&origin);
        }
        while sites.order.len() >= SITES_KEPT || sites.bytes > BYTES_KEPT {
            let Some((oldest, _)) = sites.order.front().cloned() else {
                break;
            };
            sites.forget(&oldest);
        }
        let site = Site::default();
        sites.known.insert(origin.clone(), Arc::clone(&site));
        sites.order.push_back((origin, 0));
        site
    }

    /// Reads what came of the request for a site's robots.txt: `head` is what was taken of it. A trouble of ours says nothing
    /// of the site, and is not remembered.
    pub(super) fn read<S>(
        &self,
        link: &Link,
        result: Result<Received<S>, Stop>,
        head: &[u8],
    ) -> Result<Known, Stop> {
        let says = match result {
            // The sink takes no more than is read of a file that goes on.
            Ok(Received::Body(_)) | Err(Stop::Sink(_)) => {
                Says::Rules(Robots::read(head, &self.product))
            }
            Ok(Received::NotModified { .. }) => Says::Rules(Robots::default()),
            Err(Stop::Failure(failure)) if is_unavailable(&failure) => {
                Says::Rules(Robots::default())
            }
            Err(Stop::Failure(failure)) => Says::Unreachable(failure),
            Err(stop @ Stop::Machine(_)) => return Err(stop),
        };
        let kept = match &says {
            Says::Rules(robots) => {
                self.sites().count(&link.origin(), robots.memory());
                KEPT
            }
            Says::Unreachable(_) => UNREACHABLE_KEPT,
        };
        Ok(Known {
            says,
            until: Instant::now() + kept,
        })
    }

    fn sites(&self) -> MutexGuard<'_, Sites> {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sites {
    fn forget(&mut self, origin: &str) {
        self.known.remove(origin);
        if let Some(at) = self.order.iter().position(|(name, _)| name == origin)
            && let Some((_, bytes)) = self.order.remove(at)
        {
            self.bytes -= bytes;
        }
    }

    fn count(&mut self, origin: &str, bytes: usize) {
        if let Some(entry) = self.order.iter_mut().find(|(name, _)| name == origin) {
            self.bytes = self.bytes - entry.1 + bytes;
            entry.1 = bytes;
        }
    }
}

impl Known {
    /// Judges an address of the site.
    pub(super) fn judge(&self, link: &Link) -> Result<(), Failure> {
        match &self.says {
            Says::Rules(robots) => {
                let verdict = robots.judge(link);
                let Some(rule) = verdict.rule.filter(|_| !verdict.allowed) else {
                    return Ok(());
                };
                let detail = format!("line {} of {}: {}", rule.line, address(link), rule.text);
                Err(Fault::new(Why::Robots, detail).with_status(None))
            }
            Says::Unreachable(failure) => {
                // That a host is away is said as it is; that it has trouble with this file is a matter of robots.txt.
                let why = match failure.why {
                    Why::HttpStatus => Why::Robots,
                    why => why,
                };
                let status = failure.status.map(|status| format!(" (HTTP {status})"));
                let detail = format!(
                    "{} can't be had{}, and so forbids everything",
                    address(link),
                    status.unwrap_or_default()
                );
                Err(Fault::new(why, detail).with_status(None))
            }
        }
    }

    /// Returns the pause between two requests that the site asks for.
    pub(super) fn crawl_delay(&self) -> Option<Duration> {
        match &self.says {
            Says::Rules(robots) => robots.crawl_delay(),
            Says::Unreachable(_) => None,
        }
    }
}

/// Returns where the robots.txt of a site is.
pub(super) fn address(link: &Link) -> Link {
    link.without_user_info()
        .join("/robots.txt", None)
        .unwrap_or_else(|_| link.without_user_info())
}

/// Returns the request for the robots.txt of the site of `link`. Nothing of the user's is for it but what is for its host.
pub(super) fn request(link: &Link) -> Request {
    Request {
        link: address(link),
        accept: Accept::Any,
        site: None,
        page: None,
        robots: false,
        validators: None,
        bytes_max: None,
        wishes: Wishes::default(),
    }
}

/// Returns whether a site has no robots.txt, so that all is allowed (§2.3.1.3): it says so with 4xx, or leads nowhere. Who
/// answers 429 has too much to do to say anything.
fn is_unavailable(failure: &Failure) -> bool {
    match failure.why {
        Why::HttpStatus => failure
            .status
            .is_some_and(|status| (400..500).contains(&status) && status != 429),
        Why::TooManyRedirects | Why::BadRedirect | Why::EmptyBody => true,
        _ => false,
    }
}

/// Takes the beginning of a file, and no more.
#[derive(Debug, Clone, Default)]
pub(super) struct Head(Arc<Mutex<Vec<u8>>>);

impl Head {
    /// Returns what was taken.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.held().clone()
    }

    fn held(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut held = self.held();
        let left = BYTES_READ - held.len();
        held.extend_from_slice(&bytes[..bytes.len().min(left)]);
        if bytes.len() > left {
            return Err(io::Error::other("no more of a robots.txt is read"));
        }
        Ok(())
    }

    fn restart(&mut self) {
        self.held().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(host: &str) -> Link {
        Link::parse(&format!("https://{host}/a")).unwrap()
    }

    /// Asks `memory` for the site of a host, and fills it with what came. Returns whether it was asked for anew.
    fn ask(memory: &Memory, host: &str, came: Result<&[u8], Why>) -> bool {
        let site = memory.site(&link(host));
        let is_new = !site.initialized();
        let (result, head) = match came {
            Ok(head) => (Err(Stop::Sink(io::Error::other("enough"))), head),
            Err(why) => {
                let failure = Fault::new(why, "").with_status(None);
                (Err(Stop::Failure(failure)), &b""[..])
            }
        };
        if is_new {
            let known = memory.read::<Head>(&link(host), result, head).unwrap();
            assert!(site.set(known).is_ok());
        }
        is_new
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_counts_for_a_day_and_none_for_a_minute() {
        let memory = Memory::new("Offprint/1");
        let rules = Ok(&b"user-agent: *\ndisallow: /"[..]);
        assert!(ask(&memory, "a.test", rules));
        assert!(ask(&memory, "b.test", Err(Why::TimedOut)));
        tokio::time::advance(UNREACHABLE_KEPT / 2).await;
        assert!(!ask(&memory, "a.test", rules) && !ask(&memory, "b.test", rules));
        tokio::time::advance(UNREACHABLE_KEPT / 2).await;
        assert!(!ask(&memory, "a.test", rules) && ask(&memory, "b.test", rules));
        tokio::time::advance(KEPT).await;
        assert!(ask(&memory, "a.test", rules) && ask(&memory, "b.test", rules));
    }

    #[tokio::test]
    async fn what_is_remembered_is_bounded() {
        let memory = Memory::new("Offprint/1");
        for number in 0..2 * SITES_KEPT {
            ask(&memory, &format!("{number}.test"), Ok(b""));
        }
        let known = memory.sites().known.len();
        assert_eq!(
            (known, memory.sites().order.len()),
            (SITES_KEPT, SITES_KEPT)
        );
        let rules = "user-agent: *\n".to_owned() + &"disallow: /some/folder\n".repeat(10_000);
        for number in 0..64 {
            ask(
                &memory,
                &format!("large{number}.test"),
                Ok(rules.as_bytes()),
            );
        }
        let large = Robots::read(rules.as_bytes(), "x").memory();
        assert!(memory.sites().bytes <= BYTES_KEPT + large);
        assert!(memory.sites().known.len() < 64);
    }
}
