//! What do the system's numbers of errors mean, where the standard library has no name for them?

use std::io;

/// Returns whether the disk itself has failed, as opposed to being full or forbidden.
#[cfg(unix)]
pub(in crate::archive) fn is_failing(error: &io::Error) -> bool {
    rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::IO)
}

/// Returns whether the disk itself has failed, as opposed to being full or forbidden.
#[cfg(not(unix))]
pub(in crate::archive) fn is_failing(_error: &io::Error) -> bool {
    false
}

/// Returns whether this process, or the whole system, has as many files open as it may.
#[cfg(unix)]
pub(in crate::archive) fn is_out_of_files(error: &io::Error) -> bool {
    use rustix::io::Errno;

    matches!(
        Errno::from_io_error(error),
        Some(Errno::MFILE | Errno::NFILE)
    )
}

/// Returns whether this process, or the whole system, has as many files open as it may.
#[cfg(not(unix))]
pub(in crate::archive) fn is_out_of_files(_error: &io::Error) -> bool {
    false
}
