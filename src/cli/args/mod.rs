//! What did the person type? Flags and environment become options; the doc comments are the help. Home of clap.
//!
//! One file a group of commands; what a value means, such as `30s`, is in `values`.

mod add;
mod copy;
pub(crate) mod examples;
mod export;
mod extract;
pub(crate) mod frame;
mod keep;
mod may_fetch;
mod mirror;
mod network;
mod read;
mod repair;
mod shell;
mod sign;
mod values;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, FromArgMatches as _, Parser, Subcommand, ValueEnum, ValueHint};

pub(crate) use add::Add;
pub(crate) use copy::Copy;
pub(crate) use export::{Export, Format as ExportFormat, Posts};
pub(crate) use extract::{Extract, Inspect, Look};
pub(crate) use keep::{Prune, Remove};
pub(crate) use may_fetch::MayFetch;
pub(crate) use mirror::{AddSource, Content, Mirror, MirrorCommand, MirrorRun, RotReport, Told};
pub(crate) use network::{Network, Robots};
pub(crate) use read::{Diff, Restore, Show};
pub(crate) use repair::{Donated, Repair};
pub(crate) use shell::{Completions, Man};
pub(crate) use sign::{Prove, Sign};
pub(crate) use values::{duration, size};
pub(crate) use verify::Verify;

/// Archive an article with every image it refers to, provably whole, readable offline for ever
///
/// Each image is fetched without a Referer and named by the SHA-256 of its bytes, and the article is rewritten to show the
/// local copies. The archive is a folder of plain files: it opens in a browser, without Offprint and without a network.
#[derive(Debug, Parser)]
#[command(
    name = "offprint",
    version,
    max_term_width = 100,
    propagate_version = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The archive's folder; the first `add` creates it
    #[arg(
        short,
        long,
        global = true,
        value_name = "DIR",
        env = "OFFPRINT_ARCHIVE",
        hide_env_values = true,
        default_value = "./archive",
        value_hint = ValueHint::DirPath
    )]
    pub(crate) archive: PathBuf,
    /// The configuration file; without it, offprint.toml beside the archive, if there is one
    ///
    /// It says what Offprint can't know by itself, such as the attributes in which a site's scripts keep its images.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "OFFPRINT_CONFIG",
        hide_env_values = true,
        value_hint = ValueHint::FilePath
    )]
    pub(crate) config: Option<PathBuf>,
    /// Print JSON Lines on stdout instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say nothing on stderr but errors, also beside -v
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say on stderr what happens: -v requests, images and commits; -vv every step and why; -vvv all (repeatable)
    ///
    /// A line each: seconds since the start, level, the part of Offprint, what happened, and its particulars. Passwords,
    /// cookies and what else is secret is never in it.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// What stderr is written as
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

/// What stderr is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for a person
    Text,
    /// JSON Lines: an object for each of them, also for errors
    Json,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`
    Auto,
    /// Also into a file or a pipe
    Always,
    /// Nowhere
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Archive articles: pages on the web, saved HTML, Markdown posts
    ///
    /// Prints the path of each article's page, the one to open in a browser. An article that is already archived and
    /// has not changed adds nothing. No request carries a Referer, unless --referrer says so of its host.
    Add(Box<Add>),
    /// Bring the archive up to date with the sources you configured
    ///
    /// Sources are feeds, sitemaps, OPML outlines, lists, folders and pages. Each is asked for what it names, and what is wanted of that is archived as `add` would. What has not changed costs a
    /// conditional request. A source that fails is told, and the exit code is 1; what is archived stays.
    Mirror(Box<Mirror>),
    /// List every reference an input makes, without fetching any of them
    ///
    /// INPUT is a page, a post, a stylesheet or a feed, whatever its name is: `--content-type` decides, then the header it comes
    /// with, its name and its content. Of a URL, this one document is fetched.
    Extract(Box<Extract>),
    /// Say what an input is taken for, and why
    ///
    /// INPUT is anything at all: a page, a post, a feed, a sitemap, a stylesheet, an image. Of a URL, this one document is
    /// fetched. Of an image it is told whether it is whole; a broken one is an answer like any other, with exit code 0.
    Inspect(Box<Inspect>),
    /// Say whether an address would be fetched, and what forbids it
    ///
    /// Judges the address as `add` would: its name is resolved, and nothing is sent to its host. A name that does not resolve is
    /// not forbidden. A robots.txt is judged by only where `--robots` gives one. Exit code 0 is yes, 1 is no.
    MayFetch(MayFetch),
    /// Prove the archive, or say what is wrong with it; writes nothing
    Verify(Verify),
    /// Mend what `verify` finds, and say what can't be mended
    ///
    /// What is derived is made again, byte for byte. Lost and altered blobs are looked for in this archive, then where `--from`,
    /// `--memento` and `--origin` say, in this order, and never accepted unless their bytes have the digest that is their name;
    /// snapshots and the log come from a copy alone. What is damaged is set aside in state/damaged, never
    /// deleted; the log records what was put back. A repair that was killed is gone on with by the next one.
    Repair(Box<Repair>),
    /// Sign what is archived, so that nobody can change it unnoticed
    ///
    /// Writes a checkpoint of the log, a few lines that anybody can read, and has the machine's own ssh-keygen sign it with your SSH
    /// key. It proves everything that was archived before: `offprint verify --signers` checks that, and so does
    /// `ssh-keygen -Y verify`, without Offprint. Where nothing is new since the key signed last, nothing is signed.
    Sign(Sign),
    /// Prove one article to a stranger, or check such a proof
    ///
    /// A proof is one small file: the record of the capture, and what shows that it was in the log when that was signed. `--check` needs
    /// neither the archive nor a network. It proves that these bytes were archived before somebody signed; not that the page was so.
    Prove(Prove),
    /// List the articles of the archive
    List,
    /// Show one article: its facts, snapshots and images
    Show(Show),
    /// Say what changed between two captures of an article
    ///
    /// Its text, its images, and what it says of itself. Without A and B, what the newest capture changed. The text is told as lines of a unified diff, as a reader gets it: scripts,
    /// styles and attributes are no part of it.
    Diff(Diff),
    /// Give back an article's original, byte for byte as it was received
    Restore(Restore),
    /// Write archived articles for other programs
    Export(Export),
    /// Keep a second copy of the archive; brings over what is new
    ///
    /// DEST is a folder: a new one, or an archive. Every blob is hashed as it comes, blobs come before the snapshots that name them,
    /// and an interrupted run is gone on with by the next. A copy that got articles of its own is merged with the archive, without
    /// conflict: it has then what either had. What is damaged here does not come, and is listed.
    Copy(Copy),
    /// Take an article out of the archive
    ///
    /// The log says so, and the article is listed and shown no more. What only it needs is deleted by the next `prune`. `mirror`
    /// leaves it out from then on; `add` brings it back. `show` tells what would go.
    Remove(Remove),
    /// Delete what no article needs any more; without `--yes`, list it
    ///
    /// That is blobs that no snapshot names, snapshots of removed articles, and derived files that no view shows. Nothing is
    /// deleted where a snapshot can't be read, since it may need any blob, nor while anything writes to the archive.
    Prune(Prune),
    /// Print the completions of a shell
    ///
    /// Write them where the shell looks for them: it then completes commands, flags, values and paths.
    Completions(Completions),
    /// Print a manual page, or write all of them into a folder
    ///
    /// The pages are in the format of man(1): pipe one to `man -l -` to read it.
    Man(Man),
}

/// Understands what was typed. The error is also what answers `--help` and `--version`.
pub(crate) fn parse(typed: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = frame::command().try_get_matches_from(typed)?;
    Cli::from_arg_matches(&matches)
}

/// Returns whether `--json` was typed, also on a command line that is not understood.
pub(crate) fn is_json(typed: &[OsString]) -> bool {
    let mut words = typed.iter().skip(1).take_while(|word| *word != "--");
    words.any(|word| word == "--json")
}

/// Returns the name of the command, of those of `mirror` both words, also on a command line that is not understood.
pub(crate) fn command(typed: &[OsString]) -> Option<String> {
    let lenient = frame::command().ignore_errors(true);
    let matches = lenient.try_get_matches_from(typed).ok()?;
    let (name, inner) = matches.subcommand()?;
    Some(match inner.subcommand_name() {
        Some(inner) if name == "mirror" => format!("{name} {inner}"),
        _ => name.to_owned(),
    })
}

/// Returns what `--color` says, also on a command line that is not understood.
pub(crate) fn color(typed: &[OsString]) -> ColorChoice {
    said(typed, "--color").unwrap_or(ColorChoice::Auto)
}

/// Returns what `--log-format` says, also on a command line that is not understood.
pub(crate) fn log_format(typed: &[OsString]) -> LogFormat {
    said(typed, "--log-format").unwrap_or(LogFormat::Text)
}

/// Returns the last value of a flag that is one.
fn said<T: ValueEnum>(typed: &[OsString], flag: &str) -> Option<T> {
    let mut said = None;
    let mut words = typed.iter().filter_map(|word| word.to_str()).peekable();
    while let Some(word) = words.next() {
        let value = match word {
            "--" => break,
            word if word == flag => words.peek().copied(),
            word => word
                .strip_prefix(flag)
                .and_then(|rest| rest.strip_prefix('=')),
        };
        let value = value.and_then(|value| T::from_str(value, false).ok());
        said = value.or(said);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        frame::command().debug_assert();
    }

    #[test]
    fn the_colour_is_known_before_the_rest_is_understood() {
        for (typed, expected) in [
            ("", ColorChoice::Auto),
            ("fly --color never", ColorChoice::Never),
            ("--color=always --help", ColorChoice::Always),
            ("--color always --color=never", ColorChoice::Never),
            ("--color sometimes", ColorChoice::Auto),
            ("add -- --color=always", ColorChoice::Auto),
        ] {
            let typed: Vec<OsString> = typed.split(' ').map(OsString::from).collect();
            assert_eq!(color(&typed), expected, "{typed:?}");
        }
    }
}
