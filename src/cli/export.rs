//! How does a person get archived articles out again, for other programs? The words around [`crate::export`].

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use crate::archive::Archive;
use crate::event::{Event, ExportOutcome, Exported, Listener};
use crate::export::posts::{self, Summary};
use crate::outputs::Folder;

use super::args::{Export, ExportFormat, Posts};
use super::begin::{begin, flag};
use super::output::{Output, Style, count, data, plain};
use super::progress::Progress;
use super::{Exit, events};

/// Addresses that a post was left with that are named one by one.
const LEFT_SHOWN: usize = 10;

/// Runs `offprint export`.
pub(super) fn run(archive: &Path, arguments: &Export, output: Output) -> anyhow::Result<Exit> {
    match &arguments.format {
        ExportFormat::Posts(arguments) => run_posts(archive, arguments, output),
    }
}

fn run_posts(archive: &Path, arguments: &Posts, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let (stop, end) = flag();
    let progress = begin("export posts", "posts", output, end)?;
    let exported = export(archive, arguments, stop, &report(&progress, output));
    progress.finish();
    let summary = exported
        .as_ref()
        .map_or_else(|_| Summary::default(), |summary| *summary);
    tell_summary(
        &summary,
        begun.elapsed().as_secs_f64(),
        exported.is_ok(),
        output,
    );
    exported?;
    Ok(if summary.interrupted {
        Exit::Interrupted
    } else if summary.is_whole() {
        Exit::Sound
    } else {
        Exit::Findings
    })
}

fn export(
    archive: &Path,
    arguments: &Posts,
    stop: Arc<AtomicBool>,
    report: &Listener,
) -> anyhow::Result<Summary> {
    if arguments.undo {
        let folder = Folder::open(&arguments.output)?;
        return Ok(posts::undo(&folder, &stop, report)?);
    }
    let archive = Archive::open(archive)?;
    let folder = if arguments.in_place {
        Folder::open(&arguments.output)?
    } else {
        Folder::create(&arguments.output)?
    };
    let generator = arguments
        .generator
        .expect("clap asks for it unless --undo is given");
    let options = posts::Options {
        generator: generator.into(),
        prefix: arguments.prefix.clone(),
        in_place: arguments.in_place,
        articles: arguments.articles.clone(),
        stop,
    };
    Ok(posts::export(&archive, &folder, &options, report)?)
}

fn report(progress: &Progress, output: Output) -> Listener {
    let progress = progress.clone();
    Arc::new(move |event| {
        if let Event::Exported(exported) = event {
            progress.more(1);
            progress.done();
            progress.aside(|| tell_post(&exported, output));
        }
    })
}

fn tell_post(exported: &Exported, output: Output) {
    let (style, word) = match exported.outcome {
        ExportOutcome::Written => (Style::Good, "written  "),
        ExportOutcome::Restored => (Style::Good, "restored "),
        ExportOutcome::Unchanged => (Style::Faint, "unchanged"),
        ExportOutcome::Skipped => (Style::Bad, "skipped  "),
    };
    if output.json {
        events::event("post", exported);
    } else if let (ExportOutcome::Written, Some(path)) = (exported.outcome, &exported.path) {
        data(plain(path));
    }
    let name = exported.path.as_deref().or(exported.article.as_deref());
    let name = plain(name.unwrap_or_default());
    let images = match exported.images {
        0 => String::new(),
        images => format!(" ({})", count(images, "image")),
    };
    output.say(format_args!("{} {name}{images}", output.paint(style, word)));
    if let Some(error) = &exported.error {
        output.say(format_args!("  └─ {}", plain(error)));
    }
    for left in exported.left.iter().take(LEFT_SHOWN) {
        let (url, why) = (plain(&left.url), plain(&left.why));
        output.say(format_args!(
            "  {} {url} ({why})",
            output.paint(Style::Warn, "left as it is")
        ));
    }
    if exported.left.len() > LEFT_SHOWN {
        output.say(format_args!(
            "  and {} more",
            exported.left.len() - LEFT_SHOWN
        ));
    }
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("export posts");
    events::summary(&Summary::default(), 0.0);
}

fn tell_summary(summary: &Summary, seconds: f64, is_done: bool, output: Output) {
    if output.json {
        events::summary(summary, seconds);
    }
    if !is_done {
        return;
    }
    let posts = summary.posts;
    let parts = [
        (posts.written, "written"),
        (posts.restored, "restored"),
        (posts.unchanged, "unchanged"),
        (posts.skipped, "skipped"),
    ];
    let mut words: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", count(*number, "post")))
        .collect();
    if words.is_empty() {
        words.push("no post".to_owned());
    }
    words.extend(
        (summary.images_written > 0).then(|| count(summary.images_written, "image") + " written"),
    );
    words.extend((summary.left > 0).then(|| match summary.left {
        1 => "1 address left as it was".to_owned(),
        left => format!("{left} addresses left as they were"),
    }));
    words.extend((summary.pages > 0).then(|| count(summary.pages, "page") + " passed over"));
    words.extend(
        (summary.elsewhere > 0).then(|| count(summary.elsewhere, "post") + " of other sites"),
    );
    let interrupted = if summary.interrupted {
        "interrupted; "
    } else {
        ""
    };
    output.say(format_args!(
        "{interrupted}{} in {seconds:.1} s",
        words.join(", ")
    ));
}
