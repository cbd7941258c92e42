//! Which inputs does a list name? One a line, with its number; a bad line is named like a good one.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

/// The longest line of a list: more than any path, and than any URL that a server takes.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// How much of a bad line is told.
const TOLD_CHARACTERS: usize = 80;

/// The beginnings of UTF-16, as PowerShell writes it.
const UTF_16_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What the list is called.
    list: Arc<str>,
    /// The number of the line, from 1.
    line: u64,
}

impl Place {
    /// Returns what the list is called.
    #[must_use]
    pub fn list(&self) -> &str {
        &self.list
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.list, self.line)
    }
}

/// Why a line names nothing.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The list can't be read from here on.
    #[error("can't read the list")]
    Read(#[source] io::Error),
    /// The list is not in UTF-8.
    #[error("the list is UTF-16; save it as UTF-8")]
    Utf16,
    /// The line is not in UTF-8.
    #[error("the line is not UTF-8")]
    NotUtf8,
    /// The line is too long for a URL or a path.
    #[error("the line is longer than {} KiB", LINE_BYTES_MAX >> 10)]
    TooLong,
    /// The line has a character that neither URLs nor paths have.
    #[error("the line has a NUL character")]
    Nul,
}

/// Why a line is none, and the bytes it begins with.
type Bad = (LineError, Vec<u8>);

/// One line that is neither blank nor a comment.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) place: Place,
    /// The input, or the beginning of what stands there instead.
    pub(super) text: String,
    /// Why it is none.
    pub(super) error: Option<LineError>,
}

/// The lines of a list, read as they are asked for.
pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
    name: Arc<str>,
    number: u64,
    is_over: bool,
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lines({}:{})", self.name, self.number)
    }
}

impl Lines {
    /// Reads the list in a file, which may be a pipe.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let name = path.display().to_string();
        Ok(Self::of(&name, Box::new(BufReader::new(file))))
    }

    /// Reads the list called `name`.
    pub(super) fn of(name: &str, reader: Box<dyn BufRead + Send>) -> Self {
        Self {
            reader,
            name: name.into(),
            number: 0,
            is_over: false,
        }
    }

    /// Reads the next line as it stands; `None` at the end.
    fn line(&mut self) -> Option<Result<Vec<u8>, Bad>> {
        let mut bytes = Vec::new();
        let room = LINE_BYTES_MAX as u64 + 1;
        let read = io::Read::take(&mut self.reader, room).read_until(b'\n', &mut bytes);
        self.number += 1;
        match read {
            Err(error) => {
                self.is_over = true;
                Some(Err((LineError::Read(error), bytes)))
            }
            Ok(0) => None,
            Ok(_)
                if self.number == 1 && UTF_16_MARKS.iter().any(|mark| bytes.starts_with(mark)) =>
            {
                self.is_over = true;
                Some(Err((LineError::Utf16, Vec::new())))
            }
            Ok(_) if bytes.len() > LINE_BYTES_MAX && !bytes.ends_with(b"\n") => {
                // A fault of the reader shows at the next line.
                let skipped = self.reader.skip_until(b'\n');
                self.is_over = skipped.is_err();
                Some(Err((LineError::TooLong, bytes)))
            }
            Ok(_) => Some(Ok(bytes)),
        }
    }
}

impl Iterator for Lines {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        while !self.is_over {
            let (text, error) = match self.line()? {
                Ok(bytes) => {
                    let bytes = match self.number {
                        1 => bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes),
                        _ => &bytes,
                    };
                    let bytes = bytes.trim_ascii();
                    if bytes.is_empty() || bytes.starts_with(b"#") {
                        continue;
                    }
                    read(bytes)
                }
                Err((error, bytes)) => (told(&bytes), Some(error)),
            };
            let place = Place {
                list: Arc::clone(&self.name),
                line: self.number,
            };
            return Some(Line { place, text, error });
        }
        None
    }
}

fn read(bytes: &[u8]) -> (String, Option<LineError>) {
    match std::str::from_utf8(bytes) {
        Err(_) => (told(bytes), Some(LineError::NotUtf8)),
        Ok(text) if text.contains('\0') => (told(bytes), Some(LineError::Nul)),
        Ok(text) => (text.to_owned(), None),
    }
}

/// Returns the beginning of a bad line, as far as it is text.
fn told(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(4 * TOLD_CHARACTERS)];
    let text = String::from_utf8_lossy(head.trim_ascii());
    match text.char_indices().nth(TOLD_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn lines(list: impl AsRef<[u8]>) -> Vec<String> {
        let reader = Box::new(io::Cursor::new(list.as_ref().to_vec()));
        told_lines(Lines::of("list", reader))
    }

    fn told_lines(lines: Lines) -> Vec<String> {
        let told = |line: Line| match line.error {
            None => format!("{} {}", line.place, line.text),
            Some(error) => format!("{} {} ({error})", line.place, line.text),
        };
        lines.map(told).collect()
    }

    #[test]
    fn one_input_a_line() {
        assert_eq!(
            lines("\u{feff}a\r\n\r\n  # comment\n\n b c \n# x\nhttps://h.test/#part\nlast"),
            [
                "list:1 a",
                "list:5 b c",
                "list:7 https://h.test/#part",
                "list:8 last"
            ]
        );
        assert_eq!(lines(""), [""; 0]);
        assert_eq!(lines("\u{feff}\n\n#"), [""; 0]);
    }

    #[test]
    fn bad_lines_are_named() {
        assert_eq!(
            lines(b"a\n\xce\xc4.md\nx\0y\nb\n"),
            [
                "list:1 a",
                "list:2 \u{fffd}\u{fffd}.md (the line is not UTF-8)",
                "list:3 x\0y (the line has a NUL character)",
                "list:4 b"
            ]
        );
        assert_eq!(
            lines(b"\xff\xfeh\0t\0t\0p\0\n\0x\0"),
            ["list:1  (the list is UTF-16; save it as UTF-8)"]
        );
        let long = "x".repeat(LINE_BYTES_MAX);
        assert_eq!(lines(format!("{long}\r\nb")).len(), 2);
        let cut = format!("{}…", "x".repeat(TOLD_CHARACTERS));
        let expected = [
            format!("list:1 {cut} (the line is longer than 64 KiB)"),
            "list:2 b".to_owned(),
        ];
        for longer in [format!("{long}xx\nb"), format!("{}\nb", long.repeat(3))] {
            assert_eq!(lines(longer), expected);
        }
    }

    #[test]
    fn a_list_that_breaks_off_says_so() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        let reader = io::Cursor::new(b"a\n").chain(Broken);
        let lines = Lines::of("list", Box::new(BufReader::new(reader)));
        assert_eq!(
            told_lines(lines),
            ["list:1 a", "list:2  (can't read the list)"]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_lines(list in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let pieces = list.split(|byte| *byte == b'\n').count();
            proptest::prop_assert!(lines(&list).len() <= pieces);
        }
    }
}
