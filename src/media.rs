//! What are these bytes, and are they whole? Types by content (WHATWG MIME Sniffing), images to their end. Pure.

use serde::{Deserialize, Serialize};

/// What bytes are, by their content alone. Serialised as the MIME type's essence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    /// JPEG
    #[serde(rename = "image/jpeg")]
    Jpeg,
}

impl MediaType {
    /// Returns the extension of a blob of this type, from the table of format 1.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
        }
    }
}
