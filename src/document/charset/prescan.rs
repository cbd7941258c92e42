//! Which encoding does the page itself declare near its start? (WHATWG HTML, "prescan a byte stream".) Pure.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// How far browsers look for a declaration.
const PRESCAN_BYTES: usize = 1024;

/// Returns the encoding of the first `<meta>` that names one, else that of an XML declaration.
pub(super) fn prescan(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(PRESCAN_BYTES)];
    if let Some(encoding) = wide_xml(head) {
        return Some(encoding);
    }
    let mut scan = Scan {
        bytes: head,
        position: 0,
    };
    scan.find_meta().or_else(|| xml_declaration(head))
}

/// Returns the encoding that an XML declaration names.
pub(super) fn in_xml(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(PRESCAN_BYTES)];
    wide_xml(head).or_else(|| xml_declaration(head))
}

/// Returns the encoding that is seen by how an XML declaration begins.
fn wide_xml(head: &[u8]) -> Option<&'static Encoding> {
    match head {
        [b'<', 0, b'?', 0, b'x', 0, ..] => Some(UTF_16LE),
        [0, b'<', 0, b'?', 0, b'x', ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// Returns the encoding of the first `<meta>` that names one.
pub(super) fn in_meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut scan = Scan {
        bytes: &bytes[..bytes.len().min(PRESCAN_BYTES)],
        position: 0,
    };
    scan.find_meta()
}

/// A place in the head of a document.
struct Scan<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl Scan<'_> {
    fn find_meta(&mut self) -> Option<&'static Encoding> {
        while self.position < self.bytes.len() {
            let rest = &self.bytes[self.position..];
            match rest {
                // `<!-->` is a comment as well: its two dashes both open and close.
                [b'<', b'!', b'-', b'-', ..] => {
                    self.position += 2 + memchr::memmem::find(&rest[2..], b"-->")? + 3;
                }
                [b'<', m, e, t, a, space_or_slash, ..]
                    if [*m, *e, *t, *a].eq_ignore_ascii_case(b"meta")
                        && is_space_or_slash(*space_or_slash) =>
                {
                    self.position += 5;
                    if let Some(encoding) = self.meta() {
                        return Some(encoding);
                    }
                    self.position += 1;
                }
                [b'<', letter, ..] | [b'<', b'/', letter, ..] if letter.is_ascii_alphabetic() => {
                    self.position += rest
                        .iter()
                        .position(|byte| is_space(*byte) || *byte == b'>')?;
                    while self.attribute().is_some() {}
                    self.position += 1;
                }
                [b'<', b'!' | b'/' | b'?', ..] => self.position += memchr::memchr(b'>', rest)? + 1,
                _ => self.position += 1 + memchr::memchr(b'<', &rest[1..])?,
            }
        }
        None
    }

    /// Reads the attributes of a `<meta>`; of several with one name the first counts.
    fn meta(&mut self) -> Option<&'static Encoding> {
        let mut seen: Vec<Vec<u8>> = Vec::new();
        // `charset` is none until an attribute speaks, and may then be a name that nobody knows.
        let (mut is_pragma, mut needs_pragma, mut charset) = (false, false, None);
        while let Some((name, value)) = self.attribute() {
            if seen.contains(&name) {
                continue;
            }
            match name.as_slice() {
                b"http-equiv" => is_pragma |= value == b"content-type",
                b"content" if charset.is_none() => {
                    if let Some(named) = in_content(&value) {
                        (charset, needs_pragma) = (Some(Some(named)), true);
                    }
                }
                b"charset" => (charset, needs_pragma) = (Some(Encoding::for_label(&value)), false),
                _ => {}
            }
            seen.push(name);
        }
        let is_closed = self.peek().is_some();
        if !is_closed || (needs_pragma && !is_pragma) {
            return None;
        }
        charset.flatten().map(as_declared)
    }

    /// Reads the next attribute: name and value in lowercase. `None` at the end of the tag or of the bytes.
    fn attribute(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        self.skip(is_space_or_slash);
        if self.peek()? == b'>' {
            return None;
        }
        let start = self.position;
        // A `=` that begins a name belongs to it.
        self.position += 1;
        self.skip(|byte| !is_space_or_slash(byte) && byte != b'=' && byte != b'>');
        let name = self.bytes[start..self.position].to_ascii_lowercase();
        self.skip(is_space);
        if self.peek()? != b'=' {
            return Some((name, Vec::new()));
        }
        self.position += 1;
        self.skip(is_space);
        let quote = self.peek()?;
        let value = match quote {
            b'"' | b'\'' => {
                self.position += 1;
                let start = self.position;
                self.position += memchr::memchr(quote, &self.bytes[start..])? + 1;
                &self.bytes[start..self.position - 1]
            }
            _ => {
                let start = self.position;
                self.skip(|byte| !is_space(byte) && byte != b'>');
                self.peek()?;
                &self.bytes[start..self.position]
            }
        };
        Some((name, value.to_ascii_lowercase()))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn skip(&mut self, belongs: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&belongs) {
            self.position += 1;
        }
    }
}

/// Reads the encoding out of the `content` of a `<meta http-equiv>`, in lowercase (WHATWG HTML §2.5.4).
fn in_content(content: &[u8]) -> Option<&'static Encoding> {
    let mut rest = content;
    loop {
        rest = &rest[memchr::memmem::find(rest, b"charset")? + b"charset".len()..];
        let Some(value) = rest.trim_ascii_start().strip_prefix(b"=") else {
            continue;
        };
        let value = value.trim_ascii_start();
        let label = match *value.first()? {
            quote @ (b'"' | b'\'') => &value[1..=memchr::memchr(quote, &value[1..])?],
            _ => value
                .split(|byte| is_space(*byte) || *byte == b';')
                .next()?,
        };
        return Encoding::for_label(label);
    }
}

/// Reads `<?xml … encoding="…"` (WHATWG HTML, "get an XML encoding").
fn xml_declaration(head: &[u8]) -> Option<&'static Encoding> {
    let declaration = head.strip_prefix(b"<?xml")?;
    let declaration = &declaration[..memchr::memchr(b'>', declaration)?];
    let found = memchr::memmem::find(declaration, b"encoding")?;
    let is_blank = |byte: &u8| *byte <= b' ';
    let skip_blank = |bytes: &[u8]| bytes.iter().take_while(|byte| is_blank(byte)).count();
    let after = &declaration[found + b"encoding".len()..];
    let value = after[skip_blank(after)..].strip_prefix(b"=")?;
    let (quote, value) = value[skip_blank(value)..].split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let label = &value[..memchr::memchr(*quote, value)?];
    if label.iter().any(is_blank) {
        return None;
    }
    Encoding::for_label(label).map(as_declared)
}

/// A declaration that can be read as ASCII cannot be in UTF-16, and nobody means `x-user-defined`.
fn as_declared(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

fn is_space_or_slash(byte: u8) -> bool {
    is_space(byte) || byte == b'/'
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, GBK, SHIFT_JIS};
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(html: &str, expected: Option<&'static Encoding>) {
        assert_eq!(prescan(html.as_bytes()), expected, "{html}");
    }

    #[test]
    fn a_meta_declares() {
        check("<META/charset = 'gb2312'>", Some(GBK));
        check("<meta name=x charset=big5", None);
        check("<meta name=x charset=\"big5\" /", None);
        check("<meta name=x charset=\"big5\"/>", Some(BIG5));
        check("<metacharset=gbk>", None);
        check("<meta charset=gbk charset=big5>", Some(GBK));
        check("<meta charset=nonsense><meta charset=gbk>", Some(GBK));
        check("<meta charset=utf-16><p>", Some(UTF_8));
        check("<meta charset=x-user-defined>", Some(WINDOWS_1252));
        check(&format!("{}<meta charset=gbk>", " ".repeat(1024)), None);
    }

    #[test]
    fn a_pragma_declares() {
        check(
            "<meta http-equiv=Content-Type content='text/html; charset=gbk'>",
            Some(GBK),
        );
        check(
            "<meta content='text/html; charset = \"gbk\"' http-equiv='content-type'>",
            Some(GBK),
        );
        check("<meta content='text/html; charset=gbk'>", None);
        check("<meta http-equiv=refresh content='charset=gbk'>", None);
        check(
            "<meta http-equiv=content-type content='charset charset=big5;x'>",
            Some(BIG5),
        );
        check(
            "<meta http-equiv=content-type content='charset=\"big5'><meta charset=gbk>",
            Some(GBK),
        );
    }

    #[test]
    fn only_tags_declare() {
        check("<!-- <meta charset=big5> --><meta charset=gbk>", Some(GBK));
        check("<!--><meta charset=gbk>", Some(GBK));
        check(
            "<p title='<meta charset=big5>'><meta charset=gbk>",
            Some(GBK),
        );
        check(
            "</p x='>'><!doctype html><?php ?><meta charset=gbk>",
            Some(GBK),
        );
        check("a < b <meta charset=gbk>", Some(GBK));
    }

    #[test]
    fn an_xml_declaration_declares_last() {
        check(
            "<?xml version='1.0' encoding = 'Shift_JIS'?><html>",
            Some(SHIFT_JIS),
        );
        check("<?xml encoding='utf-16'?><html>", Some(UTF_8));
        check("<?xml encoding='big5'?><meta charset=gbk>", Some(GBK));
        check(" <?xml encoding='big5'?>", None);
        check("<?xml encoding=big5?>", None);
        check("<\0?\0x\0", Some(UTF_16LE));
        check("\0<\0?\0x", Some(UTF_16BE));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(text in "[<>!/?= \"'-]{0,9}(meta |charset=|http-equiv=content-type |content=|encoding|<\\?xml|gbk|[<>=\"' /]){0,12}") {
            prescan(text.as_bytes());
        }
    }
}
