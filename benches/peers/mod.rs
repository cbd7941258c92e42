//! How do programs compare that do the same work? One origin on this machine, every program in turn, medians and ratios.

#![allow(dead_code, reason = "each bench uses a part")]

pub(crate) mod origin;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use tempfile::TempDir;

/// What the command line of a bench says.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Rounds; each program runs once in each, in rotated order
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: usize,
    /// Articles
    #[arg(long)]
    pub(crate) articles: Option<usize>,
    /// Images that an article shows
    #[arg(long)]
    pub(crate) images: Option<usize>,
    /// Milliseconds before each answer
    #[arg(long)]
    pub(crate) latency: Option<u64>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// A program and how it does the work.
#[derive(Debug)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// What it is run by, as found on the `PATH`, or a path.
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
}

impl Contender {
    pub(crate) fn new(name: &'static str, program: &str, arguments: &[&str]) -> Self {
        Self {
            name,
            program: program.to_owned(),
            arguments: arguments.iter().map(|&it| it.to_owned()).collect(),
        }
    }
}

/// What one run came to.
#[derive(Debug, Clone, Copy)]
struct Run {
    time: Duration,
    /// The most memory it held at once, in KiB; 0 where the system does not tell.
    peak_kib: u64,
    files: usize,
    bytes: u64,
    is_done: bool,
}

/// Where a program does its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In an empty folder each time.
    New,
    /// Where it did it before: once more than is measured.
    Same,
}

/// How often a running program is asked for its memory, and whether it has ended.
const LOOK: Duration = Duration::from_millis(2);

/// Runs every contender `rounds` times through the proxy `proxy` and prints what came of it. The first one is what the
/// others are compared with. A program that is not installed is named as not run.
pub(crate) fn compare(contenders: &[Contender], rounds: usize, proxy: &str, place: Place) {
    let (present, absent): (Vec<_>, Vec<_>) =
        contenders.iter().partition(|it| is_installed(&it.program));
    let mut runs: Vec<Vec<Run>> = vec![Vec::new(); present.len()];
    let folder = || tempfile::tempdir().expect("a folder can be made");
    let mut folders: Vec<TempDir> = present.iter().map(|_| folder()).collect();
    if place == Place::Same {
        for (contender, folder) in present.iter().zip(&folders) {
            run(contender, proxy, folder.path());
        }
    }
    for round in 0..rounds.max(1) {
        for turn in 0..present.len() {
            let index = (turn + round) % present.len();
            if place == Place::New {
                folders[index] = folder();
            }
            runs[index].push(run(present[index], proxy, folders[index].path()));
        }
    }
    println!(
        "{:<22} {:>9} {:>10} {:>11} {:>8} {:>9}",
        "", "seconds", "relative", "peak MiB", "files", "MB"
    );
    let first = runs
        .first()
        .map_or(1.0, |runs| median(runs).time.as_secs_f64());
    for (contender, runs) in present.iter().zip(&runs) {
        let run = median(runs);
        let peak = runs.iter().map(|run| run.peak_kib).max().unwrap_or(0);
        println!(
            "{:<22} {:>9.2} {:>10.2} {:>11.1} {:>8} {:>9.1}{}",
            contender.name,
            run.time.as_secs_f64(),
            run.time.as_secs_f64() / first,
            peak as f64 / 1024.0,
            run.files,
            run.bytes as f64 / 1e6,
            if runs.iter().all(|run| run.is_done) {
                ""
            } else {
                "   (failed)"
            },
        );
    }
    for contender in absent {
        println!(
            "{:<22} not run: {} is not installed",
            contender.name, contender.program
        );
    }
}

fn median(runs: &[Run]) -> Run {
    let mut runs = runs.to_vec();
    runs.sort_by_key(|run| run.time);
    runs[runs.len() / 2]
}

fn is_installed(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    Path::new(program).is_absolute()
        || std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

/// Runs a program in a folder.
fn run(contender: &Contender, proxy: &str, folder: &Path) -> Run {
    let mut command = Command::new(&contender.program);
    command.args(&contender.arguments).current_dir(folder);
    command
        .env("http_proxy", proxy)
        .env_remove("no_proxy")
        .env_remove("NO_PROXY");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begun = Instant::now();
    let mut child = command.spawn().expect("an installed program starts");
    let (is_done, peak_kib) = wait(&mut child);
    let time = begun.elapsed();
    let (files, bytes) = size(folder.to_owned());
    Run {
        time,
        peak_kib,
        files,
        bytes,
        is_done,
    }
}

/// Runs a program to its end, and says how long it took and how much memory it held, in KiB.
pub(crate) fn timed(command: &mut Command) -> (Duration, u64) {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let begun = Instant::now();
    let mut child = command.spawn().expect("the program starts");
    let (is_done, peak) = wait(&mut child);
    assert!(is_done, "it fails");
    (begun.elapsed(), peak)
}

/// Waits for a program, and says whether it succeeded and how much memory it held.
pub(crate) fn wait(child: &mut Child) -> (bool, u64) {
    let mut peak = 0;
    loop {
        peak = peak_of(child.id()).max(peak);
        if let Some(status) = child.try_wait().expect("it is our child") {
            return (status.success(), peak);
        }
        std::thread::sleep(LOOK);
    }
}

/// Returns the peak of a process's memory so far, in KiB, where /proc tells it.
fn peak_of(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn size(folder: PathBuf) -> (usize, u64) {
    let (mut files, mut bytes) = (0, 0);
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => {
                    files += 1;
                    bytes += metadata.len();
                }
                Err(_) => {}
            }
        }
    }
    (files, bytes)
}
