//! What may be said to the commands that show what is in the archive?

use std::path::PathBuf;

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// An ID, a unique prefix of one, a URL, or a path inside the archive
    #[arg(value_name = "ARTICLE")]
    pub(crate) article: String,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// An ID, a unique prefix of one, a URL, or a path inside the archive
    #[arg(value_name = "ARTICLE")]
    pub(crate) article: String,
    /// The older snapshot (default: the one before the newest)
    ///
    /// Its number, where 1 is the oldest, its path, or how its file's name or its digest begins.
    #[arg(value_name = "A")]
    pub(crate) before: Option<String>,
    /// The newer snapshot (default: the newest)
    #[arg(value_name = "B")]
    pub(crate) after: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// An ID, a unique prefix of one, a URL, or a path inside the archive
    #[arg(value_name = "ARTICLE")]
    pub(crate) article: String,
    /// The file to write; it must not exist (default: stdout)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}
