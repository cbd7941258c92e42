//! Where is a signed checkpoint to be had again? From another archive, in a folder or on a web server, if it is of our log and its own key signed it.

use std::collections::{BTreeMap, BTreeSet};

use crate::archive::{ArchiveError, ArchivePath, SignedText, layout};
use crate::checkpoint::{CHECKPOINT_BYTES_MAX, Signed};
use crate::digest::Digest;
use crate::finding::Finding;
use crate::ssh::SIGNATURE_BYTES_MAX;

use super::{Done, Mended, Work};

/// Puts checkpoints back of which the text or the signature is lost or altered.
pub(super) async fn put_back(work: &Work<'_>, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
    let mut pairs: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for finding in todo {
        let text = finding.path.strip_suffix(".sig").unwrap_or(&finding.path);
        pairs.entry(text.to_owned()).or_default().push(finding);
    }
    let mut done = Done::new();
    for (path, findings) in pairs {
        let result = match ArchivePath::parse(&path) {
            Some(path) => one(work, &path).await?,
            None => Err("its name is none that an archive has".to_owned()),
        };
        done.extend(findings.into_iter().map(|it| (it, result.clone())));
    }
    Ok(done)
}

async fn one(work: &Work<'_>, path: &ArchivePath) -> Result<Result<Mended, String>, ArchiveError> {
    let mut troubles = Vec::new();
    for donor in &work.sources.donors {
        let name = donor.root().display().to_string();
        match donor.checkpoint(path) {
            Ok(offered) => match take(work, path, offered, name)? {
                Ok(mended) => return Ok(Ok(mended)),
                Err(trouble) => troubles.push(trouble),
            },
            Err(error) => troubles.push(error.to_string()),
        }
    }
    if let Some(web) = &work.sources.web {
        for copy in &web.copies {
            let (name, text) = web.file(copy, path, CHECKPOINT_BYTES_MAX).await;
            let sign = layout::signature(path);
            let (_, signature) = web.file(copy, &sign, SIGNATURE_BYTES_MAX).await;
            match take(work, path, text.zip(signature), name)? {
                Ok(mended) => return Ok(Ok(mended)),
                Err(trouble) => troubles.push(trouble),
            }
        }
    }
    Ok(Err(if troubles.is_empty() {
        "only whoever has the key can sign: name a copy of the archive with --from, or run `offprint sign` again"
            .to_owned()
    } else {
        troubles.join("; ")
    }))
}

/// Puts a checkpoint into its place that `name` has, if it is the one of this place; else returns why not.
fn take(
    work: &Work<'_>,
    path: &ArchivePath,
    offered: Option<SignedText>,
    name: String,
) -> Result<Result<Mended, String>, ArchiveError> {
    let Some((text, signature)) = offered else {
        return Ok(Err(format!(
            "{name} does not have both its text and its signature"
        )));
    };
    match Signed::read(&text, &signature) {
        Ok(signed) if is_ours(work, path, &signed)? => {
            let writer = work.keeper.writer();
            writer.place_checkpoint(path, &text, &signature)?;
            Ok(Ok(Mended { from: Some(name) }))
        }
        Ok(_) => Ok(Err(format!("what {name} has is of another log"))),
        Err(flaw) => Ok(Err(format!("{name}: {flaw}"))),
    }
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
