//! What may be said to the commands that take something out of the archive?

use std::time::Duration;

use clap::Args;

use super::values::{duration, duration_or_none};

#[derive(Debug, Args)]
pub(crate) struct Prune {
    /// Delete what is listed; without it, nothing is deleted
    #[arg(long)]
    pub(crate) yes: bool,
    /// Keep blobs younger than that, but for those of removed articles; 0 for none
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration_or_none)]
    pub(crate) grace: Duration,
    /// How long to wait while another process writes to the archive
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) lock_wait: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// An ID, a unique prefix of one, a URL, or a path inside the archive
    #[arg(value_name = "ARTICLE")]
    pub(crate) article: String,
    /// How long to wait while another process writes to the archive
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) lock_wait: Duration,
}
