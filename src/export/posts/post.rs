//! What becomes of one article? It is a post that is written where it belongs, or it is told why not.

use std::collections::{BTreeSet, HashMap};

use crate::archive::{Archive, ArticleFolder, SnapshotFile};
use crate::document::Kind;
use crate::document::front_matter::Language;
use crate::event::{ExportOutcome, Exported, Left};
use crate::generator::Generator;
use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::outputs::Folder;
use crate::render::BLOB_BYTES_MAX;
use crate::render::localise::record::{self, Record, Written};
use crate::render::localise::{Localised, localise};
use crate::snapshot::DOCUMENT_EXTENSION;

use super::images::{Images, Trouble};
use super::standing::Standing;
use super::{ExportError, Options};

/// An export that is at work.
pub(super) struct Export<'a> {
    pub(super) archive: &'a Archive,
    pub(super) folder: &'a Folder,
    pub(super) options: &'a Options,
    pub(super) images: Images<'a>,
    /// The paths of this run in lowercase, as some file systems take `A.md` for `a.md`, and whose they are.
    pub(super) taken: HashMap<String, String>,
}

/// What became of an article.
pub(super) enum Became {
    Post(Exported),
    /// It is a page, and nobody named it.
    Page,
    /// It is a post of another site, and nobody named it.
    Elsewhere,
}

/// A post of the archive.
pub(super) struct Post<'a> {
    pub(super) article: String,
    pub(super) file: &'a SnapshotFile,
    pub(super) original: Vec<u8>,
}

impl<'a> Export<'a> {
    pub(super) fn new(archive: &'a Archive, folder: &'a Folder, options: &'a Options) -> Self {
        let images = options.generator.images(&options.prefix);
        Self {
            archive,
            folder,
            options,
            images: Images::new(archive, folder, images),
            taken: HashMap::new(),
        }
    }

    /// Exports one article; `None` where it has no sound, committed snapshot.
    pub(super) fn article(
        &mut self,
        folder: &ArticleFolder,
    ) -> Result<Option<Became>, ExportError> {
        let Some(file) = self.archive.newest_snapshot(folder)? else {
            return Ok(None);
        };
        let article = folder.id().to_string();
        let is_named = !self.options.articles.is_empty();
        let document = file.snapshot.documents.first();
        if document.is_none_or(|document| document.kind != Kind::Post) {
            let skipped = skipped(article, None, "it is a page, not a post");
            return Ok(Some(if is_named {
                Became::Post(skipped)
            } else {
                Became::Page
            }));
        }
        let original = match self.archive.read_blob(
            &file.snapshot.original,
            DOCUMENT_EXTENSION,
            DOCUMENT_BYTES_MAX,
        ) {
            Ok(original) => original,
            Err(error) if error.is_damage() || error.is_absent() => {
                let why = format!("its original can't be had ({error}): run offprint verify");
                return Ok(Some(Became::Post(skipped(article, None, why))));
            }
            Err(error) => return Err(error.into()),
        };
        let post = Post {
            article,
            file: &file,
            original,
        };
        let standing = match self.standing(&post) {
            Ok(Some(standing)) => standing,
            Ok(None) if is_named => {
                let why = "it is no post of this site";
                return Ok(Some(Became::Post(skipped(post.article, None, why))));
            }
            Ok(None) => return Ok(Some(Became::Elsewhere)),
            Err(why) => return Ok(Some(Became::Post(skipped(post.article, None, why)))),
        };
        self.post(&post, standing)
            .map(|told| Some(Became::Post(told)))
    }

    /// Writes one post where it belongs, unless what stands there must not be touched.
    fn post(&mut self, post: &Post<'_>, standing: Standing) -> Result<Exported, ExportError> {
        if let Some(why) = self.refusal(post, &standing) {
            return Ok(skipped(post.article.clone(), Some(standing.path), why));
        }
        let (localised, images) = match self.localised(post)? {
            Ok(localised) => localised,
            Err(why) => return Ok(skipped(post.article.clone(), Some(standing.path), why)),
        };
        let written = Written {
            article: &post.article,
            snapshot: post.file.path.name(),
            original: post.file.snapshot.original,
            generator: self.options.generator,
            prefix: self.options.prefix.as_str(),
            in_place: self.options.in_place,
        };
        let record = Record::of(&localised, images, written);
        let is_there = standing.bytes.as_ref() == Some(&localised.bytes);
        // A post of the site's own that has nothing to be edited needs no record.
        let needs_record = !(self.options.in_place && localised.done.is_empty());
        if needs_record && standing.record.as_ref() != Some(&record) {
            let path = record::path(&standing.path);
            self.folder.write(&path, &record.to_json())?;
        }
        if !is_there {
            self.folder.write(&standing.path, &localised.bytes)?;
        }
        Ok(Exported {
            article: Some(post.article.clone()),
            path: Some(standing.path),
            outcome: if is_there {
                ExportOutcome::Unchanged
            } else {
                ExportOutcome::Written
            },
            images: localised.images.len() as u64,
            left: self.left(&localised),
            error: unread(self.options.generator, localised.language),
        })
    }

    /// Returns the post as it will be, and where its images stand now: they are written here. What the archive has lost
    /// stays as it was written.
    fn localised(
        &mut self,
        post: &Post<'_>,
    ) -> Result<Result<(Localised, Vec<String>), String>, ExportError> {
        let blob = self.archive.blobs_of(&post.file.snapshot, BLOB_BYTES_MAX);
        let mut lost = BTreeSet::new();
        loop {
            let prefix = self.options.prefix.as_str();
            let snapshot = &post.file.snapshot;
            let Some(localised) = localise(snapshot, &post.original, prefix, &blob, &lost) else {
                return Ok(Err("it is a page, not a post".to_owned()));
            };
            match self.images.place(&localised.images)? {
                Ok(paths) => return Ok(Ok((localised, paths))),
                Err(Trouble::Lost(digest)) => {
                    lost.insert(digest);
                }
                Err(Trouble::InTheWay(why)) => return Ok(Err(why)),
            }
        }
    }

    /// Tells what the post was left with. What lies beside a post of the site's own is still there.
    fn left(&self, localised: &Localised) -> Vec<Left> {
        let left = localised.left.iter();
        left.filter(|left| !(self.options.in_place && left.is_local))
            .map(|left| Left {
                url: left.url.clone(),
                why: left.why.clone(),
            })
            .collect()
    }
}

/// Says so where the generator will take the front matter for text: it is given back as it was received.
fn unread(generator: Generator, language: Option<Language>) -> Option<String> {
    use Language::{Json, JsonMembers, Toml, Yaml};
    let language = language?;
    let (name, is_read) = match generator {
        Generator::Hexo => ("Hexo", matches!(language, Yaml | JsonMembers)),
        Generator::Jekyll => ("Jekyll", matches!(language, Yaml)),
        Generator::Hugo => ("Hugo", matches!(language, Yaml | Toml | Json)),
    };
    let how = match language {
        Yaml => "YAML",
        Toml => "TOML",
        Json => "a JSON object",
        JsonMembers => "JSON without braces",
    };
    (!is_read).then(|| format!("its front matter is {how}, which {name} does not read"))
}

fn skipped(article: String, path: Option<String>, why: impl Into<String>) -> Exported {
    Exported {
        article: Some(article),
        path,
        outcome: ExportOutcome::Skipped,
        images: 0,
        left: Vec::new(),
        error: Some(why.into()),
    }
}
