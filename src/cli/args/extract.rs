//! What may be said to the commands that look at an input, `extract` and its kin?

use clap::{Args, ValueHint};

use crate::link::Link;

use super::network::Network;
use super::values::link;

#[derive(Debug, Args)]
pub(crate) struct Extract {
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) network: Network,
}

#[derive(Debug, Args)]
pub(crate) struct Inspect {
    #[command(flatten)]
    pub(crate) look: Look,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// What is to be looked at.
#[derive(Debug, Args)]
pub(crate) struct Look {
    /// A file or an http(s) URL
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    pub(crate) input: String,
    /// The address that a file was saved from
    #[arg(long, value_name = "URL", value_parser = link)]
    pub(crate) base: Option<Link>,
    /// The Content-Type header it came with, such as `text/html; charset=gbk`; for a URL, instead of the one it comes with
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
}
