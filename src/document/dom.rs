//! What does a browser see in this page? Elements, attributes and text, never written back. Home of scraper. Pure.
//!
//! html5ever builds the tree as browsers do, but has no limits: what it costs grows with the depth of the tree times its
//! size, and unclosed formatting makes a small page a huge tree. So it is fed piece by piece and watched. Chromium and
//! Safari nest no deeper than 512 elements and make what is deeper siblings: of the same names and attributes.

mod readable;

use encoding_rs::UTF_8;
use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use scraper::{ElementRef, Html, HtmlTreeSink};

use super::markup::{self, Token};

pub use readable::Readable;

/// How deep elements nest where it costs nothing to speak of. Pages beyond it were made by hand, with tags left open.
const DEPTH_USUAL: usize = 512;

/// How much work beyond [`DEPTH_USUAL`] a page is worth: the depths at which its tags and elements stand, added up. That
/// is 4,000 tags that were all left open, or 10,000 in a page that is 1,000 deep, and costs half a second at most.
const WORK_MAX: usize = 20_000_000;

/// How many nodes a tree may have, some 200 bytes each. The largest pages, such as the HTML standard's, have fewer.
const NODES_MAX: usize = 1_000_000;

/// How many attributes a tag may have: the parser compares each with all before it.
const ATTRIBUTES_MAX: usize = 1000;

/// After so many pieces in which the tree has not grown, it is looked whether one tag with too many attributes goes on and on.
const IDLE_PIECES_MAX: usize = 2;

/// How much the parser gets at a time; short, as in one piece it may go beyond the limits above. The deeper the tree, the
/// less.
const PIECE_BYTES: usize = 4096;

/// The least that the parser gets at a time.
const PIECE_BYTES_MIN: usize = 64;

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
        let sink = HtmlTreeSink::new(Html::new_document());
        let mut parser = driver::parse_document(sink, ParseOpts::default());
        let mut watch = Watch::default();
        let mut rest = html;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(watch.piece_end(rest));
            parser.process(StrTendril::from_slice(piece));
            watch.see(&parser.tokenizer.sink.sink.0.borrow(), piece)?;
            if watch.idle == IDLE_PIECES_MAX && attributes_max(html) > ATTRIBUTES_MAX {
                return None;
            }
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

/// What a tree has cost so far.
#[derive(Debug, Default)]
struct Watch {
    /// How many of its nodes have been looked at.
    seen: usize,
    /// How deep the last of them stand.
    depth: usize,
    /// Of [`WORK_MAX`], what is spent.
    work: usize,
    /// How long the last text of the tree is.
    text_bytes: usize,
    /// For how many pieces the tree has not grown. Once that were too many, it is not counted any more.
    idle: usize,
}

impl Watch {
    /// Looks at what `piece` added to the tree; `None` where that went beyond the limits.
    fn see(&mut self, html: &Html, piece: &str) -> Option<()> {
        let nodes = html.tree.nodes();
        let count = nodes.len();
        self.notice_growth(html, count);
        let elements = nodes
            .rev()
            .take(count - self.seen)
            .filter(|node| node.value().is_element());
        let mut last = None;
        let mut deepest = None;
        for element in elements {
            let attributes = element.value().as_element().map(|it| it.attrs.len());
            if attributes > Some(ATTRIBUTES_MAX) {
                return None;
            }
            let parent = element.parent().map(|parent| parent.id());
            // Siblings are equally deep: only the first is measured.
            if parent != last {
                let depth = element.ancestors().take(WORK_MAX).count();
                self.spend(1, depth)?;
                deepest = deepest.max(Some(depth));
            }
            last = parent;
        }
        self.seen = count;
        self.depth = deepest.unwrap_or(self.depth);
        if self.depth > DEPTH_USUAL {
            let steps = piece.bytes().filter(|byte| b"<&\n\r\0".contains(byte));
            self.spend(steps.count(), self.depth)?;
        }
        (count <= NODES_MAX).then_some(())
    }

    /// Notes whether the tree has grown to `count` nodes, or its last text has.
    fn notice_growth(&mut self, html: &Html, count: usize) {
        let last = html.tree.nodes().next_back();
        let text = last.and_then(|node| Some(node.value().as_text()?.len()));
        let text_bytes = text.unwrap_or_default();
        if self.idle <= IDLE_PIECES_MAX {
            let has_grown = count > self.seen || text_bytes != self.text_bytes;
            self.idle = if has_grown { 0 } else { self.idle + 1 };
        }
        self.text_bytes = text_bytes;
    }

    /// Notes that the parser took `steps` at this depth.
    fn spend(&mut self, steps: usize, depth: usize) -> Option<()> {
        if depth > DEPTH_USUAL {
            self.work = self.work.saturating_add(steps.saturating_mul(depth));
        }
        (self.work <= WORK_MAX).then_some(())
    }

    /// Returns where the next piece of `rest` ends.
    fn piece_end(&self, rest: &str) -> usize {
        let bytes = PIECE_BYTES * DEPTH_USUAL / self.depth.max(DEPTH_USUAL);
        (bytes.max(PIECE_BYTES_MIN)..rest.len())
            .find(|end| rest.is_char_boundary(*end))
            .unwrap_or(rest.len())
    }
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
            // The parser throws the second of two attributes away, after it has compared them with all before.
            format!("<p{}>", " a".repeat(100_000)),
            format!("<p>{}<p{}>", "x".repeat(100_000), " a".repeat(100_000)),
        ] {
            assert!(Dom::parse(&html).is_none(), "{}", &html[..40]);
        }
        for html in [
            "<div>".repeat(4000),
            (0..700)
                .flat_map(|n| {
                    [
                        "<p><font color=".to_owned(),
                        n.to_string(),
                        ">x\n".to_owned(),
                    ]
                })
                .collect(),
            "<p>x".repeat(10_000),
            "<br>é".repeat(10_000),
            format!("<p title='{0}'>{0}<!-- {0} -->", "a b=c ".repeat(10_000)),
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
