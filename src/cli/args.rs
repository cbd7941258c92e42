//! What did the person type? Flags and environment become options; the doc comments are the help. Home of clap.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::link::Link;

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

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// http(s) URLs, posts (.md, .markdown) and saved pages (.html, .htm, .xhtml)
    #[arg(required = true, value_name = "INPUT")]
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
    #[command(flatten)]
    pub(crate) network: Network,
    /// How long to wait while another process commits to the archive
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) lock_wait: Duration,
}

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
    /// How long one request may take in all
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// The largest resource to keep, as sent and as decoded (such as 500K, 64M, 1G)
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = size)]
    pub(crate) max_bytes: u64,
    /// Further trusted roots, in PEM
    #[arg(long, value_name = "FILE")]
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

#[derive(Debug, Args)]
pub(crate) struct Extract {
    /// A post or saved page
    #[arg(value_name = "FILE")]
    pub(crate) input: String,
    /// The address it was saved from
    #[arg(long, value_name = "URL", value_parser = link)]
    pub(crate) base: Option<Link>,
    /// The Content-Type header it came with
    #[arg(long, value_name = "TYPE")]
    pub(crate) content_type: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Do not read blobs again; only their presence and length are checked
    #[arg(long)]
    pub(crate) quick: bool,
    /// Check only this article (an ID, a unique prefix of one, its URL, or a path inside the archive)
    #[arg(long, value_name = "ARTICLE")]
    pub(crate) article: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// An ID, a unique prefix of one, a URL, or a path inside the archive
    #[arg(value_name = "ARTICLE")]
    pub(crate) article: String,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// An ID, a unique prefix of one, a URL, or a path inside the archive
    #[arg(value_name = "ARTICLE")]
    pub(crate) article: String,
    /// The file to write; it must not exist (default: stdout)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

fn link(text: &str) -> Result<Link, String> {
    Link::parse(text).map_err(|error| error.to_string())
}

/// Reads `90`, `90s`, `1500ms`, `2m` or `1h`; never zero.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split_unit(text);
    let milliseconds = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err("a duration is a number with ms, s, m or h, such as 30s".to_owned()),
    };
    let whole = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(milliseconds));
    match whole {
        Some(0) | None => {
            Err("a duration is a number above zero with ms, s, m or h, such as 30s".to_owned())
        }
        Some(whole) => Ok(Duration::from_millis(whole)),
    }
}

/// Reads `65536`, `64K`, `64M` or `1G` (powers of 1024; `KiB`, `MB` and so on mean the same); never zero.
fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split_unit(text);
    let shift = match unit
        .trim_end_matches(['B', 'b'])
        .trim_end_matches('i')
        .to_ascii_uppercase()
        .as_str()
    {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        _ => return Err("a size is a number with K, M or G, such as 64M".to_owned()),
    };
    match number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(1 << shift))
    {
        Some(0) | None => {
            Err("a size is a number above zero with K, M or G, such as 64M".to_owned())
        }
        Some(bytes) => Ok(bytes),
    }
}

fn split_unit(text: &str) -> (&str, &str) {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    (number, unit.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_and_sizes_have_units_and_are_never_zero() {
        assert_eq!(duration("1500ms"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(size("64M"), Ok(64 << 20));
        assert_eq!(size("10 KiB"), Ok(10 << 10));
        assert_eq!(size("512"), Ok(512));
        for bad in [
            "",
            "0",
            "0s",
            "-1s",
            "1 fortnight",
            "99999999999999999999h",
            "1.5s",
        ] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        for bad in ["", "0", "0M", "1T", "-1", "99999999999G", "x"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
