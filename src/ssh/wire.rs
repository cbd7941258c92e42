//! What stands in a field of SSH's wire format? RFC 4251 §5. Pure.

/// Bytes that are read field by field; what is too short for a field has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// Takes `count` bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Takes a number of four bytes.
    pub(super) fn number(&mut self) -> Option<u32> {
        let bytes = self.bytes(4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    }

    /// Takes a string: its length, then its bytes.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.bytes(usize::try_from(length).ok()?)
    }

    /// Takes a positive integer (`mpint`) in its one written form, and returns its digits of base 256 without the zero that says that it is
    /// positive.
    pub(super) fn positive(&mut self) -> Option<&'a [u8]> {
        let written = self.string()?;
        match written {
            [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => Some(rest),
            [first, ..] if (1..0x80).contains(first) => Some(written),
            _ => None,
        }
    }

    /// Returns whether nothing follows.
    pub(super) fn is_done(self) -> bool {
        self.0.is_empty()
    }
}

/// Writes a string.
pub(super) fn push_string(bytes: &mut Vec<u8>, string: &[u8]) {
    let length = u32::try_from(string.len()).unwrap_or(u32::MAX);
    bytes.extend(length.to_be_bytes());
    bytes.extend(string);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_end_where_their_bytes_do() {
        let mut fields = Fields(b"\0\0\0\x02ab\0\0\0\x02\0\x80\x07");
        assert_eq!(fields.string(), Some(&b"ab"[..]));
        assert_eq!(fields.positive(), Some(&b"\x80"[..]));
        assert!(!fields.is_done());
        assert_eq!(fields.bytes(1), Some(&b"\x07"[..]));
        assert!(fields.is_done());
        assert_eq!(fields.bytes(1), None);
        assert_eq!(Fields(b"\0\0\0\x02a").string(), None);
        assert_eq!(Fields(b"\xff\xff\xff\xffa").string(), None);
        assert_eq!(Fields(b"\0\0\0").number(), None);
    }

    #[test]
    fn an_integer_has_one_form() {
        for wrong in [
            &b"\0\0\0\0"[..],
            b"\0\0\0\x01\0",
            b"\0\0\0\x02\0\x7f",
            b"\0\0\0\x01\x80",
            b"\0\0\0\x03\0\0\x80",
        ] {
            assert_eq!(Fields(wrong).positive(), None, "{wrong:?}");
        }
        assert_eq!(Fields(b"\0\0\0\x01\x7f").positive(), Some(&b"\x7f"[..]));
    }

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        push_string(&mut bytes, b"offprint");
        assert_eq!(Fields(&bytes).string(), Some(&b"offprint"[..]));
    }
}
