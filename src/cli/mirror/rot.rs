//! How is told what became of what is here? The words around [`crate::rot`].

use std::path::Path;

use anyhow::anyhow;

use crate::archive::Archive;
use crate::cli::args::RotReport;
use crate::cli::output::{Output, Style, count, data, plain};
use crate::cli::{Exit, config, events};
use crate::link::Link;
use crate::rot::{Became, Kind, Options, Rot, report};

/// Runs `offprint mirror report`.
pub(super) fn run(root: &Path, arguments: &RotReport, output: Output) -> anyhow::Result<Exit> {
    let since = arguments
        .since
        .as_deref()
        .map(|since| config::since(since).map_err(|flaw| anyhow!("--since {since}: {flaw}")));
    let hosts = &arguments.host;
    let options = Options {
        wanted: |link: &Link| hosts.is_empty() || hosts.iter().any(|it| it.cover(link)),
        since: since.transpose()?,
    };
    let archive = Archive::open(root)?;
    let found = report(&archive, &options)?;
    let mut host = "";
    for rot in &found.rots {
        if output.json {
            events::event("rot", rot);
            continue;
        }
        if rot.host != host {
            host = &rot.host;
            data(plain(host));
        }
        tell(rot, output);
    }
    let number = |kind| found.rots.iter().filter(|it| it.kind == kind).count() as u64;
    output.say(format_args!(
        "{}, {} changed or vanished; {} looked at",
        count(number(Kind::Page), "page"),
        count(number(Kind::Image), "image"),
        count(found.articles, "article"),
    ));
    Ok(Exit::Sound)
}

fn tell(rot: &Rot, output: Output) {
    let style = match rot.became {
        Became::Changed => Style::Faint,
        Became::Gone | Became::Blocked | Became::Replaced | Became::Lost => Style::Warn,
        Became::Missing => Style::Bad,
    };
    let word = output.paint_data(style, &format!("{:<8}", rot.became.word()));
    let status = rot.status.map(|status| format!("HTTP {status}"));
    let why = rot
        .why
        .as_ref()
        .map(|why| status.unwrap_or_else(|| why.clone()));
    let why = why.map_or_else(String::new, |why| format!(" ({why})"));
    let title = rot
        .title
        .as_deref()
        .map(|title| format!("  {}", plain(title)));
    data(format_args!(
        "  {word}  {}  {}{why}{}",
        rot.when.strftime("%Y-%m-%d"),
        plain(&rot.url),
        title.unwrap_or_default(),
    ));
}
