//! Which parts of a post does Hexo keep from the Markdown parser? `{% raw %}` and code blocks. Pure.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

/// The block tags whose content is no Markdown.
const BLOCKS: &[&str] = &["raw", "codeblock", "code"];

/// A block of a post that is no Markdown.
pub(super) struct Block {
    /// The block with its tags.
    pub(super) range: Range<usize>,
    /// What stands between its tags.
    pub(super) content: Range<usize>,
    /// Whether the content goes into the page as it is, as that of `{% raw %}` does.
    pub(super) is_html: bool,
}

/// Returns the blocks from `start` on that end somewhere and do not begin inside code.
pub(super) fn blocks(text: &str, start: usize) -> Vec<Block> {
    let tags: Vec<(Range<usize>, &str)> = tags(text, start).collect();
    if !tags.iter().any(|(_, name)| BLOCKS.contains(name)) {
        return Vec::new();
    }
    let last: HashMap<&str, usize> = tags
        .iter()
        .map(|(range, name)| (*name, range.start))
        .collect();
    let code = code(text, start);
    let mut blocks = Vec::new();
    let mut tags = tags.into_iter();
    while let Some((opening, name)) = tags.next() {
        let ending = format!("end{name}");
        let ends = last
            .get(ending.as_str())
            .is_some_and(|last| opening.start < *last);
        if !ends || !BLOCKS.contains(&name) || is_within(&code, opening.start) {
            continue;
        }
        let Some((closing, _)) = tags.find(|(_, name)| *name == ending) else {
            break;
        };
        let content = opening.end..closing.start;
        blocks.push(Block {
            range: opening.start..closing.end,
            content,
            is_html: name == "raw",
        });
    }
    blocks
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

/// The tags `{% name … %}` from `start` on, with their names.
fn tags(text: &str, start: usize) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = start;
    std::iter::from_fn(move || {
        let opening = at + text[at..].find("{%")?;
        let end = opening + text[opening..].find("%}")? + "%}".len();
        at = end;
        let inner = text[opening + "{%".len()..end]
            .trim_start_matches('-')
            .trim_start();
        let name = inner
            .split(|character: char| !character.is_ascii_alphanumeric())
            .next()?;
        Some((opening..end, name))
    })
}

/// The code of the post, sorted: there Hexo reads no tags.
fn code(text: &str, start: usize) -> Vec<Range<usize>> {
    let events = Parser::new_ext(&text[start..], super::options()).into_offset_iter();
    let code = events
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))));
    code.map(|(_, range)| range.start + start..range.end + start)
        .collect()
}

fn is_within(ranges: &[Range<usize>], offset: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= offset);
    ranges.get(next).is_some_and(|range| range.start <= offset)
}
