//! What does a browser see in this page? Elements, attributes and text, never written back. Home of scraper. Pure.
//!
//! html5ever builds the tree as browsers do, but has no limits: what it costs grows with the depth of the tree times its
//! size, and unclosed formatting makes a small page a huge tree. So it is fed piece by piece and watched.

use encoding_rs::UTF_8;
use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{ElementRef, Html, HtmlTreeSink};

use super::markup::{self, Token};

/// How deep elements may nest. Chromium and Safari nest no deeper either (`maximumHTMLParserDOMTreeDepth`), so a page
/// beyond it is none that a person made.
const DEPTH_MAX: usize = 512;

/// How many nodes a tree may have, some 200 bytes each. The largest pages, such as the HTML standard's, have fewer.
const NODES_MAX: usize = 1_000_000;

/// How many attributes a tag may have: the parser compares each with all before it.
const ATTRIBUTES_MAX: usize = 1000;

/// How much the parser gets at a time; short, as in one piece it may go beyond the limits above.
const PIECE_BYTES: usize = 4096;

/// A page as a tree.
#[derive(Debug)]
pub struct Dom {
    html: Html,
}

/// An element of a page.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    node: ElementRef<'a>,
}

impl Dom {
    /// Reads a page, scripting on as in a browser: `<noscript>` holds text. `None` where it is beyond the limits.
    #[must_use]
    pub fn parse(html: &str) -> Option<Self> {
        if attributes_max(html) > ATTRIBUTES_MAX {
            return None;
        }
        let sink = HtmlTreeSink::new(Html::new_document());
        let mut parser = driver::parse_document(sink, ParseOpts::default());
        let mut seen = 0;
        for piece in pieces(html) {
            parser.process(StrTendril::from_slice(piece));
            let tree = parser.tokenizer.sink.sink.0.borrow();
            seen = watched(&tree, seen)?;
        }
        let html = parser.finish();
        watched(&html, seen)?;
        Some(Self { html })
    }

    /// Returns the elements in document order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        self.html
            .tree
            .root()
            .descendants()
            .filter_map(ElementRef::wrap)
            .map(|node| Element { node })
    }

    /// Returns the elements of this name in document order; names in HTML are lowercase.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = Element<'a>> {
        self.elements()
            .filter(move |element| element.name() == name)
    }
}

impl<'a> Element<'a> {
    /// Returns its name; in HTML that is lowercase.
    #[must_use]
    pub fn name(self) -> &'a str {
        self.node.value().name()
    }

    /// Returns whether it is of SVG or `MathML`, and not of HTML.
    #[must_use]
    pub fn is_foreign(self) -> bool {
        *self.node.value().name.ns != *"http://www.w3.org/1999/xhtml"
    }

    /// Returns its attributes with their names and values.
    pub fn attributes(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.node.value().attrs()
    }

    /// Returns the value of an attribute.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<&'a str> {
        self.node.value().attr(name)
    }

    /// Returns all text in it: of a script or style its source.
    #[must_use]
    pub fn text(self) -> String {
        self.node.text().collect()
    }
}

/// Returns how many nodes the tree has, `None` where it grew beyond the limits since it had `seen` of them.
fn watched(html: &Html, seen: usize) -> Option<usize> {
    let nodes = html.tree.nodes();
    let count = nodes.len();
    let elements = nodes
        .rev()
        .take(count - seen)
        .filter(|node| node.value().is_element());
    let mut last = None;
    for element in elements {
        let parent = element.parent().map(|parent| parent.id());
        // Siblings are equally deep: only the first is measured.
        if parent != last && element.ancestors().take(DEPTH_MAX + 1).count() > DEPTH_MAX {
            return None;
        }
        last = parent;
    }
    (count <= NODES_MAX).then_some(count)
}

/// The text in pieces of about [`PIECE_BYTES`].
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = (PIECE_BYTES..rest.len())
            .find(|end| rest.is_char_boundary(*end))
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

fn attributes_max(html: &str) -> usize {
    let mut most = 0;
    markup::walk(html.as_bytes(), UTF_8, &mut |token| {
        if let Token::Start(tag) = token {
            most = most.max(tag.attributes.len());
        }
    });
    most
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &[&str]) {
        let dom = Dom::parse(html).expect("within the limits");
        let names: Vec<&str> = dom.elements().map(Element::name).collect();
        assert_eq!(names, expected, "{html}");
    }

    #[test]
    fn sees_what_a_browser_sees() {
        check("", &["html", "head", "body"]);
        check(
            "<title>a<b></title><IMG src=x>",
            &["html", "head", "title", "body", "img"],
        );
        check(
            "<script>'<p>'</script>x<!-- <p> -->",
            &["html", "head", "script", "body"],
        );
        check(
            "<noscript><img></noscript>",
            &["html", "head", "noscript", "body"],
        );
        check("<p><b>x</p>y", &["html", "head", "body", "p", "b", "b"]);
    }

    #[test]
    fn tells_attributes_and_text() {
        let dom = Dom::parse("<h1 id=a id=b title='&amp;'>x <i>y</i>&lt;</h1>").unwrap();
        let heading = dom.named("h1").next().unwrap();
        assert_eq!(
            heading.attributes().collect::<Vec<_>>(),
            [("id", "a"), ("title", "&")]
        );
        assert_eq!(heading.attribute("title"), Some("&"));
        assert_eq!(heading.text(), "x y<");
    }

    #[test]
    fn gives_up_beyond_the_limits() {
        let attributes: String = (0..=ATTRIBUTES_MAX)
            .flat_map(|n| [" a".to_owned(), n.to_string()])
            .collect();
        for html in [
            "<div>".repeat(100_000),
            "<b>".repeat(100_000),
            "<table><td>".repeat(100_000),
            "<div><select></div></select>".repeat(100_000),
            format!("<b>{}", "<div></b>".repeat(100_000)),
            format!("<p{attributes}>"),
        ] {
            assert!(Dom::parse(&html).is_none(), "{}", &html[..40]);
        }
        for html in [
            "<div>".repeat(500),
            "<p>x".repeat(10_000),
            "<br>é".repeat(10_000),
        ] {
            assert!(Dom::parse(&html).is_some(), "{}", &html[..40]);
        }
    }

    proptest! {
        #[test]
        fn reading_in_pieces_changes_nothing(html in "([<>/\"'= a-cé]|<[pb]>|</[pb]>|<!--|-->|<script>|</script>|\r\n){0,60}", filler in 4000..4200_usize) {
            let html = format!("{}{html}", "x".repeat(filler));
            let whole = Html::parse_document(&html);
            prop_assert_eq!(Dom::parse(&html).unwrap().html.html(), whole.html());
        }
    }
}
