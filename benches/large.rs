//! Does an article cost the same in an archive of a million blobs as in a new one? `cargo bench --bench large`
//!
//! Makes an archive of so many blobs, which takes some minutes and 6 GB, and adds articles to it and to one that is new, in turn.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

mod filled;
mod pages;
#[path = "peers/origin.rs"]
mod origin;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use origin::{Origin, Site};

/// Images that each article shows, of the archive and of what is added.
const IMAGES: usize = 10;

/// What the command line says.
#[derive(Debug, Parser)]
struct Arguments {
    /// Blobs of the large archive
    #[arg(long, default_value_t = 1_000_000)]
    blobs: usize,
    /// Articles that are added to each
    #[arg(long, default_value_t = 25)]
    rounds: usize,
    /// Where to make the archives; they go at the end
    #[arg(long)]
    folder: Option<PathBuf>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = filled::folder(arguments.folder.as_deref());
    let origin = Origin::start(Site {
        images: IMAGES,
        repeated: 0,
        latency: Duration::ZERO,
    });
    let (large, new) = (folder.path().join("large"), folder.path().join("new"));
    let begun = Instant::now();
    let articles = arguments.blobs / (IMAGES + 1);
    filled::fill(&large, articles, IMAGES);
    println!(
        "made an archive of {} blobs and {articles} articles in {:.0} s",
        articles * (IMAGES + 1),
        begun.elapsed().as_secs_f64()
    );
    // Both have been written to before: making an archive is not what is measured.
    let add = |archive: &Path, number: usize| add(archive, number, &origin);
    add(&new, 0);
    add(&large, 0);
    let mut times: Vec<(Duration, Duration)> = Vec::new();
    for round in 1..=arguments.rounds {
        // What comes second finds the origin and the program warm, so each comes second in turn.
        let (of_new, of_large);
        if round % 2 == 0 {
            of_new = add(&new, round);
            of_large = add(&large, round);
        } else {
            of_large = add(&large, round);
            of_new = add(&new, round);
        }
        times.push((of_new, of_large));
    }
    tell(times);
}

fn tell(times: Vec<(Duration, Duration)>) {
    let (mut new, mut large): (Vec<Duration>, Vec<Duration>) = times.into_iter().unzip();
    new.sort_unstable();
    large.sort_unstable();
    let (middle, quarter) = (new.len() / 2, new.len() / 4);
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    println!("{:<12} {:>10} {:>14}", "", "median ms", "quartile ms");
    for (name, times) in [("new", &new), ("large", &large)] {
        println!(
            "{name:<12} {:>10.1} {:>14.1}",
            milliseconds(times[middle]),
            milliseconds(times[quarter])
        );
    }
    println!(
        "large / new  {:>10.3} {:>14.3}",
        large[middle].as_secs_f64() / new[middle].as_secs_f64(),
        large[quarter].as_secs_f64() / new[quarter].as_secs_f64()
    );
}

/// Archives one article that is new to the archive, and returns how long it took.
fn add(archive: &Path, number: usize, origin: &Origin) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    command.args(["-q", "--archive"]).arg(archive).arg("add");
    command.arg(format!("http://new.test/a/{number}.html"));
    command
        .env("http_proxy", format!("http://{}", origin.address))
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let begun = Instant::now();
    let status = command.status().expect("the program starts");
    let time = begun.elapsed();
    assert!(status.success(), "{status}");
    time
}
