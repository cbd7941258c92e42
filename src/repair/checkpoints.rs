//! Where is a signed checkpoint to be had again? From another archive, if it is of our log and its own key signed it.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::{ArchiveError, ArchivePath, layout};
use crate::checkpoint::Signed;
use crate::digest::Digest;
use crate::finding::Finding;

use super::{Done, Mended, Work};

/// Puts checkpoints back of which the text or the signature is lost or altered.
pub(super) fn put_back(work: &Work<'_>, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
    let mut pairs: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for finding in todo {
        let text = finding.path.strip_suffix(".sig").unwrap_or(&finding.path);
        pairs.entry(text.to_owned()).or_default().push(finding);
    }
    let mut done = Done::new();
    for (path, findings) in pairs {
        let result = match ArchivePath::parse(&path) {
            Some(path) => one(work, &path)?,
            None => Err("its name is none that an archive has".to_owned()),
        };
        done.extend(findings.into_iter().map(|it| (it, result.clone())));
    }
    Ok(done)
}

fn one(work: &Work<'_>, path: &ArchivePath) -> Result<Result<Mended, String>, ArchiveError> {
    let mut troubles = Vec::new();
    for donor in &work.sources.donors {
        let name = donor.root().display().to_string();
        match donor.checkpoint(path) {
            Ok(Some((text, signature))) => match Signed::read(&text, &signature) {
                Ok(signed) if is_ours(work, path, &signed)? => {
                    let writer = work.keeper.writer();
                    writer.place_checkpoint(path, &text, &signature)?;
                    return Ok(Ok(Mended { from: Some(name) }));
                }
                Ok(_) => troubles.push(format!("what {name} has is of another log")),
                Err(flaw) => troubles.push(format!("{name}: {flaw}")),
            },
            Ok(None) => troubles.push(format!(
                "{name} does not have both its text and its signature"
            )),
            Err(error) => troubles.push(error.to_string()),
        }
    }
    Ok(Err(if troubles.is_empty() {
        "only whoever has the key can sign: name a copy of the archive with --from, or run `offprint sign` again"
            .to_owned()
    } else {
        troubles.join("; ")
    }))
}

/// Returns whether a checkpoint is the one of this name, and of the log that is here.
fn is_ours(work: &Work<'_>, path: &ArchivePath, signed: &Signed) -> Result<bool, ArchiveError> {
    let checkpoint = &signed.checkpoint;
    if layout::checkpoint(checkpoint.entries, &signed.key.short_name()) != *path {
        return Ok(false);
    }
    let sizes = BTreeSet::from([1, checkpoint.entries]);
    let roots: BTreeMap<u64, Digest> = work.archive.roots_at(&sizes)?;
    let is = |size, root| roots.get(&size) == Some(root);
    Ok(is(checkpoint.entries, &checkpoint.root) && is(1, &checkpoint.log))
}
