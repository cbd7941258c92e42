//! What does a browser see in this page? Elements, attributes and text, never written back. Home of scraper. Pure.

mod elements;

pub use elements::{Reading, Seen, elements};
