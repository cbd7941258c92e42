//! Where in a post is code, where a comment, and where plain text? Pure.

use std::ops::Range;

use pulldown_cmark::{Event, OffsetIter, Parser, Tag, TagEnd};

/// What Markdown makes of the places of a post; each list is sorted, its ranges apart.
#[derive(Debug, Default)]
pub(super) struct Places {
    code: Vec<Range<usize>>,
    comments: Vec<Range<usize>>,
    texts: Vec<Range<usize>>,
}

impl Places {
    /// Reads the Markdown of `text` from `start` on; offsets are those of the whole text.
    pub(super) fn read(text: &str, start: usize) -> Self {
        let mut places = Self::default();
        let options = crate::refs::markdown::options();
        let events = Parser::new_ext(&text[start..], options).into_offset_iter();
        places.take(events, text, start);
        places
    }

    fn take(&mut self, events: OffsetIter<'_>, text: &str, start: usize) {
        let (mut is_code, mut images) = (false, 0_usize);
        for (event, range) in events {
            let range = range.start + start..range.end + start;
            match event {
                Event::Start(Tag::CodeBlock(_)) => {
                    is_code = true;
                    self.code.push(range);
                }
                Event::End(TagEnd::CodeBlock) => is_code = false,
                Event::Start(Tag::Image { .. }) => images += 1,
                Event::End(TagEnd::Image) => images = images.saturating_sub(1),
                Event::Code(_) => self.code.push(range),
                Event::InlineHtml(html) if html.starts_with("<!--") => self.comments.push(range),
                Event::Start(Tag::HtmlBlock) => self.comments.extend(comments(text, range)),
                Event::Text(_) if !is_code && images == 0 => self.texts.push(range),
                _ => {}
            }
        }
    }

    pub(super) fn is_code(&self, offset: usize) -> bool {
        is_within(&self.code, offset)
    }

    pub(super) fn is_comment(&self, offset: usize) -> bool {
        is_within(&self.comments, offset)
    }

    /// Whether a reader sees the words that stand there.
    pub(super) fn is_text(&self, offset: usize) -> bool {
        is_within(&self.texts, offset)
    }
}

/// The comments in a block of HTML; one without an end goes on to that of the block.
fn comments(text: &str, block: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = block.start;
    while let Some(begins) = text[at..block.end].find("<!--") {
        let start = at + begins;
        let length = text[start..block.end].find("-->");
        at = length.map_or(block.end, |length| start + length + "-->".len());
        found.push(start..at);
    }
    found
}

fn is_within(ranges: &[Range<usize>], offset: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= offset);
    ranges.get(next).is_some_and(|range| range.start <= offset)
}
