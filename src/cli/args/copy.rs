//! What may be said to `copy`?

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::values::duration;

#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// The folder of the copy; made where there is none
    #[arg(value_name = "DEST", value_hint = ValueHint::DirPath)]
    pub(crate) dest: PathBuf,
    /// How long to wait while another process writes to the copy
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) lock_wait: Duration,
}
