//! What was done to make this view? `view.json`: snapshot, renderer and every edit, enough to undo them. Pure.
//!
//! The JSON is RFC 8785's, followed by one line feed, like a snapshot's.

use serde::{Deserialize, Serialize};

use super::splice::{self, Done};
use super::{RENDERER, View};
use crate::digest::Digest;
use crate::snapshot::FORMAT;

/// The largest `view.json` that is read: it holds the cut scripts, so it may be as large as a page.
pub const VIEW_BYTES_MAX: usize = 256 * 1024 * 1024;

/// What `view.json` says. Members in the order of RFC 8785, which is that of the alphabet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The names of the files below `derived/` that it shows.
    #[serde(default)]
    pub derived: Vec<String>,
    /// The view's files, in the order in which they are rendered.
    pub files: Vec<FileRecord>,
    /// The format of the archive.
    pub format: u32,
    /// The renderer that made the view.
    pub renderer: u32,
    /// The name of the snapshot's file.
    pub snapshot: String,
}

/// What `view.json` says without its edits, which are the most of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Outline {
    /// The names of the files below `derived/` that it shows.
    #[serde(default)]
    pub derived: Vec<String>,
    /// The view's files.
    pub files: Vec<FileOutline>,
    /// The renderer that made the view.
    pub renderer: u32,
    /// The name of the snapshot's file.
    pub snapshot: String,
}

/// What `view.json` says of one file without its edits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FileOutline {
    /// Its name in the article's folder.
    pub name: String,
}

/// Returns what `view.json` says without its edits; `None` where it is none. Whether its edits are whole is not looked at.
#[must_use]
pub fn outline(json: &[u8]) -> Option<Outline> {
    serde_json::from_slice(json).ok()
}

/// What `view.json` says of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// The digest of its bytes.
    pub digest: Digest,
    /// What was done to the original's bytes, in order; absent for a file that is generated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edits: Option<Vec<EditRecord>>,
    /// Its name in the article's folder.
    pub name: String,
    /// The number of its bytes.
    pub size: u64,
}

/// One edit: where `put` begins in the view's file, and what stood there in the original. Each side is UTF-8 text or,
/// where it is none, lowercase hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditRecord {
    at: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cut: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cut_hex: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    put: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    put_hex: Option<String>,
}

/// Why some bytes are no `view.json`.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// More than [`VIEW_BYTES_MAX`] bytes.
    #[error("longer than {VIEW_BYTES_MAX} bytes")]
    TooLong,
    /// No JSON of this shape.
    #[error("not the JSON of a view")]
    Json(#[source] serde_json::Error),
    /// A format that this program does not know.
    #[error("format {0} is unknown")]
    Format(u32),
    /// An edit without its text, or with digits that are none.
    #[error("the edit at byte {0} does not say what was cut or put")]
    Edit(usize),
}

/// Returns `view.json` of `view`, made from the snapshot in the file `snapshot`.
#[must_use]
pub fn record(snapshot: &str, view: &View) -> Vec<u8> {
    let files = view.files.iter().map(|file| FileRecord {
        digest: Digest::of(&file.bytes),
        edits: file
            .done
            .as_ref()
            .map(|done| done.iter().map(EditRecord::of).collect()),
        name: file.name.to_owned(),
        size: file.bytes.len() as u64,
    });
    let derived = view
        .derived
        .iter()
        .map(|derived| format!("{}.{}", derived.digest, derived.extension));
    let record = Record {
        derived: derived.collect(),
        files: files.collect(),
        format: FORMAT,
        renderer: RENDERER,
        snapshot: snapshot.to_owned(),
    };
    record.to_json()
}

/// Reads `view.json`. Members it does not know are skipped.
///
/// # Errors
/// When the bytes are too many, not of this shape, or of another format.
pub fn parse(json: &[u8]) -> Result<Record, ViewError> {
    if json.len() > VIEW_BYTES_MAX {
        return Err(ViewError::TooLong);
    }
    let record: Record = serde_json::from_slice(json).map_err(ViewError::Json)?;
    if record.format != FORMAT {
        return Err(ViewError::Format(record.format));
    }
    for edit in record
        .files
        .iter()
        .filter_map(|file| file.edits.as_ref())
        .flatten()
    {
        edit.done().ok_or(ViewError::Edit(edit.at))?;
    }
    Ok(record)
}

impl Record {
    /// Returns the one text of this record.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Names are strings and numbers are whole, so there is always a text.
        let json = serde_json::to_string(self).unwrap_or_default();
        (json + "\n").into_bytes()
    }
}

impl FileRecord {
    /// Returns the original that `view`, the file's bytes, was made from; `None` for a generated file and where the
    /// edits do not fit.
    #[must_use]
    pub fn original(&self, view: &[u8]) -> Option<Vec<u8>> {
        let done: Option<Vec<Done>> = self.edits.as_ref()?.iter().map(EditRecord::done).collect();
        splice::unsplice(view, &done?)
    }
}

impl EditRecord {
    /// Writes down an edit.
    pub(super) fn of(done: &Done) -> Self {
        let (cut, cut_hex) = written(&done.cut);
        let (put, put_hex) = written(&done.put);
        Self {
            at: done.at,
            cut,
            cut_hex,
            put,
            put_hex,
        }
    }

    /// Returns the edit; `None` where the record does not say what was cut or put.
    pub(super) fn done(&self) -> Option<Done> {
        let cut = read(self.cut.as_deref(), self.cut_hex.as_deref())?;
        let put = read(self.put.as_deref(), self.put_hex.as_deref())?;
        Some(Done {
            at: self.at,
            cut,
            put,
        })
    }
}

fn written(bytes: &[u8]) -> (Option<String>, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Some(text.to_owned()), None),
        Err(_) => (None, Some(hex(bytes))),
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn read(text: Option<&str>, hex: Option<&str>) -> Option<Vec<u8>> {
    match (text, hex) {
        (Some(text), None) => Some(text.as_bytes().to_vec()),
        (None, Some(hex)) => unhex(hex),
        _ => None,
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    rest.is_empty().then(|| {
        pairs
            .iter()
            .map(|&[high, low]| Some(value(high)? << 4 | value(low)?))
            .collect()
    })?
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::File;
    use super::super::splice::Edit;
    use super::*;

    fn view(original: &[u8], edits: Vec<Edit>) -> View {
        let edits = splice::settle(edits, original.len());
        let bytes = splice::splice(original, &edits);
        let done = Some(splice::done(original, &edits));
        View {
            files: vec![File {
                name: "index.html",
                bytes,
                done,
            }],
            derived: Vec::new(),
        }
    }

    #[test]
    fn is_written_canonically() {
        let view = view(b"a\xFFb", vec![Edit::new(1..2, "\"")]);
        let json = String::from_utf8(record("T-D.json", &view)).unwrap();
        let digest = Digest::of(b"a\"b");
        assert_eq!(
            json,
            format!(
                r#"{{"derived":[],"files":[{{"digest":"{digest}","edits":[{{"at":1,"cut_hex":"ff","put":"\""}}],"name":"index.html","size":3}}],"format":1,"renderer":1,"snapshot":"T-D.json"}}"#
            ) + "\n"
        );
    }

    #[test]
    fn refuses_what_is_no_view() {
        for json in [
            "",
            "{}",
            r#"{"files":[],"format":2,"renderer":1,"snapshot":"s"}"#,
            r#"{"files":[{"digest":"x","name":"n","size":1}],"format":1,"renderer":1,"snapshot":"s"}"#,
        ] {
            assert!(parse(json.as_bytes()).is_err(), "{json}");
        }
        let digest = Digest::of(b"");
        for edit in [
            r#"{"at":3}"#,
            r#"{"at":3,"cut_hex":"f","put":""}"#,
            r#"{"at":3,"cut":"","cut_hex":"","put":""}"#,
        ] {
            let json = format!(
                r#"{{"derived":[],"files":[{{"digest":"{digest}","edits":[{edit}],"name":"n","size":1}}],"format":1,"renderer":1,"snapshot":"s"}}"#
            );
            assert!(
                matches!(parse(json.as_bytes()), Err(ViewError::Edit(3))),
                "{edit}"
            );
        }
    }

    proptest! {
        #[test]
        fn gives_the_original_back_from_the_json_alone(
            original in vec(any::<u8>(), 0..60),
            edits in vec((0_usize..60, 0_usize..9, vec(any::<u8>(), 0..6)), 0..9),
        ) {
            let edits = edits.into_iter().map(|(start, length, put)| Edit::new(start..start + length, put)).collect();
            let view = view(&original, edits);
            let record = parse(&record("s", &view)).unwrap();
            prop_assert_eq!(record.files[0].original(&view.files[0].bytes), Some(original));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..80)) {
            prop_assert!(parse(&bytes).is_err());
        }
    }
}
