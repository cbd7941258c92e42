//! What does a JSON Feed hold? Version 1.1 and before; what is no JSON is read as far as it goes. Pure.

use encoding_rs::UTF_8;

use super::{Feed, Piece, What, is_image};
use crate::document::Span;
use crate::document::located::Located;
use crate::document::quoted::string_end;
use crate::document::xml::Change;
use crate::refs::Role;
use crate::refs::escape::escape;

/// How deep a JSON Feed may nest. The format itself needs five; extensions of it a few more.
const NESTING_MAX: usize = 64;

/// How deep lies what is asked for: `items[].attachments[].url`.
const ASKED_DEPTH: usize = 5;

/// What stands in a path for any item of a list.
const ITEM: &str = "[]";

/// A map or a list that is open.
#[derive(Debug)]
enum Open<'t> {
    /// With the key whose value comes next, as it is written.
    Map(Option<&'t str>),
    /// With the number of its next item.
    List(usize),
}

/// One enclosure of an entry.
#[derive(Debug, Default)]
struct Attachment {
    place: Option<Span>,
    media: String,
}

struct Reader<'t> {
    text: &'t str,
    open: Vec<Open<'t>>,
    feed: Feed<'t>,
    attachment: Attachment,
}

/// Returns what the feed holds.
pub(super) fn read(text: &str) -> Feed<'_> {
    let mut reader = Reader {
        text,
        open: Vec::new(),
        feed: Feed::default(),
        attachment: Attachment::default(),
    };
    let bytes = text.as_bytes();
    let mut at = 0;
    let is_mark = |byte: &u8| b"{}[],\"".contains(byte);
    while let Some(found) = bytes[at..].iter().position(is_mark) {
        let start = at + found;
        at = start + 1;
        match bytes[start] {
            b'{' | b'[' if reader.open.len() == NESTING_MAX => break,
            b'{' => reader.open.push(Open::Map(None)),
            b'[' => reader.open.push(Open::List(0)),
            b'"' => {
                let Some(end) = string_end(bytes, at) else {
                    break;
                };
                reader.string(Span::from(at..end));
                at = end + 1;
            }
            b',' => reader.next(),
            _ => reader.close(),
        }
    }
    reader.feed
}

impl<'t> Reader<'t> {
    fn close(&mut self) {
        if let ["items", ITEM, "attachments", ITEM, _] = *self.path() {
            self.end_attachment();
        }
        self.open.pop();
    }

    fn next(&mut self) {
        match self.open.last_mut() {
            Some(Open::Map(key)) => *key = None,
            Some(Open::List(index)) => *index += 1,
            None => {}
        }
    }

    /// The keys that lead to what comes next; none where it lies deeper than anything that is asked for.
    fn path(&self) -> Vec<&'t str> {
        let key = |open: &Open<'t>| match open {
            Open::Map(key) => key.unwrap_or_default(),
            Open::List(_) => ITEM,
        };
        let open = Some(&self.open).filter(|open| open.len() <= ASKED_DEPTH);
        open.into_iter().flatten().map(key).collect()
    }

    /// The number of the entry that is being read.
    fn entry(&self) -> Option<usize> {
        match self.open.get(1) {
            Some(Open::List(index)) => Some(*index),
            _ => None,
        }
    }

    fn string(&mut self, span: Span) {
        let written = &self.text[span.start..span.end];
        if let Some(Open::Map(key @ None)) = self.open.last_mut() {
            *key = Some(written);
            return;
        }
        match *self.path() {
            ["icon" | "favicon"] => self.piece(span, What::Address(Role::Icon)),
            ["items", ITEM, "image" | "banner_image"] => {
                self.piece(span, What::Address(Role::Image));
            }
            ["items", ITEM, "content_html"] => self.piece(span, What::Html),
            ["items", ITEM, "url"] => {
                let link = unescaped(written).text.into_owned();
                self.feed
                    .links
                    .extend(self.entry().map(|entry| (entry, link)));
            }
            ["items", ITEM, "attachments", ITEM, "url"] => self.attachment.place = Some(span),
            ["items", ITEM, "attachments", ITEM, "mime_type"] => {
                self.attachment.media = unescaped(written).text.into_owned();
            }
            _ => {}
        }
    }

    fn piece(&mut self, place: Span, what: What) {
        let content = unescaped(&self.text[place.start..place.end]);
        self.feed.pieces.push(Piece {
            place,
            content,
            what,
            base: None,
            entry: self.entry(),
        });
    }

    fn end_attachment(&mut self) {
        let Attachment { place, media } = std::mem::take(&mut self.attachment);
        let Some(place) = place else { return };
        let address = unescaped(&self.text[place.start..place.end]);
        if is_image("", &media, &address.text) {
            self.piece(place, What::Address(Role::Image));
        }
    }
}

/// Resolves the escapes of a JSON string (RFC 8259 §7).
fn unescaped(written: &str) -> Located<'_> {
    let mut changes = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &written.as_bytes()[at..]) {
        let start = at + found;
        let escaped = escape(&written[start..]);
        at = start + escaped.map_or(1, |(length, _)| length);
        changes.extend(escaped.map(|(_, character)| Change {
            span: Span::from(start..at),
            put: character.to_string().into(),
        }));
    }
    let located = Located::decode(written.as_bytes(), UTF_8);
    if changes.is_empty() {
        located
    } else {
        located.with(&changes)
    }
}
