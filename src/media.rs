//! What are these bytes, and are they whole? Types by content (WHATWG MIME Sniffing), images to their end. Pure.

use serde::{Deserialize, Serialize};

/// What bytes are, by their content alone. Serialised as the MIME type's essence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    /// JPEG
    #[serde(rename = "image/jpeg")]
    Jpeg,
}
