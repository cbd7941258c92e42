//! What may be said to `add`?

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use crate::link::Link;

use super::network::Network;
use super::values::{duration, link};

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// http(s) URLs, posts (.md, .markdown), saved pages (.html, .htm, .xhtml), folders of these, or `-` for a list on stdin
    ///
    /// Of a folder, everything below it with one of these endings is archived, in sorted order, except what is hidden,
    /// `node_modules`, and the `NAME_files` that a browser saves beside `NAME.html`. Of the root of a blog (it holds the
    /// configuration of Hexo, Jekyll, Hugo or Zola) only `source`, `content`, `_posts` and `_drafts` are looked into.
    #[arg(required_unless_present = "from", value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(crate) inputs: Vec<OsString>,
    /// Read inputs from a list, one a line; blank lines and lines that begin with `#` are passed over (repeatable; `-`: stdin)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) from: Vec<PathBuf>,
    /// The address that the files were saved from; their relative references are relative to it
    #[arg(long, value_name = "URL", value_parser = link)]
    pub(crate) base: Option<Link>,
    /// The key to know the article by, instead of its URL or path (one input only)
    #[arg(long = "as", value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// Fetch again what has no validators, instead of reusing what the last snapshot kept
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Take a page as it is, even where it looks like an error page or a login instead of the article that is here
    #[arg(long)]
    pub(crate) accept: bool,
    /// Keep images of a single pixel, which count readers and show nothing
    #[arg(long)]
    pub(crate) keep_trackers: bool,
    /// How long to wait while another process commits to the archive
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) lock_wait: Duration,
    // Last: what follows would stand under its heading.
    #[command(flatten)]
    pub(crate) network: Network,
}
