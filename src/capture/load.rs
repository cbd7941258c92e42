//! What does the input hold? Reads a file or asks for a page, and says which article it is a capture of.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::document::{Document, Kind, charset};
use crate::exchange::Exchange;
use crate::fetch::{Accept, Received, Request, Stop as FetchStop};
use crate::inputs::{self, DOCUMENT_BYTES_MAX};
use crate::link::Link;
use crate::media::{self, MediaType};
use crate::snapshot::DOCUMENT_EXTENSION;
use crate::source::{Source, kind_of_name};

use super::CaptureError;
use super::earlier::Earlier;
use super::error::{InputTrouble, Stop};
use super::run::{Run, blocking};

/// An article's bytes, and how they came.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The bytes, with what is needed to read them.
    pub(super) document: Document,
    /// The key that the input itself gives.
    pub(super) key: String,
    /// The requests it took.
    pub(super) exchanges: Vec<Exchange>,
    /// When it was begun.
    pub(super) begun: Timestamp,
}

/// Loads `source`. `earlier` is the article's last snapshot, where its key already leads to one.
pub(super) async fn load(
    run: &Run,
    source: &Source,
    earlier: Option<&Earlier>,
) -> Result<Loaded, Stop> {
    match source {
        Source::Web(link) => Box::pin(page(run, link, earlier)).await,
        Source::File { path, kind } => file(run, path.clone(), *kind).await,
    }
}

async fn file(run: &Run, path: PathBuf, kind: Kind) -> Result<Loaded, Stop> {
    let begun = run.now();
    let base = run.world.options.base.as_ref().map(Link::without_user_info);
    blocking(move || {
        let bytes = inputs::read(&path).map_err(InputTrouble::Read)?;
        let key = inputs::key(&path).map_err(InputTrouble::Read)?;
        refuse_unreadable(&bytes, None)?;
        Ok(Loaded {
            document: Document::new(bytes, kind, None, base),
            key,
            exchanges: Vec::new(),
            begun,
        })
    })
    .await
}

async fn page(run: &Run, link: &Link, earlier: Option<&Earlier>) -> Result<Loaded, Stop> {
    let begun = run.now();
    let validators = earlier.and_then(|earlier| earlier.validators(link));
    let request = Request {
        link: link.clone(),
        accept: Accept::Page,
        validators,
        bytes_max: Some(DOCUMENT_BYTES_MAX),
    };
    let answer = run.world.client.get(request, Vec::new()).await;
    run.count(&answer.exchanges);
    let document = match (answer.result, earlier) {
        (Ok(Received::Body(body)), _) => {
            let (bytes, content_type) = (body.sink, body.content_type);
            refuse_unreadable(&bytes, content_type.as_deref())?;
            let kind = kind_of_answer(&bytes, content_type.as_deref(), &body.final_url)?;
            blocking(move || {
                Document::new(bytes, kind, content_type.as_deref(), Some(body.final_url))
            })
            .await
        }
        (Ok(Received::NotModified { final_url }), Some(earlier)) => {
            if let Some(document) = again(run, earlier, final_url).await? {
                document
            } else {
                // What the origin takes for known is damaged here: ask as if nothing were known.
                let mut anew = Box::pin(page(run, link, None)).await?;
                anew.exchanges.splice(..0, answer.exchanges);
                return Ok(Loaded { begun, ..anew });
            }
        }
        (Ok(Received::NotModified { .. }), None) => return Err(InputTrouble::NotModified.into()),
        (Err(FetchStop::Failure(failure)), _) => return Err(InputTrouble::Fetch(failure).into()),
        (Err(FetchStop::Sink(source)), _) => return Err(Stop::from(source)),
    };
    Ok(Loaded {
        document,
        key: link.key(),
        exchanges: answer.exchanges,
        begun,
    })
}

/// Reads the document that is still current from the archive; `None` where it is damaged or lost there.
async fn again(
    run: &Run,
    earlier: &Earlier,
    address: Link,
) -> Result<Option<Document>, CaptureError> {
    let Some(recorded) = earlier.snapshot().documents.first().cloned() else {
        return Ok(None);
    };
    let archive = run.world.archive.clone();
    blocking(move || {
        match archive.read_blob(&recorded.digest, DOCUMENT_EXTENSION, DOCUMENT_BYTES_MAX) {
            Ok(bytes) => {
                // The answer brought no Content-Type; the encoding it was read in then stands for it.
                let content_type = format!("text/html; charset={}", recorded.charset);
                Ok(Some(Document::new(
                    bytes,
                    recorded.kind,
                    Some(&content_type),
                    Some(address),
                )))
            }
            Err(error) if error.is_damage() || error.is_absent() => Ok(None),
            Err(error) => Err(error.into()),
        }
    })
    .await
}

/// Refuses what can't be an article in any encoding: nothing at all, or bytes that no text holds. UTF-16 without a byte
/// order mark looks like none and is told by `content_type` alone.
fn refuse_unreadable(bytes: &[u8], content_type: Option<&str>) -> Result<(), InputTrouble> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(InputTrouble::Empty);
    }
    let media = media::identify(bytes).media().clone();
    if is_text(&media) || is_plainly_text(bytes) || is_told_text(bytes, content_type) {
        return Ok(());
    }
    Err(InputTrouble::NotText(media))
}

fn is_text(media: &MediaType) -> bool {
    use MediaType::{Css, Html, Json, Svg, Text, Vtt, Xml};
    matches!(media, Css | Html | Json | Svg | Text | Vtt | Xml)
}

/// Returns whether the bytes are text whatever they begin with: `BM` or `ID3` may also begin a sentence.
fn is_plainly_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0)
}

/// Returns whether the bytes are whole text in the encoding that they came with, where zeros are no sign against that.
fn is_told_text(bytes: &[u8], content_type: Option<&str>) -> bool {
    let encoding = charset::of_text(bytes, content_type);
    !encoding.is_ascii_compatible() && {
        let (text, is_flawed) = encoding.decode_without_bom_handling(bytes);
        !is_flawed && !text.contains('\0')
    }
}

/// Decides whether an answer is a page or a post. What calls itself HTML is a page whatever it looks like, since browsers
/// read it so.
fn kind_of_answer(
    bytes: &[u8],
    content_type: Option<&str>,
    address: &Link,
) -> Result<Kind, InputTrouble> {
    let essence = content_type
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if matches!(essence.as_str(), "text/html" | "application/xhtml+xml") {
        return Ok(Kind::Page);
    }
    let is_post_name = kind_of_name(address.as_url().path()) == Some(Kind::Post);
    if essence == "text/markdown"
        || is_post_name
            && matches!(
                essence.as_str(),
                "" | "text/plain" | "application/octet-stream"
            )
    {
        return Ok(Kind::Post);
    }
    let media = media::identify(bytes).media().clone();
    if matches!(media, MediaType::Html | MediaType::Xml) {
        Ok(Kind::Page)
    } else {
        Err(InputTrouble::NotAPage(media))
    }
}
