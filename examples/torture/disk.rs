//! Which disk does a round have? The one that is there, or a small one that is as good as full.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::random::Random;

/// The space of a disk that has enough, in KiB.
const AMPLE_KIB: u64 = 512 * 1024;

/// How much more than is used a disk has that is as good as full, in KiB: at most about a third of what a run writes.
const SCANT_KIB_MAX: u64 = 6 * 1024;

/// Where the archive lies.
#[derive(Debug)]
pub(crate) enum Disk {
    /// The disk of this machine.
    Large,
    /// A tmpfs that is mounted here.
    Small(PathBuf),
}

impl Disk {
    pub(crate) fn large() -> Self {
        Self::Large
    }

    /// Mounts a tmpfs.
    pub(crate) fn small(at: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(at)?;
        let disk = Self::Small(at.to_owned());
        disk.mount(&["-t", "tmpfs", "-o", &format!("size={AMPLE_KIB}k"), "tmpfs"])
            .context("a small disk can't be mounted: run `scripts/torture` as root, or allow user namespaces")?;
        Ok(disk)
    }

    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::Large => "on this disk",
            Self::Small(_) => "on a small disk",
        }
    }

    pub(crate) fn is_small(&self) -> bool {
        matches!(self, Self::Small(_))
    }

    /// Leaves so much space that a run ends well, or so little that few do.
    pub(crate) fn resize(&self, ample: bool, random: &mut Random) -> anyhow::Result<()> {
        let Self::Small(at) = self else {
            return Ok(());
        };
        let kib = if ample {
            AMPLE_KIB
        } else {
            used_kib(at)? + random.below(SCANT_KIB_MAX)
        };
        self.mount(&["-o", &format!("remount,size={}k", kib.max(4))])
    }

    fn mount(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let Self::Small(at) = self else {
            return Ok(());
        };
        let mounted = Command::new("mount").args(arguments).arg(at).status()?;
        ensure!(mounted.success(), "mount {arguments:?}: {mounted}");
        Ok(())
    }
}

/// Returns how much of a file system is in use.
fn used_kib(at: &Path) -> anyhow::Result<u64> {
    let printed = Command::new("df")
        .args(["--output=used", "-k"])
        .arg(at)
        .output()?;
    let text = String::from_utf8(printed.stdout)?;
    let last = text.lines().last().context("df says nothing")?;
    Ok(last.trim().parse()?)
}
