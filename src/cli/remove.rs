//! How is an article taken out? The words around [`crate::remove`].

use std::path::Path;
use std::time::Instant;

use serde_json::json;

use crate::archive::{Archive, WriterOptions};
use crate::remove::{Removed, remove};

use super::args::Remove;
use super::captures::rehearsal;
use super::output::{Output, count, plain};
use super::{Exit, events, log, now};

/// Runs `offprint remove`.
pub(super) fn run(root: &Path, arguments: &Remove, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    log::begin(output, None);
    if output.json {
        events::start("remove");
    }
    let removed = take_out(root, arguments);
    if let Ok(removed) = &removed {
        tell(removed, output);
    }
    if output.json {
        end(removed.is_ok(), begun.elapsed().as_secs_f64());
    }
    removed.map(|_| Exit::Sound)
}

fn take_out(root: &Path, arguments: &Remove) -> anyhow::Result<Removed> {
    let archive = Archive::open(root)?;
    let options = WriterOptions {
        lock_wait: arguments.lock_wait,
        rehearsal: rehearsal(),
    };
    let (keeper, _recovery) = archive.keeper(options, now())?;
    Ok(remove(&archive, &keeper, &arguments.article, now())?)
}

fn tell(removed: &Removed, output: Output) {
    if output.json {
        events::event("removed", removed);
        return;
    }
    let name = removed.title.as_deref().or(removed.key.as_deref());
    let name = plain(name.unwrap_or(&removed.id));
    let snapshots = count(removed.snapshots as u64, "snapshot");
    output.say(format_args!(
        "removed  {name} ({snapshots}); what only it needs is deleted by the next `offprint prune --yes`"
    ));
}

/// Prints the object that every run ends with.
fn end(is_done: bool, seconds: f64) {
    events::summary(
        &json!({"removed": u8::from(is_done), "interrupted": false}),
        seconds,
    );
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("remove");
    end(false, 0.0);
}
