//! What is told of a run of captures, article by article and at its end?

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::capture::Summary;
use crate::cli::events;
use crate::cli::output::{Output, Style, count, data, headline, plain, size};
use crate::cli::progress::Progress;
use crate::event::{Article, ArticleOutcome, Event, Listener};

/// Missing resources that are named one by one for an article; `show` names them all.
const MISSING_SHOWN: usize = 10;

/// Draws the bar and tells of each article when it is done.
pub(super) fn report(root: &Path, progress: Progress, output: Output) -> Listener {
    let root = root.to_owned();
    let (fetched, articles) = (AtomicU64::new(0), AtomicU64::new(0));
    Arc::new(move |event| match event {
        Event::Checked { .. } | Event::Exported(_) => {}
        Event::Found(resources) => progress.more(resources as u64),
        Event::Resource { bytes, .. } => {
            progress.done();
            let fetched = fetched.fetch_add(bytes, Ordering::Relaxed) + bytes;
            progress.note(&done(fetched, articles.load(Ordering::Relaxed)));
        }
        Event::Article(article) => {
            progress.aside(|| tell_article(&root, &article, output));
            let articles = articles.fetch_add(1, Ordering::Relaxed) + 1;
            progress.note(&done(fetched.load(Ordering::Relaxed), articles));
        }
        Event::Notice(text) => progress.aside(|| {
            output.say(format_args!(
                "{} {}",
                output.paint(Style::Warn, "note"),
                plain(&text)
            ));
        }),
    })
}

/// Says how much is done, beside the bar: bytes, and articles where there are several.
fn done(bytes: u64, articles: u64) -> String {
    match articles {
        0 | 1 => size(bytes),
        _ => format!("{}, {articles} articles", size(bytes)),
    }
}

/// Says why something is missing; a status only where it says more than the reason.
fn why(code: &str, status: Option<u16>) -> String {
    match status.filter(|status| *status != 200) {
        Some(status) => format!("{code}, HTTP {status}"),
        None => code.to_owned(),
    }
}

fn tell_article(root: &Path, article: &Article, output: Output) {
    if output.json {
        events::event("article", article);
    }
    let (style, word) = match article.outcome {
        ArticleOutcome::Captured => (Style::Good, "captured "),
        ArticleOutcome::Unchanged => (Style::Faint, "unchanged"),
        ArticleOutcome::Failed => (Style::Bad, "failed   "),
    };
    let name = headline(article.title.as_deref().unwrap_or(&article.input));
    output.say(format_args!(
        "{} {name}{}",
        output.paint(style, word),
        counts(article)
    ));
    if let Some(error) = &article.error {
        output.say(format_args!("  └─ {}", plain(error)));
    }
    for missing in article.missing.iter().take(MISSING_SHOWN) {
        output.say(format_args!(
            "  {} {} ({})",
            output.paint(Style::Warn, "missing"),
            plain(&missing.url),
            why(missing.why, missing.status)
        ));
    }
    if article.missing.len() > MISSING_SHOWN {
        let more = article.missing.len() - MISSING_SHOWN;
        output.say(format_args!(
            "  and {more} more: offprint show {}",
            article.id.as_deref().unwrap_or_default()
        ));
    }
    if let (false, Some(view)) = (output.json, &article.view) {
        data(root.join(view).display());
    }
}

fn counts(article: &Article) -> String {
    let images = article.images;
    let parts = [
        (images.kept, "kept"),
        (images.reused, "reused"),
        (images.carried, "carried"),
        (images.missing, "missing"),
    ];
    let told: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    match told.as_slice() {
        [] => String::new(),
        told => format!(" (images: {})", told.join(", ")),
    }
}

/// Tells what a run came to.
pub(super) fn tell_summary(summary: &Summary, seconds: f64, output: Output) {
    if output.json {
        events::summary(summary, seconds);
    }
    let articles = summary.articles;
    let mut words = vec![count(articles.captured, "article") + " captured"];
    words.extend((articles.unchanged > 0).then(|| format!("{} unchanged", articles.unchanged)));
    words.extend((articles.failed > 0).then(|| format!("{} failed", articles.failed)));
    words.extend(
        (summary.images.missing > 0).then(|| count(summary.images.missing, "image") + " missing"),
    );
    let interrupted = if summary.interrupted {
        "interrupted; stored before that: "
    } else {
        ""
    };
    output.say(format_args!(
        "{interrupted}{}; {}, {} fetched, {} stored, in {seconds:.1} s",
        words.join(", "),
        count(summary.requests, "request"),
        size(summary.bytes_fetched),
        size(summary.bytes_stored),
    ));
}
