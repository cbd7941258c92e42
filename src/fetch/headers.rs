//! Which header fields of the user's own go along with a request? Each only where it may, so that no image host is told
//! what is meant for the article's site.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};

use super::fingerprint::Fields;
use super::hosts::Hosts;
use crate::link::Link;

/// Fields that tell nothing of a person that could be misused: they go with every request, and stand in the record.
#[rustfmt::skip]
pub const HARMLESS: [&str; 15] = [
    "accept", "accept-language", "cache-control", "dnt", "pragma", "priority", "save-data", "sec-ch-ua", "sec-ch-ua-mobile",
    "sec-ch-ua-platform", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-user", "sec-gpc", "upgrade-insecure-requests",
];

/// Fields that are not the user's to give, and why.
#[rustfmt::skip]
const REFUSED: [(&[&str], &str); 8] = [
    (&["referer", "referrer"], "no request of Offprint carries a Referer, unless --referrer HOST=origin or HOST=page says so"),
    (&["origin", "sec-fetch-site"], "it would tell a host which page its image is for, as a Referer does"),
    (&["user-agent"], "give it with --user-agent"),
    (&["host"], "it comes from the URL; to connect elsewhere, use --resolve HOST=ADDR"),
    (&["accept-encoding"], "Offprint asks for the codings that it can decode"),
    (&["range", "if-range"], "a resource is kept whole or not at all"),
    (&["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"],
        "what is in the archive is asked for conditionally without it"),
    (&["proxy-authorization"], "user name and password of a proxy belong into its URL: --proxy http://NAME:PASSWORD@HOST"),
];

/// Fields of the connection or of a body, which are the HTTP stack's.
#[rustfmt::skip]
const OF_THE_STACK: [&str; 13] = [
    "connection", "content-encoding", "content-length", "content-type", "expect", "http2-settings", "keep-alive",
    "proxy-connection", "te", "trailer", "trailers", "transfer-encoding", "upgrade",
];

/// A header field that the user gives. Its value is seen nowhere unless the field is known to be harmless.
#[derive(Debug, Clone)]
pub struct Header {
    name: HeaderName,
    /// Marked as sensitive where it must not be seen.
    value: HeaderValue,
    reach: Reach,
}

/// The user's own header fields.
#[derive(Debug, Clone, Default)]
pub struct OwnHeaders {
    /// By flags.
    pub by_flag: Vec<Header>,
    /// In the configuration.
    pub in_file: Vec<Header>,
}

/// Where a header field goes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reach {
    /// With every request.
    Everywhere,
    /// To the site of the article that the request is made for.
    Site,
    /// To the hosts that are named.
    Hosts(Hosts),
}

/// Why a header field can't be taken. Its value is not repeated: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// There is no name.
    #[error("not of the form 'NAME: VALUE' or 'HOST=NAME: VALUE'")]
    Form,
    /// Nothing, or control characters, after the colon.
    #[error("the value of {0} is empty or holds characters that can't be sent")]
    Value(HeaderName),
    /// Not the user's to give.
    #[error("{name} is not to be given: {why}")]
    Refused {
        /// The field.
        name: HeaderName,
        /// Why not, and what to do instead.
        why: &'static str,
    },
    /// A credential for everybody.
    #[error(
        "{0} would go to every host that a page names; name the host it is for: 'HOST={0}: VALUE'"
    )]
    ForEverybody(HeaderName),
}

impl Header {
    /// Makes a field for some hosts of a `NAME: VALUE`, whatever it is.
    ///
    /// # Errors
    /// When it is of another form, or the field is not one that a user may give.
    pub fn for_hosts(hosts: Hosts, field: &str) -> Result<Self, HeaderError> {
        let (name, value) = read_field(field)?;
        let reach = Reach::Hosts(hosts);
        Ok(Self { name, value, reach })
    }

    /// Makes the basic credentials (RFC 7617) for some hosts.
    pub(crate) fn basic(hosts: Hosts, user: &str, password: &str) -> Self {
        let pair = BASE64.encode(format!("{user}:{password}"));
        let value = HeaderValue::from_str(&format!("Basic {pair}"));
        let mut value = value.expect("base64 is ASCII without control characters");
        value.set_sensitive(true);
        Self {
            name: AUTHORIZATION,
            value,
            reach: Reach::Hosts(hosts),
        }
    }

    /// Reads `NAME: VALUE`, `HOST=NAME: VALUE`, `http://HOST=NAME: VALUE` or `*=NAME: VALUE`.
    ///
    /// # Errors
    /// When it is of another form, or the field is not one that a user may give.
    pub fn parse(text: &str) -> Result<Self, HeaderError> {
        let (place, field) = split_place(text)?;
        let (name, value) = read_field(field)?;
        let is_harmless = !value.is_sensitive();
        let reach = match place {
            None if is_harmless => Reach::Everywhere,
            None => Reach::Site,
            Some(Place::EveryHost) if name == AUTHORIZATION || name == COOKIE => {
                return Err(HeaderError::ForEverybody(name));
            }
            Some(Place::EveryHost) => Reach::Everywhere,
            Some(Place::Hosts(hosts)) => Reach::Hosts(hosts),
        };
        Ok(Self { name, value, reach })
    }

    /// Returns whether it goes to the site of an article alone.
    pub(super) fn is_for_site(&self) -> bool {
        self.reach == Reach::Site
    }

    /// Returns whether another of the same name is for hosts that are named more particularly.
    fn yields_to(&self, other: &Self) -> bool {
        match (&self.reach, &other.reach) {
            (Reach::Hosts(own), Reach::Hosts(other)) => own.rank() < other.rank(),
            _ => false,
        }
    }

    fn goes_to(&self, link: &Link, site: Option<&Link>) -> bool {
        match &self.reach {
            Reach::Everywhere => true,
            Reach::Site => site.is_some_and(|site| is_same_site(site, link)),
            Reach::Hosts(hosts) => hosts.may_be_told(link),
        }
    }
}

impl OwnHeaders {
    /// Adds all of them to what decides what a request brings.
    pub(super) fn add_to(&self, fields: &mut Fields) {
        for headers in [&self.by_flag, &self.in_file] {
            fields.count(headers.len());
            for header in headers {
                fields.add(&header.name);
                fields.add(&header.value);
                fields.add(format!("{:?}", header.reach));
            }
        }
    }
}

/// Reads `NAME: VALUE`; the value is marked as sensitive unless the field is known to be harmless.
fn read_field(field: &str) -> Result<(HeaderName, HeaderValue), HeaderError> {
    let (name, value) = field.split_once(':').ok_or(HeaderError::Form)?;
    let name: HeaderName = name.trim().parse().map_err(|_| HeaderError::Form)?;
    if let Some(why) = refusal(&name) {
        return Err(HeaderError::Refused { name, why });
    }
    let value = HeaderValue::from_bytes(value.trim().as_bytes());
    let Some(mut value) = value.ok().filter(|it| !it.is_empty()) else {
        return Err(HeaderError::Value(name));
    };
    value.set_sensitive(!HARMLESS.contains(&name.as_str()));
    Ok((name, value))
}

/// Adds to the header fields of a request for `link` those of the user's that may go there. `site` is the address of the
/// article that it is made for.
///
/// Those that come first are replaced by later ones of the same name: ours by those of the configuration, these by flags.
pub(super) fn add(headers: &mut HeaderMap, own: &OwnHeaders, link: &Link, site: Option<&Link>) {
    for own in [&own.in_file, &own.by_flag] {
        let mut replaced = Vec::new();
        for header in own.iter().filter(|header| header.goes_to(link, site)) {
            let is_overruled = own.iter().any(|other| {
                other.name == header.name && other.goes_to(link, site) && header.yields_to(other)
            });
            // A URL's own user name is more particular.
            if is_overruled || header.name == AUTHORIZATION && link.has_user_info() {
                continue;
            }
            if replaced.contains(&&header.name) {
                headers.append(&header.name, header.value.clone());
            } else {
                headers.insert(&header.name, header.value.clone());
                replaced.push(&header.name);
            }
        }
    }
}

/// Returns whether a secret for the article at `site` may go to `link`: to the same origin, or from http to https of one
/// host, since many servers send who comes by http there.
fn is_same_site(site: &Link, link: &Link) -> bool {
    let (from, to) = (site.as_url(), link.as_url());
    let is_upgrade = (from.scheme(), to.scheme()) == ("http", "https")
        && site.host() == link.host()
        && from.port().is_none()
        && to.port().is_none();
    is_upgrade || site.origin() == link.origin()
}

fn refusal(name: &HeaderName) -> Option<&'static str> {
    if OF_THE_STACK.contains(&name.as_str()) {
        return Some(
            "it is a matter of the connection, or of a body that these requests do not have",
        );
    }
    let row = REFUSED.iter().find(|row| row.0.contains(&name.as_str()));
    row.map(|row| row.1)
}

/// What stands before `=`.
enum Place {
    EveryHost,
    Hosts(Hosts),
}

/// Takes what stands before the field's name apart. A name holds no `=` (RFC 9110 §5.6.2), and only a host written with its
/// scheme or an IPv6 address holds a colon, so no field is taken for a place.
fn split_place(text: &str) -> Result<(Option<Place>, &str), HeaderError> {
    let Some((place, field)) = text.split_once('=') else {
        return Ok((None, text));
    };
    let place = place.trim();
    let host = place.split_once("://").map_or(place, |(_, host)| host);
    let is_bracketed = host.starts_with('[') && host.ends_with(']');
    if host.contains(':') && !is_bracketed {
        return Ok((None, text));
    }
    if place == "*" {
        return Ok((Some(Place::EveryHost), field));
    }
    let hosts = Hosts::parse(place).map_err(|_| HeaderError::Form)?;
    Ok((Some(Place::Hosts(hosts)), field))
}
