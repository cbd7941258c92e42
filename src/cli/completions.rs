//! What does a shell need to complete the command line? Home of `clap_complete`.

use super::Exit;
use super::args::{Completions, frame};
use super::output::bytes;

/// Runs `offprint completions`.
#[expect(clippy::unnecessary_wraps, reason = "every command has this shape")]
pub(super) fn run(arguments: &Completions) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut frame::command(),
        "offprint",
        &mut script,
    );
    bytes(&script);
    Ok(Exit::Sound)
}
