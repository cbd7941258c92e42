//! Which images does Obsidian embed? `![[folder/image.png#part|what it is|300x200]]`. Pure.
//!
//! An embed of anything but an image is a note, a film or a sound, and none of these is looked for.

use std::ops::Range;

use super::figures::{Figure, Words};
use crate::refs::{Kind, ending};

/// Returns the embeds of images from `start` on, wherever they stand.
pub(super) fn embeds(text: &str, start: usize) -> Vec<Figure> {
    let mut found = Vec::new();
    let mut at = start;
    while let Some(begins) = text[at..].find("![[") {
        let opening = at + begins;
        let inner = opening + "![[".len();
        let ends = |character| matches!(character, '[' | ']' | '\n' | '\r');
        let Some(length) = text[inner..].find(ends) else {
            break;
        };
        at = inner + length;
        if text[at..].starts_with("]]") && !is_escaped(text, opening) {
            at += "]]".len();
            found.extend(embed(text, opening..at, inner..inner + length));
        }
    }
    found
}

fn embed(text: &str, range: Range<usize>, inner: Range<usize>) -> Option<Figure> {
    let mut parts = text[inner.clone()].split('|');
    let written = parts.next()?;
    // In a table, the bar is escaped.
    let path = written.strip_suffix('\\').unwrap_or(written);
    let path = path.split('#').next()?;
    let source = path.trim();
    let start = inner.start + (path.len() - path.trim_start().len());
    if !ending::is_of_image(source) {
        return None;
    }
    let mut words = Words::default();
    for part in parts.map(|part| part.trim_end_matches('\\').trim()) {
        match size(part) {
            Some((width, height)) => {
                width.clone_into(&mut words.width);
                height.clone_into(&mut words.height);
            }
            None => part.clone_into(&mut words.alt),
        }
    }
    Some(Figure {
        range,
        source: start..start + source.len(),
        kind: Kind::ObsidianEmbed,
        words,
    })
}

/// Reads `300` or `300x200`; the height is empty where it is not said.
fn size(part: &str) -> Option<(&str, &str)> {
    let (width, height) = part.split_once('x').unwrap_or((part, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!width.is_empty() && is_number(width) && is_number(height)).then_some((width, height))
}

/// Whether a backslash makes the `!` at `offset` a mere character.
fn is_escaped(text: &str, offset: usize) -> bool {
    let before = text[..offset].bytes().rev();
    before.take_while(|byte| *byte == b'\\').count() % 2 == 1
}
