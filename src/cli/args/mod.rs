//! What did the person type? Flags and environment become options; the doc comments are the help. Home of clap.
//!
//! One file a group of commands; what a value means, such as `30s`, is in `values`.

mod add;
mod extract;
mod network;
mod read;
mod values;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use add::Add;
pub(crate) use extract::Extract;
pub(crate) use network::Network;
pub(crate) use read::{Restore, Show};
pub(crate) use verify::Verify;

/// Archive an article with every image it refers to, provably whole, readable offline for ever
#[derive(Debug, Parser)]
#[command(
    name = "offprint",
    version,
    max_term_width = 100,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 done and sound, 1 done with findings, 2 could not be done, 130 interrupted cleanly."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The archive's folder; the first `add` creates it
    #[arg(
        short,
        long,
        global = true,
        value_name = "DIR",
        env = "OFFPRINT_ARCHIVE",
        default_value = "./archive"
    )]
    pub(crate) archive: PathBuf,
    /// Print JSON Lines on stdout instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more on stderr: every file, and why
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// When to use colour (never when `NO_COLOR` is set)
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// When the stream is a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Archive articles: pages on the web, saved HTML, Markdown posts
    ///
    /// Prints the path of each article's page, the one to open in a browser. An article that is already archived and
    /// has not changed adds nothing. No request carries a Referer.
    Add(Add),
    /// List every reference an input makes, without fetching any of them
    Extract(Extract),
    /// Prove the archive, or say everything that is wrong with it; writes nothing
    Verify(Verify),
    /// List the articles of the archive
    List,
    /// Show one article: its facts, snapshots and images
    Show(Show),
    /// Give back an article's original, byte for byte as it was received
    Restore(Restore),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
