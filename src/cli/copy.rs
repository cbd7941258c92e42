//! How is a second copy of an archive kept? The words around [`crate::copy`].

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;

use crate::archive::{Archive, WriterOptions};
use crate::copy::{Options, Summary, copy};
use crate::views;

use super::args::Copy;
use super::begin::{begin, counting, flag};
use super::captures::rehearsal;
use super::output::{Output, Style, count, size};
use super::progress::Progress;
use super::verify::tell_finding;
use super::{Exit, events, now};

/// Runs `offprint copy`.
pub(super) fn run(root: &Path, arguments: &Copy, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let (stop, end) = flag();
    let progress = begin("copy", "blobs", output, end)?;
    let options = Options { now: now(), stop };
    let copied = go(root, arguments, &options, &progress);
    progress.finish();
    let seconds = begun.elapsed().as_secs_f64();
    let summary = copied
        .as_ref()
        .map_or_else(|_| Summary::default(), Clone::clone);
    for finding in &summary.findings {
        tell_finding(finding, output);
    }
    if output.json {
        end_json(&summary, seconds);
    }
    copied?;
    tell_summary(&summary, seconds, output);
    Ok(if summary.interrupted {
        Exit::Interrupted
    } else if summary.findings.is_empty() {
        Exit::Sound
    } else {
        Exit::Findings
    })
}

fn go(
    root: &Path,
    arguments: &Copy,
    options: &Options,
    progress: &Progress,
) -> anyhow::Result<Summary> {
    let from = Archive::open(root)?;
    refuse_nested(root, &arguments.dest)?;
    let to = Archive::open_or_create(&arguments.dest)?;
    let writing = WriterOptions {
        lock_wait: arguments.lock_wait,
        rehearsal: rehearsal(),
    };
    let (keeper, recovery) = to.keeper(writing, options.now)?;
    views::catch_up(&to, keeper.writer(), &recovery)?;
    Ok(copy(&from, &keeper, options, &counting(progress))?)
}

/// An archive within an archive would be part of what is copied, and verified, and copied again.
fn refuse_nested(from: &Path, to: &Path) -> anyhow::Result<()> {
    let from = from.canonicalize()?;
    let to = existing(to);
    if from.starts_with(&to) || to.starts_with(&from) {
        bail!(
            "{} and the archive are one in the other: name a folder beside it",
            to.display()
        );
    }
    Ok(())
}

/// Returns the path without links, as far as there is something at it.
fn existing(path: &Path) -> PathBuf {
    let mut missing = Vec::new();
    let mut above = Some(path);
    while let Some(path) = above {
        let here = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        if let Ok(found) = here.canonicalize() {
            return missing
                .iter()
                .rev()
                .fold(found, |found, name| found.join(name));
        }
        missing.extend(path.file_name());
        above = path.parent();
    }
    path.to_owned()
}

fn end_json(summary: &Summary, seconds: f64) {
    let mut json = serde_json::to_value(summary).expect("a summary has string keys");
    json["findings"] = summary.findings.len().into();
    events::summary(&json, seconds);
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("copy");
    end_json(&Summary::default(), 0.0);
}

fn tell_summary(summary: &Summary, seconds: f64, output: Output) {
    if summary.merged {
        output.say(format_args!(
            "the copy has articles of its own: it keeps its own log, and has now what either had"
        ));
    }
    if summary.left_out > 0 {
        let left_out = count(summary.left_out, "snapshot");
        output.say(format_args!(
            "{left_out} left out: the copy took their articles out; `offprint add` brings them back"
        ));
    }
    if !summary.findings.is_empty() {
        output.say(format_args!(
            "what is listed could not be copied: mend it, and the next `offprint copy` brings it"
        ));
    }
    let verdict = if summary.interrupted {
        "interrupted; the next run goes on; copied so far".to_owned()
    } else if !summary.findings.is_empty() {
        output.paint(Style::Bad, "NOT ALL IS COPIED")
    } else if summary.entries + summary.blobs + summary.checkpoints == 0 {
        output.paint(Style::Good, "nothing new")
    } else {
        output.paint(Style::Good, "copied")
    };
    output.say(format_args!(
        "{verdict}: {}, {} ({}), {} of the log; {} in {seconds:.1} s",
        count(summary.snapshots, "snapshot"),
        count(summary.blobs, "blob"),
        size(summary.bytes),
        count(summary.entries, "entry"),
        count(summary.findings.len() as u64, "finding"),
    ));
}
