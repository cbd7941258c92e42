//! What may be said to every command that fetches?

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::values::{Secret, duration, rate, size};

/// Whether to obey a robots.txt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Robots {
    /// Ask for it, and for nothing that it forbids
    Honour,
    /// Do not ask for it
    Ignore,
}

impl Robots {
    /// Returns the word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Honour => "honour",
            Self::Ignore => "ignore",
        }
    }
}

impl Network {
    /// Returns whether a robots.txt is obeyed for what the user names and the images it shows: where they ask for it.
    pub(crate) fn obeys_robots(&self) -> bool {
        self.robots == Some(Robots::Honour)
    }
}

/// Options of every command that fetches.
#[derive(Debug, Args)]
#[command(next_help_heading = "Network options")]
pub(crate) struct Network {
    /// Requests in flight in all; one that takes longer than 2 s makes room for another, until there are nearly twice as many
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
    /// How often to try again what may pass: broken connections, time-outs, short bodies, HTTP 408, 425, 429 and most 5xx
    ///
    /// Never what is final, such as HTTP 404 or a wrong certificate. A body that broke off goes on where it did, if the server
    /// can do that. All tries of one resource together take four times --timeout at most.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) retries: u16,
    /// The longest pause before the first retry; doubled for each that follows, and cut short by chance
    #[arg(long, value_name = "DURATION", default_value = "1s", value_parser = duration)]
    pub(crate) retry_pause: Duration,
    /// How long to wait for a host that asks for it (Retry-After); one that asks for more is left alone
    #[arg(long, value_name = "DURATION", default_value = "2m", value_parser = duration)]
    pub(crate) max_wait: Duration,
    /// The least that a body must bring a second, over 10 s (none: `any`)
    #[arg(long, value_name = "SIZE", default_value = "500", value_parser = rate)]
    pub(crate) min_rate: u64,
    /// The largest resource to keep, as sent and as decoded (such as 500K, 64M, 1G)
    #[arg(long, value_name = "SIZE", default_value = "64M", value_parser = size)]
    pub(crate) max_bytes: u64,
    /// Ask for no more resources of an article after so many bytes of them (such as 500M, 4G)
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = size)]
    pub(crate) max_article_bytes: u64,
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
    /// The User-Agent to send (default: Offprint and its version)
    #[arg(long, value_name = "TEXT")]
    pub(crate) user_agent: Option<String>,
    /// Send a header field: `NAME: VALUE`, or for one host `HOST=NAME: VALUE` (repeatable)
    ///
    /// Fields that tell nothing of you (Accept, Accept-Language, Cache-Control, DNT and their kind) go with every request.
    /// Every other field may be a secret (Authorization, Cookie, X-Api-Key): it goes to the origin of the INPUT or of
    /// --base alone, decided anew at each redirect, and its value is withheld in snapshots, logs and errors. `HOST=` sends a
    /// field to that host instead, over https; `http://HOST=` over plain http; `*=` to every host, except Authorization
    /// and Cookie. `.NAME=` is a host with all below it. Refused are Referer (see --referrer), and what is decided elsewhere, such
    /// as Host and Range.
    #[arg(long, value_name = "HEADER")]
    pub(crate) header: Vec<Secret>,
    /// Whether to obey the robots.txt of each site (default: `ignore` for what you name and the images it shows)
    ///
    /// RFC 9309: what it forbids is missing, as `robots`, and the pause that it asks for is kept, up to 60 s. A site without one
    /// allows everything, one that can't be asked nothing. docs/robots.md says how the file is read.
    #[arg(long, value_name = "WHETHER")]
    pub(crate) robots: Option<Robots>,
    /// Tell HOST of the article that an image is for: its `origin`, or the address of its `page` (repeatable; default: none)
    ///
    /// HOST is a name, or `.NAME` for it and all hosts below it. For the few hosts that refuse an image to who does not say where
    /// it stands. Decided anew at each redirect by the host that is asked; an https page is never told to an http address.
    #[arg(long, value_name = "HOST=none|origin|page")]
    pub(crate) referrer: Vec<String>,
    /// Send the cookies of this cookies.txt (Netscape format), each to its own site alone
    ///
    /// As curl, yt-dlp and browser extensions write it. A cookie goes to the hosts, paths and schemes that it was made
    /// for, decided anew at each redirect; one for a public suffix such as co.uk goes to nobody below it; one that has
    /// expired is not sent. A file with a flaw is refused. Values are withheld everywhere; what answers set is not kept.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) cookies: Option<PathBuf>,
}
