//! What is in the way? A process that holds a lock, or another thing than the one that belongs there.

use std::fmt;

/// What a process does that holds a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Committing a group of captures.
    Committing,
    /// Adding to the archive, or pruning it.
    Writing,
    /// Pruning, removing or repairing: whatever needs the archive to itself.
    Maintaining,
    /// Mirroring sources.
    Mirroring,
    /// Staying, and mirroring sources when they are due.
    Watching,
}

/// What stands at a path. Symbolic links are not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Symlink,
    /// A pipe, a socket, a device.
    Special,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Committing => "committing to the archive",
            Self::Writing => "writing to the archive",
            Self::Maintaining => "pruning, removing or repairing",
            Self::Mirroring => "mirroring into this archive",
            Self::Watching => "watching the sources of this archive",
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Symlink => "a symbolic link",
            Self::Special => "a pipe, socket or device",
        })
    }
}
