//! Which parts of a post do generators keep from the Markdown parser? Raw blocks, code, comments. Pure.
//!
//! Hexo and Jekyll write `{% raw %}…{% endraw %}`, Hugo `{{< highlight go >}}…{{< /highlight >}}`. Tags and embeds that show
//! an image are none of Markdown's business either.

mod embeds;
mod figures;
mod places;
mod tags;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

pub(super) use figures::Figure;
use figures::{figure, is_figure};
use places::Places;
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

/// A block of a post that is no Markdown.
#[derive(Debug)]
pub(super) struct Block {
    /// The block with its tags.
    pub(super) range: Range<usize>,
    /// What stands between its tags.
    pub(super) inner: Range<usize>,
    pub(super) content: Content,
}

/// What a post holds beside Markdown.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) blocks: Vec<Block>,
    pub(super) figures: Vec<Figure>,
}

/// Returns the blocks and figures from `start` on, each in order; the former end somewhere, and none begins inside code.
pub(super) fn kept(text: &str, start: usize) -> Kept {
    let tags: Vec<Tag<'_>> = tags(text, start).collect();
    let embeds = embeds::embeds(text, start);
    let is_of_use = |tag: &Tag<'_>| is_figure(tag) || content(tag).is_some();
    if embeds.is_empty() && !tags.iter().any(is_of_use) {
        return Kept::default();
    }
    let places = Places::read(text, start);
    let mut kept = of_tags(text, tags, &places);
    let embeds = embeds.into_iter().filter(|embed| {
        let at = embed.range.start;
        let is_before = |block: &Block| block.range.end <= at;
        let block = kept.blocks.get(kept.blocks.partition_point(is_before));
        places.is_text(at) && block.is_none_or(|block| at < block.range.start)
    });
    kept.figures.extend(embeds);
    kept.figures.sort_by_key(|figure| figure.range.start);
    kept.figures
        .dedup_by(|later, earlier| later.range.start < earlier.range.end);
    kept
}

fn of_tags(text: &str, tags: Vec<Tag<'_>>, places: &Places) -> Kept {
    let last: HashMap<&str, usize> = tags.iter().map(|tag| (tag.name, tag.range.start)).collect();
    let mut kept = Kept::default();
    let mut tags = tags.into_iter();
    while let Some(opening) = tags.next() {
        if places.is_code(opening.range.start) {
            continue;
        }
        if is_figure(&opening) && !places.is_comment(opening.range.start) {
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

fn content(tag: &Tag<'_>) -> Option<Content> {
    let block = BLOCKS.iter().find(|(name, _)| *name == tag.name)?;
    Some(block.1)
}
