//! How is an archive mended? The words around [`crate::repair`].

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use crate::archive::{Archive, Donor, WriterOptions};
use crate::fetch::Client;
use crate::repair::{Deed, Mending, Options, Outcome, Sources, Summary, Web, repair};

use super::args::{Donated, Global, Repair};
use super::begin::{begin, counting, flag};
use super::captures::rehearsal;
use super::look::block_on;
use super::output::{Output, Style, count, data, plain};
use super::progress::Progress;
use super::verify::tell_where;
use super::{Exit, config, events, network, now};

/// Runs `offprint repair`.
pub(super) fn run(global: &Global, arguments: &Repair, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let (stop, end) = flag();
    let cancel = CancellationToken::new();
    let ending = cancel.clone();
    let progress = begin("repair", "blobs", output, move || {
        end();
        ending.cancel();
    })?;
    let ends = Ends { stop, cancel };
    let repaired = mend(global, arguments, ends, &progress, output);
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

/// What ends a repair early.
struct Ends {
    /// What is looked at between two deeds.
    stop: Arc<AtomicBool>,
    /// What ends requests.
    cancel: CancellationToken,
}

fn mend(
    global: &Global,
    arguments: &Repair,
    ends: Ends,
    progress: &Progress,
    output: Output,
) -> anyhow::Result<Summary> {
    let archive = Archive::open_unmarked(&global.archive)?;
    let articles = arguments.articles.iter().map(|text| archive.resolve(text));
    let sources = sources(global, arguments, ends.cancel)?;
    let options = Options {
        articles: articles.collect::<Result<_, _>>()?,
        plan: arguments.plan,
        writing: WriterOptions {
            lock_wait: arguments.lock_wait,
            rehearsal: rehearsal(),
        },
        now: now(),
        stop: ends.stop,
    };
    let checked = counting(progress);
    block_on(repair(&archive, &options, &sources, &checked, |mending| {
        progress.aside(|| tell(mending, output));
    }))
}

/// Returns where lost bytes may be had. The network is made ready where it is to be asked.
fn sources(
    global: &Global,
    arguments: &Repair,
    cancel: CancellationToken,
) -> anyhow::Result<Sources> {
    let (mut donors, mut copies) = (Vec::new(), Vec::new());
    for copy in &arguments.from {
        match copy {
            Donated::Web(link) => copies.push(link.clone()),
            Donated::Folder(path) => donors.push(
                Donor::open(path)
                    .with_context(|| format!("can't take anything from {}", path.display()))?,
            ),
        }
    }
    let is_asked = arguments.origin || !copies.is_empty() || !arguments.memento.is_empty();
    let network = &arguments.network;
    let web = is_asked
        .then(|| {
            let client = Client::new(&network::options(network, &config::read(global)?)?)?;
            anyhow::Ok(Web {
                client,
                copies,
                captures: arguments.memento.clone(),
                origin: arguments.origin,
                robots: network.obeys_robots(),
                jobs: network.jobs.into(),
                cancel,
            })
        })
        .transpose()?;
    Ok(Sources { donors, web })
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
    tell_where(finding, output.paint_data(style, word));
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
