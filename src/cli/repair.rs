//! How is an archive mended? The words around [`crate::repair`].

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::Context as _;

use crate::archive::{Archive, Donor, WriterOptions};
use crate::event::{Event, Listener};
use crate::repair::{Deed, Mending, Options, Outcome, Sources, Summary, repair};

use super::args::Repair;
use super::begin::{begin, flag};
use super::captures::checkpoint;
use super::output::{Output, Style, count, data, plain};
use super::progress::Progress;
use super::{Exit, events, now};

/// Runs `offprint repair`.
pub(super) fn run(root: &Path, arguments: &Repair, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let (stop, end) = flag();
    let progress = begin("repair", "blobs", output, end)?;
    let repaired = mend(root, arguments, stop, &progress, output);
    progress.finish();
    let summary = repaired
        .as_ref()
        .map_or_else(|_| Summary::default(), |it| *it);
    if output.json {
        events::summary(&summary, begun.elapsed().as_secs_f64());
    }
    repaired?;
    tell_summary(&summary, output);
    Ok(if summary.interrupted {
        Exit::Interrupted
    } else if summary.sound {
        Exit::Sound
    } else {
        Exit::Findings
    })
}

fn mend(
    root: &Path,
    arguments: &Repair,
    stop: Arc<AtomicBool>,
    progress: &Progress,
    output: Output,
) -> anyhow::Result<Summary> {
    let archive = Archive::open(root)?;
    let articles = arguments.articles.iter().map(|text| archive.resolve(text));
    let donor = |path: &std::path::PathBuf| {
        Donor::open(path).with_context(|| format!("can't take anything from {}", path.display()))
    };
    let sources = Sources {
        donors: arguments.from.iter().map(donor).collect::<Result<_, _>>()?,
    };
    let options = Options {
        articles: articles.collect::<Result<_, _>>()?,
        plan: arguments.plan,
        writing: WriterOptions {
            lock_wait: arguments.lock_wait,
            checkpoint: checkpoint(),
        },
        now: now(),
        stop,
    };
    let bar = progress.clone();
    let checked = Arc::new(move |event| {
        if let Event::Checked { .. } = event {
            bar.more(1);
            bar.done();
        }
    }) as Listener;
    Ok(repair(&archive, &options, &sources, &checked, |mending| {
        progress.aside(|| tell(mending, output));
    })?)
}

/// Tells what came of a finding.
fn tell(mending: &Mending, output: Output) {
    if output.json {
        return events::event("repair", mending);
    }
    let (style, word) = match mending.outcome {
        Outcome::Planned if mending.deed == Deed::None => (Style::Bad, "lost      "),
        Outcome::Planned => (Style::Warn, "to mend   "),
        Outcome::Mended => (Style::Good, "mended    "),
        Outcome::Left => (Style::Bad, "left      "),
    };
    let finding = &mending.finding;
    data(format_args!(
        "{} {} {}",
        output.paint_data(style, word),
        finding.code,
        plain(&finding.path)
    ));
    let article = finding
        .article
        .as_ref()
        .map(|id| format!(" (article {id})"))
        .unwrap_or_default();
    data(format_args!(
        "           {}{article}",
        plain(&finding.message)
    ));
    let more = match (mending.outcome, &mending.from, &mending.why) {
        (Outcome::Planned, _, _) => format!("would do: {}", mending.deed.in_words()),
        (_, Some(from), _) => format!("put back from {}", plain(from)),
        (_, None, Some(why)) => plain(why),
        (_, None, None) => return,
    };
    data(format_args!("           {more}"));
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("repair");
    events::summary(&Summary::default(), 0.0);
}

fn tell_summary(summary: &Summary, output: Output) {
    let verdict = if summary.interrupted {
        "interrupted; before that".to_owned()
    } else if summary.sound {
        output.paint(Style::Good, "sound")
    } else {
        output.paint(Style::Bad, "NOT SOUND")
    };
    let numbers = if summary.planned {
        format!(
            "{} to mend, {} that nothing mends; without --plan, it is done",
            count(summary.due, "finding"),
            summary.left
        )
    } else {
        format!(
            "{} mended, {} left",
            count(summary.mended, "finding"),
            summary.left
        )
    };
    output.say(format_args!("{verdict}: {numbers}"));
}
