//! What may be said to `may-fetch`?

use std::path::PathBuf;

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub(crate) struct MayFetch {
    /// The address
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// The robots.txt of its site; without one, no robots.txt is asked for or judged by
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) robots: Option<PathBuf>,
    /// The User-Agent that would ask, by whose name the robots.txt is read (default: Offprint and its version)
    ///
    /// The name is what stands before the first slash or space; in the form of browsers, `Mozilla/5.0 (compatible;
    /// NAME/1.0)`, NAME.
    #[arg(long, value_name = "TEXT")]
    pub(crate) user_agent: Option<String>,
    /// Take it as `add --allow-private` would
    #[arg(long)]
    pub(crate) allow_private: bool,
    /// Take ADDR for HOST, as `add --resolve` would (repeatable)
    #[arg(long, value_name = "HOST=ADDR[:PORT]")]
    pub(crate) resolve: Vec<String>,
    /// Take it as `add --proxy` would (default: `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`)
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
}
