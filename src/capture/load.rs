//! What does the input hold? Reads a file or asks for a page, and says which article it is a capture of.

use crate::digest::Digest;
use crate::document::{Document, Kind};
use crate::exchange::Exchange;
use crate::fetch::{Accept, Received, Request, Stop as FetchStop, Validators};
use crate::inputs::{self, DOCUMENT_BYTES_MAX};
use crate::link::Link;
use crate::media::{self, MediaType};
use crate::source::{Source, kind_of_name};

use super::articles::Earlier;
use super::{InputTrouble, Run, Stop, blocking};

/// An article's bytes, and how they came.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The bytes, with what is needed to read them.
    pub(super) document: Document,
    /// The key that the input itself gives.
    pub(super) key: String,
    /// The requests it took.
    pub(super) exchanges: Vec<Exchange>,
}

/// Loads `source`. `earlier` is the article's last snapshot, where its key already leads to one.
pub(super) async fn load(run: &Run, source: &Source, earlier: Option<&Earlier>) -> Result<Loaded, Stop> {
    match source {
        Source::Web(link) => page(run, link, earlier).await,
        Source::File { path, kind } => {
            let (path, kind) = (path.clone(), *kind);
            let read = blocking(move || Ok::<_, inputs::InputError>((inputs::read(&path)?, inputs::key(&path)?)));
            let (bytes, key) = read.await.map_err(InputTrouble::Read)?;
            refuse_unreadable(&bytes)?;
            let document = blocking({
                let base = run.options.base.clone();
                move || Document::new(bytes, kind, None, base)
            });
            Ok(Loaded { document: document.await, key, exchanges: Vec::new() })
        }
    }
}

async fn page(run: &Run, link: &Link, earlier: Option<&Earlier>) -> Result<Loaded, Stop> {
    let request = Request {
        link: link.clone(),
        accept: Accept::Page,
        validators: earlier.and_then(page_validators),
        bytes_max: Some(DOCUMENT_BYTES_MAX),
    };
    let answer = run.client.get(request, Vec::new()).await;
    run.count(&answer.exchanges);
    let (bytes, content_type, address) = match answer.result {
        Ok(Received::Body(body)) => (body.sink, body.content_type, body.final_url),
        Ok(Received::NotModified { final_url }) => {
            let earlier = earlier.expect("validators were sent, and they come from an earlier snapshot");
            (stored(run, earlier.snapshot.original).await?, content_type(earlier, &final_url), final_url)
        }
        Err(FetchStop::Failure(failure)) => return Err(InputTrouble::Fetch(failure).into()),
        Err(FetchStop::Sink(source)) => return Err(Stop::Job(source.into())),
    };
    refuse_unreadable(&bytes)?;
    let kind = kind_of_answer(&bytes, content_type.as_deref(), &address)?;
    let document = blocking(move || Document::new(bytes, kind, content_type.as_deref(), Some(address)));
    Ok(Loaded { document: document.await, key: link.key(), exchanges: answer.exchanges })
}

/// Refuses what can't be an article in any encoding: nothing at all, or bytes that no text holds.
fn refuse_unreadable(bytes: &[u8]) -> Result<(), InputTrouble> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(InputTrouble::Empty);
    }
    let media = media::identify(bytes).media().clone();
    if media.is_image() && media != MediaType::Svg || matches!(media, MediaType::Binary | MediaType::Pdf | MediaType::Zip) {
        return Err(InputTrouble::NotText(media));
    }
    Ok(())
}

/// Decides whether an answer is a page or a post. What calls itself HTML is a page whatever it looks like, since browsers
/// read it so.
fn kind_of_answer(bytes: &[u8], content_type: Option<&str>, address: &Link) -> Result<Kind, InputTrouble> {
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if matches!(essence.as_str(), "text/html" | "application/xhtml+xml") {
        return Ok(Kind::Page);
    }
    let is_post_name = kind_of_name(address.as_url().path()) == Some(Kind::Post);
    if essence == "text/markdown" || is_post_name && matches!(essence.as_str(), "" | "text/plain" | "application/octet-stream") {
        return Ok(Kind::Post);
    }
    let media = media::identify(bytes).media().clone();
    if matches!(media, MediaType::Html | MediaType::Xml) { Ok(Kind::Page) } else { Err(InputTrouble::NotAPage(media)) }
}

fn page_validators(earlier: &Earlier) -> Option<Validators> {
    let document = earlier.snapshot.documents.first()?;
    earlier.validators(document.url.as_ref()?)
}

/// Returns the Content-Type that came with the bytes that are still current.
fn content_type(earlier: &Earlier, url: &Link) -> Option<String> {
    let of_url = earlier.snapshot.exchanges.iter().rev().filter(|exchange| exchange.url == *url);
    let mut fields = of_url.filter_map(|exchange| exchange.response.as_ref()).flat_map(|response| &response.headers);
    fields.find(|(name, _)| name == "content-type").map(|(_, value)| value.clone())
}

async fn stored(run: &Run, digest: Digest) -> Result<Vec<u8>, Stop> {
    let archive = run.archive.clone();
    blocking(move || archive.read_blob(&digest)).await.map_err(|error| Stop::Job(error.into()))
}
