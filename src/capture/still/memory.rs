//! What is remembered of an article? A line: the SHA-256 of what follows the space, and JSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::archive::{Archive, ArchivePath, ArticleFolder, SnapshotFile, Touched, layout};
use crate::capture::earlier::{Before, Earlier};
use crate::capture::record;
use crate::capture::resources::not_asked;
use crate::capture::told::Told;
use crate::capture::{Seen, unasked};
use crate::digest::{self, Digest};
use crate::event::Images;
use crate::fetch::Validators;
use crate::link::Link;
use crate::media::Class;
use crate::render::RENDERER;
use crate::render::view::{self, VIEW_BYTES_MAX};
use crate::snapshot::{DOCUMENT_EXTENSION, Named, Outcome, Resource};

use super::ASKED_MAX;

/// The only format there is.
const FORMAT: u32 = 1;

/// An article of which nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Still {
    format: u32,
    /// What made its view.
    renderer: u32,
    /// Program and version that read the page.
    pub(super) tool: String,
    /// The article's key.
    pub(super) key: String,
    /// What a person is told of its last snapshot.
    pub(in crate::capture) told: Told,
    /// The digest of that.
    pub(super) digest: Digest,
    /// Its documents: digests and lengths.
    documents: Vec<(Digest, u64)>,
    /// What it shows, each once.
    pub(super) resources: Vec<Shown>,
    /// From when and until when those count as new that are not to be asked for.
    fresh: (Timestamp, Timestamp),
    /// What is counted of them.
    pub(super) images: Images,
    /// What makes a request for the page conditional.
    validators: Validators,
    files: Files,
}

/// The files of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Files {
    /// The folder of its snapshots, the last one, and the files of its view.
    own: Vec<(String, Touched)>,
    /// Files that its view shares with others, and their lengths: each is named by its content, and written again by whoever
    /// makes such a view.
    shared: Vec<(String, u64)>,
}

/// What an article shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shown {
    pub(super) link: Link,
    pub(super) need: Class,
    pub(super) resource: Resource,
    /// What makes a request for it conditional, where it does not count as new.
    pub(super) asked: Option<Validators>,
}

impl Still {
    /// Takes in what is to be remembered of an article that `link` asks for; `None` where its next look must be a whole one.
    pub(super) fn of(
        archive: &Archive,
        link: &Link,
        earlier: &Earlier,
        now: Timestamp,
    ) -> Option<Self> {
        let SnapshotFile {
            path,
            digest,
            snapshot,
        } = earlier.file();
        let (mut resources, mut fresh) = (Vec::new(), (Timestamp::MIN, Timestamp::MAX));
        for asked in unasked::targets(snapshot) {
            let (link, need) = asked.target;
            let before = earlier.before(&link);
            let is_fresh = before.is_fresh(now);
            if let Some((from, until)) = before.fresh.filter(|_| is_fresh) {
                fresh = (fresh.0.max(from), fresh.1.min(until));
            }
            resources.push(Shown {
                link,
                need,
                resource: before.resource.filter(|_| before.is_current)?,
                asked: before.validators.filter(|_| !is_fresh),
            });
        }
        let asked = resources.iter().filter(|shown| shown.asked.is_some());
        if asked.count() > ASKED_MAX {
            return None;
        }
        let outcomes: Option<Vec<Outcome>> = snapshot
            .mentions()
            .map(|(_, it)| Some(not_asked(it.outcome.resource()?.clone())))
            .collect();
        let outcomes = outcomes?;
        let mentions = snapshot.mentions().map(|(_, mention)| mention);
        let Seen { images, .. } = record::tally(mentions.zip(&outcomes));
        Some(Self {
            format: FORMAT,
            renderer: RENDERER,
            tool: snapshot.tool.clone(),
            key: snapshot.source.key.clone(),
            told: Told::of(earlier.file()),
            digest: *digest,
            documents: (snapshot.documents.iter())
                .map(|document| (document.digest, document.size))
                .collect(),
            resources,
            fresh,
            images,
            validators: earlier.validators(link)?,
            files: Files::of(archive, path)?,
        })
    }

    /// Returns whether what is not asked for counts as new.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        self.fresh.0 <= now && now < self.fresh.1
    }

    /// Returns whether nothing of it was written since.
    pub(super) fn is_untouched(&self, archive: &Archive) -> bool {
        self.files.are_untouched(archive)
    }

    pub(super) fn blobs(&self) -> Vec<Named> {
        let documents = self.documents.iter().map(|(digest, size)| Named {
            digest: *digest,
            size: *size,
            extension: DOCUMENT_EXTENSION,
        });
        let resources = self.resources.iter().map(|shown| &shown.resource);
        let resources = resources.map(|resource| Named {
            digest: resource.digest,
            size: resource.size,
            extension: resource.media.extension(),
        });
        documents.chain(resources).collect()
    }

    /// Returns what makes a request for its page conditional.
    pub(in crate::capture) fn validators(&self) -> Validators {
        self.validators.clone()
    }

    /// Reads a memory; `None` where it is damaged or of another version.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let json = digest::proven(bytes.strip_suffix(b"\n")?)?;
        let still: Self = serde_json::from_slice(json).ok()?;
        (still.format == FORMAT && still.renderer == RENDERER).then_some(still)
    }

    /// Returns the line that is remembered.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let json = serde_json::to_string(self).unwrap_or_default();
        digest::proven_line(json.as_bytes())
    }
}

impl Shown {
    /// Returns what is known of it before it is asked for.
    pub(super) fn before(&self) -> Before {
        Before {
            tracker: None,
            resource: Some(self.resource.clone()),
            is_current: true,
            validators: self.asked.clone(),
            fresh: None,
            is_whole: true,
        }
    }
}

impl Files {
    /// Looks at the files of the article of a snapshot; `None` where its view is not there.
    fn of(archive: &Archive, snapshot: &ArchivePath) -> Option<Self> {
        let folder = ArticleFolder::containing(snapshot)?;
        let record = folder.view_record();
        let outline = view::outline(&archive.read(&record, VIEW_BYTES_MAX as u64).ok()?)?;
        if outline.snapshot != snapshot.name() {
            return None;
        }
        let mut own = vec![folder.snapshots(), snapshot.clone(), record];
        for file in &outline.files {
            own.push(ArchivePath::parse(&format!(
                "{}/{}",
                folder.path(),
                file.name
            ))?);
        }
        let touched = |path: &ArchivePath| Some((path.to_string(), archive.touched(path)?));
        let shared = outline.derived.iter().map(|name| {
            let (path, touched) = touched(&layout::derived_named(name)?)?;
            Some((path, touched.bytes()))
        });
        Some(Self {
            own: own.iter().map(touched).collect::<Option<_>>()?,
            shared: shared.collect::<Option<_>>()?,
        })
    }

    fn are_untouched(&self, archive: &Archive) -> bool {
        let touched = |path: &str| archive.touched(&ArchivePath::parse(path)?);
        let is_same = |(path, then): &(String, Touched)| touched(path) == Some(*then);
        let is_there =
            |(path, bytes): &(String, u64)| touched(path).is_some_and(|it| it.bytes() == *bytes);
        self.own.iter().all(is_same) && self.shared.iter().all(is_there)
    }
}
