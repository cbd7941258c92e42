//! One damage, of any kind, to one file of an archive; and back again.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One bit is another.
    Flipped,
    /// Its end is gone.
    Truncated,
    /// It has no bytes.
    Emptied,
    /// Something follows its end.
    Longer,
    /// It is gone.
    Missing,
    /// It is there twice, under another name too.
    Duplicated,
    /// It has another name.
    Renamed,
    /// Its name is in capital letters.
    WrongCase,
    /// It has the bytes of another file, and that one has its own.
    Swapped,
    /// A link stands there, to the very same bytes elsewhere.
    Link,
    /// A pipe stands there.
    Pipe,
    /// A folder stands there.
    Folder,
}

impl Kind {
    pub(crate) const ALL: [Self; 12] = [
        Self::Flipped,
        Self::Truncated,
        Self::Emptied,
        Self::Longer,
        Self::Missing,
        Self::Duplicated,
        Self::Renamed,
        Self::WrongCase,
        Self::Swapped,
        Self::Link,
        Self::Pipe,
        Self::Folder,
    ];
}

/// What chance decides of a damage.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Chance {
    /// Where in the file.
    pub(crate) at: u64,
    /// Which bit, and which byte is put there.
    pub(crate) byte: u8,
}

/// A damage that can be undone: what stood at each path that it touched.
pub(crate) struct Undo(Vec<(PathBuf, Option<Vec<u8>>)>);

/// Does `kind` to `file`; `other` is the file that it is swapped with, and `aside` a folder outside the archive.
pub(crate) fn apply(kind: Kind, file: &Path, other: &Path, aside: &Path, chance: Chance) -> Undo {
    let bytes = fs::read(file).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let mut undo = vec![(file.to_owned(), Some(bytes.clone()))];
    let mut changed = bytes.clone();
    let at = usize::try_from(chance.at % (bytes.len() as u64).max(1)).unwrap();
    let beside = |name: String| file.with_file_name(name);
    match kind {
        Kind::Flipped if bytes.is_empty() => changed.push(chance.byte),
        Kind::Flipped => changed[at] ^= 1 << (chance.byte % 8),
        Kind::Truncated => changed.truncate(at),
        Kind::Emptied => changed.clear(),
        Kind::Longer => changed.push(chance.byte),
        Kind::Missing => fs::remove_file(file).unwrap(),
        Kind::Duplicated => {
            let copy = beside(format!("{name}.copy"));
            fs::write(&copy, &bytes).unwrap();
            undo.push((copy, None));
        }
        Kind::Renamed | Kind::WrongCase => {
            let renamed = beside(match kind {
                Kind::WrongCase => name.to_uppercase(),
                _ => format!("{name}.old"),
            });
            fs::rename(file, &renamed).unwrap();
            undo.push((renamed, None));
        }
        Kind::Swapped => {
            changed = fs::read(other).unwrap();
            fs::write(other, &bytes).unwrap();
            undo.push((other.to_owned(), Some(changed.clone())));
        }
        Kind::Link | Kind::Pipe | Kind::Folder => {
            fs::remove_file(file).unwrap();
            stand_in(kind, file, &bytes, aside);
        }
    }
    if changed != bytes {
        fs::write(file, changed).unwrap();
    }
    Undo(undo)
}

fn stand_in(kind: Kind, file: &Path, bytes: &[u8], aside: &Path) {
    match kind {
        Kind::Link => {
            let moved = aside.join("moved");
            fs::write(&moved, bytes).unwrap();
            symlink(moved, file).unwrap();
        }
        Kind::Pipe => assert!(Command::new("mkfifo").arg(file).status().unwrap().success()),
        _ => fs::create_dir(file).unwrap(),
    }
}

impl Undo {
    /// Puts everything back as it was.
    pub(crate) fn undo(self) {
        for (path, _) in &self.0 {
            match fs::symlink_metadata(path) {
                Ok(it) if it.is_dir() => fs::remove_dir(path).unwrap(),
                Ok(_) => fs::remove_file(path).unwrap(),
                Err(_) => {}
            }
        }
        for (path, bytes) in self.0 {
            if let Some(bytes) = bytes {
                fs::write(path, bytes).unwrap();
            }
        }
    }
}
