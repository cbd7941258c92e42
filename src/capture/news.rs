//! Is it news? Gets all that an article shows, and compares that with its last capture.

use std::sync::Arc;

use crate::archive::{Pending, SnapshotFile};
use crate::event::Listener;
use crate::snapshot::Snapshot;

use super::articles::Seat;
use super::compared::{self, Contents};
use super::earlier::Earlier;
use super::lost::Stays;
use super::parts::{Part, gather};
use super::record::{self, Found};
use super::resources::Home;
use super::run::Run;
use super::still::Still;
use super::{CaptureError, Seen};

/// Whether there is something to commit.
pub(super) enum News {
    /// A snapshot that says what is there now.
    Capture(Pending),
    /// The last snapshot says it already.
    Nothing(SnapshotFile),
    /// The same, and it was not even opened.
    Still(Box<Still>),
    /// The page can't be had any more, and the last snapshot stays.
    Lost(SnapshotFile, Stays),
}

impl News {
    /// Gets what the article shows, and compares it with the last capture and its contents.
    pub(super) async fn of(
        run: &Arc<Run>,
        found: &Found,
        (last, contents): (Option<Earlier>, Option<Contents>),
        seat: &Seat,
        report: &Listener,
    ) -> Result<(Self, Seen), CaptureError> {
        let (last, contents) = (last.as_ref(), contents.as_ref());
        let loaded = &found.loaded;
        let capture = async |spares: bool| {
            let home = Home {
                allowance: &run.allowance(&found.wishes),
                site: loaded.site.as_ref(),
                page: loaded.document.address.as_ref(),
                spares,
                wishes: &found.wishes,
            };
            let article = Part::new(&loaded.document, found.original, found.references.clone());
            let parts = gather(run, article, home, last, report).await?;
            record::compose(run, found, parts, seat).await
        };
        let spares = compared::reads_alike(last, found.original, contents);
        let mut snapshot = capture(spares).await?;
        let mut same = same(&snapshot, last, contents);
        if spares && same.is_none() {
            // A snapshot tells of the requests for all that it holds: what was spared is asked for after all.
            snapshot = capture(false).await?;
            same = self::same(&snapshot, last, contents);
        }
        let seen = record::tally(snapshot.mentions().map(|(_, it)| (it, &it.outcome)));
        let news = match same {
            Some(last) => Self::Nothing(last.clone()),
            None => Self::Capture(Pending {
                folder: seat.folder.clone(),
                snapshot,
            }),
        };
        Ok((news, seen))
    }
}

/// Returns the last capture if it says all that `now` says, and every blob that it names is here. Where one is not, the capture
/// counts as new, and brings it back.
fn same<'e>(
    now: &Snapshot,
    last: Option<&'e Earlier>,
    contents: Option<&Contents>,
) -> Option<&'e SnapshotFile> {
    let whole = last.filter(|last| last.is_whole()).map(Earlier::file);
    whole.filter(|last| compared::is_same(now, last, contents))
}
