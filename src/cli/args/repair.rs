//! What may be said to `repair`?

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::values::duration;

#[derive(Debug, Args)]
pub(crate) struct Repair {
    /// Mend only these articles (an ID, a unique prefix of one, a URL, or a path inside the archive)
    #[arg(value_name = "ARTICLE")]
    pub(crate) articles: Vec<String>,
    /// Say what would be done, and do nothing; exit code 1 says that something is to be done
    #[arg(long)]
    pub(crate) plan: bool,
    /// Take what is lost from another archive, or from a folder of files named by their digests (repeatable)
    ///
    /// It is only read, and nothing in it is believed: what is taken has the digest that the log or a snapshot names.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) from: Vec<PathBuf>,
    /// How long to wait while another process writes to the archive
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) lock_wait: Duration,
}
