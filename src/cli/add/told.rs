//! What is told of a run of captures, article by article and at its end?

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::capture::{Reason, Summary};
use crate::cli::events;
use crate::cli::output::{Output, Style, count, data, headline, plain, size};
use crate::cli::progress::Progress;
use crate::event::{Article, ArticleOutcome, Event, Forbidden, Listener, SameBytes};

/// Missing resources that are named one by one for an article; `show` names them all.
const MISSING_SHOWN: usize = 10;

/// Draws the bar and tells of each article when it is done.
pub(in crate::cli) fn report(root: &Path, progress: Progress, output: Output) -> Listener {
    let root = root.to_owned();
    let (fetched, articles) = (AtomicU64::new(0), AtomicU64::new(0));
    Arc::new(move |event| match event {
        Event::Checked { .. } | Event::Exported(_) | Event::Source(_) => {}
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
        Event::Waiting { host, wait, asked } => progress.note(&waiting(&host, wait, asked)),
        Event::Forbidden(forbidden) => progress.aside(|| tell_forbidden(&forbidden, output)),
        Event::SameBytes(same) => progress.aside(|| tell_same_bytes(&same, output)),
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

/// Says that a host is waited for, beside the bar.
fn waiting(host: &str, wait: Duration, asked: bool) -> String {
    let seconds = wait.as_secs_f64().ceil();
    let why = if asked { "Retry-After" } else { "busy" };
    format!("waiting for {} ({why} {seconds} s)", plain(host))
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

/// Says that a host forbids a picture, and what may help.
fn tell_forbidden(forbidden: &Forbidden, output: Output) {
    if output.json {
        events::event("forbidden", forbidden);
    }
    let host = plain(&forbidden.host);
    output.say(format_args!(
        "{} {host} forbids {} (HTTP 403); if browsers are shown it, it may want to know the page: --referrer {host}=page, or \
         {host}=origin for the page's host alone",
        output.paint(Style::Warn, "note"),
        plain(&forbidden.example),
    ));
}

/// Says that many addresses brought one picture, and how to say that it stands for others.
fn tell_same_bytes(same: &SameBytes, output: Output) {
    if output.json {
        events::event("same-bytes", same);
    }
    output.say(format_args!(
        "{} {} gave the same picture for {} addresses, such as {}; if it stands for pictures that it does not give, say \
         so in offprint.toml:\n  [[placeholder]]\n  name = \"{}\"\n  sha256 = \"{}\"",
        output.paint(Style::Warn, "note"),
        plain(&same.host),
        same.addresses,
        plain(&same.example),
        plain(&same.host),
        same.digest
    ));
}

fn counts(article: &Article) -> String {
    let images = article.images;
    let parts = [
        (images.kept, "kept"),
        (images.reused, "reused"),
        (images.carried, "carried"),
        (images.missing, "missing"),
        (images.trackers, "left out as trackers"),
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

/// Says how many images are missing, and why: the most frequent reasons first.
fn missing(summary: &Summary) -> String {
    let mut reasons = summary.missing.clone();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.number));
    let reasons: Vec<String> = reasons
        .iter()
        .map(|Reason { why, number }| format!("{number} {why}"))
        .collect();
    let images = count(summary.images.missing, "image");
    format!("{images} missing ({})", reasons.join(", "))
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
    words.extend((summary.images.missing > 0).then(|| missing(summary)));
    words.extend(
        (summary.images.trackers > 0)
            .then(|| count(summary.images.trackers, "tracker") + " left out"),
    );
    let interrupted = if summary.interrupted {
        "interrupted; stored before that: "
    } else {
        ""
    };
    let retries = match summary.retries {
        0 => String::new(),
        number => format!(" (retries: {number})"),
    };
    output.say(format_args!(
        "{interrupted}{}; {}{retries}, {} fetched, {} stored, in {seconds:.1} s",
        words.join(", "),
        count(summary.requests, "request"),
        size(summary.bytes_fetched),
        size(summary.bytes_stored),
    ));
}
