//! Offprint archives an article with every image it refers to.
//!
//! The modules in the order in which a capture meets them; `docs/architecture.md` is the map.

pub mod digest;
pub mod link;
pub mod media;
pub mod document;
pub mod refs;
pub mod exchange;
pub mod snapshot;
pub mod render;
pub mod archive;
