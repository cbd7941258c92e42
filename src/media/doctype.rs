//! Where does a document type declaration end, and whose is it? Pure.
//!
//! XML 1.0 §2.8: a name, quoted identifiers, and between brackets declarations and comments with quotes of their own.

#[derive(Debug, Default)]
pub(super) struct Doctype {
    within: Within,
    /// How many brackets are open.
    depth: u32,
    /// The first bytes after `<!`, in lowercase.
    words: Vec<u8>,
}

/// What was learnt by one more byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It goes on.
    Within,
    /// It is HTML's.
    Html,
    /// It ended and was not HTML's.
    Ended,
}

#[derive(Debug, Default, Clone, Copy)]
enum Within {
    #[default]
    Plain,
    /// A text in quotes.
    Quoted(u8),
    /// After `<`; so many bytes of `!--` were seen.
    Open(usize),
    /// A comment; so many dashes were just seen.
    Comment(u8),
}

/// Longer than `doctype html` with generous white space.
const WORDS_BYTES_MAX: usize = 64;

impl Doctype {
    /// Takes in the next byte after `<!`.
    pub(super) fn byte(&mut self, byte: u8) -> Progress {
        self.within = match self.within {
            Within::Plain => return self.plain(byte),
            Within::Quoted(quote) if byte == quote => Within::Plain,
            Within::Quoted(quote) => Within::Quoted(quote),
            Within::Open(seen) => match b"!--".get(seen) {
                Some(expected) if *expected == byte && seen == 2 => Within::Comment(0),
                Some(expected) if *expected == byte => Within::Open(seen + 1),
                _ => return self.plain(byte),
            },
            Within::Comment(2) if byte == b'>' => Within::Plain,
            Within::Comment(seen) if byte == b'-' => Within::Comment(2.min(seen + 1)),
            Within::Comment(_) => Within::Comment(0),
        };
        Progress::Within
    }

    fn plain(&mut self, byte: u8) -> Progress {
        self.within = Within::Plain;
        if self.depth == 0 {
            let ends_word = byte.is_ascii_whitespace() || matches!(byte, b'>' | b'[');
            if ends_word && self.is_html() {
                return Progress::Html;
            }
            if self.words.len() < WORDS_BYTES_MAX {
                self.words.push(byte.to_ascii_lowercase());
            }
        }
        match byte {
            b'[' => self.depth = self.depth.saturating_add(1),
            b']' => self.depth = self.depth.saturating_sub(1),
            b'"' | b'\'' => self.within = Within::Quoted(byte),
            b'<' => self.within = Within::Open(0),
            b'>' if self.depth == 0 => return Progress::Ended,
            _ => {}
        }
        Progress::Within
    }

    /// Returns whether the words so far are `doctype html`.
    fn is_html(&self) -> bool {
        let mut words = self
            .words
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty());
        words.next() == Some(b"doctype") && words.next() == Some(b"html")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks where `text` ends and how.
    #[track_caller]
    fn check(text: &str, end: usize, expected: Progress) {
        let mut doctype = Doctype::default();
        let mut answers = text.bytes().map(|byte| doctype.byte(byte)).enumerate();
        let first = answers.find(|(_, progress)| *progress != Progress::Within);
        assert_eq!(first, Some((end, expected)), "{text}");
    }

    #[test]
    fn ends() {
        check("DOCTYPE html>", 12, Progress::Html);
        check("doctype \n HTML PUBLIC", 14, Progress::Html);
        check("DOCTYPE svg>", 11, Progress::Ended);
        check("DOCTYPE htmlish>", 15, Progress::Ended);
        check("DOCTYPE svg [<!ENTITY a '>]'>]>", 30, Progress::Ended);
        check("DOCTYPE svg [<!-- don't ]> --->]>", 32, Progress::Ended);
        check(">", 0, Progress::Ended);
    }
}
