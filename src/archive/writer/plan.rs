//! What was a writer about to name? Its plan, so that clearing up looks at leftovers and not at the archive.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::archive::durable::{self, Batch};
use crate::archive::error::{ArchiveError, Kind};
use crate::archive::layout::{self, ArchivePath, ArticleFolder, ArticleId};
use crate::archive::staging::Staging;
use crate::archive::{Archive, disk};

/// The longest plan that is read: one of 100,000 snapshots has a quarter of it.
const PLAN_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A group whose views may not be in place yet: to be given to [`super::Writer::settle`].
#[derive(Debug)]
#[must_use = "the next writer makes the views of a group again that was not settled"]
pub struct Plan(u64);

/// What the file `group-N.json` in a writer's folder says.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Contents {
    /// The index that the next entry of the log had: what was committed since then stands from there on.
    pub(super) log: u64,
    /// The paths of the snapshots.
    pub(super) snapshots: Vec<String>,
    /// The folders of articles that are being taken out: where that was committed, their views go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) removed: Vec<String>,
    /// The folders of articles whose views are to be made, of snapshots that nobody adopts: what comes from another archive is
    /// committed as it was there, or not at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) shown: Vec<String>,
}

/// Writes a plan, and adds what must be synced before anything is named to `batch`.
pub(super) fn write(
    staging: &Staging,
    contents: &Contents,
    batch: &mut Batch,
) -> Result<Plan, ArchiveError> {
    let number = staging.next_number();
    let json = serde_json::to_vec(contents).expect("a number and a list of texts");
    let path = path(staging, number);
    durable::write_new(&path, &json)?;
    batch.file(path);
    batch.folder(staging.folder.under(&staging.root));
    batch.folder(layout::temporary().under(&staging.root));
    staging.unsettled().insert(number);
    Ok(Plan(number))
}

/// Removes a plan that is done with.
pub(super) fn remove(staging: &Staging, Plan(number): &Plan) -> Result<(), ArchiveError> {
    let number = *number;
    disk::remove_file(&path(staging, number))?;
    staging.unsettled().remove(&number);
    Ok(())
}

fn path(staging: &Staging, number: u64) -> PathBuf {
    staging
        .folder
        .child(&format!("group-{number}.json"))
        .under(&staging.root)
}

/// Reads the plans in a writer's folder. One that is not whole was not durable, so nothing of it has a name.
pub(super) fn read_all(root: &Path, folder: &ArchivePath) -> Result<Vec<Contents>, ArchiveError> {
    let folder = folder.under(root);
    let mut plans = Vec::new();
    for name in disk::names(&folder, Kind::File)? {
        if name.starts_with("group-") {
            // A living writer may be done with it meanwhile.
            let bytes = disk::read_if_there(&folder.join(name), PLAN_BYTES_MAX)?;
            let plan = bytes.map(|bytes| serde_json::from_slice::<Contents>(&bytes));
            plans.extend(plan.and_then(Result::ok));
        }
    }
    Ok(plans)
}

impl Archive {
    /// Returns the articles of the groups that living writers are committing or making views of at this moment.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn underway(&self) -> Result<HashSet<ArticleId>, ArchiveError> {
        self.planned(true)
    }

    /// Returns the articles of the groups that dead writers left: the next writer makes their views.
    ///
    /// # Errors
    /// When the disk can't be read.
    pub fn abandoned(&self) -> Result<HashSet<ArticleId>, ArchiveError> {
        self.planned(false)
    }

    fn planned(&self, alive: bool) -> Result<HashSet<ArticleId>, ArchiveError> {
        let mut articles = HashSet::new();
        let writers = self.leftovers()?;
        for writer in writers.iter().filter(|writer| writer.alive == alive) {
            let plans = read_all(self.root(), &writer.path)?;
            let paths = plans
                .iter()
                .flat_map(|plan| plan.snapshots.iter().chain(&plan.shown));
            let folders =
                paths.filter_map(|path| ArticleFolder::containing(&ArchivePath::parse(path)?));
            articles.extend(folders.map(|folder| folder.id().clone()));
        }
        Ok(articles)
    }
}
