//! Is this page closed? A proof by another parser than the one that sealed it. Pure.
//!
//! Not proven: what a browser does that no standard says, and how fonts, pictures and styles are decoded.

use crate::document::charset;
use crate::document::dom::{Dom, Element};

use super::missing::NOTHING;
use super::relink::TO_ROOT;
use super::seal::policy::POLICY;
use crate::refs::css::{Context, MentionKind, mentions};
use crate::refs::srcset;

/// One way out of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// What kind it is. Stable for ever.
    pub code: &'static str,
    /// The element, and the attribute if it is one.
    pub place: String,
    /// What stands there.
    pub text: String,
}

/// How many leaks are told of one page: enough to judge it, and bounded.
const LEAKS_MAX: usize = 100;

/// How long the text of a leak is at most, in characters.
const TEXT_CHARS_MAX: usize = 200;

/// The elements that act by being there.
const ACTING_ELEMENTS: &[&str] = &[
    "applet",
    "audio",
    "base",
    "bgsound",
    "controlledframe",
    "embed",
    "fencedframe",
    "frame",
    "frameset",
    "iframe",
    "object",
    "portal",
    "script",
    "video",
    "webview",
];

/// The attributes that act and have no place in a view.
const ACTING_ATTRIBUTES: &[&str] = &[
    "archive",
    "attributionsrc",
    "classid",
    "code",
    "codebase",
    "crossorigin",
    "data",
    "dynsrc",
    "icon",
    "imagesrcset",
    "integrity",
    "lowsrc",
    "manifest",
    "nonce",
    "ping",
    "poster",
    "profile",
    "referrerpolicy",
    "srcdoc",
    "xml:base",
];

/// What a link may be for that nothing is fetched for.
const PLAIN_LINKS: &[&str] = &[
    "alternate",
    "amphtml",
    "author",
    "bookmark",
    "canonical",
    "help",
    "license",
    "me",
    "shortlink",
    "tag",
];

/// The schemes that a reader may follow.
const FOLLOWED: &[&str] = &[
    "doi", "ftp", "ftps", "geo", "http", "https", "irc", "ircs", "magnet", "mailto", "news", "sms",
    "tel", "xmpp",
];

/// Returns every way out of `page`, a view's page read as a browser would from disk. None: it is closed.
#[must_use]
pub fn leaks(page: &[u8]) -> Vec<Leak> {
    let (text, _, _) = charset::decide(page, None).decode(page);
    let mut proof = Proof::default();
    let asides = proof.read(&text, Proof::expect_policy);
    if proof.policy != Policy::Stands {
        proof.report(
            "policy",
            "head",
            "the policy is not the first that stands there",
        );
    }
    for aside in asides {
        proof.read(&aside, |_, _| {});
    }
    proof.leaks
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Policy {
    /// Nothing that could fetch has been seen.
    #[default]
    Awaited,
    Stands,
    Late,
}

#[derive(Debug, Default)]
struct Proof {
    policy: Policy,
    leaks: Vec<Leak>,
}

impl Proof {
    fn report(&mut self, code: &'static str, place: &str, text: &str) {
        if self.leaks.len() < LEAKS_MAX {
            let text = text.chars().take(TEXT_CHARS_MAX).collect();
            self.leaks.push(Leak {
                code,
                place: place.to_owned(),
                text,
            });
        }
    }

    /// Looks at every element of `html`, and returns what stands in its `<noscript>`: text to a browser that runs scripts.
    fn read(&mut self, html: &str, first: fn(&mut Self, Element<'_>)) -> Vec<String> {
        let Some(dom) = Dom::parse(html) else {
            self.report(
                "unreadable",
                "page",
                "it nests too deep, or is too large a tree",
            );
            return Vec::new();
        };
        let mut asides = Vec::new();
        for element in dom.elements() {
            first(self, element);
            self.look_at(element);
            if element.name() == "noscript" {
                asides.push(element.text());
            }
        }
        asides
    }

    /// The policy comes first in the head: before it, there is nothing but the encoding.
    fn expect_policy(&mut self, element: Element<'_>) {
        if self.policy != Policy::Awaited || matches!(element.name(), "html" | "head") {
            return;
        }
        let is_encoding = element.name() == "meta"
            && element.attribute("charset").is_some()
            && element.attributes().count() == 1;
        if is_encoding {
            return;
        }
        let stands = is_policy(element);
        self.policy = if stands { Policy::Stands } else { Policy::Late };
    }

    fn look_at(&mut self, element: Element<'_>) {
        let name = element.name().to_ascii_lowercase();
        if ACTING_ELEMENTS.contains(&name.as_str()) {
            self.report("element", &name, "it acts by being there");
        }
        if name == "meta" {
            self.look_at_meta(element);
        }
        if name == "style" {
            self.look_at_style(&name, &element.text(), Context::Stylesheet);
        }
        for (attribute, value) in element.attributes() {
            let attribute = attribute.to_ascii_lowercase();
            if let Some(code) = leak_of(element, &name, &attribute, value) {
                self.report(code, &format!("{name} {attribute}"), value);
            }
            if attribute == "style" || (element.is_foreign() && value.contains(['(', '\\'])) {
                // The value is decoded already; as a stylesheet's text it is not decoded again.
                self.look_at_style(
                    &format!("{name} {attribute}"),
                    &format!("*{{a:{value}}}"),
                    Context::Stylesheet,
                );
                self.look_at_style(
                    &format!("{name} {attribute}"),
                    &format!("*{{{value}}}"),
                    Context::Stylesheet,
                );
            }
        }
    }

    fn look_at_meta(&mut self, element: Element<'_>) {
        let content = element.attribute("content").unwrap_or_default();
        if let Some(header) = element.attribute("http-equiv") {
            let is_ours =
                is_policy(element) || (header == "x-dns-prefetch-control" && content == "off");
            if !is_ours {
                self.report("header", "meta http-equiv", header);
            }
        }
        let name = element.attribute("name").unwrap_or_default();
        if name.trim().eq_ignore_ascii_case("referrer") && content != "no-referrer" {
            self.report("header", "meta name", content);
        }
    }

    fn look_at_style(&mut self, place: &str, css: &str, context: Context) {
        for mention in mentions(css.as_bytes(), encoding_rs::UTF_8, context) {
            let text = mention.text.trim();
            let is_closed = match mention.kind {
                MentionKind::Head => true,
                MentionKind::Import => text == NOTHING || is_archived(text),
                MentionKind::Url | MentionKind::ImageSet => {
                    is_here(text) || starts_with(text, "data:")
                }
            };
            if !is_closed {
                self.report("style", place, text);
            }
        }
    }
}

fn is_policy(element: Element<'_>) -> bool {
    element.name() == "meta"
        && element.attribute("http-equiv") == Some("Content-Security-Policy")
        && element.attribute("content") == Some(POLICY)
}

/// Returns the code of the leak that an attribute is, if it is one.
fn leak_of(element: Element<'_>, name: &str, attribute: &str, value: &str) -> Option<&'static str> {
    let value = value.trim_matches(|c: char| c <= ' ');
    let is_closed = match (name, attribute) {
        (_, attribute) if attribute.starts_with("on") => return Some("handler"),
        ("a" | "area", "href" | "xlink:href")
        | ("form", "action")
        | ("button" | "input", "formaction") => {
            return (!is_followed(value)).then_some("address");
        }
        ("link", "href") => {
            is_plain_link(element) && is_followed(value)
                || is_here(value)
                || starts_with(value, "data:image/")
        }
        ("animate" | "set", "attributename") => {
            let target = value.to_ascii_lowercase();
            return (target.ends_with("href") || target.starts_with("on")).then_some("handler");
        }
        (_, "srcset") => srcset::candidates(value)
            .into_iter()
            .all(|span| is_shown(&value[span.start..span.end])),
        (_, "src" | "background") | ("image" | "feimage", "href" | "xlink:href") => is_shown(value),
        (_, "href" | "xlink:href") => value.is_empty() || value.starts_with('#'),
        (_, "action" | "formaction") => false,
        (_, attribute) => !ACTING_ATTRIBUTES.contains(&attribute),
    };
    (!is_closed).then_some("fetch")
}

fn is_plain_link(element: Element<'_>) -> bool {
    let rel = element
        .attribute("rel")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut kinds = rel.split_ascii_whitespace();
    !rel.trim().is_empty() && kinds.all(|kind| PLAIN_LINKS.contains(&kind))
}

fn is_shown(address: &str) -> bool {
    is_here(address) || starts_with(address, "data:image/")
}

/// Returns whether an address names nothing outside the archive.
fn is_here(address: &str) -> bool {
    address.is_empty() || address.starts_with('#') || is_archived(address)
}

/// Returns whether an address is that of a blob or a derived file, seen from the article's folder.
fn is_archived(address: &str) -> bool {
    let Some(path) = address.strip_prefix(TO_ROOT) else {
        return false;
    };
    let Some(path) = path
        .strip_prefix("blobs/sha256/")
        .or_else(|| path.strip_prefix("derived/sha256/"))
    else {
        return false;
    };
    let Some((folder, name)) = path.split_once('/') else {
        return false;
    };
    let Some((digest, extension)) = name.split_once('.') else {
        return false;
    };
    digest.len() == 64
        && digest.starts_with(folder)
        && folder.len() == 2
        && digest
            .bytes()
            .all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
        && extension
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Returns whether a link may be followed: it leads to a page, a mailbox or the like, and runs nothing.
fn is_followed(address: &str) -> bool {
    let address: String = address
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    match address.split_once([':', '/', '?', '#', '\\']) {
        Some((scheme, _)) if address.as_bytes()[scheme.len()] == b':' => {
            FOLLOWED.contains(&scheme.to_ascii_lowercase().as_str())
        }
        _ => !address.starts_with("//") && !address.starts_with("\\\\"),
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(start))
}
