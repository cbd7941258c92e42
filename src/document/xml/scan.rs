//! Where does the next piece of XML begin and end? Forgiving, forward only. Pure.

use crate::document::Span;

/// A start tag.
#[derive(Debug)]
pub(crate) struct StartTag {
    pub(crate) span: Span,
    pub(crate) name: Span,
    pub(crate) attributes: Vec<Attribute>,
    /// Whether it ends with `/>`.
    pub(crate) is_empty: bool,
}

/// An attribute of a start tag.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: Span,
    /// What stands between its quotes.
    pub(crate) value: Option<Span>,
}

/// A declaration, such as that of the document's type.
#[derive(Debug)]
pub(crate) struct Declaration {
    /// Its internal subset, brackets and all.
    pub(crate) subset: Option<Span>,
}

/// A piece of markup.
#[derive(Debug)]
pub(crate) enum Markup {
    /// A comment, a processing instruction or a declaration.
    Aside,
    /// A CDATA section, by what stands in it.
    Cdata(Span),
    /// An end tag, by the name in it.
    End(Span),
    Start(StartTag),
}

/// A place in the text.
#[derive(Debug)]
pub(crate) struct Scanner<'t> {
    all: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    pub(crate) fn new(all: &'t str) -> Self {
        Self { all, at: 0 }
    }

    pub(crate) fn slice(&self, span: Span) -> &'t str {
        self.all.get(span.start..span.end).unwrap_or_default()
    }

    /// Returns how far the text has been read.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn rest(&self) -> &'t str {
        &self.all[self.at..]
    }

    /// Goes to the next markup, and returns the text before it. A `<` that begins none is text.
    pub(crate) fn text(&mut self) -> Span {
        let start = self.at;
        let is_markup =
            |byte: u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || b"_!?/:".contains(&byte);
        while let Some(found) = memchr::memchr(b'<', &self.all.as_bytes()[self.at..]) {
            self.at += found;
            if self
                .all
                .as_bytes()
                .get(self.at + 1)
                .copied()
                .is_some_and(is_markup)
            {
                return Span::from(start..self.at);
            }
            self.at += 1;
        }
        self.at = self.all.len();
        Span::from(start..self.at)
    }

    /// Goes on to after the markup that begins here; `None` where it does not end, or none begins.
    pub(crate) fn markup(&mut self) -> Option<Markup> {
        const CDATA: &str = "<![CDATA[";
        let rest = self.rest();
        Some(if rest.starts_with("<!--") {
            self.pass("-->", "<!--".len()).map(|_| Markup::Aside)?
        } else if rest.starts_with(CDATA) {
            let section = self.pass("]]>", CDATA.len())?;
            let inner = section.start + CDATA.len()..section.end - "]]>".len();
            Markup::Cdata(Span::from(inner))
        } else if rest.starts_with("<?") {
            self.pass("?>", "<?".len()).map(|_| Markup::Aside)?
        } else if rest.starts_with("<!") {
            self.doctype().map(|_| Markup::Aside)?
        } else if rest.starts_with("</") {
            let tag = self.pass(">", 0)?;
            Markup::End(self.end_name(tag))
        } else if rest.starts_with('<') {
            Markup::Start(self.start_tag()?)
        } else {
            return None;
        })
    }

    /// Returns where the name in an end tag stands.
    pub(crate) fn end_name(&self, tag: Span) -> Span {
        let inner = self.slice(tag).trim_start_matches("</");
        let start = tag.end - inner.len();
        let name = inner.trim_end_matches('>').trim_ascii_end();
        Span::from(start..start + name.len())
    }

    /// Goes on to after the next `end`, `skipped` bytes from here or later, and returns what lies between; `None`
    /// where there is none.
    pub(crate) fn pass(&mut self, end: &'static str, skipped: usize) -> Option<Span> {
        let start = self.at;
        let found = self.all[start + skipped..].find(end)?;
        self.at = start + skipped + found + end.len();
        Some(Span::from(start..self.at))
    }

    /// Goes on to after a `<!DOCTYPE …>` or another declaration.
    pub(crate) fn doctype(&mut self) -> Option<Declaration> {
        let bytes = self.all.as_bytes();
        let (mut quote, mut opening, mut closing) = (None, None, None);
        let mut at = self.at;
        loop {
            let byte = *bytes.get(at)?;
            match byte {
                _ if quote == Some(byte) => quote = None,
                _ if quote.is_some() => {}
                b'"' | b'\'' => quote = Some(byte),
                b'[' if opening.is_none() => opening = Some(at),
                b']' if opening.is_some() => closing = Some(at + 1),
                b'>' if opening.is_some() == closing.is_some() => break,
                _ => {}
            }
            at += 1;
        }
        self.at = at + 1;
        let subset = opening
            .zip(closing)
            .map(|(start, end)| Span::from(start..end));
        Some(Declaration { subset })
    }

    /// Goes on to after the start tag that begins here.
    pub(crate) fn start_tag(&mut self) -> Option<StartTag> {
        let bytes = self.all.as_bytes();
        let start = self.at;
        let name = self.name(start + 1);
        let mut attributes: Vec<Attribute> = Vec::new();
        let mut at = name.end;
        loop {
            match *bytes.get(at)? {
                b'>' => break,
                b'=' => {
                    let value = self.value(at + 1)?;
                    at = value.end;
                    let quoted =
                        (value.length() > 1).then(|| Span::from(value.start + 1..value.end - 1));
                    if let Some(last) = attributes.last_mut() {
                        last.value = last.value.or(quoted);
                    }
                }
                byte if byte.is_ascii_whitespace() || byte == b'/' => at += 1,
                b'"' | b'\'' => at += 1,
                _ => {
                    let name = self.name(at);
                    at = name.end.max(at + 1);
                    attributes.push(Attribute { name, value: None });
                }
            }
        }
        self.at = at + 1;
        Some(StartTag {
            span: Span::from(start..self.at),
            name,
            attributes,
            is_empty: bytes[at - 1] == b'/',
        })
    }

    /// The name that begins at `start`.
    fn name(&self, start: usize) -> Span {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"=/>\"'<".contains(byte);
        let rest = &self.all.as_bytes()[start..];
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        Span::from(start..start + length)
    }

    /// Returns where the value stands, quotes and all, that comes after a `=`; nothing of one without quotes.
    fn value(&self, from: usize) -> Option<Span> {
        let bytes = self.all.as_bytes();
        let blank = bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let start = from + blank;
        match *bytes.get(start)? {
            quote @ (b'"' | b'\'') => {
                let length = memchr::memchr(quote, &bytes[start + 1..])?;
                Some(Span::from(start..start + 1 + length + 1))
            }
            _ => Some(Span::from(start..start)),
        }
    }
}

/// Returns a name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}
