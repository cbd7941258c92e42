//! What becomes of captures that are committed together? They go into the log, then their views are made, then they are told of.

use crate::archive::{ArticleFolder, Observation, Pending, Plan, SnapshotFile};
use crate::change::Standing;
use crate::event::{Article, ArticleOutcome};
use crate::views;

use super::articles::Turn;
use super::lost::Stays;
use super::news::News;
use super::run::Run;
use super::told::Told;
use super::{CaptureError, Captured, Seen, told};

/// Captures that were committed together.
pub(super) struct Group {
    archived: Vec<Archived>,
    /// To be settled once their views are there.
    plan: Option<Plan>,
    /// Inputs that came to nothing that is to be committed.
    told: Vec<(String, Article)>,
    /// Each article is there once: whoever captures it has its turn until its view is there.
    turns: Vec<Turn>,
}

/// A capture that is in the log.
struct Archived {
    given: String,
    seen: Seen,
    file: SnapshotFile,
    outcome: ArticleOutcome,
    /// What became of its page, where it can't be had any more.
    stays: Option<Stays>,
}

/// Commits what is new of what was captured.
pub(super) fn commit(
    run: &Run,
    captured: Vec<(String, Captured)>,
    told: Vec<(String, Article)>,
) -> Result<Group, CaptureError> {
    run.settle_notes()?;
    let (mut pending, mut new, mut turns) = (vec![], vec![], vec![]);
    let (mut same, mut observed): (Vec<Archived>, Vec<Observation>) = (vec![], vec![]);
    let mut told = told;
    for (given, Captured { news, seen, turn }) in captured {
        turns.push(turn);
        match news {
            News::Capture(capture) => {
                pending.push(capture);
                new.push((given, seen));
            }
            News::Nothing(file) => {
                observed.extend(observation(&file, Standing::Good));
                let outcome = ArticleOutcome::Unchanged;
                same.push(Archived {
                    given,
                    seen,
                    file,
                    outcome,
                    stays: None,
                });
            }
            News::Still(still) => {
                observed.extend(still.observation());
                let article = told::archived(&given, ArticleOutcome::Unchanged, still.told, seen);
                told.push((given, article));
            }
            News::Lost(file, stays) => {
                observed.extend(observation(&file, stays.loss.standing));
                let outcome = ArticleOutcome::Failed;
                same.push(Archived {
                    given,
                    seen,
                    file,
                    outcome,
                    stays: Some(stays),
                });
            }
        }
    }
    let (files, plan) = commit_new(run, pending)?;
    run.world.writer.observe(&observed, run.now())?;
    let new = new
        .into_iter()
        .zip(files)
        .map(|((given, seen), file)| Archived {
            given,
            seen,
            file,
            outcome: ArticleOutcome::Captured,
            stays: None,
        });
    Ok(Group {
        archived: new.chain(same).collect(),
        plan,
        told,
        turns,
    })
}

/// Makes the views of a group, and says what is to be told of each article.
pub(super) fn show(run: &Run, group: Group) -> Result<Vec<(String, Article)>, CaptureError> {
    let Group {
        archived,
        plan,
        mut told,
        turns,
    } = group;
    let files: Vec<_> = archived.iter().map(|it| &it.file).collect();
    views::write(&run.world.archive, &run.world.writer, &files)?;
    if let Some(plan) = plan {
        run.world.writer.settle(&plan)?;
    }
    for it in archived.iter().filter(|it| it.stays.is_none()) {
        run.remember_still(&it.given, &it.file)?;
    }
    drop(turns);
    told.extend(archived.into_iter().map(|it| {
        let article = told::archived(&it.given, it.outcome, Told::of(&it.file), it.seen);
        let article = match it.stays {
            Some(stays) => told::stays(article, stays),
            None => article,
        };
        (it.given, article)
    }));
    Ok(told)
}

fn observation(file: &SnapshotFile, standing: Standing) -> Option<Observation> {
    Some(Observation {
        folder: ArticleFolder::containing(&file.path)?,
        snapshot: file.digest,
        standing,
    })
}

/// Commits what is new. Returns it in its place, and what is to be settled once the views are there.
fn commit_new(
    run: &Run,
    pending: Vec<Pending>,
) -> Result<(Vec<SnapshotFile>, Option<Plan>), CaptureError> {
    if pending.is_empty() {
        return Ok((Vec::new(), None));
    }
    let writer = &run.world.writer;
    let group = writer.commit(&pending, run.now())?;
    let mut files = Vec::with_capacity(pending.len());
    for (Pending { snapshot, .. }, committed) in pending.into_iter().zip(group.snapshots) {
        writer.remember_aliases(&snapshot.source.aliases, committed.folder.id())?;
        files.push(SnapshotFile {
            path: committed.path,
            digest: committed.digest,
            snapshot,
        });
    }
    Ok((files, Some(group.plan)))
}
