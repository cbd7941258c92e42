//! Does the program keep what it promises? The real binary against a loopback origin over TLS that records every request.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests are tests, too: a panic is an answer"
)]
#![cfg(unix)]

#[allow(
    dead_code,
    unused_imports,
    reason = "shared with the example, which uses other parts"
)]
#[path = "../../examples/origin/mod.rs"]
mod origin;
mod ran;
mod test;

// Tests begin in the order of their names, and this one takes longest.
mod a_year;
mod again;
mod articles;
mod asking;
mod budget;
mod config;
mod continued;
mod copied;
mod diffed;
#[cfg(target_os = "linux")]
mod disk;
mod documented;
mod export;
mod feeds;
mod folders;
mod hostile;
mod inputs;
mod killed;
mod limits;
mod looking;
mod logs;
#[cfg(target_os = "linux")]
mod machine;
mod manners;
mod mirrored;
mod mistrusted;
mod needed;
mod network;
mod pages;
mod post;
mod proofs;
mod proven;
mod pruned;
mod removed;

mod repaired;
mod reported;
mod resumed;
mod retried;
mod scheduled;
mod rot;
mod sheets;
mod shell;
mod signed;
mod slow;
#[cfg(target_os = "linux")]
mod staying;
mod still;
mod terminal;
mod texts;
mod troubles;
#[cfg(unix)]
mod unattended;
mod unasked;
mod verified;
mod wanted;
mod watched;
