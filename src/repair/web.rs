//! Where on the web are lost bytes to be had? At a copy of the archive, in an archive of the web, at the origin. Whoever serves
//! them is believed nothing: they have the digest that a snapshot names, or they are others.

mod captures;

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::archive::{ArchiveError, ArchivePath, BlobWriter, Keeper, Returned, layout};
use crate::digest::{Digest, Hasher};
use crate::exchange::Why;
use crate::fetch::{Accept, Client, Received, Request, Sink, Stop, Wishes};
use crate::link::Link;
use crate::refs::Role;
use crate::snapshot::{Named, Snapshot};

/// Addresses at which one blob is looked for at most: it may stand at many, and each of them may be asked of several archives.
pub(super) const ADDRESSES_MAX: usize = 4;

/// Where lost bytes may be had on the web.
#[derive(Debug)]
pub struct Web {
    /// Who asks.
    pub client: Client,
    /// Copies of the archive that any web server serves.
    pub copies: Vec<Link>,
    /// Archives of the web, by what stands before an address there.
    pub captures: Vec<Link>,
    /// Whether they are asked for where they came from.
    pub origin: bool,
    /// Whether the robots.txt of each site is obeyed.
    pub robots: bool,
    /// Blobs that are looked for at once.
    pub jobs: usize,
    /// Ends all requests.
    pub cancel: CancellationToken,
}

impl Web {
    /// Asks a copy for a file of at most `bytes_max` bytes. Returns its address, and the bytes where it has any.
    pub(super) async fn file(
        &self,
        copy: &Link,
        path: &ArchivePath,
        bytes_max: u64,
    ) -> (String, Option<Vec<u8>>) {
        let name = in_copy(copy, path);
        let Ok(link) = Link::parse(&name) else {
            return (name, None);
        };
        let asked = Request {
            robots: self.robots,
            bytes_max: Some(bytes_max),
            ..request(&link, Accept::Any)
        };
        let asking = self.client.get(asked, Vec::new());
        let answer = self.cancel.run_until_cancelled(asking).await;
        let bytes = answer.and_then(|answer| match answer.result {
            Ok(Received::Body(body)) => Some(body.sink),
            Ok(Received::NotModified { .. }) | Err(_) => None,
        });
        (link.without_user_info().to_string(), bytes)
    }
}

/// Returns the address of a file in a copy of the archive.
fn in_copy(copy: &Link, path: &ArchivePath) -> String {
    format!("{}/{path}", copy.as_str().trim_end_matches('/'))
}

/// Where a blob came from, as a snapshot says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) link: Link,
    /// What its place could use.
    pub(super) accept: Accept,
    /// When it was there.
    pub(super) time: Timestamp,
    /// The article's address.
    pub(super) page: Option<Link>,
}

/// Returns where those of these blobs were when they came of which the snapshot says it.
pub(super) fn addresses(snapshot: &Snapshot, wanted: &HashSet<Digest>) -> Vec<(Digest, Address)> {
    let page = snapshot.source.url.clone();
    let at = |link: &Link, accept| Address {
        link: link.clone(),
        accept,
        time: snapshot.time,
        page: page.clone(),
    };
    // What is made of the entry of a feed never stood at an address.
    let is_made = |place: usize| place == 0 && snapshot.source.entry.is_some();
    let documents = snapshot.documents.iter().enumerate();
    let documents = documents.filter(|(place, it)| wanted.contains(&it.digest) && !is_made(*place));
    let documents = documents.filter_map(|(place, it)| {
        let accept = if place == 0 {
            Accept::Page
        } else {
            Accept::Style
        };
        Some((it.digest, at(it.url.as_ref()?, accept)))
    });
    let resources = snapshot.resources();
    let resources = resources.filter(|(_, resource)| wanted.contains(&resource.digest));
    let resources = resources.filter_map(|(mention, resource)| {
        let accept = match mention.role {
            Role::Image | Role::Icon => Accept::Image,
            Role::Style => Accept::Style,
            Role::Font | Role::Media => Accept::Any,
        };
        Some((resource.digest, at(mention.target.as_ref()?, accept)))
    });
    documents.chain(resources).collect()
}

/// A blob that is looked for.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) web: &'a Web,
    pub(super) keeper: &'a Arc<Keeper>,
    pub(super) blob: Named,
    pub(super) addresses: &'a [Address],
    /// Why it was not had so far.
    pub(super) troubles: Vec<String>,
}

/// A blob that was had, and from where.
pub(super) type Had = Option<(Returned, String)>;

impl Search<'_> {
    /// Looks for the blob, at one place after the other, until somebody has its bytes.
    pub(super) async fn run(&mut self) -> Result<Had, ArchiveError> {
        let cancel = self.web.cancel.clone();
        let had = cancel.run_until_cancelled(self.everywhere()).await;
        had.unwrap_or_else(|| {
            self.troubles.push("interrupted".to_owned());
            Ok(None)
        })
    }

    async fn everywhere(&mut self) -> Result<Had, ArchiveError> {
        let web = self.web;
        let place = layout::blob(&self.blob.digest, self.blob.extension);
        for copy in &web.copies {
            if let Ok(link) = Link::parse(&in_copy(copy, &place))
                && let Some(had) = self.ask(&request(&link, Accept::Any)).await?
            {
                return Ok(Some(had));
            }
        }
        for address in self.addresses {
            for archive in &web.captures {
                if let Some(had) = captures::search(self, archive, address).await? {
                    return Ok(Some(had));
                }
            }
        }
        if web.origin {
            for address in self.addresses {
                let asked = Request {
                    site: address.page.clone(),
                    page: address.page.clone(),
                    ..request(&address.link, address.accept)
                };
                if let Some(had) = self.ask(&asked).await? {
                    return Ok(Some(had));
                }
            }
        }
        if self.addresses.is_empty() && (web.origin || !web.captures.is_empty()) {
            self.troubles
                .push("no snapshot says at which address it was".to_owned());
        }
        Ok(None)
    }

    /// Asks for the blob's bytes; `None` where something else comes, which is noted.
    async fn ask(&mut self, request: &Request) -> Result<Had, ArchiveError> {
        let request = Request {
            robots: self.web.robots,
            bytes_max: Some(self.blob.size),
            ..request.clone()
        };
        let name = request.link.without_user_info().to_string();
        let sink = Incoming::new(Arc::clone(self.keeper));
        let trouble = match self.web.client.get(request, sink).await.result {
            Ok(Received::Body(body)) => {
                let blob = body.sink.blob()?;
                match blob.returned(&self.blob) {
                    Ok(returned) => return Ok(Some((returned, name))),
                    Err(_) => "it serves other bytes now".to_owned(),
                }
            }
            Ok(Received::NotModified { .. }) => "it answers what was not asked".to_owned(),
            Err(Stop::Failure(failure)) => match failure.why {
                Why::TooLarge => "it serves other bytes now".to_owned(),
                _ => failure.to_string(),
            },
            Err(Stop::Machine(error)) => error.to_string(),
            Err(Stop::Sink(source)) => {
                let path = self.keeper.writer().archive().root().to_owned();
                return Err(ArchiveError::Io {
                    doing: "write into",
                    path,
                    source,
                });
            }
        };
        self.troubles.push(format!("{name}: {trouble}"));
        Ok(None)
    }
}

/// Returns a request that tells nothing.
fn request(link: &Link, accept: Accept) -> Request {
    Request {
        link: link.clone(),
        accept,
        site: None,
        page: None,
        robots: false,
        validators: None,
        bytes_max: None,
        wishes: Wishes::default(),
    }
}

/// Takes bytes in, into a blob in the making.
#[derive(Debug)]
struct Incoming {
    keeper: Arc<Keeper>,
    blob: Option<BlobWriter>,
}

impl Incoming {
    fn new(keeper: Arc<Keeper>) -> Self {
        Self { keeper, blob: None }
    }

    /// Returns the blob, an empty one where no byte came.
    fn blob(self) -> Result<BlobWriter, ArchiveError> {
        self.blob.map_or_else(|| self.keeper.writer().blob(), Ok)
    }
}

impl Sink for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let blob = match &mut self.blob {
            Some(blob) => blob,
            none => none.insert(self.keeper.writer().blob().map_err(io::Error::other)?),
        };
        blob.put(bytes).map_err(io::Error::other)
    }

    fn restart(&mut self) {
        self.blob = None;
    }

    fn hasher(&self) -> Option<Hasher> {
        let blob = self.blob.as_ref();
        Some(blob.map_or_else(Hasher::default, BlobWriter::hasher))
    }
}
