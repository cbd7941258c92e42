//! Which checkpoints of the log does the archive hold, and how does one come there? A text and its signature, side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::durable::{self, Draft};
use super::error::{ArchiveError, Kind};
use super::layout::{self, ArchivePath, Place};
use super::log::{self, Line};
use super::{Archive, Writer, disk, lock, store};
use crate::checkpoint::{CHECKPOINT_BYTES_MAX, Signed};
use crate::digest::Digest;
use crate::merkle::{self, Tree};
use crate::ssh::SIGNATURE_BYTES_MAX;

/// What is committed, all of it, as a checkpoint says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Which log it is: the root that it had with its first entry.
    pub log: Digest,
    /// How many entries there are.
    pub entries: u64,
    /// The root of the log.
    pub root: Digest,
    /// The file of the log that is damaged, if one is.
    pub damaged: Option<ArchivePath>,
}

impl Archive {
    /// Returns the paths of all checkpoints, sorted, which is by their entries: also of those whose text or signature is gone.
    ///
    /// # Errors
    /// When the folder can't be listed.
    pub fn checkpoints(&self) -> Result<Vec<ArchivePath>, ArchiveError> {
        let folder = layout::checkpoints();
        let mut texts = BTreeSet::new();
        for name in disk::names(&folder.under(self.root()), Kind::File)? {
            let path = ArchivePath::parse(&format!("{folder}/{name}"));
            let place = path.as_ref().and_then(layout::classify);
            if matches!(place, Some(Place::Checkpoint | Place::Signature)) {
                let text = name.strip_suffix(".sig").unwrap_or(&name);
                texts.insert(folder.child(text));
            }
        }
        Ok(texts.into_iter().collect())
    }

    /// Reads a checkpoint and its signature.
    ///
    /// # Errors
    /// When one of them is not there, no regular file, or too large.
    pub fn read_checkpoint(&self, path: &ArchivePath) -> Result<(Vec<u8>, Vec<u8>), ArchiveError> {
        let text = self.read(path, CHECKPOINT_BYTES_MAX)?;
        let signature = self.read(&layout::signature(path), SIGNATURE_BYTES_MAX)?;
        Ok((text, signature))
    }

    /// Returns the checkpoints that are signed by the keys that their signatures name, by their entries; `verify` speaks of the others.
    ///
    /// # Errors
    /// When the folder can't be listed.
    pub fn signed(&self) -> Result<Vec<(ArchivePath, Signed)>, ArchiveError> {
        let mut signed = Vec::new();
        for path in self.checkpoints()? {
            if let Ok((text, signature)) = self.read_checkpoint(&path)
                && let Ok(it) = Signed::read(&text, &signature)
            {
                signed.push((path, it));
            }
        }
        Ok(signed)
    }

    /// Gives every line of the log to `take`, without its line feed, whatever it says; a torn one at its end is none.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn log_lines(&self, take: impl FnMut(&[u8])) -> Result<(), ArchiveError> {
        log::each_line(self.root(), take)
    }

    /// Returns the root that the log had with each of these numbers of entries; none for one that it never had.
    ///
    /// # Errors
    /// When it can't be read.
    pub fn roots_at(&self, sizes: &BTreeSet<u64>) -> Result<BTreeMap<u64, Digest>, ArchiveError> {
        let (mut tree, mut roots) = (Tree::default(), BTreeMap::new());
        self.log_lines(|line| {
            tree.push(merkle::leaf(line));
            if sizes.contains(&tree.size()) {
                roots.insert(tree.size(), tree.root());
            }
        })?;
        Ok(roots)
    }
}

impl Writer {
    /// Returns what is committed at this moment, durably.
    ///
    /// # Errors
    /// When another process holds the lock for too long, or the log can't be read.
    pub fn head(&self) -> Result<Head, ArchiveError> {
        let archive = self.archive();
        // What another process has written and not yet synced may be gone after a power cut, and must not be signed.
        let _commit = lock::begin_commit(archive.root(), self.lock_wait())?;
        log::settle(archive.root())?;
        let mut damaged = None;
        for line in archive.log()? {
            if let Line::Fault { path, fault, .. } = line {
                fault.into_error()?;
                damaged.get_or_insert(path);
            }
        }
        let (mut tree, mut log) = (Tree::default(), None);
        archive.log_lines(|line| {
            tree.push(merkle::leaf(line));
            log.get_or_insert_with(|| tree.root());
        })?;
        Ok(Head {
            log: log.unwrap_or_else(|| tree.root()),
            entries: tree.size(),
            root: tree.root(),
            damaged,
        })
    }

    /// Puts a checkpoint and its signature into place, durably. What stands there already is set aside.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn place_checkpoint(
        &self,
        path: &ArchivePath,
        text: &[u8],
        signature: &[u8],
    ) -> Result<(), ArchiveError> {
        let root = self.archive().root();
        let mut drafts = Vec::with_capacity(2);
        for (path, bytes) in [(path.clone(), text), (layout::signature(path), signature)] {
            if disk::look(&path.under(root))?.is_some() {
                store::set_aside(root, &path)?;
            }
            let temporary = self.temporary();
            durable::write_new(&temporary, bytes)?;
            drafts.push(Draft { temporary, path });
        }
        durable::place(root, &drafts)
    }
}
