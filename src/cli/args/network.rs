//! What may be said to every command that fetches?

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::values::{duration, size};

/// Options of every command that fetches.
#[derive(Debug, Args)]
#[command(next_help_heading = "Network options")]
pub(crate) struct Network {
    /// Requests in flight in all
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: u16,
    /// Requests in flight to one host
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) per_host: u16,
    /// Let at least so much time pass between the starts of two requests to one host, such as 500ms (default: none)
    ///
    /// Redirects are requests like others. Other hosts do not wait meanwhile, and the wait does not count in --timeout.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) delay: Option<Duration>,
    /// How long one request may take in all
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// The largest resource to keep, as sent and as decoded (such as 500K, 64M, 1G)
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = size)]
    pub(crate) max_bytes: u64,
    /// Further trusted roots, in PEM (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca_cert: Vec<PathBuf>,
    /// Connect to ADDR for HOST (`*`: every host); URLs that name no port go to PORT (repeatable)
    #[arg(long, value_name = "HOST=ADDR[:PORT]")]
    pub(crate) resolve: Vec<String>,
    /// Send requests through this proxy (default: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`)
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Allow addresses that are not public, such as 127.0.0.1 and 10.0.0.1
    #[arg(long)]
    pub(crate) allow_private: bool,
    /// The User-Agent to send
    #[arg(long, value_name = "TEXT")]
    pub(crate) user_agent: Option<String>,
}
