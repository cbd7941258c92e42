//! How is told what goes? The words around [`crate::prune`].

use std::path::Path;
use std::time::Instant;

use crate::archive::{Archive, WriterOptions};
use crate::prune::{Kind, Number, Options, PruneError, Summary, Unneeded, prune};

use super::args::Prune;
use super::begin::{begin, flag};
use super::captures::rehearsal;
use super::output::{Output, count, data, plain, size};
use super::{Exit, events, now};

/// Runs `offprint prune`.
pub(super) fn run(root: &Path, arguments: &Prune, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let (stop, end) = flag();
    let progress = begin("prune", "files", output, end)?;
    let options = Options {
        grace: arguments.grace,
        now: now(),
        stop,
    };
    let pruned = go(root, arguments, &options, |file| {
        progress.aside(|| tell(file, output));
    });
    progress.finish();
    let summary = pruned
        .as_ref()
        .map_or_else(|_| Summary::default(), |it| *it);
    if output.json {
        events::summary(&summary, begun.elapsed().as_secs_f64());
    }
    pruned?;
    tell_summary(&summary, output);
    Ok(if summary.interrupted {
        Exit::Interrupted
    } else {
        Exit::Sound
    })
}

fn go(
    root: &Path,
    arguments: &Prune,
    options: &Options,
    tell: impl FnMut(&Unneeded),
) -> Result<Summary, PruneError> {
    let archive = Archive::open(root)?;
    if !arguments.yes {
        return prune(&archive, None, options, tell);
    }
    let writing = WriterOptions {
        lock_wait: arguments.lock_wait,
        rehearsal: rehearsal(),
    };
    let (keeper, _recovery) = archive.keeper(writing, options.now)?;
    prune(&archive, Some(&keeper), options, tell)
}

fn tell(file: &Unneeded, output: Output) {
    if output.json {
        return events::event("unneeded", file);
    }
    let word = match file.kind {
        Kind::Blob => "blob    ",
        Kind::Snapshot => "snapshot",
        Kind::Derived => "derived ",
    };
    data(format_args!(
        "{word}  {:>10}  {}",
        size(file.bytes),
        plain(&file.path)
    ));
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("prune");
    events::summary(&Summary::default(), 0.0);
}

fn tell_summary(summary: &Summary, output: Output) {
    let interrupted = if summary.interrupted {
        "interrupted; before that: "
    } else {
        ""
    };
    let young = match summary.young.files {
        0 => String::new(),
        files => format!(
            "; {} ({}) that no snapshot names kept for being young",
            count(files, "blob"),
            size(summary.young.bytes)
        ),
    };
    let all = summary.all();
    if all.files == 0 {
        return output.say(format_args!(
            "{interrupted}there is nothing that is not needed{young}"
        ));
    }
    let parts = [
        (summary.blobs, "blob"),
        (summary.snapshots, "snapshot"),
        (summary.derived, "derived file"),
    ];
    let some = parts.iter().filter(|(number, _)| number.files > 0);
    let words: Vec<String> = some
        .map(|(Number { files, .. }, noun)| count(*files, noun))
        .collect();
    let (words, bytes) = (words.join(", "), size(all.bytes));
    if summary.deleted {
        output.say(format_args!(
            "{interrupted}{words} deleted, {bytes} freed{young}"
        ));
    } else {
        output.say(format_args!(
            "{interrupted}{words} ({bytes}) not needed{young}; nothing is deleted without --yes"
        ));
    }
}
