//! What does an input hold that is only looked at? A file or a URL, read for `extract` and `inspect`; nothing is kept.
//!
//! Bytes stream by: those of an image are never whole in memory, and those of a document are held to be read.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::document::Document;
use crate::fetch::{Accept, Client, Failure, Received, Request, Sink, Stop, Wishes};
use crate::inputs::{self, DOCUMENT_BYTES_MAX, InputError};
use crate::link::Link;
use crate::media::{Probe, Verdict};
use crate::nature::{self, Evidence, Judgement};
use crate::refs::LazyTable;

/// What is kept of bytes that only stream by: enough to judge them by, since [`nature`] looks no further.
const HEAD_BYTES: usize = 4096;

/// What the user says of the input.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address that a file was saved from. A page on the web has one of its own.
    pub base: Option<Link>,
    /// The Content-Type that stands for the header it came with.
    pub content_type: Option<String>,
    /// What lazy loaders read.
    pub lazy: LazyTable,
    /// Whether the robots.txt of its site is obeyed.
    pub robots: bool,
}

/// Where an input is.
#[derive(Debug)]
pub enum Place {
    /// On the user's own disk.
    File(PathBuf),
    /// On the web, and what it is fetched with.
    Web(Link, Box<Client>),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Web(link, _) => link.without_user_info().fmt(f),
        }
    }
}

/// Why an input can't be looked at.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// It can't be read from disk.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It can't be fetched.
    #[error("can't fetch {link}: {failure}")]
    Fetch {
        /// Its address.
        link: Link,
        /// Why.
        failure: Failure,
    },
    /// The server says that it has not changed, but was not asked that.
    #[error("can't fetch {0}: the server says that it has not changed, but was not asked that")]
    NotModified(Link),
    /// What came could not be taken in.
    #[error("can't take in what is fetched")]
    Sink(#[source] io::Error),
    /// This machine has run out of open files, or of memory for connections.
    #[error("this machine can't make any more connections")]
    Machine(#[source] io::Error),
}

/// An input that was looked at.
#[derive(Debug)]
pub struct Looked {
    /// What it is taken for.
    pub judged: Judgement,
    /// What its bytes are.
    pub verdict: Verdict,
    /// Its address, after redirects.
    pub address: Option<Link>,
    /// The Content-Type that it came with, that the user said, or that its name stands for.
    pub content_type: Option<String>,
    /// All its bytes, where they may be a document's and are not too many.
    pub bytes: Option<Vec<u8>>,
}

impl Looked {
    /// Reads the document that it is; `None` where it is none, or too large for one.
    #[must_use]
    pub fn document(self) -> Option<Document> {
        let kind = self.judged.nature.document()?;
        let (bytes, content_type) = (self.bytes?, self.content_type);
        let address = self.address;
        Some(Document::new(bytes, kind, content_type.as_deref(), address))
    }
}

/// Looks at an input. Of one on the web, this one document is fetched and nothing that it names.
///
/// # Errors
/// When it can't be read or fetched. Whatever its bytes are is an answer.
pub async fn look(place: &Place, options: Options) -> Result<Looked, LookError> {
    match place {
        Place::Web(link, client) => web(link, options, client).await,
        Place::File(path) => {
            let mut glance = Glance::default();
            inputs::read_past(path, |bytes| glance.take(bytes))?;
            let name = path.to_string_lossy();
            // A user name in it goes on to what is relative to it, as the URL standard says: nothing is recorded here.
            Ok(glance.end(&name, options.content_type, options.base))
        }
    }
}

async fn web(link: &Link, options: Options, client: &Client) -> Result<Looked, LookError> {
    let request = Request {
        link: link.clone(),
        accept: Accept::Page,
        site: Some(link.clone()),
        page: None,
        robots: options.robots,
        validators: None,
        bytes_max: None,
        wishes: Wishes::default(),
    };
    let link = link.without_user_info();
    match client.get(request, Glance::default()).await.result {
        Ok(Received::Body(body)) => {
            let content_type = options.content_type.or(body.content_type);
            let name = body.final_url.as_url().path().to_owned();
            Ok(body.sink.end(&name, content_type, Some(body.final_url)))
        }
        Ok(Received::NotModified { .. }) => Err(LookError::NotModified(link)),
        Err(Stop::Failure(failure)) => Err(LookError::Fetch { link, failure }),
        Err(Stop::Sink(error)) => Err(LookError::Sink(error)),
        Err(Stop::Machine(error)) => Err(LookError::Machine(error)),
    }
}

/// Bytes on their way past.
#[derive(Debug, Default)]
struct Glance {
    probe: Probe,
    /// All bytes so far, or the first of them.
    held: Vec<u8>,
    /// Whether the rest only streams by.
    streams: bool,
    /// Whether the head was looked at.
    judged: bool,
}

impl Glance {
    fn take(&mut self, bytes: &[u8]) {
        self.probe.feed(bytes);
        if self.streams {
            return;
        }
        self.held.extend_from_slice(bytes);
        if !self.judged && self.held.len() >= HEAD_BYTES {
            self.judged = true;
            self.streams = !nature::may_be_text(&self.held);
        }
        self.streams |= self.held.len() as u64 > DOCUMENT_BYTES_MAX;
        if self.streams {
            self.held.truncate(HEAD_BYTES);
            self.held.shrink_to_fit();
        }
    }

    fn end(self, name: &str, content_type: Option<String>, address: Option<Link>) -> Looked {
        let verdict = self.probe.finish();
        let judged = nature::judge(&Evidence {
            content_type: content_type.as_deref(),
            name,
            bytes: &self.held,
            verdict: &verdict,
        });
        Looked {
            judged,
            verdict,
            address,
            content_type: content_type.or_else(|| nature::implied_type(name).map(str::to_owned)),
            bytes: (!self.streams).then_some(self.held),
        }
    }
}

impl Sink for Glance {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.take(bytes);
        Ok(())
    }

    fn restart(&mut self) {
        *self = Self::default();
    }
}
