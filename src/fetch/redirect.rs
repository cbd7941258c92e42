//! Where does a redirect lead, and has it been there before?

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::fault::Fault;
use super::hop::{End, Outcome};
use super::{Stop, record};
use crate::exchange::Why;
use crate::link::Link;

/// Redirects followed at most: what browsers follow (WHATWG Fetch, HTTP-redirect fetch, step 7).
const REDIRECTS_MAX: usize = 20;

/// The way of one request through its redirects.
#[derive(Debug)]
pub(super) struct Trail {
    /// Where it is now: without fragment, with user info only where it may be sent.
    link: Link,
    /// The last URL that brought user info.
    credentials: Option<Link>,
    seen: HashSet<Link>,
}

impl Trail {
    pub(super) fn begin(link: &Link) -> Self {
        let credentials = link.has_user_info().then(|| link.clone());
        Self {
            link: link.without_fragment(),
            credentials,
            seen: HashSet::from([record::address(link)]),
        }
    }

    /// Returns the URL to be asked now.
    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// Ends the way, or goes on to where a redirect leads.
    pub(super) fn turn(&mut self, outcome: Outcome) -> Result<ControlFlow<End>, Stop> {
        match outcome {
            Outcome::End(end) => Ok(ControlFlow::Break(end)),
            Outcome::Redirect { status, location } => match self.follow(location.as_deref()) {
                Ok(()) => Ok(ControlFlow::Continue(())),
                Err(fault) => Err(Stop::Failure(fault.with_status(Some(status)))),
            },
        }
    }

    fn follow(&mut self, location: Option<&str>) -> Result<(), Fault> {
        let location =
            location.ok_or_else(|| Fault::new(Why::BadRedirect, "the redirect names no place"))?;
        // Relative to the URL without user info: what the next one carries is decided here alone.
        let next = self.link.without_user_info().join(location, None);
        let next = next.map_err(|_| {
            Fault::new(
                Why::BadRedirect,
                "the redirect leads to no http or https address",
            )
        })?;
        if self.seen.len() > REDIRECTS_MAX {
            return Err(Fault::new(
                Why::TooManyRedirects,
                format!("more than {REDIRECTS_MAX} redirects"),
            ));
        }
        let address = record::address(&next);
        if !self.seen.insert(address) {
            return Err(Fault::new(
                Why::TooManyRedirects,
                "the redirects lead in a circle",
            ));
        }
        self.link = self.with_credentials(next.without_fragment());
        Ok(())
    }

    /// Adds the user info known for the URL's own origin, if it brings none.
    fn with_credentials(&mut self, link: Link) -> Link {
        if link.has_user_info() {
            self.credentials = Some(link.clone());
            return link;
        }
        match &self.credentials {
            Some(known) if known.origin() == link.origin() => link.with_user_info_of(known),
            _ => link,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: &str, locations: &[&str], expected: Result<&str, Why>) {
        let mut trail = Trail::begin(&Link::parse(from).unwrap());
        let followed = locations
            .iter()
            .try_for_each(|location| trail.follow(Some(location)));
        let found = followed
            .map(|()| trail.link().to_string())
            .map_err(|fault| fault.why);
        let expected = expected.map(str::to_owned);
        assert_eq!(found, expected, "{from} {locations:?}");
    }

    #[test]
    fn locations_are_resolved() {
        check("https://h.test/a/b?q", &["c"], Ok("https://h.test/a/c"));
        check(
            "https://h.test/a",
            &["//i.test", "?x#y"],
            Ok("https://i.test/?x"),
        );
        check(
            "https://h.test/a",
            &["http://i.test/正"],
            Ok("http://i.test/%E6%AD%A3"),
        );
        check(
            "https://h.test/a",
            &["ftp://i.test/"],
            Err(Why::BadRedirect),
        );
        check("https://h.test/a", &["data:,x"], Err(Why::BadRedirect));
        check("https://h.test/a", &["https://"], Err(Why::BadRedirect));
    }

    #[test]
    fn circles_end() {
        check(
            "https://h.test/a#x",
            &["/b", "/a#y"],
            Err(Why::TooManyRedirects),
        );
        check("https://h.test/a", &[""], Err(Why::TooManyRedirects));
    }

    #[test]
    fn a_long_way_ends() {
        let locations: Vec<_> = (0..=REDIRECTS_MAX)
            .map(|number| format!("/{number}"))
            .collect();
        let locations: Vec<_> = locations.iter().map(String::as_str).collect();
        check(
            "https://h.test/",
            &locations[..REDIRECTS_MAX],
            Ok("https://h.test/19"),
        );
        check("https://h.test/", &locations, Err(Why::TooManyRedirects));
    }

    #[test]
    fn user_info_stays_with_its_origin() {
        let from = "https://me:p%40ss@h.test/a";
        check(from, &["/b"], Ok("https://me:p%40ss@h.test/b"));
        check(from, &["//i.test/b"], Ok("https://i.test/b"));
        check(
            from,
            &["//i.test/b", "//h.test/c"],
            Ok("https://me:p%40ss@h.test/c"),
        );
        check(from, &["http://h.test/b"], Ok("http://h.test/b"));
        check(from, &["//you@i.test/b", "/c"], Ok("https://you@i.test/c"));
    }
}
