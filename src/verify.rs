//! Is the archive whole and unaltered? Reads everything, writes nothing, and says all that is wrong in one pass.

mod articles;
mod blobs;
mod checkpoints;
mod findings;
mod front;
mod log;
mod moments;
mod view;

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::archive::{Archive, ArchiveError, Area, ArticleFolder};
use crate::digest::Digest;
use crate::event::Listener;
use crate::finding::{Code, Report};
use crate::ssh::Signers;

use findings::Findings;
use moments::Moment;

/// What is to be checked.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether blobs are only looked at, not read.
    pub quick: bool,
    /// The one article to check; everything where `None`.
    pub article: Option<ArticleFolder>,
    /// Whose signatures of the log count; where somebody says so, one of theirs must be there.
    pub signers: Option<Signers>,
    /// Set by whoever wants the pass to end early.
    pub stop: Arc<AtomicBool>,
}

impl Options {
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Threads that read and hash at most: more than this keeps no disk busier.
const THREADS_MAX: usize = 8;

/// Checks the archive, and returns everything that is to be said of it. `tell` hears of each blob that was read.
///
/// # Errors
/// When the archive's folders can't be listed at all. Whatever is wrong with what is in them is a finding.
pub fn verify(
    archive: &Archive,
    options: &Options,
    tell: &Listener,
) -> Result<Report, ArchiveError> {
    let findings = Findings::default();
    let moment = Moment::now(archive, &findings);
    let articles = match &options.article {
        Some(article) => vec![article.clone()],
        None => articles::survey(archive, &findings),
    };
    let seen = moments::check(archive, &articles, options, &moment, &findings);
    let log = &moment.log;
    let is_whole = options.article.is_none() && !options.is_stopped();
    if is_whole {
        log.report_missing(archive, &seen.names, &findings);
        findings.survey(archive, Area::Top);
        findings.survey(archive, Area::Log);
        findings.survey(archive, Area::Checkpoints);
        findings.leftovers(archive);
    }
    let is_asked = is_whole || options.signers.is_some();
    let signed = is_asked.then(|| checkpoints::check(archive, options, &findings));
    let read = blobs::check(archive, options, &seen, tell, &findings);
    attribute(archive, &articles, &read.altered, options, &findings);
    report_lengths(&seen.lengths, &read.altered, options, &findings);

    if is_whole && !options.is_stopped() {
        front::check(archive, findings.are_notices(), &findings);
    }
    let interrupted = options.is_stopped();
    let sound = findings.are_notices() && !interrupted;
    let findings = findings.sorted();
    Ok(Report {
        sound,
        blobs: read.blobs,
        bytes: read.bytes,
        snapshots: seen.snapshots,
        views: seen.views,
        not_checked: read.not_checked + seen.not_checked,
        signed: signed.flatten(),
        interrupted,
        findings,
    })
}

/// Says which articles each altered blob affects. Only then is it worth reading the snapshots a second time: to remember
/// the articles of every blob would take memory that grows with the archive.
fn attribute(
    archive: &Archive,
    articles: &[ArticleFolder],
    altered: &[blobs::Altered],
    options: &Options,
    findings: &Findings,
) {
    if altered.is_empty() {
        return;
    }
    let affected = Mutex::new(HashSet::new());
    let digests: HashSet<Digest> = altered.iter().map(|altered| altered.digest).collect();
    each(articles.iter(), options, |article| {
        for named in articles::blobs_of(archive, article) {
            if digests.contains(&named) {
                locked(&affected).insert((named, article.id().to_string()));
            }
        }
    });
    let affected = affected
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    for blob in altered {
        let mut articles: Vec<_> = affected
            .iter()
            .filter(|(digest, _)| *digest == blob.digest)
            .collect();
        articles.sort();
        if articles.is_empty() {
            findings.add(Code::BlobAltered, &blob.path, None, blob.message.clone());
        }
        for (_, article) in articles {
            findings.add(
                Code::BlobAltered,
                &blob.path,
                Some(article),
                blob.message.clone(),
            );
        }
    }
}

/// Says whose fault it is where a blob is of another length than a snapshot says. A blob that was read and is right puts
/// the snapshot in the wrong; one that was not read is not what the snapshot kept.
fn report_lengths(
    lengths: &[articles::Length],
    altered: &[blobs::Altered],
    options: &Options,
    findings: &Findings,
) {
    let altered: HashSet<Digest> = altered.iter().map(|altered| altered.digest).collect();
    for length in lengths
        .iter()
        .filter(|length| !altered.contains(&length.blob))
    {
        let folder = ArticleFolder::containing(&length.snapshot);
        let article = folder.as_ref().map(|folder| folder.id().as_str());
        if options.quick {
            let message = format!("{}: {}", length.blob, length.message);
            findings.add(Code::BlobAltered, &length.snapshot, article, message);
        } else {
            let message = format!(
                "it is wrong about the blob {}: {}",
                length.blob, length.message
            );
            findings.add(Code::SnapshotInvalid, &length.snapshot, article, message);
        }
    }
}

/// Does `work` on every item, on as many threads as are worth it, until somebody wants to stop. Items are taken one by one, so a long list is never held.
fn each<T: Send>(
    items: impl Iterator<Item = T> + Send,
    options: &Options,
    work: impl Fn(T) + Sync,
) {
    let threads = thread::available_parallelism()
        .map_or(1, NonZeroUsize::get)
        .min(THREADS_MAX);
    let items = Mutex::new(items.take_while(|_| !options.is_stopped()));
    let next = || locked(&items).next();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = next() {
                    work(item);
                }
            });
        }
    });
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
