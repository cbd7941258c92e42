//! Is this page closed? A proof by another parser than the one that sealed it. Pure.
//!
//! Not proven: what a browser does that no standard says, and how fonts, pictures and styles are decoded.

mod rules;

use encoding_rs::{Encoding, UTF_8};

use crate::document::charset;
use crate::document::dom::{Dom, Element};

use super::missing::NOTHING;
use super::seal::policy::POLICY;
use super::seal::{FRAMES_MAX, SANDBOX};
use crate::refs::css::{Context, CssMention, MentionKind, mentions};
use rules::{is_archived, is_below, is_here, leak_of, starts_with};

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

/// Returns every way out of `page`, a view's page read as a browser would from disk. None: it is closed.
#[must_use]
pub fn leaks(page: &[u8]) -> Vec<Leak> {
    let (text, _, _) = charset::decide(page, None, None).decode(page);
    leaks_of(&text, 0)
}

/// Returns every way out of a page that stands in so many frames.
fn leaks_of(text: &str, frames: usize) -> Vec<Leak> {
    let mut proof = Proof::default();
    let asides = proof.read(text, Proof::expect_policy);
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
    for frame in std::mem::take(&mut proof.frames) {
        if frames == FRAMES_MAX {
            proof.report("element", "iframe", "it stands in too many frames");
        } else {
            proof.leaks.extend(leaks_of(&frame, frames + 1));
        }
    }
    proof.leaks.truncate(LEAKS_MAX);
    proof.leaks
}

/// Returns whether a stylesheet that is written in `encoding` fetches nothing but what stands below `root`.
#[must_use]
pub(super) fn is_closed_sheet(sheet: &[u8], encoding: &'static Encoding, root: &str) -> bool {
    let (text, _) = encoding.decode_with_bom_removal(sheet);
    let is_closed = |mention: &CssMention| {
        let text = mention.text.trim();
        let is_inside = text.is_empty() || text.starts_with('#') || starts_with(text, "data:");
        match mention.kind {
            MentionKind::Head => true,
            MentionKind::Import => text == NOTHING || is_below(text, root),
            MentionKind::Url | MentionKind::ImageSet => is_inside || is_below(text, root),
        }
    };
    mentions(text.as_bytes(), UTF_8, Context::Stylesheet)
        .iter()
        .all(is_closed)
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
    /// The pages that stand in the tags of frames.
    frames: Vec<String>,
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
        if let Some(inner) = inner_page(element) {
            self.frames.push(inner.to_owned());
        } else if ACTING_ELEMENTS.contains(&name.as_str()) {
            self.report("element", &name, "it acts by being there");
        }
        if name == "meta" {
            self.look_at_meta(element);
        }
        if name == "style" {
            self.look_at_style(&name, &element.text());
        }
        for (attribute, value) in element.attributes() {
            let attribute = attribute.to_ascii_lowercase();
            if let Some(code) = leak_of(element, &name, &attribute, value) {
                self.report(code, &format!("{name} {attribute}"), value);
            }
            // The value is decoded already; as the text of a stylesheet it is not decoded again.
            let style = match attribute.as_str() {
                "style" => format!("*{{{value}}}"),
                _ if element.is_foreign() => format!("*{{a:{value}}}"),
                _ => continue,
            };
            self.look_at_style(&format!("{name} {attribute}"), &style);
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

    fn look_at_style(&mut self, place: &str, css: &str) {
        for mention in mentions(css.as_bytes(), UTF_8, Context::Stylesheet) {
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

/// Returns the page of a frame that has it in its tag, and may show what lies beside the view and do nothing.
fn inner_page(element: Element<'_>) -> Option<&str> {
    let is_frame = element.name() == "iframe" && !element.is_foreign();
    let is_sealed = element.attribute("sandbox") == Some(SANDBOX);
    element
        .attribute("srcdoc")
        .filter(|_| is_frame && is_sealed)
}

fn is_policy(element: Element<'_>) -> bool {
    element.name() == "meta"
        && element.attribute("http-equiv") == Some("Content-Security-Policy")
        && element.attribute("content") == Some(POLICY)
}

#[cfg(test)]
mod tests;
