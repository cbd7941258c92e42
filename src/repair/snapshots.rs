//! Where is the record of a capture to be had again? From another archive, or from another folder of this one.

use crate::archive::{
    ArchiveError, ArchivePath, ArticleFolder, ArticleId, Donor, Offered, Returned, Shelves, layout,
};
use crate::digest::Digest;
use crate::finding::{Code, Finding};
use crate::snapshot::{SNAPSHOT_BYTES_MAX, Snapshot};

use super::{Done, Mended, Work};

/// Puts snapshots back that are lost or altered.
pub(super) async fn put_back(
    work: &mut Work<'_>,
    todo: Vec<Finding>,
) -> Result<Done, ArchiveError> {
    let sources = work.sources;
    let donors: Vec<(&Donor, Shelves<'_>)> = sources
        .donors
        .iter()
        .map(|donor| (donor, donor.shelves()))
        .collect();
    let mut done = Done::new();
    for finding in todo {
        if work.options.is_stopped() {
            break;
        }
        let result = match put_one_back(work, &donors, &finding)? {
            Err(why) => put_back_from_web(work, &finding, why).await?,
            mended => mended,
        };
        done.push((finding, result));
    }
    Ok(done)
}

fn put_one_back(
    work: &mut Work<'_>,
    donors: &[(&Donor, Shelves<'_>)],
    finding: &Finding,
) -> Result<Result<Mended, String>, ArchiveError> {
    let id = finding.article.as_deref().unwrap_or_default().parse();
    let (Ok(id), Some(digits)) = (id, digits(&finding.path)) else {
        return Ok(Err("its name does not say which snapshot it is".to_owned()));
    };
    let mut troubles = Vec::new();
    for (donor, shelves) in donors {
        let name = donor.root().display().to_string();
        match shelves.snapshot(&id, digits) {
            Ok(Some(offered)) => match ready(work, &id, &offered)? {
                Some(returned) => return place(work, finding, &id, (returned, name)).map(Ok),
                None => troubles.push(format!("what {name} has is of another article")),
            },
            Ok(None) => troubles.push(format!("{name} has no such snapshot")),
            Err(error) => troubles.push(error.to_string()),
        }
    }
    Ok(Err(if troubles.is_empty() {
        "it is recorded nowhere else; name a copy of the archive with --from".to_owned()
    } else {
        troubles.join("; ")
    }))
}

/// Asks the copies on the web for a snapshot whose whole name is known: they have no list of what they have.
async fn put_back_from_web(
    work: &mut Work<'_>,
    finding: &Finding,
    why: String,
) -> Result<Result<Mended, String>, ArchiveError> {
    let sources = work.sources;
    let id = finding.article.as_deref().unwrap_or_default().parse();
    let path = ArchivePath::parse(&finding.path);
    let folder = path.as_ref().and_then(ArticleFolder::containing);
    let (Some(web), Ok(id), Some(path), Some(folder)) = (&sources.web, id, path, folder) else {
        return Ok(Err(why));
    };
    for copy in &web.copies {
        let (name, bytes) = web.file(copy, &path, SNAPSHOT_BYTES_MAX).await;
        let Some(bytes) = bytes else { continue };
        let digest = Digest::of(&bytes).short(layout::SNAPSHOT_DIGITS);
        let folder = folder.clone();
        let offered = Offered { folder, bytes };
        if digits(path.as_str()) == Some(&*digest)
            && let Some(returned) = ready(work, &id, &offered)?
        {
            return place(work, finding, &id, (returned, name)).map(Ok);
        }
    }
    Ok(Err(why))
}

/// Takes in a snapshot that is offered, if it is of this article.
fn ready(
    work: &Work<'_>,
    id: &ArticleId,
    offered: &Offered,
) -> Result<Option<Returned>, ArchiveError> {
    let Ok(snapshot) = Snapshot::parse(&offered.bytes) else {
        return Ok(None);
    };
    if ArticleId::of_key(&snapshot.source.key) != *id {
        return Ok(None);
    }
    let own = work.archive.article(id)?;
    let folder = own.as_ref().unwrap_or(&offered.folder);
    let digest = Digest::of(&offered.bytes);
    let path = folder.snapshot(snapshot.time, &digest);
    work.keeper.take_snapshot(path, &offered.bytes).map(Some)
}

/// Puts a snapshot into its place that came from there.
fn place(
    work: &mut Work<'_>,
    finding: &Finding,
    id: &ArticleId,
    (returned, from): (Returned, String),
) -> Result<Mended, ArchiveError> {
    let (path, digest) = (returned.path().clone(), returned.digest());
    let intent = returned.intent(id.clone(), &from);
    work.keeper.put_back(&[returned], &[intent])?;
    // What was altered may stand under a name with another time.
    if finding.code == Code::SnapshotAltered
        && let Some(altered) = ArchivePath::parse(&finding.path)
        && altered != path
    {
        work.keeper.set_aside(&altered)?;
    }
    if work.archive.committed(&digest)?.is_some() {
        work.repaired.insert((id.clone(), digest));
    }
    Ok(Mended { from: Some(from) })
}

/// Moves snapshots to the folders of their articles.
pub(super) fn move_back(work: &mut Work<'_>, todo: Vec<Finding>) -> Result<Done, ArchiveError> {
    let mut done = Done::new();
    for finding in todo {
        let result = move_one_back(work, &finding)?;
        done.push((finding, result));
    }
    Ok(done)
}

fn move_one_back(
    work: &mut Work<'_>,
    finding: &Finding,
) -> Result<Result<Mended, String>, ArchiveError> {
    let Some(from) = ArchivePath::parse(&finding.path) else {
        return Ok(Err("its name is none that an archive has".to_owned()));
    };
    let file = match work.archive.read_snapshot(&from) {
        Ok(file) => file,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let key = &file.snapshot.source.key;
    let own = ArticleId::of_key(key);
    let folder = match work.archive.article(&own)? {
        Some(folder) => folder,
        None => ArticleFolder::new(key, file.snapshot.article.title.as_deref()),
    };
    let to = folder.snapshot(file.snapshot.time, &file.digest);
    if to == from {
        return Ok(Err(
            "the log says that it is of another article than it says itself".to_owned(),
        ));
    }
    let is_there = work.archive.read_snapshot(&to).is_ok();
    if is_there {
        work.keeper.set_aside(&from)?;
    } else if let Some(returned) = work.keeper.take_here(&from, to, &file.digest)? {
        let intent = returned.intent(own.clone(), from.as_str());
        work.keeper.put_back(&[returned], &[intent])?;
        work.repaired.insert((own, file.digest));
    }
    Ok(Ok(Mended::default()))
}

/// Returns the digits of the digest in the path of a snapshot, which may be one that only the log knows: `*-DIGITS.json`.
fn digits(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let (_, digits) = name.strip_suffix(".json")?.rsplit_once('-')?;
    (digits.len() == layout::SNAPSHOT_DIGITS).then_some(digits)
}
