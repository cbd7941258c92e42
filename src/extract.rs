//! Which references does an input make? Looks at it, finds, fetches none of them.

use crate::inputs::DOCUMENT_BYTES_MAX;
use crate::look::{LookError, Options, Place, look};
use crate::nature::Nature;
use crate::refs::{self, Reference};

/// Why the references of an input can't be told.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// It can't be looked at.
    #[error(transparent)]
    Look(#[from] LookError),
    /// It is no document that makes references.
    #[error("{given} is {}, in which no references are looked for", nature.describe())]
    NoDocument {
        /// The input as given.
        given: String,
        /// What it is taken for.
        nature: Nature,
        /// Why it is taken for that.
        #[source]
        because: Because,
    },
    /// It is a document, but larger than one may be.
    #[error("{given} is {} MiB, more than the {} MiB of the largest article", bytes >> 20, DOCUMENT_BYTES_MAX >> 20)]
    TooLarge {
        /// The input as given.
        given: String,
        /// Its length.
        bytes: u64,
    },
}

/// Why an input is taken for what it is taken for.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join(", "))]
pub struct Because(Vec<String>);

/// Returns the references of an input, in document order.
///
/// # Errors
/// When it is no page, post, stylesheet or feed that can be read.
pub async fn extract(place: &Place, options: Options) -> Result<Vec<Reference>, ExtractError> {
    let table = options.lazy.clone();
    let looked = look(place, options).await?;
    let (nature, bytes) = (looked.judged.nature, looked.verdict.bytes());
    if nature.document().is_none() {
        return Err(ExtractError::NoDocument {
            given: place.to_string(),
            nature,
            because: Because(looked.judged.because),
        });
    }
    let Some(document) = looked.document() else {
        let given = place.to_string();
        return Err(ExtractError::TooLarge { given, bytes });
    };
    Ok(refs::find_with(&document, &table))
}
