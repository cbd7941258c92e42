//! What does a web archive say of its captures? Link headers and lists of captures (RFC 7089, RFC 6690), and where a capture lies as it came. Pure.

use jiff::Timestamp;

use crate::exchange::http_date;
use crate::link::Link;

/// Links that are read of one text at most: of a page that is captured every hour, those of a year.
pub const LINKS_MAX: usize = 10_000;

/// Digits of the time in the address of a capture: `20261128010203`.
const TIME_DIGITS: usize = 14;

/// What asks for a capture as it came, after the time in its address: neither edited nor framed.
const RAW: &str = "id_";

/// One link of a header or of a list of captures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where it leads.
    pub link: Link,
    /// The words of its `rel`, in lowercase.
    pub rels: Vec<String>,
    /// Of a capture, when it was made.
    pub time: Option<Timestamp>,
}

impl Related {
    /// Returns whether it leads to a capture.
    #[must_use]
    pub fn is_capture(&self) -> bool {
        self.has("memento")
    }

    /// Returns whether it leads to a list of captures.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.has("timemap")
    }

    fn has(&self, word: &str) -> bool {
        self.rels.iter().any(|rel| rel == word)
    }
}

/// Returns the links that a text names, the first [`LINKS_MAX`]; relative ones are so to `base`. What can't be understood is
/// passed over.
#[must_use]
pub fn links(text: &str, base: &Link) -> Vec<Related> {
    let mut links = Vec::new();
    let mut rest = text;
    while links.len() < LINKS_MAX {
        let Some((_, after)) = rest.split_once('<') else {
            break;
        };
        let Some((target, after)) = after.split_once('>') else {
            break;
        };
        let end = end_of_value(after);
        let parameters = &after[..end];
        rest = &after[end..];
        if let Ok(link) = base.join(target.trim(), None) {
            links.push(Related {
                link,
                rels: words(parameter(parameters, "rel")),
                time: parameter(parameters, "datetime").and_then(http_date),
            });
        }
    }
    links
}

/// Returns where the value of a link ends: at the first comma outside quotes, or at the end.
fn end_of_value(text: &str) -> usize {
    let mut is_quoted = false;
    let end = text.bytes().position(|byte| {
        is_quoted ^= byte == b'"';
        byte == b',' && !is_quoted
    });
    end.unwrap_or(text.len())
}

/// Returns the value of a parameter, without its quotes.
fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = parameters;
    while let Some((_, after)) = rest.split_once(';') {
        let mut is_quoted = false;
        let end = after.bytes().position(|byte| {
            is_quoted ^= byte == b'"';
            byte == b';' && !is_quoted
        });
        let end = end.unwrap_or(after.len());
        if let Some((key, value)) = after[..end].split_once('=')
            && key.trim().eq_ignore_ascii_case(name)
        {
            return Some(value.trim().trim_matches('"'));
        }
        rest = &after[end..];
    }
    None
}

fn words(rel: Option<&str>) -> Vec<String> {
    let words = rel.unwrap_or_default().split_ascii_whitespace();
    words.map(str::to_ascii_lowercase).collect()
}

/// Returns the address at which a capture lies as it came (`/web/20261128010203id_/…`), where its own is of that shape.
#[must_use]
pub fn raw(capture: &Link) -> Option<Link> {
    let text = capture.as_str();
    let mut at = text.find("://")? + 3;
    loop {
        at += text[at..].find('/')? + 1;
        let part = &text[at..];
        let part = &part[..part.find('/')?];
        let is_time = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let digits = part.get(..TIME_DIGITS).filter(|it| is_time(it));
        let modifier = part.get(TIME_DIGITS..).unwrap_or_default();
        if digits.is_some() && (modifier.is_empty() || modifier.ends_with('_')) {
            let time = at + TIME_DIGITS;
            let rest = &text[at + part.len()..];
            return Link::parse(&format!("{}{RAW}{rest}", &text[..time])).ok();
        }
    }
}

/// Returns the addresses of captures, those that were made next to `wanted` first, each once.
#[must_use]
pub fn nearest(links: &[Related], wanted: Timestamp) -> Vec<Link> {
    let captures = links.iter().filter(|link| link.is_capture());
    let distance = |time: Timestamp| time.as_second().abs_diff(wanted.as_second());
    let mut captures: Vec<(u64, &Link)> = captures
        .map(|it| (it.time.map_or(u64::MAX, distance), &it.link))
        .collect();
    captures.sort_by_key(|(distance, _)| *distance);
    let mut nearest: Vec<Link> = Vec::new();
    for (_, link) in captures {
        if nearest.last() != Some(link) {
            nearest.push(link.clone());
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str) -> Link {
        Link::parse(text).unwrap()
    }

    #[test]
    fn a_header_names_what_belongs_to_a_capture() {
        let text = "<https://a.test/x>; rel=\"original\", \
            <https://w.test/timemap/link/https://a.test/x>; rel=\"timemap\"; type=\"application/link-format\", \
            </web/20200102030405/https://a.test/x,y>; rel=\"first last Memento\"; datetime=\"Thu, 02 Jan 2020 03:04:05 GMT\",";
        let links = links(text, &link("https://w.test/web/"));
        assert_eq!(links.len(), 3);
        assert!(links[1].is_list() && !links[1].is_capture());
        assert!(links[2].is_capture());
        assert_eq!(
            links[2].link.as_str(),
            "https://w.test/web/20200102030405/https://a.test/x,y"
        );
        assert_eq!(links[2].time, "2020-01-02T03:04:05Z".parse().ok());
    }

    #[test]
    fn a_capture_lies_raw_beside_its_page() {
        for (capture, expected) in [
            (
                "https://w.test/web/20200102030405/https://a.test/x?y=1",
                Some("https://w.test/web/20200102030405id_/https://a.test/x?y=1"),
            ),
            (
                "http://w.test/coll/20200102030405im_/http://a.test/",
                Some("http://w.test/coll/20200102030405id_/http://a.test/"),
            ),
            (
                "http://w.test/20200102030405id_/http://a.test/",
                Some("http://w.test/20200102030405id_/http://a.test/"),
            ),
            ("https://w.test/web/2020/https://a.test/", None),
            ("https://w.test/", None),
            ("https://w.test/web/20200102030405", None),
        ] {
            let raw = raw(&link(capture));
            assert_eq!(raw.as_ref().map(Link::as_str), expected, "{capture}");
        }
    }

    #[test]
    fn the_nearest_comes_first() {
        let text = "<http://w.test/1>;rel=memento;datetime=\"Wed, 01 Jan 2020 00:00:00 GMT\",\n\
            <http://w.test/2>;rel=\"last memento\";datetime=\"Fri, 03 Jan 2020 00:00:00 GMT\",\n\
            <http://w.test/3>;rel=memento;datetime=nonsense, <http://w.test/4>; rel=self";
        let links = links(text, &link("http://w.test/"));
        let nearest = nearest(&links, "2020-01-02T23:00:00Z".parse().unwrap());
        let nearest: Vec<&str> = nearest.iter().map(Link::as_str).collect();
        assert_eq!(
            nearest,
            ["http://w.test/2", "http://w.test/1", "http://w.test/3"]
        );
    }

    #[test]
    fn a_list_without_end_is_read_to_its_limit() {
        let text = "<http://w.test/1>;rel=memento,".repeat(LINKS_MAX + 10);
        assert_eq!(links(&text, &link("http://w.test/")).len(), LINKS_MAX);
        for text in ["<", "<>", "<a>;;;=\"", "<a>;rel=\"", ",<a>,<b", "\"<a>\""] {
            assert!(links(text, &link("http://w.test/")).len() <= 2, "{text}");
        }
    }
}
