//! What does a copy of an archive cost, beside `cp -r` and one `sync` of the same files? `cargo bench --bench copy`
//!
//! The archive has 100,000 articles and a million images, which takes minutes and 10 GB to make; so they run in turn few times.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

mod filled;
#[path = "peers/mod.rs"]
mod peers;
mod pages;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::Parser;

/// Images that each article shows.
const IMAGES: usize = 10;

/// What the command line says.
#[derive(Debug, Parser)]
struct Arguments {
    /// Articles of the archive
    #[arg(long, default_value_t = 100_000)]
    articles: usize,
    /// Copies that are measured of each kind
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Where to make the archives; they go at the end
    #[arg(long)]
    folder: Option<PathBuf>,
    /// An archive that is there, to be copied instead of a made one
    #[arg(long)]
    archive: Option<PathBuf>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = filled::folder(arguments.folder.as_deref());
    let archive = arguments.archive.unwrap_or_else(|| {
        let archive = folder.path().join("archive");
        filled::fill(&archive, arguments.articles, IMAGES);
        archive
    });
    let (ours, theirs) = (folder.path().join("ours"), folder.path().join("theirs"));
    let mut runs = Vec::new();
    for round in 0..arguments.rounds.max(1) {
        // Neither has the files in the cache that the other one just wrote, nor the disk still busy with them.
        let (first, peak) = copied(&archive, &ours);
        let (again, _) = copied(&archive, &ours);
        gone(&ours);
        let plain = plain(&archive, &theirs);
        gone(&theirs);
        println!(
            "round {round}: copy {:.1} s ({:.0} MiB), again {:.2} s, cp -r and sync {:.1} s: {:.2}",
            first.as_secs_f64(),
            peak as f64 / 1024.0,
            again.as_secs_f64(),
            plain.as_secs_f64(),
            first.as_secs_f64() / plain.as_secs_f64(),
        );
        runs.push((first, again, plain));
    }
    let median = |of: fn(&(Duration, Duration, Duration)) -> Duration| {
        let mut times: Vec<Duration> = runs.iter().map(of).collect();
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    };
    println!(
        "medians: a copy {:.2} of cp -r and sync; with nothing new {:.2} s",
        median(|run| run.0) / median(|run| run.2),
        median(|run| run.1)
    );
}

fn copied(archive: &Path, to: &Path) -> (Duration, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    command.arg("-q").arg("-a").arg(archive).arg("copy").arg(to);
    peers::timed(&mut command)
}

fn plain(archive: &Path, to: &Path) -> Duration {
    let mut command = Command::new("sh");
    command
        .args(["-c", "cp -r \"$0\" \"$1\" && sync -f \"$1\""])
        .arg(archive)
        .arg(to);
    peers::timed(&mut command).0
}

fn gone(folder: &Path) {
    fs::remove_dir_all(folder).expect("a folder of ours can be removed");
    let synced = Command::new("sync").status();
    assert!(synced.is_ok_and(|it| it.success()), "sync fails");
}
