//! What may be said to `verify`?

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Do not read blobs again; only their presence and length are checked
    #[arg(long)]
    pub(crate) quick: bool,
    /// Check only this article (an ID, a unique prefix of one, its URL, or a path inside the archive)
    #[arg(long, value_name = "ARTICLE")]
    pub(crate) article: Option<String>,
}
