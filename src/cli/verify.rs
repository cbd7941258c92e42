//! How is an archive proven? The words around [`crate::verify`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use serde_json::json;

use crate::archive::Archive;
use crate::event::{Event, Listener};
use crate::finding::{Code, Finding, Report, Severity};
use crate::verify::{Options, verify};

use super::args::Verify;
use super::begin::{begin, flag};
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
    let archive = Archive::open(root)?;
    let article = arguments
        .article
        .as_deref()
        .map(|text| archive.resolve(text))
        .transpose()?;
    let (bar, read) = (progress.clone(), AtomicU64::new(0));
    let report = verify(
        &archive,
        &Options {
            quick: arguments.quick,
            article,
            signers: arguments
                .signers
                .as_deref()
                .map(signers::read)
                .transpose()?,
            stop,
        },
        &(Arc::new(move |event| {
            if let Event::Checked { bytes } = event {
                bar.more(1);
                bar.done();
                bar.note(&size(read.fetch_add(bytes, Ordering::Relaxed) + bytes));
            }
        }) as Listener),
    );
    progress.finish();
    Ok(report?)
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
}

/// Prints the object that every run ends with.
fn end(report: &Report, seconds: f64) {
    let mut json = serde_json::to_value(report).expect("a report has string keys");
    json["findings"] = report.findings.len().into();
    events::summary(&json, seconds);
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("verify");
    end(&Report::default(), 0.0);
}

fn tell_summary(report: &Report, seconds: f64, is_done: bool, output: Output) {
    let number = report.findings.len() as u64;
    if output.json {
        end(report, seconds);
    }
    if !is_done {
        return;
    }
    for (code, times) in by_code(&report.findings) {
        if code.severity() != Severity::Notice {
            output.say(format_args!("{} × {code}: {}", times, code.hint()));
        }
    }
    let verdict = if report.interrupted {
        "interrupted; checked before that".to_owned()
    } else if report.sound {
        output.paint(Style::Good, "sound")
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
}

fn by_code(findings: &[Finding]) -> BTreeMap<Code, usize> {
    let mut times = BTreeMap::new();
    for finding in findings {
        *times.entry(finding.code).or_default() += 1;
    }
    times
}
