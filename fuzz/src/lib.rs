//! What is fuzzed? The laws that `cargo test` drives on stable, too: the very same file.

#[path = "../../tests/laws/law/mod.rs"]
pub mod law;
