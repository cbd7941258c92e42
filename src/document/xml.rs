//! What must be written differently in XML, so that it says the same as HTML? XHTML in a form that browsers read alike. Pure.
//!
//! Pages of `application/xhtml+xml` are XML: `<script/>` and `<a id="x"/>` are whole elements, CDATA sections are text, and
//! `<IMG>` is no image. As HTML, the first would swallow the page. With the changes that are found here it can be read,
//! sealed and shown as any other page. This is no validator: what is not well-formed is read as far as it makes sense.

pub(crate) mod scan;

use std::borrow::Cow;

use scan::Scanner;

use super::Span;

/// A part of the text, and what must stand there in HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What is replaced; never empty.
    pub span: Span,
    /// What stands there instead: ASCII, never empty.
    pub put: Cow<'static, str>,
}

/// What stands in the place of markup that HTML does not know: a comment, which shows nothing.
const NOTHING: &str = "<!---->";

/// The elements that never have content in HTML (WHATWG HTML §13.1.2): there, `/>` is as good as `>`.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// The elements whose content is text in HTML, without character references.
const RAW_TEXTS: &[&str] = &["script", "style"];

/// The elements whose content is text in HTML, with character references.
const TEXTS: &[&str] = &["textarea", "title"];

/// The elements that make text of what follows in HTML, but not in XML.
const ONLY_IN_HTML: &[&str] = &["noembed", "plaintext", "xmp"];

/// The elements of SVG and `MathML` that hold HTML.
const HTML_HOLDERS: &[&str] = &[
    "annotation-xml",
    "desc",
    "foreignObject",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "title",
];

/// What goes before the name of an element that HTML would take for another: a name that means nothing.
const MEANINGLESS: &str = "x-";

/// Returns the changes in order, apart from each other.
#[must_use]
pub fn as_html(xml: &str) -> Vec<Change> {
    let mut reader = Reader {
        scanner: Scanner::new(xml),
        open: Vec::new(),
        changes: Vec::new(),
    };
    while reader.step().is_some() {}
    reader.changes
}

/// An element that is open.
struct Open<'t> {
    name: &'t str,
    /// Whether it is of SVG or `MathML`.
    is_foreign: bool,
    /// Whether what stands in it is SVG or `MathML`.
    holds_foreign: bool,
}

struct Reader<'t> {
    scanner: Scanner<'t>,
    open: Vec<Open<'t>>,
    changes: Vec<Change>,
}

/// How far up the element is looked for that an end tag ends; in XML it is always the innermost.
const ENDED_MAX: usize = 64;

impl<'t> Reader<'t> {
    /// Reads the next piece of markup; `None` at the end.
    fn step(&mut self) -> Option<()> {
        let text = self.scanner.text();
        if self.is_in(&["style"]) {
            self.references(text);
        }
        let rest = self.scanner.rest();
        if rest.starts_with("<!--") {
            let comment = self.scanner.pass("-->", "<!--".len())?;
            self.comment(comment);
        } else if rest.starts_with("<![CDATA[") {
            let section = self.scanner.pass("]]>", "<![CDATA[".len())?;
            self.characters(section);
        } else if rest.starts_with("<?") {
            let instruction = self.scanner.pass("?>", "<?".len())?;
            let is_alike = !self.slice(instruction)[..instruction.length() - 1].contains('>');
            self.put_unless(is_alike, instruction, NOTHING);
        } else if rest.starts_with("<!") {
            if let Some(subset) = self.scanner.doctype()?.subset {
                self.put(subset, " ");
            }
        } else if rest.starts_with("</") {
            let tag = self.scanner.pass(">", 0)?;
            self.end(tag);
        } else if rest.starts_with('<') {
            self.start()?;
        } else {
            return None;
        }
        Some(())
    }

    fn slice(&self, span: Span) -> &'t str {
        self.scanner.slice(span)
    }

    fn put(&mut self, span: Span, put: impl Into<Cow<'static, str>>) {
        let put = put.into();
        self.changes.push(Change { span, put });
    }

    fn put_unless(&mut self, is_alike: bool, span: Span, put: &'static str) {
        if !is_alike {
            self.put(span, put);
        }
    }

    /// Whether the innermost element is one of HTML that has one of these names.
    fn is_in(&self, names: &[&str]) -> bool {
        let innermost = self.open.last();
        innermost.is_some_and(|open| !open.is_foreign && names.contains(&open.name))
    }

    /// Whether what comes next is of SVG or `MathML`.
    fn is_in_foreign(&self) -> bool {
        self.open.last().is_some_and(|open| open.holds_foreign)
    }

    /// HTML ends some comments earlier, and knows none in a style.
    fn comment(&mut self, comment: Span) {
        if self.is_in(RAW_TEXTS) || self.is_in(TEXTS) {
            return self.put(comment, " ");
        }
        let body = &self.slice(comment)["<!--".len()..];
        let ends_early = body.starts_with('>') || body.starts_with("->") || body.contains("--!>");
        self.put_unless(!ends_early, comment, NOTHING);
    }

    /// A CDATA section: HTML knows it in SVG and `MathML` alone.
    fn characters(&mut self, section: Span) {
        if self.is_in(&["script"]) {
            return self.put(section, " ");
        }
        if self.is_in_foreign() {
            return;
        }
        let mark = if self.is_in(RAW_TEXTS) || self.is_in(TEXTS) {
            " "
        } else {
            NOTHING
        };
        let inner = Span {
            start: section.start + "<![CDATA[".len(),
            end: section.end - "]]>".len(),
        };
        self.put(Span::from(section.start..inner.start), mark);
        if !self.is_in(RAW_TEXTS) {
            for (at, byte) in self.slice(inner).bytes().enumerate() {
                let at = inner.start + at;
                match byte {
                    b'<' => self.put(Span::from(at..at + 1), "&lt;"),
                    b'&' => self.put(Span::from(at..at + 1), "&amp;"),
                    _ => {}
                }
            }
        }
        self.put(Span::from(inner.end..section.end), mark);
    }

    /// The references in the text of a style, which HTML does not resolve.
    fn references(&mut self, text: Span) {
        let written = self.slice(text);
        for (at, _) in written.match_indices('&') {
            let rest = &written[at..];
            let Some((reference, put)) = REFERENCES
                .iter()
                .find(|(reference, _)| rest.starts_with(reference))
            else {
                continue;
            };
            let start = text.start + at;
            self.put(Span::from(start..start + reference.len()), *put);
        }
    }

    fn end(&mut self, tag: Span) {
        let name = self.slice(tag)["</".len()..tag.length() - 1].trim_ascii_end();
        let from = self.open.len().saturating_sub(ENDED_MAX);
        let ended = self.open[from..].iter().rposition(|open| open.name == name);
        let mut is_foreign = self.is_in_foreign();
        if let Some(index) = ended {
            is_foreign = self.open[from + index].is_foreign;
            self.open.truncate(from + index);
        }
        if is_foreign {
            return;
        }
        if VOID.contains(&name) {
            self.put(tag, NOTHING);
        } else if is_meaningless(name) {
            self.rename(tag.start + "</".len());
        }
    }

    fn start(&mut self) -> Option<()> {
        let tag = self.scanner.start_tag()?;
        let name = self.slice(tag.name);
        let is_foreign = self.is_in_foreign() || matches!(name, "svg" | "math");
        let is_renamed = !is_foreign && is_meaningless(name);
        if is_renamed {
            self.rename(tag.name.start);
        }
        for attribute in tag.attributes.iter().filter(|_| !is_foreign) {
            if self
                .slice(attribute.name)
                .contains(|letter: char| letter.is_ascii_uppercase())
            {
                self.rename(attribute.name.start);
            }
        }
        let is_void = !is_foreign && VOID.contains(&name);
        if !tag.is_empty {
            if !is_void {
                self.open.push(Open {
                    name,
                    is_foreign,
                    holds_foreign: is_foreign && !HTML_HOLDERS.contains(&name),
                });
            }
        } else if !is_foreign && !is_void && name.is_ascii() {
            let prefix = if is_renamed { MEANINGLESS } else { "" };
            let end = tag.span.end;
            self.put(Span::from(end - 2..end - 1), ">");
            self.put(Span::from(end - 1..end), format!("</{prefix}{name}>"));
        }
        Some(())
    }

    /// Gives the name that begins at `start` one that means nothing.
    fn rename(&mut self, start: usize) {
        let first = Span::from(start..start + 1);
        self.put(first, format!("{MEANINGLESS}{}", self.slice(first)));
    }
}

/// The references that XML itself knows (XML 1.0 §4.6).
const REFERENCES: &[(&str, &str)] = &[
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&apos;", "'"),
    ("&#38;", "&"),
    ("&#39;", "'"),
    ("&#34;", "\""),
];

/// Whether HTML would take the name for that of an element that it is not in XML.
fn is_meaningless(name: &str) -> bool {
    ONLY_IN_HTML.contains(&name)
        || (name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.contains(|letter: char| letter.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests;
