//! What must hold for any bytes at all? One function a law: it takes bytes and panics where the law is broken.
//!
//! `tests/laws/main.rs` drives each with proptest, specimens and the cases that were found; `fuzz/` drives the same
//! functions with libFuzzer. The first byte of the data often chooses how the rest is read, so that a fuzzer can.

#![expect(clippy::missing_panics_doc, reason = "a law speaks by panicking")]

mod captured;
mod documents;
mod parts;
mod remembered;
mod said;
mod signed;

pub use documents::{feed, listing, page, post};
pub use parts::{
    charset, coding, css, front_matter, intents, media, notes, snapshot, splice, srcset, view,
};
pub use remembered::{proven_keys, round, still};
pub use said::{configuration, cookies, header, link, memento, nature, robots};
pub use signed::{proof, signature};

/// A law by its name, which is that of its fuzz target and of its folder of cases.
pub type Law = (&'static str, fn(&[u8]));

/// All of them.
pub const ALL: &[Law] = &[
    ("page", page),
    ("post", post),
    ("feed", feed),
    ("listing", listing),
    ("css", css),
    ("srcset", srcset),
    ("front_matter", front_matter),
    ("splice", splice),
    ("media", media),
    ("snapshot", snapshot),
    ("view", view),
    ("coding", coding),
    ("cookies", cookies),
    ("notes", notes),
    ("intents", intents),
    ("charset", charset),
    ("link", link),
    ("header", header),
    ("nature", nature),
    ("memento", memento),
    ("robots", robots),
    ("configuration", configuration),
    ("signature", signature),
    ("proof", proof),
    ("round", round),
    ("proven_keys", proven_keys),
    ("still", still),
];

/// Splits off the byte that chooses among `choices`.
fn chosen<'a, T: Copy>(data: &'a [u8], choices: &[T]) -> (T, &'a [u8]) {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    (choices[usize::from(*first) % choices.len()], rest)
}
