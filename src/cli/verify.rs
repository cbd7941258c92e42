//! How is an archive proven? The words around [`crate::verify`].

mod memory;
mod scope;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tracing::{debug, info};

use crate::archive::Archive;
use crate::finding::{Code, Finding, Report, Severity};
use crate::verify::{Depth, Options, verify};

use super::args::Verify;
use super::begin::{begin, counting, flag};
use super::output::{Output, Style, count, data, object, plain, size};
use super::progress::Progress;
use super::{Exit, events, signers};

/// Runs `offprint verify`.
pub(super) fn run(root: &Path, arguments: &Verify, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    let (stop, end) = flag();
    let progress = begin("verify", "blobs", output, end)?;
    let checked = check(root, arguments, stop, &progress);
    let report = checked
        .as_ref()
        .map_or_else(|_| Report::default(), Clone::clone);
    for finding in &report.findings {
        tell_finding(finding, output);
    }
    for (code, more) in &report.more {
        tell_more(*code, *more, output);
    }
    tell_summary(
        &report,
        begun.elapsed().as_secs_f64(),
        checked.is_ok(),
        output,
    );
    checked?;
    Ok(if report.interrupted {
        Exit::Interrupted
    } else if report.sound {
        Exit::Sound
    } else {
        Exit::Findings
    })
}

fn check(
    root: &Path,
    arguments: &Verify,
    stop: Arc<AtomicBool>,
    progress: &Progress,
) -> anyhow::Result<Report> {
    let archive = Archive::open_unmarked(root)?;
    let proven = memory::of(root, arguments.fresh).filter(|_| !arguments.quick);
    let options = Options {
        scope: scope::scope(&archive, arguments)?,
        depth: if arguments.quick {
            Depth::Quick
        } else {
            Depth::Whole
        },
        proven: proven.map(Arc::new),
        signers: arguments
            .signers
            .as_deref()
            .map(signers::read)
            .transpose()?,
        time_is_up: arguments.time_limit.map(after).unwrap_or_default(),
        ..Options::whole(stop)
    };
    let report = verify(&archive, &options, &counting(progress));
    progress.finish();
    let report = report?;
    if let Some(proven) = &options.proven
        && let Err(error) = proven.save(report.whole)
    {
        debug!(%error, "what was proven could not be remembered, and is proven again the next time");
    }
    Ok(report)
}

/// Returns a flag that is raised after this time.
fn after(limit: Duration) -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    // It sleeps until the program ends, if that is earlier.
    thread::spawn(move || {
        thread::sleep(limit);
        raised.store(true, Ordering::Relaxed);
    });
    flag
}

pub(super) fn tell_finding(finding: &Finding, output: Output) {
    let severity = finding.code.severity();
    if output.json {
        return object(&json!({
            "event": "finding",
            "code": finding.code,
            "severity": severity,
            "path": finding.path,
            "article": finding.article,
            "message": finding.message,
            "hint": finding.code.hint(),
        }));
    }
    let (style, word) = match severity {
        Severity::Damage => (Style::Bad, "damage    "),
        Severity::Incomplete => (Style::Bad, "incomplete"),
        Severity::Notice => (Style::Faint, "notice    "),
    };
    tell_where(finding, output.paint_data(style, word));
}

/// Says what a finding is about, after a word of what it is or what came of it.
pub(super) fn tell_where(finding: &Finding, word: impl Display) {
    data(format_args!(
        "{word} {} {}",
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
}

/// Says how many findings of one kind there were besides those that were told.
fn tell_more(code: Code, more: u64, output: Output) {
    if output.json {
        return object(&json!({
            "event": "more",
            "code": code,
            "severity": code.severity(),
            "findings": more,
        }));
    }
    data(format_args!(
        "and {more} × {code} more, which are not listed"
    ));
}

/// Prints the object that every run ends with.
fn end(report: &Report, seconds: f64) {
    let mut json = serde_json::to_value(report).expect("a report has string keys");
    json["findings"] = report.count().into();
    events::summary(&json, seconds);
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("verify");
    end(&Report::default(), 0.0);
}

fn tell_summary(report: &Report, seconds: f64, is_done: bool, output: Output) {
    let number = report.count();
    if output.json {
        end(report, seconds);
    }
    if !is_done {
        return;
    }
    for (code, times) in by_code(report) {
        if code.severity() != Severity::Notice {
            output.say(format_args!("{} × {code}: {}", times, code.hint()));
        }
    }
    let verdict = if report.interrupted {
        "interrupted; checked before that".to_owned()
    } else if report.sound && report.not_checked == 0 {
        output.paint(Style::Good, "sound")
    } else if report.sound {
        output.paint(Style::Good, "sound as far as it was checked")
    } else {
        output.paint(Style::Bad, "NOT SOUND")
    };
    let unchecked = match report.not_checked {
        0 => String::new(),
        unchecked => format!(", {unchecked} not checked"),
    };
    output.say(format_args!(
        "{verdict}: {}, {}, {} ({}){unchecked}; {} in {seconds:.1} s",
        count(report.snapshots, "snapshot"),
        count(report.views, "view"),
        count(report.blobs, "blob"),
        size(report.bytes),
        count(number, "finding"),
    ));
    if let Some(signed) = &report.signed {
        output.say(format_args!(
            "signed by {}: the log up to {}, at {}",
            plain(&signed.by),
            count(signed.entries, "entry").replace("entrys", "entries"),
            signed.time
        ));
    }
    if let Some(round) = &report.round {
        let percent = u32::from(round.checked) * 100 / u32::from(round.of).max(1);
        let begun = round.begun.strftime("%Y-%m-%d %H:%M UTC");
        output.say(format_args!(
            "{percent} % of the round that began {begun} is done; the next `offprint verify --resume` goes on"
        ));
    }
    if let Some(root) = &report.log.root {
        info!(entries = report.log.entries, %root, "the log was read");
    }
}

fn by_code(report: &Report) -> BTreeMap<Code, u64> {
    let mut times = report.more.clone();
    for finding in &report.findings {
        *times.entry(finding.code).or_default() += 1;
    }
    times
}
