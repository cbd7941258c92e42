//! Is this text a snapshot, and what is a snapshot's one text? The gate of the format. Pure.

use serde::{Deserialize, Serialize};

use super::{Document, FORMAT, Mention, SNAPSHOT_BYTES_MAX, Snapshot};
use crate::document::{Kind, Span};

/// Why bytes are no snapshot that can be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Longer than any snapshot may be.
    #[error("{0} bytes are more than a snapshot may have ({SNAPSHOT_BYTES_MAX})")]
    TooLarge(u64),
    /// No JSON, nested too deep, or not of a snapshot's shape.
    #[error("not the JSON of a snapshot")]
    Malformed(#[source] serde_json::Error),
    /// Written in a format that this program does not know.
    #[error("format {0} is unknown (this program reads format {FORMAT})")]
    UnknownFormat(u64),
    /// It has no document, or its first one is not the original.
    #[error("its first document is not the original")]
    NoOriginal,
    /// A span lies outside its document, or spans overlap or are out of order.
    #[error("document {document} has a wrong span at byte {start}")]
    Span {
        /// Which document, counted from 0.
        document: usize,
        /// The first byte of the span.
        start: usize,
    },
    /// A reference says that it is one of the documents, and is not.
    #[error("document {document} has a reference at byte {start} that is no document")]
    NoDocument {
        /// Which document, counted from 0.
        document: usize,
        /// The first byte of the reference.
        start: usize,
    },
    /// A promotion would write something that is no attribute name.
    #[error("document {document} renames an attribute to {to:?}")]
    AttributeName {
        /// Which document, counted from 0.
        document: usize,
        /// The name it would write.
        to: String,
    },
}

/// What every format has in common.
#[derive(Deserialize)]
struct Head {
    format: u64,
}

impl Snapshot {
    /// Reads a snapshot. Members that are not known are passed over.
    ///
    /// # Errors
    /// When the bytes are no snapshot of a known format, or one that contradicts itself.
    pub fn parse(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let length = bytes.len() as u64;
        if length > SNAPSHOT_BYTES_MAX {
            return Err(SnapshotError::TooLarge(length));
        }
        // Nearly all are of this format: its number is looked for by itself only where the rest can't be read.
        let snapshot: Self =
            serde_json::from_slice(bytes).or_else(|error| refused(bytes, error))?;
        if snapshot.format != FORMAT {
            return Err(SnapshotError::UnknownFormat(snapshot.format.into()));
        }
        snapshot.check()?;
        Ok(snapshot)
    }

    /// Returns the one text of this snapshot (RFC 8785, and a line feed).
    ///
    /// # Panics
    /// Never: nothing that a snapshot is made of is beyond JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // The long lists are written piece by piece: a tree of a page with 100,000 references would take ten times the
        // text. A test holds this to what a tree gives.
        let mut text = format!("{{\"article\":{},\"documents\":", canonical(&self.article));
        push_list(&mut text, &self.documents, push_document);
        text.push_str(",\"exchanges\":");
        push_list(&mut text, &self.exchanges, |text, exchange| {
            text.push_str(&sorted(exchange));
        });
        let rest = [
            ("format", canonical(&self.format)),
            ("original", canonical(&self.original)),
            ("source", canonical(&self.source)),
            ("time", canonical(&self.time)),
            ("tool", canonical(&self.tool)),
        ];
        push_members(&mut text, &rest);
        text.push_str("}\n");
        text.into_bytes()
    }

    /// Proves that the snapshot does not contradict itself, and that a view can be made from its spans.
    ///
    /// # Errors
    /// When it does, with the first contradiction.
    pub fn check(&self) -> Result<(), SnapshotError> {
        if self
            .documents
            .first()
            .is_none_or(|first| first.digest != self.original)
        {
            return Err(SnapshotError::NoOriginal);
        }
        self.documents
            .iter()
            .enumerate()
            .try_for_each(|(index, document)| check_document(index, document, &self.documents))
    }
}

/// Says why bytes can't be read as a snapshot. A later format may have another shape altogether, so its number comes before
/// anything else that is wrong.
fn refused<T>(bytes: &[u8], error: serde_json::Error) -> Result<T, SnapshotError> {
    let head: Head = serde_json::from_slice(bytes).map_err(SnapshotError::Malformed)?;
    if head.format == u64::from(FORMAT) {
        Err(SnapshotError::Malformed(error))
    } else {
        Err(SnapshotError::UnknownFormat(head.format))
    }
}

fn push_document(text: &mut String, document: &Document) {
    let before = [
        ("charset", canonical(&document.charset)),
        ("digest", canonical(&document.digest)),
        ("kind", canonical(&document.kind)),
    ];
    let size = [("size", canonical(&document.size))];
    let syntax = (!document.syntax.is_html()).then(|| ("syntax", canonical(&document.syntax)));
    let url = [("url", canonical(&document.url))];
    let after: Vec<_> = size.into_iter().chain(syntax).chain(url).collect();
    text.push_str("{\"base\":");
    text.push_str(&canonical(&document.base));
    push_members(text, &before);
    text.push_str(",\"references\":");
    push_list(text, &document.references, |text, mention| {
        text.push_str(&canonical(mention));
    });
    push_members(text, &after);
    text.push('}');
}

fn push_members(text: &mut String, members: &[(&str, String)]) {
    for (name, value) in members {
        text.push_str(",\"");
        text.push_str(name);
        text.push_str("\":");
        text.push_str(value);
    }
}

fn push_list<T>(text: &mut String, items: &[T], push: impl Fn(&mut String, &T)) {
    text.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        push(text, item);
    }
    text.push(']');
}

/// Returns the one text of a value whose members are declared in the order of their names.
fn sorted(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a snapshot is records, lists, texts and whole numbers")
}

/// Returns the one text of a value. Through a tree, because its maps are sorted; the names are ASCII, so bytes sort as
/// UTF-16 does.
fn canonical(value: &impl Serialize) -> String {
    serde_json::to_value(value)
        .expect("a snapshot is records, lists, texts and whole numbers")
        .to_string()
}

fn check_document(
    index: usize,
    document: &Document,
    all: &[Document],
) -> Result<(), SnapshotError> {
    let mut after = 0;
    for mention in &document.references {
        after = check_span(index, document, after, (mention.start, mention.end))?;
        check_promotion(index, document, mention)?;
        let is_named = |named: usize| {
            let resource = mention.outcome.resource();
            let named = all.get(named).filter(|named| named.kind == Kind::Style);
            named.is_some_and(|named| resource.is_some_and(|it| it.digest == named.digest))
        };
        if mention.document.is_some_and(|named| !is_named(named)) {
            return Err(SnapshotError::NoDocument {
                document: index,
                start: mention.start,
            });
        }
    }
    Ok(())
}

fn check_promotion(
    index: usize,
    document: &Document,
    mention: &Mention,
) -> Result<(), SnapshotError> {
    if let Some(Span { start, end }) = mention.instead_of() {
        check_span(index, document, 0, (start, end))?;
    }
    let mut after = 0;
    for rename in mention
        .promotion
        .iter()
        .flat_map(|promotion| &promotion.renames)
    {
        after = check_span(index, document, after, (rename.start, rename.end))?;
        // It is written into a tag as it stands, so it must not be able to end the tag or begin another attribute.
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if rename.to.is_empty() || !rename.to.bytes().all(plain) {
            return Err(SnapshotError::AttributeName {
                document: index,
                to: rename.to.clone(),
            });
        }
    }
    Ok(())
}

/// Returns where the next span may begin.
fn check_span(
    index: usize,
    document: &Document,
    after: usize,
    (start, end): (usize, usize),
) -> Result<usize, SnapshotError> {
    let inside = after <= start && start <= end && end as u64 <= document.size;
    if inside {
        Ok(end)
    } else {
        Err(SnapshotError::Span {
            document: index,
            start,
        })
    }
}

#[cfg(test)]
mod tests;
