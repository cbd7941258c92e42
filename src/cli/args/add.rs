//! What may be said to `add`?

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, ValueHint};

use crate::link::Link;

use super::network::Network;
use super::values::{duration, link};

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// http(s) URLs, posts (.md, .markdown) and saved pages (.html, .htm, .xhtml)
    #[arg(required = true, value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(crate) inputs: Vec<OsString>,
    /// The address that the files were saved from; their relative references are relative to it
    #[arg(long, value_name = "URL", value_parser = link)]
    pub(crate) base: Option<Link>,
    /// The key to know the article by, instead of its URL or path (one input only)
    #[arg(long = "as", value_name = "KEY")]
    pub(crate) key: Option<String>,
    /// Fetch again what has no validators, instead of reusing what the last snapshot kept
    #[arg(long)]
    pub(crate) refresh: bool,
    /// How long to wait while another process commits to the archive
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) lock_wait: Duration,
    // Last: what follows would stand under its heading.
    #[command(flatten)]
    pub(crate) network: Network,
}
