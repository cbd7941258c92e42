//! Which signed checkpoints hold for the copy, too? Those whose root its log has at that number of entries.

use std::collections::BTreeSet;

use crate::archive::{Archive, ArchiveError, Writer};

/// Brings the checkpoints that the copy does not have and that are true of its log. Returns how many they are.
pub(super) fn bring(from: &Archive, to: &Writer) -> Result<u64, ArchiveError> {
    let here: BTreeSet<_> = to.archive().checkpoints()?.into_iter().collect();
    let mut new = from.signed()?;
    new.retain(|(path, _)| !here.contains(path));
    if new.is_empty() {
        return Ok(0);
    }
    let sizes = new.iter().map(|(_, signed)| signed.checkpoint.entries);
    let roots = to.archive().roots_at(&sizes.collect())?;
    let mut brought = 0;
    for (path, signed) in new {
        if roots.get(&signed.checkpoint.entries) == Some(&signed.checkpoint.root) {
            let (text, signature) = from.read_checkpoint(&path)?;
            to.place_checkpoint(&path, &text, &signature)?;
            brought += 1;
        }
    }
    Ok(brought)
}
