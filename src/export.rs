//! How does what was archived leave the archive? One module a format.

pub mod posts;
