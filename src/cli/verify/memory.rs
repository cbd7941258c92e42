//! Where does this program remember what it proved, and which program is it?

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::cli::TOOL;
use crate::digest::Digest;
use crate::proven::Proven;
use crate::render::RENDERER;

/// Digits of the digest of an archive's path in the name of what is remembered of it.
const NAME_DIGITS: usize = 32;

/// Returns what was proven of the archive at `root`, or the place for it where all is to be `fresh`; `None` where there is no
/// folder for such things.
pub(super) fn of(root: &Path, fresh: bool) -> Option<Proven> {
    let place = root.canonicalize().ok()?;
    let name = Digest::of(place.as_os_str().as_encoded_bytes()).short(NAME_DIGITS);
    let file = folder()?.join(name);
    let program = program()?;
    Some(if fresh {
        Proven::fresh(file, program)
    } else {
        Proven::open(file, program)
    })
}

/// The user's own folder for what can be had again. One that is relative is none (XDG Base Directory Specification).
fn folder() -> Option<PathBuf> {
    let named = |name: &str| env::var_os(name).map(PathBuf::from);
    let cache = named("XDG_CACHE_HOME").filter(|path| path.is_absolute());
    let cache = if cfg!(windows) {
        cache.or_else(|| named("LOCALAPPDATA"))
    } else {
        cache.or_else(|| Some(named("HOME")?.join(".cache")))
    };
    let cache = cache.filter(|path| path.is_absolute())?;
    Some(cache.join("offprint").join("proven"))
}

/// Returns what no other build of this program has: another one may render otherwise.
fn program() -> Option<Digest> {
    let seen = fs::metadata(env::current_exe().ok()?).ok()?;
    let written = seen.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let mut text = String::from(TOOL);
    let (length, written) = (seen.len(), written.as_nanos());
    write!(text, " {RENDERER} {length} {written}").ok()?;
    Some(Digest::of(text.as_bytes()))
}
