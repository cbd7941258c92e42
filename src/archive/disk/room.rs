//! How much has the disk left?

use std::path::Path;

/// Returns how many bytes of the disk of `folder` are free for us; `None` where the system does not say.
#[cfg(unix)]
pub(in crate::archive) fn free_bytes(folder: &Path) -> Option<u64> {
    let system = rustix::fs::statvfs(folder).ok()?;
    Some(system.f_bavail.saturating_mul(system.f_frsize))
}

/// Returns how many bytes of the disk of `folder` are free for us; `None` where the system does not say.
#[cfg(not(unix))]
pub(in crate::archive) fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}
