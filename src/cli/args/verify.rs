//! What may be said to `verify`?

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::values::duration;

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Do not read blobs or make views again; only that every file is there, and how long blobs are, is looked at
    #[arg(long, conflicts_with_all = ["resume", "fresh"])]
    pub(crate) quick: bool,
    /// Check only this article: an ID, a unique prefix of one, its URL, or a path inside the archive (repeatable)
    #[arg(long, value_name = "ARTICLE")]
    pub(crate) article: Vec<String>,
    /// Check only articles that were captured or observed since then, such as 2024-01-31, a time, or 36h for the last 36 hours
    #[arg(long, value_name = "WHEN", conflicts_with = "article")]
    pub(crate) since: Option<String>,
    /// Check only a part: the third of four is 3/4, and 5% is that of this day, another one every day until all had their turn
    ///
    /// Blobs are parted by their digests, articles by their IDs: all parts together are the whole archive, and have nothing in
    /// common. A share is rounded so that a run every day comes round to all parts, and one every week does, too.
    #[arg(long, value_name = "N/M|P%", conflicts_with_all = ["article", "since"])]
    pub(crate) subset: Option<String>,
    /// Go on where the last run with --resume ended, with what was checked longest ago; what is checked is remembered in the
    /// archive's `state` folder
    ///
    /// When all was checked, the next run begins a new round.
    #[arg(long, conflicts_with_all = ["article", "since", "subset"])]
    pub(crate) resume: bool,
    /// Begin nothing more after this time, such as 30m or 8h; what was not reached counts as not checked
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) time_limit: Option<Duration>,
    /// Make every view again, also those that this program proved before and remembers in your cache folder
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Expect a signature of the log by one of these signers; a file of `allowed_signers`, as `ssh-keygen -Y verify` reads it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) signers: Option<PathBuf>,
}
