//! What may be said to `extract`?

use clap::{Args, ValueHint};

use crate::link::Link;

use super::values::link;

#[derive(Debug, Args)]
pub(crate) struct Extract {
    /// A post or saved page
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) input: String,
    /// The address it was saved from
    #[arg(long, value_name = "URL", value_parser = link)]
    pub(crate) base: Option<Link>,
    /// The Content-Type header it came with
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
}
