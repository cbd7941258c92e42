//! Is this markup HTML, SVG or other XML, and is the SVG whole? Pure.
//!
//! What the document element is decides: an SVG inside a page does not make the page an image. Only an SVG is read to
//! its end, by counting elements (names would need a stack as deep as the file): browsers refuse XML that is cut off.

use super::MediaType;
use super::doctype::{Doctype, Progress};
use super::svg::Viewport;
use super::walk::{Facts, Flaw, Walker, Want};

#[derive(Debug, Default)]
pub(super) struct Markup {
    state: State,
    units: Option<Utf16>,
    media: Option<MediaType>,
    /// The document element's name, in lowercase and without its prefix.
    root: Option<String>,
    /// Whether a processing instruction or a document type other than HTML's was seen.
    xml: bool,
    doctype: Doctype,
    /// How many elements are open.
    depth: u64,
    /// The first bytes of what a state spells out: a keyword or the document element's name.
    word: Vec<u8>,
    viewport: Viewport,
}

#[derive(Debug, Default, Clone, Copy)]
enum State {
    /// Between tags.
    #[default]
    Text,
    /// After `<`.
    Open,
    /// After `<!`.
    Bang,
    /// In something that ends with so many of this byte and a `>`; so many were just seen.
    Until { mark: u8, needed: u8, seen: u8 },
    /// In `<!DOCTYPE`.
    Doctype,
    /// In the document element's name.
    RootName,
    /// In a start tag; whether its last byte was a slash.
    Tag { slash: bool },
    /// In an attribute's value.
    Quoted(u8),
    /// In an end tag.
    EndTag,
    /// Nothing more is asked.
    Done,
}

const COMMENT: State = State::Until {
    mark: b'-',
    needed: 2,
    seen: 0,
};
const CDATA: State = State::Until {
    mark: b']',
    needed: 2,
    seen: 0,
};
const INSTRUCTION: State = State::Until {
    mark: b'?',
    needed: 1,
    seen: 0,
};

/// No word that decides anything is longer.
const WORD_BYTES_MAX: usize = 32;

/// Elements that pages and error messages begin with: WHATWG MIME Sniffing §7.1 and more of their kind.
const HTML_ELEMENTS: &[&str] = &[
    "a", "b", "body", "br", "center", "div", "font", "form", "h1", "h2", "h3", "head", "header",
    "html", "iframe", "img", "link", "main", "meta", "noscript", "p", "pre", "script", "section",
    "span", "strong", "style", "table", "title", "ul",
];

impl Walker for Markup {
    fn step(&mut self, _bytes: &[u8]) -> Result<Want, Flaw> {
        Ok(Want::Pieces(u64::MAX))
    }

    fn piece(&mut self, bytes: &[u8]) {
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
        }
    }

    fn end(&self) -> Option<Flaw> {
        let cut = self.media == Some(MediaType::Svg) && !matches!(self.state, State::Done);
        cut.then_some(Flaw::Truncated)
    }

    fn facts(&self) -> Facts {
        let undecided = if self.xml {
            MediaType::Xml
        } else {
            MediaType::Html
        };
        let (width, height) = self.viewport.size();
        Facts {
            media: Some(self.media.clone().unwrap_or(undecided)),
            width,
            height,
        }
    }

    fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }
}

impl Markup {
    /// Returns a reader of UTF-16.
    pub(super) fn utf16(big_endian: bool) -> Self {
        Self {
            units: Some(Utf16 {
                big_endian,
                first: None,
            }),
            ..Self::default()
        }
    }

    fn byte(&mut self, byte: u8) {
        self.state = match self.state {
            State::Text if byte == b'<' => State::Open,
            State::Text => State::Text,
            State::Open => self.open(byte),
            State::Bang => self.bang(byte),
            State::Until { needed, seen, .. } if byte == b'>' && seen == needed => State::Text,
            State::Until { mark, needed, seen } => State::Until {
                mark,
                needed,
                seen: if byte == mark {
                    needed.min(seen + 1)
                } else {
                    0
                },
            },
            State::Doctype => self.doctype(byte),
            State::RootName => self.root_name(byte),
            State::Tag { slash } => self.tag(byte, slash),
            State::Quoted(quote) => self.quoted(byte, quote),
            State::EndTag if byte == b'>' => self.close(),
            State::EndTag | State::Done => self.state,
        };
    }

    fn open(&mut self, byte: u8) -> State {
        self.word.clear();
        match byte {
            b'!' => State::Bang,
            b'?' => {
                self.xml = true;
                INSTRUCTION
            }
            b'/' => State::EndTag,
            b'_' | b':' | 0x80.. => self.start_tag(byte),
            _ if byte.is_ascii_alphabetic() => self.start_tag(byte),
            b'<' => State::Open,
            _ => State::Text,
        }
    }

    fn start_tag(&mut self, byte: u8) -> State {
        if self.depth > 0 {
            return State::Tag { slash: false };
        }
        self.spell(byte);
        State::RootName
    }

    fn spell(&mut self, byte: u8) {
        if self.word.len() < WORD_BYTES_MAX {
            self.word.push(byte.to_ascii_lowercase());
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
                State::Text
            }
        }
    }

    fn root_name(&mut self, byte: u8) -> State {
        if !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>') {
            self.spell(byte);
            return State::RootName;
        }
        let local = self.word.rsplit(|byte| *byte == b':').next();
        self.root = local.map(|name| String::from_utf8_lossy(name).into_owned());
        let is_html = HTML_ELEMENTS
            .iter()
            .any(|name| local == Some(name.as_bytes()));
        if local == Some(b"svg") {
            self.media = Some(MediaType::Svg);
            return self.tag(byte, false);
        }
        self.media = Some(if is_html {
            MediaType::Html
        } else {
            MediaType::Xml
        });
        State::Done
    }

    fn tag(&mut self, byte: u8, slash: bool) -> State {
        if self.depth == 0 {
            self.viewport.name(byte);
        }
        match byte {
            b'"' | b'\'' => State::Quoted(byte),
            b'/' => State::Tag { slash: true },
            b'>' if slash && self.depth == 0 => State::Done,
            b'>' => {
                self.depth += u64::from(!slash);
                State::Text
            }
            _ => State::Tag { slash: false },
        }
    }

    fn quoted(&mut self, byte: u8, quote: u8) -> State {
        match (byte == quote, self.depth) {
            (false, 0) => self.viewport.value(byte),
            (true, 0) => self.viewport.value_end(),
            _ => {}
        }
        if byte == quote {
            State::Tag { slash: false }
        } else {
            State::Quoted(quote)
        }
    }

    fn close(&mut self) -> State {
        let within = self.depth > 0;
        self.depth = self.depth.saturating_sub(1);
        if within && self.depth == 0 {
            State::Done
        } else {
            State::Text
        }
    }
}

/// Reads UTF-16 as far as markup is concerned.
#[derive(Debug)]
struct Utf16 {
    big_endian: bool,
    first: Option<u8>,
}

impl Utf16 {
    /// Returns the next code unit if `byte` ends one: itself if it is ASCII, something that is no syntax if not.
    fn narrow(&mut self, byte: u8) -> Option<u8> {
        let Some(first) = self.first.take() else {
            self.first = Some(byte);
            return None;
        };
        let (high, low) = if self.big_endian {
            (first, byte)
        } else {
            (byte, first)
        };
        Some(if high == 0 { low } else { 0xFF })
    }
}

#[cfg(test)]
mod tests {
    use super::super::identify;
    use super::*;

    #[track_caller]
    fn check(text: &str, media: &MediaType, flaw: Option<Flaw>) {
        let verdict = identify(text.as_bytes());
        assert_eq!((verdict.media(), verdict.flaw()), (media, flaw), "{text}");
    }

    #[test]
    fn whole_and_cut() {
        let svg = |text, flaw| check(text, &MediaType::Svg, flaw);
        svg("<svg/>", None);
        svg("\n<svg a='/>'><g/></svg >\n<!-- end", None);
        svg("<s:svg xmlns:s='x'><s:g></s:g></s:svg>", None);
        svg("<?xml version='1.0'?><!DOCTYPE svg><svg></svg>", None);
        svg("<!-- <html> --><svg><!-- </svg> --></svg>", None);
        svg("<svg><style><![CDATA[</svg>]] >]]></style></svg>", None);
        svg("<svg>", Some(Flaw::Truncated));
        svg("<svg a='></svg>", Some(Flaw::Truncated));
        svg("<svg><svg></svg>", Some(Flaw::Truncated));
        svg("<svg><!-- --></sv", Some(Flaw::Truncated));
    }

    #[test]
    fn the_document_element_decides() {
        check("<!-- a --><p><svg></svg>", &MediaType::Html, None);
        check("<!DOCTYPE HTML><svg></svg>", &MediaType::Html, None);
        check(
            "<?xml version='1.0'?><feed><svg/></feed>",
            &MediaType::Xml,
            None,
        );
        check("<?xml version='1.0'?>", &MediaType::Xml, None);
        check("<!-- cut", &MediaType::Html, None);
        check("<svgx></svgx>", &MediaType::Xml, None);
    }
}
