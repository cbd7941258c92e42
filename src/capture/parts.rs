//! Which documents is an article made of? Its own, and every stylesheet that one of them asks for, through any depth of
//! `@import`, each once: a circle ends where it began.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::archive::Note;
use crate::digest::Digest;
use crate::document::Document;
use crate::event::Listener;
use crate::exchange::Why;
use crate::link::Link;
use crate::media::{Class, MediaType};
use crate::refs::{self, Reference, Role};
use crate::render::SHEET_BYTES_MAX;
use crate::snapshot::{self, DOCUMENT_EXTENSION, Missing, Named, Outcome, Resource};

use super::CaptureError;
use super::earlier::Earlier;
use super::fetched::Came;
use super::lines::{Asked, fetch_all};
use super::record::{self, Target};
use super::resources::{Home, Settled};
use super::run::{Run, blocking};

/// Resources that one capture fetches at most. The largest real pages have some thousand images; what has more is a trap.
const RESOURCES_MAX: usize = 10_000;

/// Stylesheets that one capture fetches at most. The largest real pages have some dozens.
const SHEETS_MAX: usize = 256;

/// A document, and what it mentions.
#[derive(Debug)]
pub(super) struct Part {
    /// What the snapshot says of it, the references aside.
    pub(super) recorded: snapshot::Document,
    pub(super) references: Vec<Reference>,
}

/// What was found and fetched of an article.
#[derive(Debug)]
pub(super) struct Parts {
    /// The article's own document first.
    documents: Vec<Part>,
    /// Which of them the stylesheet of this address is.
    sheets: HashMap<Link, usize>,
    /// What came of each target.
    settled: HashMap<Target, Settled>,
    /// The targets, in the order in which they were found.
    order: Vec<Target>,
}

/// A stylesheet that was fetched and is to be read.
struct Sheet {
    /// The address that asks for it.
    link: Link,
    resource: Resource,
    /// How it came; `None` where it was not asked for in this run.
    came: Option<Came>,
    /// The name of the encoding of the document that asks for it.
    environment: String,
}

impl Part {
    /// Describes `document`, whose bytes are the blob `digest` and which makes these `references`.
    pub(super) fn new(document: &Document, digest: Digest, references: Vec<Reference>) -> Self {
        let recorded = snapshot::Document {
            kind: document.kind,
            syntax: document.syntax,
            digest,
            size: document.bytes.len() as u64,
            url: document.address.clone(),
            base: document.base.clone(),
            charset: document.charset.name().to_owned(),
            references: Vec::new(),
        };
        Self {
            recorded,
            references,
        }
    }
}

/// Gets everything that `article` shows, and what the stylesheets among that show in turn.
pub(super) async fn gather(
    run: &Arc<Run>,
    article: Part,
    home: Home<'_>,
    earlier: Option<&Earlier>,
    report: &Listener,
) -> Result<Parts, CaptureError> {
    let mut parts = Parts {
        documents: vec![article],
        sheets: HashMap::new(),
        settled: HashMap::new(),
        order: Vec::new(),
    };
    let mut read = 0;
    while read < parts.documents.len() {
        let targets = parts.targets(read);
        let order = targets.iter().map(|asked| asked.target.clone());
        parts.order.extend(order);
        let settled = fetch_all(run, targets, home, earlier, report).await?;
        parts.settled.extend(settled);
        let sheets = parts.sheets(read);
        read = parts.documents.len();
        for sheet in sheets {
            let link = sheet.link.clone();
            if let Some(part) = read_sheet(run, sheet, earlier).await? {
                parts.sheets.insert(link, parts.documents.len());
                parts.documents.push(part);
            }
        }
    }
    Ok(parts)
}

impl Parts {
    /// Returns the targets of the documents from the one numbered `first` on that were not asked for yet, in document order;
    /// and pixels that were left out as trackers where it turns out that a stylesheet shows them.
    fn targets(&self, first: usize) -> Vec<Asked> {
        let mut seen: HashSet<Target> = HashSet::new();
        let is_sheet = |target: &Target| target.1 == Class::Style;
        let mut room = RESOURCES_MAX.saturating_sub(self.order.len());
        let known_sheets = self.order.iter().filter(|target| is_sheet(target)).count();
        let mut sheets = SHEETS_MAX.saturating_sub(known_sheets);
        let references = self.documents[first..]
            .iter()
            .flat_map(|part| &part.references);
        let pictures = record::pictures(references.clone());
        let mut targets = Vec::new();
        for target in references.filter_map(record::target) {
            let may_track = pictures.contains(&target.0);
            let is_settled = self.settled.get(&target).is_some_and(|settled| {
                let failure = settled.outcome.failure();
                may_track || !failure.is_some_and(Missing::is_tracker)
            });
            if is_settled || !seen.insert(target.clone()) {
                continue;
            }
            if room == 0 || is_sheet(&target) && sheets == 0 {
                continue;
            }
            room -= 1;
            sheets -= usize::from(is_sheet(&target));
            targets.push(Asked { target, may_track });
        }
        targets
    }

    /// Returns the stylesheets that the documents from the one numbered `first` on ask for, that are here, and that are not
    /// among the documents yet.
    fn sheets(&self, first: usize) -> Vec<Sheet> {
        let mut seen: HashSet<Link> = self.sheets.keys().cloned().collect();
        let mut sheets = Vec::new();
        for part in &self.documents[first..] {
            let asked = part.references.iter().filter(|it| it.role == Role::Style);
            for target in asked.filter_map(record::target) {
                let Some(settled) = self.settled.get(&target) else {
                    continue;
                };
                let resource = settled.outcome.resource().cloned();
                let Some(resource) = resource.filter(|_| seen.insert(target.0.clone())) else {
                    continue;
                };
                sheets.push(Sheet {
                    link: target.0,
                    resource,
                    came: settled.came(),
                    environment: part.recorded.charset.clone(),
                });
            }
        }
        sheets
    }

    /// Returns where the requests of the resources were noted, each chain once, in the order in which they were found.
    pub(super) fn notes(&self) -> Vec<Note> {
        record::notes(&self.settled, &self.order)
    }

    /// Returns the documents as the snapshot says them; of what was not asked for, as it was `tried`.
    pub(super) fn recorded(self, tried: jiff::Timestamp) -> Vec<snapshot::Document> {
        let Self {
            documents,
            sheets,
            settled,
            ..
        } = self;
        let recorded = documents.into_iter().map(|part| {
            let Part {
                mut recorded,
                references,
            } = part;
            let has_base = recorded.base.is_some();
            recorded.references = record::mentions(references, has_base, &settled, tried);
            for mention in &mut recorded.references {
                if mention.role != Role::Style || mention.outcome.resource().is_none() {
                    continue;
                }
                let link = mention.target.as_ref().map(Link::without_fragment);
                mention.document = link.and_then(|link| sheets.get(&link).copied());
                if mention.document.is_none() {
                    mention.outcome = Outcome::Missing(Missing {
                        why: Why::WrongKind,
                        status: None,
                        tried,
                    });
                }
            }
            recorded
        });
        recorded.collect()
    }
}

/// Reads a stylesheet and finds what it mentions; `None` where the archive has lost its bytes.
async fn read_sheet(
    run: &Arc<Run>,
    sheet: Sheet,
    earlier: Option<&Earlier>,
) -> Result<Option<Part>, CaptureError> {
    let before = earlier
        .and_then(|earlier| earlier.document(&sheet.link))
        .cloned();
    let run = Arc::clone(run);
    blocking(move || {
        let Sheet {
            link,
            resource,
            came,
            environment,
        } = sheet;
        let named = Named {
            digest: resource.digest,
            size: resource.size,
            extension: DOCUMENT_EXTENSION,
        };
        let bytes = match run.world.writer.read(&named, SHEET_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(error) if error.is_damage() || error.is_absent() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let before = before.as_ref();
        // What brought no header with it is read as it was when it did.
        let (address, content_type) = match came {
            Some(came) if came.content_type.is_some() || before.is_none() => {
                (came.address, came.content_type)
            }
            _ => (
                before.and_then(|before| before.url.clone()).unwrap_or(link),
                before.map(|before| format!("{}; charset={}", MediaType::Css, before.charset)),
            ),
        };
        let document = Document::style(bytes, content_type.as_deref(), &environment, address);
        let references = refs::find(&document);
        Ok(Some(Part::new(&document, resource.digest, references)))
    })
    .await
}
