//! What may be said to `mirror`?

use std::num::{NonZeroU16, NonZeroUsize};
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::network::{Network, Robots};
use super::values::{duration, size};
use crate::fetch::Hosts;
use crate::schedule::Pattern;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Mirror {
    #[command(subcommand)]
    pub(crate) command: Option<MirrorCommand>,
    #[command(flatten)]
    pub(crate) run: MirrorRun,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MirrorCommand {
    /// Write a source into the configuration, as a [[source]] at its end
    ///
    /// The file is made where there is none. What stands in it stays as it is, comments too. Nothing is fetched.
    Add(Box<AddSource>),
    /// List the sources of the configuration
    List,
    /// Tell what became of what is here, at its origins: which pages and images changed or vanished, when, on which hosts
    ///
    /// It reads the archive and asks nobody. A page is `gone`, `blocked` or `replaced` by something else, or `changed`: both versions
    /// are here. An image is `changed`, `lost`, which can't be had any more and is here, or `missing`, which never was.
    Report(RotReport),
}

#[derive(Debug, Args)]
pub(crate) struct MirrorRun {
    #[command(flatten)]
    pub(crate) when: When,
    /// Fetch again what has no validators, instead of reusing what the last snapshot kept
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Keep images of a single pixel, which count readers and show nothing
    #[arg(long)]
    pub(crate) keep_trackers: bool,
    /// How many bytes the archive may have, such as 20G; before it would have more, the run ends with exit code 2 (default: as many
    /// as its disk has, but for 256 MiB)
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) max_size: Option<u64>,
    /// How long to wait while another process commits to the archive; another `mirror` is not waited for
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) lock_wait: Duration,
    // Last: what follows would stand under its heading.
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Which sources are asked, and when.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct When {
    /// Ask every source once, and end (the default)
    #[arg(long)]
    pub(crate) once: bool,
    /// Ask only the sources that are due by their schedules, and end
    #[arg(long)]
    pub(crate) due: bool,
    /// Stay, and ask each source when it is due by its schedule; SIGHUP reads the configuration again
    #[arg(long)]
    pub(crate) watch: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RotReport {
    /// Tell only of what is on this host; `.example.com` is that host and all below it (repeatable)
    #[arg(long, value_name = "HOST", value_parser = Hosts::parse)]
    pub(crate) host: Vec<Hosts>,
    /// Tell only of what was seen since this day, such as 2024-01-31, or time
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AddSource {
    /// An http(s) URL, or the path of a folder or file
    #[arg(value_name = "URL|PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) source: String,
    /// What it is (default: found out by its content)
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<SourceKind>,
    /// Take only articles whose whole URL this matches; `*` stands for anything, and what begins with `/` is compared with what
    /// follows the host (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub(crate) include: Vec<String>,
    /// Leave out articles whose whole URL this matches (repeatable)
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Take the newest so many articles that the source names
    #[arg(long, value_name = "N")]
    pub(crate) newest: Option<NonZeroUsize>,
    /// Leave out articles of before this day, such as 2024-01-31, or time
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<String>,
    /// When to ask it: "minute hour day month weekday", @hourly, @daily, @weekly, @monthly, @yearly, or "every 6h" (default: as
    /// [mirror] says, else @hourly)
    #[arg(long, value_name = "SCHEDULE")]
    pub(crate) schedule: Option<Pattern>,
    /// What is archived of an entry of a feed that carries its text (default: its page)
    #[arg(long, value_name = "WHAT")]
    pub(crate) content: Option<Content>,
    /// A word that its articles are sorted by (repeatable)
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Vec<String>,
    /// How long one request for it and its articles may take in all, such as 20s (default: as for all)
    #[arg(long, value_name = "DURATION")]
    pub(crate) timeout: Option<String>,
    /// The largest resource of it to keep, such as 500K or 200M (default: as for all)
    #[arg(long, value_name = "SIZE")]
    pub(crate) max_bytes: Option<String>,
    /// Ask for no more resources of one of its articles after so many bytes of them, such as 500M or 4G (default: as for all)
    #[arg(long, value_name = "SIZE")]
    pub(crate) max_article_bytes: Option<String>,
    /// Requests in flight to its host (default: as for all)
    #[arg(long, value_name = "N")]
    pub(crate) per_host: Option<NonZeroU16>,
    /// Let at least so much time pass between the starts of two requests to its host, such as 2s (default: as for all)
    #[arg(long, value_name = "DURATION")]
    pub(crate) delay: Option<String>,
    /// Whether to obey the robots.txt of each site for it and its articles (default: as for all)
    #[arg(long, value_name = "WHETHER")]
    pub(crate) robots: Option<Robots>,
    /// Tell the hosts of images of the article that they are for: its `origin`, or the address of its `page` (default: none)
    #[arg(long, value_name = "WHAT")]
    pub(crate) referrer: Option<Told>,
}

/// What hosts are told of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Told {
    /// Nothing
    None,
    /// Its origin
    Origin,
    /// The address of its page
    Page,
}

impl Told {
    /// Returns the word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Origin => "origin",
            Self::Page => "page",
        }
    }
}

/// What is archived of an entry of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Content {
    /// Its page
    Page,
    /// What the feed carries of it, where it does
    Feed,
    /// Both, each as an article of its own
    Both,
}

impl Content {
    /// Returns the word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Feed => "feed",
            Self::Both => "both",
        }
    }
}

/// What a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SourceKind {
    /// RSS, Atom or JSON Feed, or a page that announces one
    Feed,
    /// A sitemap, an index of sitemaps; gzip or not
    Sitemap,
    /// An outline of feeds
    Opml,
    /// One address a line
    List,
    /// Posts and pages below a folder
    Folder,
    /// One article
    Page,
}

impl SourceKind {
    /// Returns the word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Sitemap => "sitemap",
            Self::Opml => "opml",
            Self::List => "list",
            Self::Folder => "folder",
            Self::Page => "page",
        }
    }
}
