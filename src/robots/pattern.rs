//! Does a path match a rule? `*` stands for anything, `$` at the end for the end. Pure.

use memchr::memmem;

/// What a rule matches, in pieces between the stars. Percent-encoding is [`normal`] on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    pieces: Vec<Box<[u8]>>,
    /// Whether the path must end with it.
    ends: bool,
}

impl Pattern {
    /// Reads the path of a rule. One without its slash gets it: nothing else can be meant, and a path begins with one.
    pub(super) fn read(value: &[u8]) -> Self {
        match value.strip_suffix(b"$") {
            Some(value) => Self::of_path(value, true),
            None => Self::of_path(value, false),
        }
    }

    /// Returns what a rule means by the convention of 1994, which knew no `$`: the character itself. So what a rule that
    /// forbids may mean is forbidden.
    pub(super) fn without_end(value: &[u8]) -> Option<Self> {
        value.ends_with(b"$").then(|| Self::of_path(value, false))
    }

    /// Returns the folder that a rule names by its index, as site owners mean it and the common crawlers read it.
    pub(super) fn of_folder(value: &[u8]) -> Option<Self> {
        let indices: [&[u8]; 2] = [b"/index.html", b"/index.htm"];
        let folder = indices
            .iter()
            .find_map(|index| value.strip_suffix(*index))?;
        Some(Self::of_path(&[folder, b"/"].concat(), true))
    }

    /// Reads a text that is to match as a whole, whatever it is.
    pub(super) fn whole(text: &[u8]) -> Self {
        Self {
            pieces: text.split(|byte| *byte == b'*').map(Box::from).collect(),
            ends: true,
        }
    }

    fn of_path(path: &[u8], ends: bool) -> Self {
        let is_rooted = path.starts_with(b"/") || path.starts_with(b"*");
        let slash: &[u8] = if is_rooted { b"" } else { b"/" };
        let rooted = [slash, path].concat();
        let mut in_query = false;
        let pieces = rooted.split(|byte| *byte == b'*').map(|piece| {
            let piece_is_normal = normal_from(piece, &mut in_query);
            piece_is_normal.into_boxed_slice()
        });
        Self {
            pieces: pieces.collect(),
            ends,
        }
    }

    /// Returns how long it is: the longest rule that matches counts.
    pub(super) fn octets(&self) -> usize {
        let text: usize = self.pieces.iter().map(|piece| piece.len()).sum();
        text + self.pieces.len() - 1 + usize::from(self.ends)
    }

    /// Returns whether it matches a path from its first octet on. Each piece is taken where it first fits: no later place
    /// leaves more to the pieces after it.
    pub(super) fn matches(&self, path: &[u8]) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return false;
        };
        let Some(mut left) = path.strip_prefix(&**first) else {
            return false;
        };
        let Some((last, between)) = rest.split_last() else {
            return !self.ends || left.is_empty();
        };
        for piece in between {
            match memmem::find(left, piece) {
                Some(at) => left = &left[at + piece.len()..],
                None => return false,
            }
        }
        if self.ends {
            left.ends_with(last)
        } else {
            memmem::find(left, last).is_some()
        }
    }
}

/// Returns a path in the one way to write it (RFC 9309 §2.2.2): what needs no percent-encoding has none, everything else
/// has, in uppercase digits. What is encoded and would mean something else without (`%2F`, `%26`) stays encoded.
pub(super) fn normal(path: &[u8]) -> Vec<u8> {
    normal_from(path, &mut false)
}

/// Continues with the next piece of a path; `in_query` says whether its `?` has come.
fn normal_from(path: &[u8], in_query: &mut bool) -> Vec<u8> {
    let mut normal = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&byte, after)) = rest.split_first() {
        let encoded = (byte == b'%').then(|| decoded(after)).flatten();
        let octet = encoded.unwrap_or(byte);
        let is_plain = match encoded {
            Some(octet) => is_free(octet, *in_query),
            None => byte != b'%' && (is_free(byte, true) || b";&=+/?#[]".contains(&byte)),
        };
        if is_plain {
            normal.push(octet);
        } else {
            normal.extend([b'%', digit(octet >> 4), digit(octet & 15)]);
        }
        *in_query |= byte == b'?';
        rest = if encoded.is_some() {
            &after[2..]
        } else {
            after
        };
    }
    normal
}

/// Returns whether an octet means the same with and without encoding: what is unreserved (RFC 3986 §2.3), and of the reserved
/// ones those that separate nothing where they stand. In a query these are `/` and `?`, too (§3.4).
fn is_free(octet: u8, in_query: bool) -> bool {
    octet.is_ascii_alphanumeric()
        || b"-._~:@!$'()*,".contains(&octet)
        || (in_query && b"/?".contains(&octet))
}

/// Returns the octet that two hexadecimal digits stand for.
fn decoded(after: &[u8]) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let (high, low) = (value(*after.first()?)?, value(*after.get(1)?)?);
    u8::try_from(high << 4 | low).ok()
}

fn digit(value: u8) -> u8 {
    b"0123456789ABCDEF"[usize::from(value & 15)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(written: &str, expected: &str) {
        let found = String::from_utf8(normal(written.as_bytes())).unwrap();
        assert_eq!(found, expected, "{written}");
    }

    #[test]
    fn a_path_is_written_in_one_way() {
        check("/foo/bar?baz=quz", "/foo/bar?baz=quz");
        check("/foo/bar/ツ", "/foo/bar/%E3%83%84");
        check("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84");
        check("/foo/bar/%62%61%7A", "/foo/bar/baz");
        check("/%7ejoe/~joe", "/~joe/~joe");
        check("/a%3cd<.html", "/a%3Cd%3C.html");
        check("/a%2fb/c", "/a%2Fb/c");
        check("/a%3Ab:c%24$%2A", "/a:b:c$$*");
        check(
            "/bar?baz=https%3A%2F%2Ffoo.bar%26x%3D1",
            "/bar?baz=https://foo.bar%26x%3D1",
        );
        check("/%zz%%2", "/%25zz%25%252");
    }

    /// Says it letter by letter, trying everything.
    fn slow(pattern: &[u8], path: &[u8], ends: bool) -> bool {
        match (pattern.split_first(), path.split_first()) {
            (None, _) => !ends || path.is_empty(),
            (Some((b'*', more)), None) => slow(more, path, ends),
            (Some((b'*', more)), Some((_, later))) => {
                slow(more, path, ends) || slow(pattern, later, ends)
            }
            (Some(_), None) => false,
            (Some((wanted, more)), Some((found, later))) => {
                wanted == found && slow(more, later, ends)
            }
        }
    }

    proptest! {
        #[test]
        fn the_first_fit_is_as_good_as_any(pattern in "/[ab*]{0,8}", path in "/[ab]{0,12}", ends: bool) {
            let fast = Pattern::of_path(pattern.as_bytes(), ends);
            let expected = slow(pattern.as_bytes(), path.as_bytes(), ends);
            prop_assert_eq!(fast.matches(path.as_bytes()), expected);
        }

        #[test]
        fn what_is_normal_stays(path in ".{0,24}") {
            let once = normal(path.as_bytes());
            prop_assert_eq!(normal(&once), once.clone());
        }
    }
}
