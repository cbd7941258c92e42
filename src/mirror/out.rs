//! Which of the wanted articles were taken out of the archive? They do not come back by themselves, and are not asked for.

use crate::archive::log::Removals;
use crate::archive::{Archive, ArchiveError};
use crate::event::SourceOutcome;
use crate::link::Link;

use super::expand::Expanded;
use super::same::Version;
use super::settled::Wanted;

/// Leaves out what was taken out, as far as addresses and identities tell. Of files, a capture knows the key, and leaves them out.
pub(super) fn leave_out(
    archive: &Archive,
    mut expanded: Vec<Expanded>,
) -> Result<Vec<Expanded>, ArchiveError> {
    let removals = archive.removals(0)?;
    if removals.is_empty() {
        return Ok(expanded);
    }
    for source in &mut expanded {
        let was_page = source.is_page();
        let mut wanted = Vec::with_capacity(source.wanted.len());
        for article in std::mem::take(&mut source.wanted) {
            if !is_out(archive, &removals, &article)? {
                wanted.push(article);
            }
        }
        source.wanted = wanted;
        if was_page && source.wanted.is_empty() {
            source.outcome = SourceOutcome::Unchanged;
        }
    }
    Ok(expanded)
}

fn is_out(archive: &Archive, removals: &Removals, wanted: &Wanted) -> Result<bool, ArchiveError> {
    let address = match &wanted.text {
        Some((page, _)) => Some(Version::Text.key(page)),
        None => Link::parse(&wanted.given).ok().map(|link| link.key()),
    };
    for key in address.iter().chain(&wanted.identity) {
        if archive.is_removed(removals, key)? {
            return Ok(true);
        }
    }
    Ok(false)
}
