//! Which inputs did the user name, one after the other? Arguments, the lines of lists, what lies in folders.
//!
//! Nothing is read ahead: a list of a million lines is one line in memory.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fmt;
use std::io::BufRead;
use std::path::PathBuf;

use crate::link::Link;
use crate::source::{Source, entry_key};

use super::InputError;
use super::lines::{Line, Lines, Place};
use super::walk::Walk;

/// Stands for the standard input, where a list is named.
pub const STDIN: &str = "-";

/// One way in which the user names inputs.
pub enum Named {
    /// By an argument: an address, a file, a folder.
    Argument(OsString),
    /// As the entry of a feed, by the address of its page.
    Entry(Link),
    /// In a list that is a file.
    List(PathBuf),
    /// In a list that is read already: what it is called, and where it comes from.
    Open(String, Box<dyn BufRead + Send>),
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argument(text) => write!(f, "Argument({})", text.display()),
            Self::Entry(page) => write!(f, "Entry({page})"),
            Self::List(path) => write!(f, "List({})", path.display()),
            Self::Open(name, _) => write!(f, "Open({name})"),
        }
    }
}

/// One input, or what stands where one should.
#[derive(Debug)]
pub struct Input {
    /// As it was named; the path of a file that was found in a folder.
    pub given: String,
    /// The line of the list that names it.
    pub place: Option<Place>,
    /// What it is, or why it is none.
    pub source: Result<Source, InputError>,
}

/// The inputs, in order.
#[derive(Debug)]
pub struct Inputs {
    named: VecDeque<Named>,
    list: Option<Lines>,
    /// The folder that is being walked, and the line that named it.
    walk: Option<(Walk, Option<Place>)>,
}

impl Inputs {
    /// Returns what `named` names. Of each list and folder no more is read than was asked for.
    #[must_use]
    pub fn new(named: impl IntoIterator<Item = Named>) -> Self {
        Self {
            named: named.into_iter().collect(),
            list: None,
            walk: None,
        }
    }

    /// Takes in one name; `None` where it is a folder, which is walked from now on.
    fn input(&mut self, given: String, place: Option<Place>) -> Option<Input> {
        if place.is_some() && given == STDIN {
            let source = Err(InputError::ListInList);
            return Some(Input {
                given,
                place,
                source,
            });
        }
        let source = match Source::parse(&given) {
            Ok(Source::File(path)) if path.is_dir() => {
                self.walk = Some((Walk::new(path), place));
                return None;
            }
            parsed => parsed.map_err(InputError::Source),
        };
        Some(Input {
            given,
            place,
            source,
        })
    }

    fn line(&mut self, line: Line) -> Option<Input> {
        let Line { place, text, error } = line;
        match error {
            None => self.input(text, Some(place)),
            Some(error) => Some(Input {
                given: if text.is_empty() {
                    place.list().to_owned()
                } else {
                    text
                },
                place: Some(place),
                source: Err(InputError::Line(error)),
            }),
        }
    }

    /// Begins with the next of what the user named.
    fn begin(&mut self, named: Named) -> Option<Input> {
        match named {
            Named::Argument(given) => match given.into_string() {
                Ok(given) => self.input(given, None),
                Err(given) => Some(Input {
                    given: given.display().to_string(),
                    place: None,
                    source: Err(InputError::NotUtf8),
                }),
            },
            Named::Entry(page) => Some(Input {
                given: entry_key(&page),
                place: None,
                source: Ok(Source::Entry(page)),
            }),
            Named::Open(name, reader) => {
                self.list = Some(Lines::of(&name, reader));
                None
            }
            Named::List(path) => match Lines::open(&path) {
                Ok(lines) => {
                    self.list = Some(lines);
                    None
                }
                Err(source) => Some(Input {
                    given: path.display().to_string(),
                    place: None,
                    source: Err(InputError::Read { path, source }),
                }),
            },
        }
    }
}

impl Iterator for Inputs {
    type Item = Input;

    fn next(&mut self) -> Option<Input> {
        loop {
            if let Some((walk, place)) = &mut self.walk {
                let Some((path, result)) = walk.next() else {
                    self.walk = None;
                    continue;
                };
                let place = place.clone();
                return Some(found(path, result, place));
            }
            let next = if let Some(lines) = &mut self.list {
                let Some(line) = lines.next() else {
                    self.list = None;
                    continue;
                };
                self.line(line)
            } else {
                let named = self.named.pop_front()?;
                self.begin(named)
            };
            if next.is_some() {
                return next;
            }
        }
    }
}

/// Returns what was found in a folder as an input.
fn found(path: PathBuf, result: Result<(), InputError>, place: Option<Place>) -> Input {
    let given = path.display().to_string();
    let source = match result {
        Err(error) => Err(error),
        Ok(()) if path.to_str().is_none() => Err(InputError::NotUtf8),
        Ok(()) => Ok(Source::File(path)),
    };
    Input {
        given,
        place,
        source,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Cursor;

    use super::*;

    fn list(text: &str) -> Named {
        Named::Open("list".to_owned(), Box::new(Cursor::new(text.to_owned())))
    }

    fn told(inputs: Inputs) -> Vec<String> {
        let told = |input: Input| {
            let place = input
                .place
                .map(|place| format!("{place} "))
                .unwrap_or_default();
            match input.source {
                Ok(_) => format!("{place}{}", input.given),
                Err(error) => format!("{place}{} ({error})", input.given),
            }
        };
        inputs.map(told).collect()
    }

    #[test]
    fn arguments_lists_and_folders_follow_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display().to_string();
        fs::create_dir(folder.path().join("posts")).unwrap();
        for name in ["posts/b.md", "posts/a.md", "c.md"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let inputs = Inputs::new([
            Named::Argument("z.md".into()),
            list(&format!(
                "https://h.test/\n{root}/posts\n-\nftp://h.test/\n"
            )),
            Named::Argument(folder.path().into()),
            Named::List("missing.txt".into()),
            Named::List(folder.path().into()),
        ]);
        assert_eq!(
            told(inputs),
            [
                "z.md".to_owned(),
                "list:1 https://h.test/".to_owned(),
                format!("list:2 {root}/posts/a.md"),
                format!("list:2 {root}/posts/b.md"),
                "list:3 - (a list in a list is not followed)".to_owned(),
                "list:4 ftp://h.test/ (can't be fetched)".to_owned(),
                format!("{root}/c.md"),
                format!("{root}/posts/a.md"),
                format!("{root}/posts/b.md"),
                "missing.txt (can't read missing.txt)".to_owned(),
                format!("{root}:1 {root} (can't read the list)"),
            ]
        );
    }

    #[test]
    fn a_list_is_read_as_it_is_asked_for() {
        struct Endless;
        impl std::io::Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                buffer.fill(b'\n');
                let line = b"a.md\n";
                let length = line.len().min(buffer.len());
                buffer[..length].copy_from_slice(&line[..length]);
                Ok(buffer.len())
            }
        }
        let reader = Box::new(std::io::BufReader::new(Endless));
        let inputs = Inputs::new([Named::Open("endless".to_owned(), reader)]);
        assert_eq!(inputs.take(3).count(), 3);
    }
}
