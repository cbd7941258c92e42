//! What was written in the place of a post, and how is it undone? One record a post, in `.offprint/posts/`. Pure.
//!
//! The JSON is RFC 8785's, followed by one line feed, like a snapshot's. With it the folder alone, without any archive,
//! gives back what stood there before.

use std::collections::HashMap;

use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::Localised;
use crate::digest::Digest;
use crate::generator::Generator;
use crate::render::splice::{self, Done};
use crate::render::view::EditRecord;

/// The folder of the records, below the site's own.
pub const FOLDER: &str = ".offprint/posts";

/// The largest record that is read. It holds a few hundred bytes for each image of one post.
pub const RECORD_BYTES_MAX: u64 = 32 * 1024 * 1024;

/// The format of a record.
const FORMAT: u32 = 1;

/// What was written in the place of a post. Members in the order of RFC 8785, which is that of the alphabet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The ID of the article.
    pub article: String,
    /// Every edit, in order.
    edits: Vec<EditRecord>,
    /// The generator that the post was written for.
    #[serde(rename = "for")]
    pub generator: Generator,
    /// The format of this record.
    format: u32,
    /// The images that the post shows, below the site's folder.
    pub images: Vec<String>,
    /// Whether the post stood there before.
    pub in_place: bool,
    /// The digest of the post as it was archived.
    pub original: Digest,
    /// The address of the folder of images.
    pub prefix: String,
    /// The name of the snapshot's file.
    pub snapshot: String,
    /// The digest of what was written.
    pub written: Digest,
}

/// Why some bytes are no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// No JSON of this shape.
    #[error("not the record of an exported post")]
    Json(#[from] serde_json::Error),
    /// A format that this program does not know.
    #[error("format {0} is unknown")]
    Format(u32),
    /// An edit without its text.
    #[error("an edit does not say what was cut or put")]
    Edit,
}

/// A post with the addresses that it had before it was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// Exactly the bytes that were archived.
    Exact(Vec<u8>),
    /// The post was edited since: its addresses are those of before wherever they could be told, the rest is as it is.
    Edited(Vec<u8>),
}

/// Where and how a post was written.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// The ID of its article.
    pub article: &'a str,
    /// The name of its snapshot's file.
    pub snapshot: &'a str,
    /// The digest of its original.
    pub original: Digest,
    /// For whom.
    pub generator: Generator,
    /// The address of the folder of images.
    pub prefix: &'a str,
    /// Whether it stood there before.
    pub in_place: bool,
}

/// Returns where the record of the post at `post` stands, below the site's folder.
#[must_use]
pub fn path(post: &str) -> String {
    format!("{FOLDER}/{post}.json")
}

impl Record {
    /// Returns the record of `localised`, whose images stand at these paths.
    #[must_use]
    pub fn of(localised: &Localised, images: Vec<String>, how: Written<'_>) -> Self {
        Self {
            article: how.article.to_owned(),
            edits: localised.done.iter().map(EditRecord::of).collect(),
            generator: how.generator,
            format: FORMAT,
            images,
            in_place: how.in_place,
            original: how.original,
            prefix: how.prefix.to_owned(),
            snapshot: how.snapshot.to_owned(),
            written: Digest::of(&localised.bytes),
        }
    }

    /// Reads a record. Members it does not know are skipped.
    ///
    /// # Errors
    /// When the bytes are not of this shape, or of another format.
    pub fn parse(json: &[u8]) -> Result<Self, RecordError> {
        let record: Self = serde_json::from_slice(json)?;
        if record.format != FORMAT {
            return Err(RecordError::Format(record.format));
        }
        record.done().ok_or(RecordError::Edit)?;
        Ok(record)
    }

    /// Returns the one text of this record.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Names are strings and numbers are whole, so there is always a text.
        let json = serde_json::to_string(self).unwrap_or_default();
        (json + "\n").into_bytes()
    }

    /// Returns what `post`, the bytes that stand there now, was before it was exported.
    #[must_use]
    pub fn before(&self, post: &[u8]) -> Before {
        let digest = Digest::of(post);
        if digest == self.original {
            return Before::Exact(post.to_vec());
        }
        let done = self.done().unwrap_or_default();
        let undone = (digest == self.written)
            .then(|| splice::unsplice(post, &done))
            .flatten()
            .filter(|original| Digest::of(original) == self.original);
        undone.map_or_else(|| Before::Edited(readdressed(post, &done)), Before::Exact)
    }

    fn done(&self) -> Option<Vec<Done>> {
        self.edits.iter().map(EditRecord::done).collect()
    }
}

/// The digits of a digest in an address make it unlike anything that a person would write.
const ADDRESS_BYTES_MIN: usize = 64;

/// Returns `post` with every address that an edit put there replaced by what it replaced; of one that replaced several,
/// the first stands for the first, and so on. What else was put, such as an attribute's name, is left.
fn readdressed(post: &[u8], done: &[Done]) -> Vec<u8> {
    let mut cuts: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
    for edit in done
        .iter()
        .filter(|edit| edit.put.len() >= ADDRESS_BYTES_MIN)
    {
        cuts.entry(&edit.put).or_default().push(&edit.cut);
    }
    let mut edits = Vec::new();
    for (put, cuts) in cuts {
        for (number, start) in memmem::find_iter(post, put).enumerate() {
            let cut = cuts[number.min(cuts.len() - 1)];
            edits.push(splice::Edit::new(start..start + put.len(), cut));
        }
    }
    splice::splice(post, &splice::settle(edits, post.len()))
}

#[cfg(test)]
mod tests;
