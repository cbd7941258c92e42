//! Which references does an input make? Reads a file, finds, fetches nothing.

use crate::document::Document;
use crate::inputs::{self, InputError};
use crate::link::Link;
use crate::refs::{self, Reference};
use crate::source::{Source, SourceError};

/// What the user says of the input.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address it was saved from.
    pub base: Option<Link>,
    /// The Content-Type it came with.
    pub content_type: Option<String>,
}

/// Why an input can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// Its name does not say what it is.
    #[error("can't tell what {given} is")]
    Source {
        /// The input as given.
        given: String,
        /// Why.
        source: SourceError,
    },
    /// It is on the web, and this command fetches nothing.
    #[error("{0} is on the web, and extract reads files only")]
    OnTheWeb(Link),
    /// It can't be read from disk.
    #[error(transparent)]
    Input(#[from] InputError),
}

/// Returns the references of the file `given`, in document order.
///
/// # Errors
/// When it is no post or page that can be read.
pub fn extract(given: &str, options: Options) -> Result<Vec<Reference>, ExtractError> {
    let source = Source::parse(given).map_err(|source| ExtractError::Source {
        given: given.to_owned(),
        source,
    })?;
    match source {
        Source::Web(link) => Err(ExtractError::OnTheWeb(link)),
        Source::File { path, kind } => {
            let bytes = inputs::read(&path)?;
            let document =
                Document::new(bytes, kind, options.content_type.as_deref(), options.base);
            Ok(refs::find(&document))
        }
    }
}
