//! What becomes of captures that are committed together? They go into the log, then their views are made, then they are told of.

use crate::archive::{Pending, Plan, SnapshotFile};
use crate::event::{Article, ArticleOutcome};

use super::articles::Turn;
use super::run::Run;
use super::{CaptureError, Captured, News, Seen, told, views};

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
}

/// Commits what is new of what was captured.
pub(super) fn commit(
    run: &Run,
    captured: Vec<(String, Captured)>,
    told: Vec<(String, Article)>,
) -> Result<Group, CaptureError> {
    let (mut pending, mut new, mut same, mut turns) = (vec![], vec![], vec![], vec![]);
    for (given, Captured { news, seen, turn }) in captured {
        turns.push(turn);
        match news {
            News::Capture(capture) => {
                pending.push(capture);
                new.push((given, seen));
            }
            News::Nothing(file) => same.push(Archived {
                given,
                seen,
                file,
                outcome: ArticleOutcome::Unchanged,
            }),
        }
    }
    let (files, plan) = commit_new(run, pending)?;
    let new = new
        .into_iter()
        .zip(files)
        .map(|((given, seen), file)| Archived {
            given,
            seen,
            file,
            outcome: ArticleOutcome::Captured,
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
    views::write(&run.world, &files)?;
    if let Some(plan) = plan {
        run.world.writer.settle(&plan)?;
    }
    drop(turns);
    told.extend(archived.into_iter().map(|it| {
        let article = told::archived(&it.given, it.outcome, &it.file, it.seen);
        (it.given, article)
    }));
    Ok(told)
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
