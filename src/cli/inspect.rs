//! How is it told what an input is taken for? The words around [`crate::inspect`].

use std::fmt::Display;

use crate::inspect::{Detail, Entry, Inspected, Listed, Picture, Reading, inspect};
use crate::link::Link;
use crate::media::Fault;

use super::args::{Global, Inspect};
use super::look;
use super::output::{Output, Style, data, headline, plain, size};
use super::{Exit, config, events, log};

/// Runs `offprint inspect`.
pub(super) fn run(global: &Global, arguments: &Inspect, output: Output) -> anyhow::Result<Exit> {
    log::begin(output, None);
    let config = config::read(global)?;
    let place = look::place(&arguments.look, &arguments.network, &config)?;
    let options = look::options(&arguments.look, &arguments.network, config.lazy());
    let inspected = look::block_on(inspect(&place, options))?;
    if output.json {
        events::event("inspect", &inspected);
    } else {
        tell(&place.to_string(), &inspected, output);
    }
    Ok(Exit::Sound)
}

fn tell(given: &str, inspected: &Inspected, output: Output) {
    let kind = inspected.kind.describe();
    data(format_args!("{}: {kind}", plain(given)));
    for reason in &inspected.because {
        field("because", Some(reason));
    }
    field("address", inspected.source.as_ref());
    field("length", Some(size(inspected.bytes)));
    match &inspected.detail {
        Detail::Document(reading) => tell_reading(reading),
        Detail::Image(picture) => tell_picture(picture, output),
        Detail::None {} => {}
    }
}

/// Writes what is known of something, under its name.
fn field(name: &str, value: Option<impl Display>) {
    if let Some(value) = value {
        data(format_args!("  {name:<12} {}", plain(&value.to_string())));
    }
}

fn tell_reading(reading: &Reading) {
    let facts = &reading.facts;
    field("title", facts.title.as_ref());
    field("author", facts.author.as_ref());
    field("published", facts.published.as_ref());
    field("language", facts.language.as_ref());
    field("site", facts.site.as_ref());
    let (charset, told_by) = (reading.charset, reading.charset_from.describe());
    field("charset", Some(format_args!("{charset} ({told_by})")));
    field("base", reading.base.as_ref());
    if let Some(front_matter) = &reading.front_matter {
        let language = front_matter.language.to_uppercase();
        let flaw = front_matter.flaw.as_ref();
        let flaw = flaw.map(|flaw| format!(" ({flaw})")).unwrap_or_default();
        field("front matter", Some(language + &flaw));
    }
    let counted: Vec<String> = reading
        .references
        .iter()
        .map(|(kind, number)| format!("{number} {}", word(kind)))
        .collect();
    let references = match counted.as_slice() {
        [] => "none".to_owned(),
        counted => counted.join(", "),
    };
    field("references", Some(references));
    if let Some(listed) = &reading.listed {
        tell_listed(listed);
    }
}

fn tell_listed(listed: &Listed) {
    field("entries", Some(listed.entries.len()));
    field("flaw", listed.flaw.as_ref());
    listed.entries.iter().for_each(tell_entry);
}

fn tell_entry(entry: &Entry) {
    let date = entry.published.or(entry.modified);
    let date = date.map_or_else(|| "-".to_owned(), |date| date.strftime("%F").to_string());
    let title = headline(entry.title.as_deref().unwrap_or("(no title)"));
    let url = entry.url.as_ref().map_or("(no address)", Link::as_str);
    data(format_args!("    {date:<10} {title}"));
    let beside =
        |name: &str, text: &str| data(format_args!("               {name}{}", plain(text)));
    beside("", url);
    if let Some(id) = entry.id.as_deref().filter(|id| *id != url) {
        beside("known as ", id);
    }
    if let Some(content) = &entry.content {
        let length = size(content.bytes as u64);
        beside("carries ", &format!("{}, {length}", content.carrier.word()));
    }
    for enclosure in &entry.enclosures {
        let media = enclosure.media.as_ref();
        let media = media.map_or_else(String::new, |media| format!(" ({media})"));
        beside("encloses ", &format!("{}{media}", enclosure.url));
    }
}

/// Returns the word for a kind of reference, as `extract --json` has it.
fn word(kind: &impl serde::Serialize) -> String {
    let json = serde_json::to_value(kind).expect("a kind is a word");
    json.as_str().unwrap_or_default().to_owned()
}

fn tell_picture(picture: &Picture, output: Output) {
    field("type", picture.mime.as_ref());
    let whole = match picture.trouble {
        None => output.paint_data(Style::Good, "yes"),
        Some(fault) => output.paint_data(Style::Bad, &format!("no, {}", fault.flaw)),
    };
    // What may be coloured does not go through `plain`.
    data(format_args!("  {:<12} {whole}", "whole"));
    if let Some(Fault { at, expected, .. }) = picture.trouble {
        field("noticed", Some(format_args!("at byte {at}")));
        field("expected", Some(expected));
    }
    if let (Some(width), Some(height)) = (picture.width, picture.height) {
        field("pixels", Some(format_args!("{width}×{height}")));
    }
    field("frames", picture.frames.filter(|frames| *frames > 1));
}
