//! Does a real browser show what a view promises, from disk and with scripting on, and does it reach for nothing else?
//!
//! `chromium-headless-shell` opens what the program archived from a loopback origin. Each kind of reference has a picture
//! of one plain colour of its own, and its place on the screen must show enough of it.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of tests are tests, too: a panic is an answer"
)]
#![cfg(target_os = "linux")]

#[allow(
    dead_code,
    unused_imports,
    reason = "shared with the example, which uses other parts"
)]
#[path = "../../examples/origin/mod.rs"]
mod origin;
#[allow(
    dead_code,
    reason = "shared with the tests of the program, which use other parts"
)]
#[path = "../program/ran.rs"]
mod ran;
#[allow(
    dead_code,
    reason = "shared with the tests of the program, which use other parts"
)]
#[path = "../program/test.rs"]
mod test;

mod chromium;
mod picture;
mod sight;
mod site;
mod specimens;

mod dangerous;
mod missing;
mod seen;
