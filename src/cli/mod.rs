//! What does a person or a scheduler see? Arguments in, words and exit codes out; every verb is called from here.

mod add;
mod args;
mod begin;
mod captures;
mod completions;
mod config;
mod copy;
mod diff;
mod events;
mod export;
mod extract;
mod files;
mod inspect;
mod interrupt;
mod look;
mod log;
mod man;
mod may_fetch;
mod mirror;
mod network;
mod output;
mod progress;
mod prove;
mod prune;
mod read;
mod record;
mod remove;
mod repair;
mod service;
mod sign;
mod signers;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use jiff::Timestamp;

use crate::archive::ArchiveError;
use crate::capture::CaptureError;
use crate::prove::ProveError;
use crate::prune::PruneError;
use crate::sign::SignError;

use args::Command;
use output::Output;

/// What a command came to, as its exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// Done and sound.
    Sound,
    /// Done, with findings.
    Findings,
    /// Could not be done.
    Undone,
    /// Ended early because somebody asked for it.
    Interrupted,
}

/// Program and version, as snapshots and requests name it.
const TOOL: &str = concat!("offprint ", env!("CARGO_PKG_VERSION"));

/// Runs the program on the arguments it was started with.
#[must_use]
pub fn main() -> ExitCode {
    let typed: Vec<_> = std::env::args_os().collect();
    let cli = match args::parse(&typed) {
        Ok(cli) => cli,
        Err(error) => {
            if error.use_stderr() && args::is_json(&typed) {
                undone(&typed);
            }
            return output::usage(&error, args::color(&typed), args::log_format(&typed));
        }
    };
    let output = Output::new(&cli.global);
    let archive = &cli.global.archive;
    let result = match cli.command {
        Command::Add(arguments) => add::run(&cli.global, *arguments, output),
        Command::Mirror(arguments) => mirror::run(&cli.global, &arguments, output),
        Command::Extract(arguments) => extract::run(&cli.global, &arguments, output),
        Command::Inspect(arguments) => inspect::run(&cli.global, &arguments, output),
        Command::MayFetch(arguments) => may_fetch::run(&arguments, output),
        Command::Verify(arguments) => verify::run(archive, &arguments, output),
        Command::Sign(arguments) => sign::run(archive, &arguments, output),
        Command::Prove(arguments) => prove::run(archive, &arguments, output),
        Command::List => read::list(archive, output),
        Command::Show(arguments) => read::show(archive, &arguments, output),
        Command::Diff(arguments) => diff::run(archive, &arguments, output),
        Command::Restore(arguments) => read::restore(archive, &arguments, output),
        Command::Remove(arguments) => remove::run(archive, &arguments, output),
        Command::Repair(arguments) => repair::run(&cli.global, &arguments, output),
        Command::Prune(arguments) => prune::run(archive, &arguments, output),
        Command::Copy(arguments) => copy::run(archive, &arguments, output),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments, output),
        Command::Export(arguments) => export::run(archive, &arguments, output),
    };
    let exit = result.unwrap_or_else(|error| {
        output.error(&error, hint(&error));
        Exit::Undone
    });
    ExitCode::from(exit.code())
}

/// Reads a configuration file of any bytes. Returns how many sources it names.
///
/// # Errors
/// When it says what is not known, which is told with line and column.
pub fn understand(configuration: &[u8]) -> Result<usize, String> {
    config::understand(configuration)
}

/// Under `--json`, a command that does something begins and ends with its objects, also where its command line is not
/// understood.
fn undone(typed: &[OsString]) {
    match args::command(typed).as_deref() {
        Some("add") => add::undone(),
        Some("mirror") => mirror::undone(),
        Some("verify") => verify::undone(),
        Some("sign") => sign::undone(),
        Some("export") => export::undone(),
        Some("remove") => remove::undone(),
        Some("prune") => prune::undone(),
        Some("repair") => repair::undone(),
        Some("copy") => copy::undone(),
        _ => {}
    }
}

impl Exit {
    fn code(self) -> u8 {
        match self {
            Self::Sound => 0,
            Self::Findings => 1,
            Self::Undone => 2,
            Self::Interrupted => 130,
        }
    }
}

/// Returns what a person can do about an error, where its kind tells.
fn hint(error: &anyhow::Error) -> Option<&'static str> {
    error.chain().find_map(|cause| {
        let of_archive = cause.downcast_ref().and_then(ArchiveError::hint);
        let of_capture = || cause.downcast_ref().and_then(CaptureError::hint);
        let of_prune = || cause.downcast_ref().and_then(PruneError::hint);
        let of_sign = || cause.downcast_ref().and_then(SignError::hint);
        let of_prove = || cause.downcast_ref().and_then(ProveError::hint);
        let of_others = || of_prune().or_else(of_sign).or_else(of_prove);
        of_archive.or_else(of_capture).or_else(of_others)
    })
}

/// The clock that verbs are given, in whole milliseconds: what is finer says nothing about a capture.
fn now() -> Timestamp {
    let now = pretended().unwrap_or_else(Timestamp::now);
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// In debug builds, the moment that `OFFPRINT_NOW` says: years pass in the tests.
#[cfg(debug_assertions)]
fn pretended() -> Option<Timestamp> {
    std::env::var("OFFPRINT_NOW").ok()?.parse().ok()
}

#[cfg(not(debug_assertions))]
fn pretended() -> Option<Timestamp> {
    None
}
