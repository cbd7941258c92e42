//! Which elements act by being there, and what stands instead of them? Pure.

use super::super::missing::escaped;
use super::Sealer;
use super::addresses::absolute;
use crate::document::markup::{ENDED, StartTag, Token};

/// The elements whose content goes with them, and what they are called where a link stands instead.
const CUT: &[(&str, &str)] = &[
    ("audio", "audio"),
    ("iframe", "frame"),
    ("script", ""),
    ("video", "video"),
];

/// The elements whose tags go: what stands between them stays.
const UNWRAPPED: &[(&str, &str)] = &[
    ("amp-anim", ""),
    ("amp-img", ""),
    ("applet", "applet"),
    ("base", ""),
    ("bgsound", "sound"),
    ("controlledframe", "frame"),
    ("embed", "embedded object"),
    ("fencedframe", "frame"),
    ("frame", "frame"),
    ("frameset", ""),
    ("object", "embedded object"),
    ("portal", "frame"),
    ("webview", "frame"),
];

/// What is done with an element that acts by being there.
pub(super) enum Fate {
    /// It is cut, whatever it holds.
    Cut(Cut),
    /// Its tags are cut, and a link may stand before what it holds.
    Unwrapped(String),
}

/// An element that is being cut.
#[derive(Debug)]
pub(super) struct Cut {
    /// Where it begins in the legible bytes.
    pub(super) start: usize,
    /// It, and the elements open in it whose end is told.
    names: Vec<String>,
    label: &'static str,
    /// The address it names.
    written: Option<String>,
    /// What stands before the link.
    poster: String,
}

impl Sealer<'_> {
    /// Returns what is done with the element of `tag`; `None` where it does nothing by itself.
    pub(super) fn fate(&self, tag: &StartTag) -> Option<Fate> {
        let label_in = |table: &[(&str, &'static str)]| {
            let row = table.iter().find(|(name, _)| *name == tag.name);
            row.map(|(_, label)| *label)
        };
        if let Some(label) = label_in(CUT) {
            return Some(Fate::Cut(self.cut(tag, label)));
        }
        let label = label_in(UNWRAPPED)?;
        Some(Fate::Unwrapped(self.link(&self.cut(tag, label))))
    }

    fn cut(&self, tag: &StartTag, label: &'static str) -> Cut {
        let poster = match &*tag.name {
            "video" => self.poster(tag),
            "embed" | "object" => self.missing_image(tag),
            _ => None,
        };
        Cut {
            start: tag.span.start,
            names: vec![tag.name.to_string()],
            label,
            // What is drawn as missing says its address.
            written: source(tag).filter(|_| poster.is_none() || tag.name == "video"),
            poster: poster.unwrap_or_default(),
        }
    }

    /// Returns what stands for the image of an `<object>` or `<embed>` that is missing.
    fn missing_image(&self, tag: &StartTag) -> Option<String> {
        let named = tag.attribute("data").or_else(|| tag.attribute("src"))?;
        let known = self.known_of(&self.value(named)?)?;
        let reason = known.place.as_ref().err()?;
        let drawing = self.drawing(reason, known.address());
        Some(format!("<img src=\"{drawing}\" alt=\"\">"))
    }

    /// Returns the picture that a film shows before it is played.
    fn poster(&self, tag: &StartTag) -> Option<String> {
        let value = self.value(tag.attribute("poster")?)?;
        let known = self.known_of(&value)?;
        let source = match &known.place {
            Ok(place) => place.clone(),
            Err(reason) => self.drawing(reason, known.address()),
        };
        Some(format!("<img src=\"{source}\" alt=\"\">"))
    }

    /// Returns what stands in the place of an element: a link to what it names, for the reader to follow.
    pub(super) fn link(&self, cut: &Cut) -> String {
        let poster = &cut.poster;
        let written = cut.written.as_ref();
        match written.and_then(|written| absolute(written, self.page)) {
            Some(address) if !cut.label.is_empty() => {
                let (address, label) = (escaped(address.as_str()), cut.label);
                format!(
                    "{poster}<a class=\"offprint-instead\" href=\"{address}\">[{label}] {address}</a>"
                )
            }
            _ => poster.clone(),
        }
    }
}

impl Cut {
    /// Returns the content of the element of `tag`, with its end tag.
    pub(super) fn content(tag: &StartTag) -> Self {
        Self {
            start: tag.span.end,
            names: vec![tag.name.to_string()],
            label: "",
            written: None,
            poster: String::new(),
        }
    }

    /// Takes in a token of the content, and returns where the element ends if it ends here.
    pub(super) fn visit(&mut self, token: &Token) -> Option<usize> {
        match token {
            Token::Start(tag) => {
                if tag.name == "source" && self.written.is_none() {
                    self.written = source(tag);
                }
                if ENDED.contains(&&*tag.name) && !tag.self_closing {
                    self.names.push(tag.name.to_string());
                }
                None
            }
            Token::End { name, span } => match self.names.iter().rposition(|open| open == name) {
                Some(0) => Some(span.end),
                Some(open) => {
                    self.names.truncate(open);
                    None
                }
                None => Some(span.start),
            },
            Token::Doctype(_) | Token::Comment(_) => None,
        }
    }
}

/// Returns whether the end tag of an element of this name goes.
pub(super) fn is_unwrapped(name: &str) -> bool {
    UNWRAPPED.iter().any(|(unwrapped, _)| *unwrapped == name)
}

/// Returns the address that an element with content of its own names.
fn source(tag: &StartTag) -> Option<String> {
    let named = tag.attribute("src").or_else(|| tag.attribute("data"))?;
    Some(named.value().trim_ascii().to_owned()).filter(|written| !written.is_empty())
}
