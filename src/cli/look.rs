//! How is an input looked at? What the flags of `extract` and `inspect` make of [`crate::look`].

use std::future::Future;

use anyhow::Context as _;

use crate::fetch::Client;
use crate::link::without_secrets;
use crate::look::{Options, Place};
use crate::refs::LazyTable;
use crate::source::Source;

use super::args::{Look, Network};
use super::config::Config;
use super::network;

/// Returns what the user says of the input, and of what lazy loaders read.
pub(super) fn options(flags: &Look, network: &Network, lazy: LazyTable) -> Options {
    Options {
        base: flags.base.clone(),
        content_type: flags.content_type.clone(),
        lazy,
        robots: network.obeys_robots(),
    }
}

/// Returns where the input is; the network is made ready where it is needed.
pub(super) fn place(flags: &Look, network: &Network, config: &Config) -> anyhow::Result<Place> {
    let source = Source::parse(&flags.input)
        .with_context(|| format!("can't look at {:?}", without_secrets(&flags.input)))?;
    Ok(match source {
        Source::File(path) => Place::File(path),
        Source::Web(link) | Source::Entry(link) => {
            let client = Client::new(&network::options(network, config)?)?;
            Place::Web(link, Box::new(client))
        }
    })
}

/// Runs the work of a command that fetches one document at most.
pub(super) fn block_on<T, E>(work: impl Future<Output = Result<T, E>>) -> anyhow::Result<T>
where
    anyhow::Error: From<E>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(work)?)
}
