//! What is told of a mirror run? What is new, and what needs a person; of what is as it was, how much there is.

use std::path::Path;
use std::sync::Arc;

use anyhow::anyhow;

use crate::cli::add::told as captures;
use crate::cli::events;
use crate::cli::output::{Output, Style, count, headline, plain, size};
use crate::cli::progress::Progress;
use crate::event::{ArticleOutcome, Event, Listener, SourceOutcome, SourceTold};
use crate::mirror::Summary;

use super::needs_person;

/// Tells of each source and of each article that is new.
pub(super) fn report(root: &Path, progress: Progress, output: Output) -> Listener {
    let others = captures::report(root, progress.clone(), output);
    Arc::new(move |event| match &event {
        Event::Source(told) => progress.aside(|| tell(told, needs_person(&event), output)),
        // Of an archive that is up to date there would be nothing else.
        Event::Article(article) if !output.json => match article.outcome {
            ArticleOutcome::Unchanged => {}
            ArticleOutcome::Captured if output.is_quiet() => {}
            ArticleOutcome::Captured | ArticleOutcome::Failed => others(event),
        },
        _ => others(event),
    })
}

fn tell(told: &SourceTold, needs_person: bool, output: Output) {
    if output.json {
        events::event("source", told);
    }
    let source = plain(&told.source);
    if !told.unaddressed.is_none() {
        tell_unaddressed(told, output);
    }
    let error = plain(told.error.as_deref().unwrap_or_default());
    if needs_person {
        output.error(&anyhow!("{source}: {error}"), None);
        return;
    }
    let word = match told.outcome {
        SourceOutcome::Read => output.paint(Style::Good, "read     "),
        SourceOutcome::Unchanged => output.paint(Style::Faint, "unchanged"),
        SourceOutcome::Failed => output.paint(Style::Bad, "failed   "),
    };
    let kind = told.kind.as_deref().unwrap_or("source");
    let left = told.listed.saturating_sub(told.wanted);
    let left = if left > 0 {
        format!(", {left} of them left out or known to be current")
    } else {
        String::new()
    };
    let articles = count(told.listed as u64, "article");
    output.say(format_args!("{word} {kind} {source} ({articles}{left})"));
}

/// Tells of entries that name no page, which nobody would miss otherwise.
fn tell_unaddressed(told: &SourceTold, output: Output) {
    let (number, first) = (told.unaddressed.number, &told.unaddressed.first);
    let named = first.iter().map(|name| headline(name));
    let more = if number > first.len() { ", …" } else { "" };
    output.say(format_args!(
        "{}: {} without an address left out: {}{more}",
        plain(&told.source),
        count_entries(number),
        named.collect::<Vec<_>>().join(", ")
    ));
}

fn count_entries(number: usize) -> String {
    match number {
        1 => "1 entry".to_owned(),
        number => format!("{number} entries"),
    }
}

/// Tells what a run came to.
pub(super) fn tell_summary(summary: &Summary, seconds: f64, output: Output) {
    if output.json {
        events::summary(summary, seconds);
    }
    if let Some(first) = summary.damaged.first() {
        let number = count(summary.damaged.len() as u64, "stored file");
        let error = anyhow!("{number} damaged, such as {first}");
        output.error(
            &error,
            Some("`offprint verify` lists everything that is damaged"),
        );
    }
    let (sources, run) = (summary.sources, &summary.run);
    let all = sources.read + sources.unchanged + sources.failed;
    let mut words = vec![count(all, "source")];
    words.extend((sources.failed > 0).then(|| format!("{} failed", sources.failed)));
    words.push(count(run.articles.captured, "article") + " captured");
    words.push(format!("{} unchanged", run.articles.unchanged));
    words.extend((run.articles.failed > 0).then(|| format!("{} failed", run.articles.failed)));
    words.extend((run.images.missing > 0).then(|| count(run.images.missing, "image") + " missing"));
    let interrupted = if run.interrupted {
        "interrupted; stored before that: "
    } else {
        ""
    };
    output.say(format_args!(
        "{interrupted}{}; {}, {} fetched, {} stored, in {seconds:.1} s",
        words.join(", "),
        count(run.requests, "request"),
        size(run.bytes_fetched),
        size(run.bytes_stored),
    ));
}
