//! Is this markup HTML, SVG or other XML, and is the SVG whole? Pure.
//!
//! What the document element is decides: an SVG inside a page does not make the page an image. Only an SVG is read to
//! its end, as XML 1.0 says (§2.1, §3.1, §4.1): browsers show nothing of an SVG that is cut off, whose tags do not fit together, or
//! that something follows. What is not looked at: which characters a name has, attributes that stand twice, entities that a
//! document type may declare. None is expanded.

mod root;
mod state;
mod tag;
mod utf16;
mod verdict;

#[cfg(test)]
mod tests;

use super::MediaType;
use super::doctype::{Doctype, Progress};
use super::svg::Viewport;
use state::{CDATA, COMMENT, INSTRUCTION, State};
use tag::{Names, Reference, Tag};
use utf16::Utf16;

#[derive(Debug, Default)]
pub(super) struct Markup {
    state: State,
    units: Option<Utf16>,
    media: Option<MediaType>,
    /// The document element's name, in lowercase and without its prefix.
    root: Option<String>,
    /// Whether a processing instruction or a document type other than HTML's was seen.
    xml: bool,
    /// Whether a document type was seen, which may declare entities.
    declares: bool,
    doctype: Doctype,
    /// The elements that are open.
    names: Names,
    /// Whether the document element has ended.
    ended: bool,
    /// The first bytes of what a state spells out: a keyword, the document element's name, a reference.
    word: Vec<u8>,
    viewport: Viewport,
    /// How many bytes were read.
    at: u64,
    /// Where it stopped being XML.
    broken_at: Option<u64>,
}

/// No word that decides anything is longer, and no name of an entity in use.
const WORD_BYTES_MAX: usize = 64;

impl Markup {
    /// Returns a reader of UTF-16.
    pub(super) fn utf16(big_endian: bool) -> Self {
        Self {
            units: Some(Utf16::new(big_endian)),
            ..Self::default()
        }
    }

    /// Reads the next bytes.
    fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if matches!(self.state, State::Done) {
                return;
            }
            match &mut self.units {
                None => self.byte(*byte),
                Some(units) => {
                    if let Some(narrow) = units.narrow(*byte) {
                        self.byte(narrow);
                    }
                }
            }
            self.at += 1;
        }
    }

    fn byte(&mut self, byte: u8) {
        self.state = match self.state {
            State::Text => self.text(byte),
            State::Open => self.open(byte),
            State::Bang => self.bang(byte),
            State::Until(ending) => ending.next(byte).map_or(State::Text, State::Until),
            State::Doctype => self.doctype(byte),
            State::RootName => self.root_name(byte),
            State::Name if is_name_end(byte) => self.tag(byte, Tag::default()),
            State::Name => {
                self.names.spell(byte);
                State::Name
            }
            State::Tag(tag) => self.tag(byte, tag),
            State::Reference(quote) => self.reference(byte, quote),
            State::EndTag if !is_name_end(byte) => {
                self.names.spell(byte);
                State::EndTag
            }
            State::EndTag | State::EndTagEnd if byte == b'>' => self.close(),
            State::EndTag | State::EndTagEnd if byte.is_ascii_whitespace() => State::EndTagEnd,
            State::EndTag | State::EndTagEnd => self.broken(),
            State::Done => State::Done,
        };
    }

    /// Notes that this is no XML. Before the document element is known, that is for what it turns out to be.
    fn broken(&mut self) -> State {
        self.broken_at = self.broken_at.or(Some(self.at));
        if self.media.is_some() {
            State::Done
        } else {
            State::Text
        }
    }

    fn text(&mut self, byte: u8) -> State {
        let is_within = self.names.depth() > 0;
        match byte {
            b'<' => State::Open,
            b'&' if is_within => {
                self.word.clear();
                State::Reference(None)
            }
            // Before the document element, a byte order mark may stand.
            _ if is_within || byte.is_ascii_whitespace() || !byte.is_ascii() && !self.ended => {
                State::Text
            }
            _ => self.broken(),
        }
    }

    fn open(&mut self, byte: u8) -> State {
        self.word.clear();
        match byte {
            b'!' => State::Bang,
            b'?' => {
                self.xml = true;
                INSTRUCTION
            }
            b'/' if self.names.depth() == 0 => self.broken(),
            b'/' => {
                self.names.begin();
                State::EndTag
            }
            b'_' | b':' | 0x80.. | b'a'..=b'z' | b'A'..=b'Z' => self.start_tag(byte),
            b'<' => {
                self.broken();
                State::Open
            }
            _ => self.broken(),
        }
    }

    fn start_tag(&mut self, byte: u8) -> State {
        if self.ended {
            return self.broken();
        }
        self.names.begin();
        self.names.spell(byte);
        if self.names.depth() > 0 {
            return State::Name;
        }
        self.spell(byte.to_ascii_lowercase());
        State::RootName
    }

    fn spell(&mut self, byte: u8) {
        if self.word.len() < WORD_BYTES_MAX {
            self.word.push(byte);
        }
    }

    fn bang(&mut self, byte: u8) -> State {
        self.word.push(byte);
        match self.word.as_slice() {
            b"--" => COMMENT,
            b"[CDATA[" => CDATA,
            begun if b"--".starts_with(begun) || b"[CDATA[".starts_with(begun) => State::Bang,
            _ => {
                self.doctype = Doctype::default();
                let word = std::mem::take(&mut self.word);
                word.into_iter()
                    .fold(State::Doctype, |_, byte| self.doctype(byte))
            }
        }
    }

    fn doctype(&mut self, byte: u8) -> State {
        match self.doctype.byte(byte) {
            Progress::Within => State::Doctype,
            Progress::Html => {
                self.media = Some(MediaType::Html);
                State::Done
            }
            Progress::Ended => {
                self.xml = true;
                self.declares = true;
                State::Text
            }
        }
    }

    fn root_name(&mut self, byte: u8) -> State {
        if !is_name_end(byte) {
            self.names.spell(byte);
            self.spell(byte.to_ascii_lowercase());
            return State::RootName;
        }
        let local = self.word.rsplit(|byte| *byte == b':').next();
        self.root = local.map(|name| String::from_utf8_lossy(name).into_owned());
        let media = root::media_of(local.unwrap_or_default());
        let is_svg = media == MediaType::Svg;
        self.media = Some(media);
        if is_svg {
            return self.tag(byte, Tag::default());
        }
        State::Done
    }

    fn tag(&mut self, byte: u8, tag: Tag) -> State {
        let is_root = self.names.depth() == 0;
        match tag {
            Tag::Value(quote) if is_root && byte == quote => self.viewport.value_end(),
            Tag::Value(_) if is_root => self.viewport.value(byte),
            _ if is_root => self.viewport.name(byte),
            _ => {}
        }
        match tag.next(byte) {
            Some(Tag::Reference(quote)) => {
                self.word.clear();
                State::Reference(Some(quote))
            }
            Some(Tag::Ended) if tag == Tag::Slash => self.ended_if_root(),
            Some(Tag::Ended) if self.names.open() => State::Text,
            Some(Tag::Ended) | None => self.broken(),
            Some(next) => State::Tag(next),
        }
    }

    /// After an element that has no content.
    fn ended_if_root(&mut self) -> State {
        self.ended = self.names.depth() == 0;
        State::Text
    }

    fn reference(&mut self, byte: u8, quote: Option<u8>) -> State {
        if byte != b';' {
            if self.word.len() == WORD_BYTES_MAX || !Reference::may_have(byte) {
                return self.broken();
            }
            self.word.push(byte);
            return State::Reference(quote);
        }
        if !Reference::is_known(&self.word, self.declares) {
            return self.broken();
        }
        match quote {
            Some(quote) => State::Tag(Tag::Value(quote)),
            None => State::Text,
        }
    }

    fn close(&mut self) -> State {
        if !self.names.close() {
            return self.broken();
        }
        self.ended = self.names.depth() == 0;
        State::Text
    }
}

fn is_name_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')
}
