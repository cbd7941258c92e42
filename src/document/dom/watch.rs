//! Is the tree of a page within what one may cost? Pure.
//!
//! What the parser costs grows with the depth of the tree times its size, and unclosed formatting makes a small page a huge tree.
//! Chromium and Safari nest no deeper than 512 elements and make what is deeper siblings: of the same names and attributes.

use encoding_rs::UTF_8;
use scraper::Html;

use crate::document::markup::{self, Token};

/// How deep elements nest where it costs nothing to speak of. Pages beyond it were made by hand, with tags left open.
const DEPTH_USUAL: usize = 512;

/// How much work beyond [`DEPTH_USUAL`] a page is worth: the depths at which its tags and elements stand, added up. That
/// is 4,000 tags that were all left open, or 10,000 in a page that is 1,000 deep, and costs half a second at most.
const WORK_MAX: usize = 20_000_000;

/// How many nodes a tree may have, some 200 bytes each. The largest pages, such as the HTML standard's, have fewer.
pub(super) const NODES_MAX: usize = 1_000_000;

/// How many attributes a tag may have: the parser compares each with all before it.
const ATTRIBUTES_MAX: usize = 1000;

/// After so many pieces in which the tree has not grown, it is looked whether one tag with too many attributes goes on and on.
const IDLE_PIECES_MAX: usize = 2;

/// How much the parser gets at a time; short, as in one piece it may go beyond the limits above. The deeper the tree, the
/// less.
const PIECE_BYTES: usize = 4096;

/// The least that the parser gets at a time.
const PIECE_BYTES_MIN: usize = 64;

/// What a tree has cost so far.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// How many nodes it may have.
    nodes_max: usize,
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
    /// Begins before there is any, of a tree that may have so many nodes.
    pub(super) fn new(nodes_max: usize) -> Self {
        Self {
            nodes_max,
            ..Self::default()
        }
    }

    /// Looks at what `piece` added to the tree; `None` where that went beyond the limits.
    pub(super) fn see(&mut self, html: &Html, piece: &str) -> Option<()> {
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
        (count <= self.nodes_max).then_some(())
    }

    /// Looks whether a tag in which the tree does not grow has too many attributes; `None` where it has.
    pub(super) fn look_into_a_long_tag(&self, html: &str) -> Option<()> {
        let is_long = self.idle == IDLE_PIECES_MAX && attributes_max(html) > ATTRIBUTES_MAX;
        (!is_long).then_some(())
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
    pub(super) fn piece_end(&self, rest: &str) -> usize {
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
    use super::*;
    use crate::document::dom::Dom;

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

    /// A million of them take seconds here, so the number is another one.
    #[test]
    fn a_tree_has_so_many_nodes_and_not_one_more() {
        let html = "<!---->".repeat(20_000);
        let nodes = Html::parse_document(&html).tree.nodes().len();
        assert!(nodes > 20_000);
        assert!(Dom::within(&html, nodes).is_some());
        assert!(Dom::within(&html, nodes - 1).is_none());
    }
}
