//! What does every view begin with, and where does it stand? The policy of `docs/format.md`, before all that fetches. Pure.

use encoding_rs::{UTF_16BE, UTF_16LE};

use super::super::splice::Edit;
use crate::document::legible::Legible;
use crate::document::markup::Token;
use crate::document::{Document, Span};

/// The policy itself (CSP 3): pictures, fonts and styles from the archive and from the page, nothing else from anywhere.
/// `'self'` is for a view that is served, `file:` for one that is opened from disk.
pub(crate) const POLICY: &str = "default-src 'none'; img-src 'self' file: data:; font-src 'self' file: data:; \
     style-src 'self' file: 'unsafe-inline'; base-uri 'none'; form-action http: https:";

/// How many bytes a browser looks through for `<meta charset>` before it reads on (WHATWG HTML §13.2.3.2).
const PRESCAN_BYTES: usize = 1024;

/// Returns the policy as markup, after the `<meta charset>` of an encoding called `charset`, if that can be said.
pub(crate) fn markup(charset: Option<&str>) -> String {
    let charset = charset
        .map(|name| format!("<meta charset=\"{name}\">"))
        .unwrap_or_default();
    format!(
        "{charset}<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\
         <meta name=\"referrer\" content=\"no-referrer\"><meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">"
    )
}

/// Returns the insertion of the policy at `position` of the legible bytes. UTF-16 is told by its byte order mark alone
/// (WHATWG HTML §4.2.5.4), so that is written where it is not there.
pub(super) fn edits(page: &Document, legible: &Legible<'_>, position: usize) -> Vec<Edit> {
    let mark: &[u8] = if page.charset == UTF_16LE {
        b"\xFF\xFE"
    } else if page.charset == UTF_16BE {
        b"\xFE\xFF"
    } else {
        b""
    };
    let name = mark.is_empty().then(|| page.charset.name());
    let policy = legible.ascii(&markup(name));
    let at = legible
        .source(Span {
            start: position,
            end: position,
        })
        .start;
    if page.bytes.starts_with(mark) {
        let at = at.max(mark.len());
        return vec![Edit::new(at..at, policy)];
    }
    if at == 0 {
        return vec![Edit::new(0..0, [mark, &policy].concat())];
    }
    vec![Edit::new(0..0, mark), Edit::new(at..at, policy)]
}

/// Finds the place for the policy: after `<head>` if nothing that a browser shows or fetches stands before it, else
/// after a leading doctype, else at the start.
#[derive(Debug)]
pub(super) struct Place {
    position: usize,
    /// Where the last token of the prologue ends; `None` when it is over.
    reached: Option<usize>,
}

impl Place {
    /// Returns the place at the start of `html`, after its byte order mark.
    pub(super) fn at_start(html: &[u8]) -> Self {
        let start = if html.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        };
        Self {
            position: start,
            reached: Some(start),
        }
    }

    /// Takes in the next token of `html`.
    pub(super) fn see(&mut self, token: &Token, html: &[u8]) {
        let Some(reached) = self.reached.take() else {
            return;
        };
        let (span, is_place) = match token {
            Token::Doctype(span) => (*span, true),
            Token::Comment(span) => (*span, false),
            Token::Start(tag) if tag.name == "html" => (tag.span, false),
            Token::Start(tag) if tag.name == "head" => {
                let near = tag.span.end + markup(Some("utf-8")).len() <= PRESCAN_BYTES;
                if near && is_blank(html, reached, tag.span.start) {
                    self.position = tag.span.end;
                }
                return;
            }
            _ => return,
        };
        if !is_blank(html, reached, span.start) {
            return;
        }
        if is_place {
            self.position = span.end;
        }
        self.reached = Some(span.end);
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }
}

fn is_blank(html: &[u8], start: usize, end: usize) -> bool {
    html.get(start..end)
        .is_some_and(|between| between.trim_ascii().is_empty())
}

/// Returns the edits that show the source of `page` as text, whatever it is: after `<plaintext>`, nothing is markup
/// (WHATWG HTML §13.2.5.5).
pub(crate) fn as_text(page: &Document) -> Vec<Edit> {
    let legible = Legible::of(page);
    let start = Place::at_start(legible.bytes()).position();
    let mut edits = edits(page, &legible, start);
    if let Some(policy) = edits.last_mut() {
        policy.put.extend(legible.ascii("<plaintext>"));
    }
    edits
}
