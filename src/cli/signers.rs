//! Whose signatures count, by the file that the user names?

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::tz::TimeZone;

use crate::ssh::{SIGNERS_BYTES_MAX, Signers};

/// Reads a file of signers.
pub(super) fn read(path: &Path) -> anyhow::Result<Signers> {
    let mut text = String::new();
    let file = File::open(path).with_context(|| format!("can't read {}", path.display()))?;
    let read = file.take(SIGNERS_BYTES_MAX + 1).read_to_string(&mut text);
    read.with_context(|| format!("can't read {}", path.display()))?;
    if text.len() as u64 > SIGNERS_BYTES_MAX {
        bail!("{} has more than {SIGNERS_BYTES_MAX} bytes", path.display());
    }
    Signers::parse(&text, &TimeZone::system())
        .with_context(|| format!("{} is no file of allowed signers", path.display()))
}
