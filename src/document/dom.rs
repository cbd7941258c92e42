//! What does a browser see in this page? Elements, attributes and text, never written back. Home of scraper. Pure.
//!
//! html5ever builds the tree as browsers do, but has no limits: so it is fed piece by piece and watched.

mod readable;
mod watch;

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{ElementRef, Html, HtmlTreeSink};

pub use readable::Readable;
use watch::{NODES_MAX, Watch};

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
        Self::within(html, NODES_MAX)
    }

    /// Reads a page whose tree may have so many nodes.
    fn within(html: &str, nodes_max: usize) -> Option<Self> {
        let sink = HtmlTreeSink::new(Html::new_document());
        let mut parser = driver::parse_document(sink, ParseOpts::default());
        let mut watch = Watch::new(nodes_max);
        let mut rest = html;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(watch.piece_end(rest));
            parser.process(StrTendril::from_slice(piece));
            watch.see(&parser.tokenizer.sink.sink.0.borrow(), piece)?;
            watch.look_into_a_long_tag(html)?;
            rest = after;
        }
        let html = parser.finish();
        watch.see(&html, "")?;
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

    proptest! {
        #[test]
        fn reading_in_pieces_changes_nothing(html in "([<>/\"'= a-cé]|<[pb]>|</[pb]>|<!--|-->|<script>|</script>|\r\n){0,60}", filler in 4000..4200_usize) {
            let html = format!("{}{html}", "x".repeat(filler));
            let whole = Html::parse_document(&html);
            prop_assert_eq!(Dom::parse(&html).unwrap().html.html(), whole.html());
        }
    }
}
