//! How are data and words written? Data on stdout, words for a person on stderr; a closed pipe is no error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use serde::Serialize;
use tracing::level_filters::LevelFilter;

use super::args::{ColorChoice, Global, LogFormat};
use super::record::{CLI, Record};
use crate::link::without_secrets;

/// Characters of a title that are shown at most: a line or two. All of it is in the snapshot, and in `--json`.
const HEADLINE_MAX: usize = 120;

/// Where a command writes, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// Whether stdout is JSON Lines.
    pub(crate) json: bool,
    voice: Voice,
    /// What stderr is written as.
    format: LogFormat,
    /// Whether data on stdout may be coloured, and words on stderr.
    color: (bool, bool),
}

/// How much is said on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Voice {
    /// Errors alone.
    Quiet,
    /// What a person wants to know.
    Normal,
    /// And what happens: so much of it.
    Verbose(u8),
}

/// The few styles of words on stderr.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Style {
    /// Good news.
    Good,
    /// Something to look at.
    Warn,
    /// Something failed.
    Bad,
    /// Less important.
    Faint,
}

impl Output {
    /// Decides from flags and environment.
    pub(crate) fn new(global: &Global) -> Self {
        let voice = match (global.quiet, global.verbose) {
            (true, _) => Voice::Quiet,
            (false, 0) => Voice::Normal,
            (false, more) => Voice::Verbose(more),
        };
        Self {
            json: global.json,
            voice,
            format: global.log_format,
            color: (
                is_colored(global.color, io::stdout().is_terminal()),
                global.log_format == LogFormat::Text
                    && is_colored(global.color, io::stderr().is_terminal()),
            ),
        }
    }

    /// Whether a progress bar may be drawn: somebody watches and wants words.
    pub(crate) fn is_watched(self) -> bool {
        self.voice > Voice::Quiet
            && self.format == LogFormat::Text
            && io::stderr().is_terminal()
            && !is_dumb()
    }

    /// Whether stderr is for a machine.
    pub(super) fn is_records(self) -> bool {
        self.format == LogFormat::Json
    }

    /// Writes a line for a person on stderr, unless they asked for quiet.
    pub(crate) fn say(self, line: impl Display) {
        if self.voice == Voice::Quiet {
            return;
        }
        if self.is_records() {
            return record(&Record::new("info", CLI, line.to_string().trim()));
        }
        write_line(&mut io::stderr().lock(), &line);
    }

    /// Whether nothing but errors is said.
    pub(crate) fn is_quiet(self) -> bool {
        self.voice == Voice::Quiet
    }

    /// Returns how much of the log is wanted. Warnings are for everybody.
    pub(crate) fn log_level(self) -> LevelFilter {
        match self.voice {
            Voice::Quiet => LevelFilter::OFF,
            Voice::Normal => LevelFilter::WARN,
            Voice::Verbose(1) => LevelFilter::INFO,
            Voice::Verbose(2) => LevelFilter::DEBUG,
            Voice::Verbose(_) => LevelFilter::TRACE,
        }
    }

    /// Writes an error on stderr, whatever was asked for: what failed, why, and what now.
    pub(crate) fn error(self, error: &anyhow::Error, hint: Option<&str>) {
        if self.is_records() {
            let causes = error.chain().skip(1).map(ToString::to_string).collect();
            let message = error.to_string();
            return record(&Record::new("error", CLI, &message).because(causes, hint));
        }
        let mut stderr = io::stderr().lock();
        write_line(
            &mut stderr,
            &format_args!("{}: {error}", self.paint(Style::Bad, "error")),
        );
        for cause in error.chain().skip(1) {
            write_line(&mut stderr, &format_args!("  └─ {cause}"));
        }
        if let Some(hint) = hint {
            write_line(&mut stderr, &format_args!("hint: {hint}"));
        }
    }

    /// Returns `text` in a style for stderr, where colour is wanted there.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        painted(self.color.1, style, text)
    }

    /// Returns `text` in a style for stdout, where colour is wanted there.
    pub(crate) fn paint_data(self, style: Style, text: &str) -> String {
        painted(self.color.0, style, text)
    }
}

/// Writes a line on stderr that is for a machine.
pub(super) fn record(record: &Record<'_>) {
    write_line(&mut io::stderr().lock(), &record.line());
}

/// Whether a stream is coloured: as asked, else where it is a terminal that can, and nobody objects
/// (<https://no-color.org>: set, and not empty). What is asked on the command line comes before the environment.
fn is_colored(choice: ColorChoice, is_terminal: bool) -> bool {
    let is_unwanted = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => is_terminal && !is_dumb() && !is_unwanted(),
    }
}

/// Whether the terminal says that it understands no control sequences.
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Answers what was not a command to be run: the help and the version on stdout, what is wrong on stderr. Returns the
/// exit code.
pub(crate) fn usage(error: &clap::Error, choice: ColorChoice, format: LogFormat) -> ExitCode {
    let text = error.render();
    let is_terminal = if error.use_stderr() {
        io::stderr().is_terminal()
    } else {
        io::stdout().is_terminal()
    };
    // What was typed is repeated, and there may be a password in an address.
    let is_record = error.use_stderr() && format == LogFormat::Json;
    let text = without_secrets(&if !is_record && is_colored(choice, is_terminal) {
        text.ansi().to_string()
    } else {
        text.to_string()
    });
    if error.use_stderr() {
        let text = text.trim_end();
        let line = if is_record {
            let message = text.strip_prefix("error: ").unwrap_or(text);
            Record::new("error", CLI, message).line()
        } else {
            text.to_owned()
        };
        write_line(&mut io::stderr().lock(), &line);
        ExitCode::from(2)
    } else {
        data(text.trim_end());
        ExitCode::SUCCESS
    }
}

fn painted(is_wanted: bool, style: Style, text: &str) -> String {
    let code = match style {
        Style::Good => "32",
        Style::Warn => "33",
        Style::Bad => "31",
        Style::Faint => "2",
    };
    if is_wanted {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// Writes one line of data on stdout.
pub(crate) fn data(line: impl Display) {
    bytes(format!("{line}\n").as_bytes());
}

/// Writes one JSON object on stdout.
pub(crate) fn object(object: &impl Serialize) {
    let line = serde_json::to_string(object)
        .expect("what is printed has string keys and no failing serialisers");
    data(line);
}

/// Writes bytes of data on stdout. Where nobody reads any more, there is nobody to tell, and the work goes on; where they
/// can't be written, the program ends, because silence would be taken for an answer.
pub(crate) fn bytes(bytes: &[u8]) {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            write_line(
                &mut io::stderr().lock(),
                &format_args!("error: can't write on stdout: {error}"),
            );
            std::process::exit(2)
        }
        Ok(()) | Err(_) => {}
    }
}

/// Writes a line for a person; when nobody reads, there is nobody to tell.
fn write_line(stream: &mut impl Write, line: &dyn Display) {
    drop(writeln!(stream, "{line}"));
}

/// Returns a number of bytes for a person: `512 B`, `65.2 KiB`, `3.1 MiB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: &[&str] = &["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = u128::from(bytes) * 10 / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// Returns `1 image`, `2 images`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    match noun.strip_suffix('y') {
        _ if number == 1 => format!("1 {noun}"),
        Some(stem) => format!("{number} {stem}ies"),
        None => format!("{number} {noun}s"),
    }
}

/// Returns text from outside as it may stand in a line of a terminal: no control characters, no reversals of direction.
pub(crate) fn plain(text: &str) -> String {
    let harmless = |character: char| {
        !character.is_control()
            && !matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|character| if harmless(character) { character } else { ' ' })
        .collect()
}

/// Returns a title or an input as it fits a line of a terminal: plain, and cut where it is long.
pub(crate) fn headline(text: &str) -> String {
    let text = plain(text);
    match text.char_indices().nth(HEADLINE_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (66_765, "65.2 KiB"),
            (3 << 20, "3.0 MiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(size(u64::MAX), "16777215.9 TiB");
    }

    #[test]
    fn a_title_can_not_drive_the_terminal() {
        assert_eq!(plain("a\x1b[31mb\u{202e}c\n标题"), "a [31mb c 标题");
    }

    #[test]
    fn a_long_title_is_cut() {
        assert_eq!(headline("标\n题"), "标 题");
        let fits = "题".repeat(HEADLINE_MAX);
        assert_eq!(headline(&fits), fits);
        assert_eq!(headline(&format!("{fits}题题")), format!("{fits}…"));
    }
}
