//! What may be said to `repair`?

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::network::Network;
use super::values::{duration, link};
use crate::link::Link;

#[derive(Debug, Args)]
pub(crate) struct Repair {
    /// Mend only these articles (an ID, a unique prefix of one, a URL, or a path inside the archive)
    #[arg(value_name = "ARTICLE")]
    pub(crate) articles: Vec<String>,
    /// Say what would be done, and do nothing; exit code 1 says that something is to be done
    #[arg(long)]
    pub(crate) plan: bool,
    /// Take what is lost from another archive, in a folder or on any web server (repeatable)
    ///
    /// Nothing in it is believed: what is taken has the digest that the log or a snapshot names. A folder of files that are named
    /// by their digests will do for blobs. From a web server come blobs, the log, checkpoints, and snapshots whose names are known;
    /// folders are asked first.
    #[arg(long, value_name = "DIR|URL", value_hint = ValueHint::DirPath, value_parser = copy)]
    pub(crate) from: Vec<Donated>,
    /// Look for lost blobs in an archive of the web, by what stands before an address there, such as `https://web.archive.org/web/` (repeatable)
    ///
    /// It is asked for captures of the time that the snapshot says (RFC 7089), and for those as they came (`id_`), up to six of
    /// each of four addresses. Only a capture with the very same bytes is taken.
    #[arg(long, value_name = "URL", value_parser = link)]
    pub(crate) memento: Vec<Link>,
    /// Ask for lost blobs where they came from
    ///
    /// As `add` would, without a Referer. An origin that serves other bytes by now is told, and nothing of it is kept.
    #[arg(long)]
    pub(crate) origin: bool,
    /// How long to wait while another process writes to the archive
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) lock_wait: Duration,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Another archive.
#[derive(Debug, Clone)]
pub(crate) enum Donated {
    /// In a folder.
    Folder(PathBuf),
    /// On a web server.
    Web(Link),
}

/// Reads where a copy is.
fn copy(text: &str) -> Result<Donated, String> {
    if text.starts_with("http://") || text.starts_with("https://") {
        link(text).map(Donated::Web)
    } else {
        Ok(Donated::Folder(PathBuf::from(text)))
    }
}
