//! What does the input hold? Reads a file or asks for a page, and says which article it is a capture of.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::document::{Document, Kind};
use crate::exchange::Exchange;
use crate::fetch::{Accept, Received, Request, Stop as FetchStop, Validators};
use crate::inputs::{self, DOCUMENT_BYTES_MAX};
use crate::link::Link;
use crate::media;
use crate::nature::{self, Evidence, Nature};
use crate::render::localise::record::{Before, Record};
use crate::snapshot;
use crate::source::Source;

use super::compared;
use super::earlier::Earlier;
use super::error::{InputTrouble, Stop};
use super::run::{Run, blocking};
use super::{CaptureError, Obeyed, Wishes, entry};

/// An article's bytes, and how they came.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The bytes, with what is needed to read them.
    pub(super) document: Document,
    /// The key that the input itself gives.
    pub(super) key: String,
    /// The address that the user knows it by: what is secret goes to its site alone.
    pub(super) site: Option<Link>,
    /// The entry of a feed that carried it.
    pub(super) entry: Option<snapshot::Entry>,
    /// The requests it took.
    pub(super) exchanges: Vec<Exchange>,
    /// When it was begun.
    pub(super) begun: Timestamp,
}

/// What came of the request for an input.
#[derive(Debug)]
pub(super) enum Load {
    /// Its document.
    Document(Box<Loaded>),
    /// The word that it has not changed.
    Unchanged(Box<Unchanged>),
}

impl Load {
    fn document(loaded: Loaded) -> Self {
        Self::Document(Box::new(loaded))
    }
}

/// A page that has not changed.
#[derive(Debug)]
pub(super) struct Unchanged {
    /// The input's address.
    pub(super) link: Link,
    /// The address that says so.
    pub(super) address: Link,
    /// The requests it took.
    exchanges: Vec<Exchange>,
    begun: Timestamp,
}

/// Loads `source`. `earlier` is the article's last snapshot, where its key already leads to one; or else what makes the request for
/// its page conditional.
pub(super) async fn load(
    run: &Run,
    source: &Source,
    (earlier, validators): (Option<&Earlier>, Option<Validators>),
    wishes: &Wishes,
) -> Result<Load, Stop> {
    match source {
        Source::Web(link) => {
            let of_earlier = || earlier.and_then(|earlier| earlier.validators(link));
            let validators = validators.or_else(of_earlier);
            Box::pin(page(run, link, validators, wishes)).await
        }
        Source::Entry(link) => Ok(Load::document(entry::load(run, link, earlier).await?)),
        Source::File(path) => Ok(Load::document(file(run, path.clone()).await?)),
    }
}

async fn file(run: &Run, path: PathBuf) -> Result<Loaded, Stop> {
    let begun = run.now();
    let site = run.world.options.base.clone();
    blocking(move || {
        let base = site.as_ref().map(Link::without_user_info);
        let bytes = inputs::read(&path).map_err(InputTrouble::Read)?;
        let bytes = before_export(&path, bytes)?;
        let key = inputs::key(&path).map_err(InputTrouble::Read)?;
        let name = path.to_string_lossy();
        let kind = article_kind(&bytes, None, &name)?;
        Ok(Loaded {
            document: Document::new(bytes, kind, nature::implied_type(&name), base),
            key,
            site,
            entry: None,
            exchanges: Vec::new(),
            begun,
        })
    })
    .await
}

/// A post that an export led to images of its own site is captured as it was before that: where its images came from must
/// not be forgotten.
fn before_export(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, InputTrouble> {
    let Some(json) = inputs::export_record(path).map_err(InputTrouble::Read)? else {
        return Ok(bytes);
    };
    Ok(match Record::parse(&json)?.before(&bytes) {
        Before::Exact(before) | Before::Edited(before) => before,
    })
}

async fn page(
    run: &Run,
    link: &Link,
    validators: Option<Validators>,
    wishes: &Wishes,
) -> Result<Load, Stop> {
    let begun = run.now();
    let request = Request {
        link: link.clone(),
        accept: Accept::Page,
        site: Some(link.clone()),
        page: None,
        robots: run.obeyed(wishes) != Obeyed::ForNothing,
        validators,
        bytes_max: Some(DOCUMENT_BYTES_MAX),
        wishes: wishes.requests,
    };
    let answer = run.world.client.get(request, Vec::new()).await;
    run.count(&answer);
    let document = match answer.result {
        Ok(Received::Body(body)) => {
            let (bytes, content_type) = (body.sink, body.content_type);
            let name = body.final_url.as_url().path();
            let kind = article_kind(&bytes, content_type.as_deref(), name)?;
            blocking(move || {
                Document::new(bytes, kind, content_type.as_deref(), Some(body.final_url))
            })
            .await
        }
        Ok(Received::NotModified { final_url }) => {
            return Ok(Load::Unchanged(Box::new(Unchanged {
                link: link.clone(),
                address: final_url,
                exchanges: answer.exchanges,
                begun,
            })));
        }
        Err(FetchStop::Failure(failure)) => return Err(InputTrouble::Fetch(failure).into()),
        Err(FetchStop::Sink(source)) => return Err(Stop::from(source)),
        Err(FetchStop::Machine(source)) => return Err(CaptureError::Machine(source).into()),
    };
    Ok(Load::document(Loaded {
        document,
        key: link.key(),
        site: Some(link.clone()),
        entry: None,
        exchanges: answer.exchanges,
        begun,
    }))
}

/// Reads the document of a page that has not changed from the archive, as `earlier` names it. Where it is damaged or lost there, the
/// page is asked for as if nothing were known.
pub(super) async fn reload(
    run: &Run,
    unchanged: Box<Unchanged>,
    earlier: &Earlier,
    wishes: &Wishes,
) -> Result<Loaded, Stop> {
    let Unchanged {
        link,
        address,
        exchanges,
        begun,
    } = *unchanged;
    if let Some(document) = again(run, earlier, address).await? {
        return Ok(Loaded {
            document,
            key: link.key(),
            site: Some(link),
            entry: None,
            exchanges,
            begun,
        });
    }
    let Load::Document(mut anew) = page(run, &link, None, wishes).await? else {
        return Err(InputTrouble::NotModified.into());
    };
    anew.exchanges.splice(..0, exchanges);
    Ok(Loaded { begun, ..*anew })
}

/// Reads the document that is still current from the archive; `None` where it is damaged or lost there.
pub(super) async fn again(
    run: &Run,
    earlier: &Earlier,
    address: Link,
) -> Result<Option<Document>, CaptureError> {
    let Some(mut recorded) = earlier.snapshot().documents.first().cloned() else {
        return Ok(None);
    };
    recorded.url = Some(address);
    let archive = run.world.archive.clone();
    blocking(move || compared::document(&archive, &recorded)).await
}

/// Says how an article is read, by what it came with, its name and its bytes.
///
/// # Errors
/// When it is no article: nothing at all, no text, or a document of another kind.
fn article_kind(
    bytes: &[u8],
    content_type: Option<&str>,
    name: &str,
) -> Result<Kind, InputTrouble> {
    if nature::is_blank(bytes) {
        return Err(InputTrouble::Empty);
    }
    let verdict = media::identify(bytes);
    let evidence = Evidence {
        content_type,
        name,
        bytes,
        verdict: &verdict,
    };
    let nature = nature::judge(&evidence).nature;
    match nature {
        Nature::Page => Ok(Kind::Page),
        Nature::Post => Ok(Kind::Post),
        Nature::Feed | Nature::Sitemap | Nature::Style => Err(InputTrouble::NotAnArticle(nature)),
        Nature::Image | Nature::Other => {
            let media = verdict.media().clone();
            Err(if nature::is_text(&evidence, true) {
                InputTrouble::NotAPage(media)
            } else {
                InputTrouble::NotText(media)
            })
        }
    }
}
