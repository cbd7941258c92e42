//! What may be said to `verify`?

use std::path::PathBuf;

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Do not read blobs again; only their presence and length are checked
    #[arg(long)]
    pub(crate) quick: bool,
    /// Check only this article (an ID, a unique prefix of one, its URL, or a path inside the archive)
    #[arg(long, value_name = "ARTICLE")]
    pub(crate) article: Option<String>,
    /// Expect a signature of the log by one of these signers; a file of `allowed_signers`, as `ssh-keygen -Y verify` reads it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) signers: Option<PathBuf>,
}
