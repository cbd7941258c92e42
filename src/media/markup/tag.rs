//! Is a start tag well formed, and do end tags belong to what is open? Pure.
//!
//! XML 1.0 §3.1 and §4.1.

/// Where in a start tag, after the element's name.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// Right behind the element's name.
    #[default]
    Named,
    /// After white space, where an attribute may begin.
    Between,
    /// In an attribute's name.
    Attribute,
    /// After an attribute's name, before `=`.
    Equals,
    /// After `=`, before the quote.
    Quote,
    /// In a value in these quotes.
    Value(u8),
    /// At the `&` of a reference in such a value.
    Reference(u8),
    /// After a value.
    Valued,
    /// After `/`.
    Slash,
    /// After `>`.
    Ended,
}

impl Tag {
    /// Returns where `byte` leads to; `None` where it can't stand.
    pub(super) fn next(self, byte: u8) -> Option<Self> {
        let is_blank = byte.is_ascii_whitespace();
        Some(match (self, byte) {
            (Self::Value(quote), _) if byte == quote => Self::Valued,
            (Self::Value(quote), b'&') => Self::Reference(quote),
            (Self::Value(_), b'<') => return None,
            (Self::Value(_), _) => self,
            (Self::Slash | Self::Named | Self::Between | Self::Valued, b'>') => Self::Ended,
            (Self::Named | Self::Between | Self::Valued, b'/') => Self::Slash,
            (Self::Named | Self::Between | Self::Valued, _) if is_blank => Self::Between,
            (Self::Attribute | Self::Equals, b'=') => Self::Quote,
            (Self::Attribute | Self::Equals, _) if is_blank => Self::Equals,
            (Self::Quote, b'"' | b'\'') => Self::Value(byte),
            (Self::Quote, _) if is_blank => Self::Quote,
            (Self::Between | Self::Attribute, _) if !b"=\"'<>/&".contains(&byte) => Self::Attribute,
            _ => return None,
        })
    }
}

/// Elements may be nested so deep; more is a trap, and Blink refuses it too.
const DEPTH_MAX: usize = 5000;

/// The names of the elements that are open, each as a hash: four bytes, however long the name.
#[derive(Debug, Default)]
pub(super) struct Names {
    open: Vec<u32>,
    spelt: u32,
}

impl Names {
    /// Returns how many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Begins to spell a name.
    pub(super) fn begin(&mut self) {
        self.spelt = 0x811C_9DC5;
    }

    /// Takes in the next byte of the name: FNV-1a. Somebody who makes two names that have one hash deceives nobody else.
    pub(super) fn spell(&mut self, byte: u8) {
        self.spelt = (self.spelt ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }

    /// Opens the element that was spelt; false where that is too deep.
    pub(super) fn open(&mut self) -> bool {
        self.open.push(self.spelt);
        self.open.len() <= DEPTH_MAX
    }

    /// Closes the element that was spelt; false where another one is open.
    pub(super) fn close(&mut self) -> bool {
        self.open.pop() == Some(self.spelt)
    }
}

/// A reference to a character or an entity.
pub(super) struct Reference;

impl Reference {
    /// Returns whether `byte` may stand in one.
    pub(super) fn may_have(byte: u8) -> bool {
        byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"#_:.-".contains(&byte)
    }

    /// Returns whether what stands between `&` and `;` stands for something. Where the document declares entities of its own,
    /// any name may be one of them.
    pub(super) fn is_known(word: &[u8], declares: bool) -> bool {
        match word {
            [b'#', b'x', digits @ ..] => is_number(digits, u8::is_ascii_hexdigit),
            [b'#', digits @ ..] => is_number(digits, u8::is_ascii_digit),
            b"amp" | b"lt" | b"gt" | b"quot" | b"apos" => true,
            name => declares && !name.is_empty(),
        }
    }
}

fn is_number(digits: &[u8], is_digit: fn(&u8) -> bool) -> bool {
    !digits.is_empty() && digits.iter().all(is_digit)
}
