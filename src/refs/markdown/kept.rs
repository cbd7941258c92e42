//! Which parts of a post do generators keep from the Markdown parser? Raw blocks, code, comments. Pure.
//!
//! Hexo and Jekyll write `{% raw %}…{% endraw %}`, Hugo `{{< highlight go >}}…{{< /highlight >}}`.

mod tags;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag as Markdown};

use super::Image;
use crate::refs::Kind;
use tags::{Tag, tags};

/// What becomes of the content of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// It goes into the page as it is.
    Html,
    /// It is shown as code.
    Code,
    /// It is not shown.
    Comment,
}

/// The blocks whose content is no Markdown, by the name that their tag begins with.
const BLOCKS: &[(&str, Content)] = &[
    ("raw", Content::Html),
    ("rawhtml", Content::Html),
    ("code", Content::Code),
    ("codeblock", Content::Code),
    ("highlight", Content::Code),
    ("comment", Content::Comment),
];

/// The shortcodes of Hugo and its themes that show an image.
const FIGURES: &[&str] = &["figure", "image", "img"];

/// A block of a post that is no Markdown.
#[derive(Debug)]
pub(super) struct Block {
    /// The block with its tags.
    pub(super) range: Range<usize>,
    /// What stands between its tags.
    pub(super) inner: Range<usize>,
    pub(super) content: Content,
}

/// An image that a shortcode shows.
#[derive(Debug)]
pub(super) struct Figure {
    /// The shortcode.
    pub(super) range: Range<usize>,
    /// Where its address stands, within its quotes.
    pub(super) source: Range<usize>,
    /// What is written under the image.
    pub(super) caption: String,
}

/// What a post holds beside Markdown.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) blocks: Vec<Block>,
    pub(super) figures: Vec<Figure>,
}

/// Returns the blocks and figures from `start` on; the former end somewhere, and none begins inside code.
pub(super) fn kept(text: &str, start: usize) -> Kept {
    let tags: Vec<Tag<'_>> = tags(text, start).collect();
    if !tags
        .iter()
        .any(|tag| is_figure(tag) || content(tag).is_some())
    {
        return Kept::default();
    }
    let last: HashMap<&str, usize> = tags.iter().map(|tag| (tag.name, tag.range.start)).collect();
    let code = code(text, start);
    let mut kept = Kept::default();
    let mut tags = tags.into_iter();
    while let Some(opening) = tags.next() {
        if is_within(&code, opening.range.start) {
            continue;
        }
        if is_figure(&opening) {
            kept.figures.extend(figure(text, &opening));
        }
        let ending = opening.ending();
        let ends = last
            .get(ending.as_str())
            .is_some_and(|last| opening.range.start < *last);
        let Some(content) = content(&opening).filter(|_| ends) else {
            continue;
        };
        let Some(closing) = tags.find(|tag| tag.name == ending) else {
            break;
        };
        kept.blocks.push(Block {
            range: opening.range.start..closing.range.end,
            inner: opening.range.end..closing.range.start,
            content,
        });
    }
    kept
}

/// Returns `text` with a word of the same length in place of each block.
pub(super) fn without<'a>(text: &'a str, blocks: &[Block]) -> Cow<'a, str> {
    if blocks.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut filled = String::with_capacity(text.len());
    for block in blocks {
        filled.push_str(&text[filled.len()..block.range.start]);
        filled.extend(block.range.clone().map(|_| 'x'));
    }
    filled.push_str(&text[filled.len()..]);
    Cow::Owned(filled)
}

impl Figure {
    /// Returns the image of the shortcode, which stands in `text`.
    pub(super) fn image(&self, text: &str) -> Image {
        Image {
            span: self.source.clone().into(),
            address: text[self.source.clone()].to_owned(),
            kind: Kind::HugoFigure,
        }
    }
}

fn content(tag: &Tag<'_>) -> Option<Content> {
    let block = BLOCKS.iter().find(|(name, _)| *name == tag.name)?;
    Some(block.1)
}

fn is_figure(tag: &Tag<'_>) -> bool {
    tag.is_shortcode && FIGURES.contains(&tag.name)
}

fn figure(text: &str, tag: &Tag<'_>) -> Option<Figure> {
    let parameters = tag.parameters(text);
    let value = |name: &str| {
        let parameter = parameters.iter().find(|(key, _)| *key == name);
        parameter.map(|(_, value)| value.clone())
    };
    let source = value("src").filter(|source| !source.is_empty())?;
    let caption = ["caption", "title", "alt"].into_iter().find_map(value);
    Some(Figure {
        range: tag.range.clone(),
        source,
        caption: caption.map_or_else(String::new, |caption| text[caption].to_owned()),
    })
}

/// The code of the post, sorted: there Hexo reads no tags.
fn code(text: &str, start: usize) -> Vec<Range<usize>> {
    let events = Parser::new_ext(&text[start..], super::options()).into_offset_iter();
    let code = events.filter(|(event, _)| {
        matches!(event, Event::Code(_) | Event::Start(Markdown::CodeBlock(_)))
    });
    code.map(|(_, range)| range.start + start..range.end + start)
        .collect()
}

fn is_within(ranges: &[Range<usize>], offset: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= offset);
    ranges.get(next).is_some_and(|range| range.start <= offset)
}
