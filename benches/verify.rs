//! What does a proof of an archive cost beside hashing its files, and a look at a large one? `cargo bench --bench verify`
//!
//! Proves an archive that this program has proven before, then one of which it remembers nothing, then the same files with
//! what else hashes them, in turn; then looks at an archive of 100,000 articles with ten images each (`--quick`).

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

mod filled;
#[path = "peers/mod.rs"]
mod peers;
mod pages;

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use offprint::archive::{Archive, Area};
use offprint::digest::Hasher;

/// Images that each article shows, as of the archive that the comparison was made for.
const IMAGES: usize = 7;

/// Bytes of an image, likewise.
const IMAGE_BYTES: usize = 110_000;

/// Images that each article of the large archive shows.
const MANY: usize = 10;

/// What the command line says.
#[derive(Debug, Parser)]
struct Arguments {
    /// Articles of the archive that is proven
    #[arg(long, default_value_t = 2_600)]
    articles: usize,
    /// Articles of the one that is looked at; 0 for none
    #[arg(long, default_value_t = 100_000)]
    many: usize,
    /// Rounds
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Where to make the archives; they go at the end
    #[arg(long)]
    folder: Option<PathBuf>,
    /// What cargo adds
    #[arg(long, hide = true)]
    bench: bool,
}

/// How something was done, and how long it took each time.
struct Timed {
    name: &'static str,
    times: Vec<Duration>,
}

fn main() {
    let arguments = Arguments::parse();
    let folder = filled::folder(arguments.folder.as_deref());
    let archive = folder.path().join("archive");
    filled::fill_with(&archive, arguments.articles, IMAGES, IMAGE_BYTES);
    compare(&archive, folder.path(), arguments.rounds.max(1));
    if arguments.many > 0 {
        fs::remove_dir_all(&archive).expect("a folder of ours can be removed");
        let large = folder.path().join("large");
        filled::fill(&large, arguments.many, MANY);
        let looks: Vec<(Duration, u64)> = (0..arguments.rounds.max(1))
            .map(|_| verify(&large, folder.path(), &["--quick"]))
            .collect();
        let peak = looks.iter().map(|(_, peak)| *peak).max().unwrap_or(0);
        let mut times: Vec<Duration> = looks.into_iter().map(|(time, _)| time).collect();
        times.sort_unstable();
        println!(
            "--quick, {} articles, {} blobs: {:.2} s, {:.0} MiB",
            arguments.many,
            arguments.many * (MANY + 1),
            times[times.len() / 2].as_secs_f64(),
            peak as f64 / 1024.0
        );
    }
}

fn compare(archive: &Path, cache: &Path, rounds: usize) {
    let blobs = blobs(archive);
    let list = cache.join("list");
    fs::write(&list, blobs.join("\n")).expect("a list can be written");
    let (mut proven, mut fresh) = (timed("verify, proven before"), timed("verify --fresh"));
    let (mut hashed, mut openssl) = (timed("read and hash"), timed("xargs -P2 openssl"));
    // The files are in the cache from the first on, and what is proven is remembered.
    verify(archive, cache, &[]);
    for _ in 0..rounds {
        proven.times.push(verify(archive, cache, &[]).0);
        hashed.times.push(hash(archive, &blobs));
        openssl.times.push(xargs(archive, &list));
    }
    fresh.times.push(verify(archive, cache, &["--fresh"]).0);
    let limit = hashed.median();
    for it in [proven, hashed, openssl, fresh] {
        let time = it.median();
        println!("{:<24} {time:>8.2} s {:>8.2}", it.name, time / limit);
    }
}

fn timed(name: &'static str) -> Timed {
    Timed {
        name,
        times: Vec::new(),
    }
}

impl Timed {
    fn median(&self) -> f64 {
        let mut times = self.times.clone();
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64()
    }
}

/// Runs `offprint verify`; returns how long it took, and how much memory, in KiB.
fn verify(archive: &Path, cache: &Path, options: &[&str]) -> (Duration, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    command.arg("-q").arg("-a").arg(archive).arg("verify");
    command.args(options).env("XDG_CACHE_HOME", cache);
    peers::timed(&mut command)
}

/// Hashes the blobs as programs do that are given a list.
fn xargs(archive: &Path, list: &Path) -> Duration {
    let mut command = Command::new("sh");
    command
        .args(["-c", "xargs -P2 -n 250 openssl dgst -sha256 -r < \"$0\""])
        .arg(list)
        .current_dir(archive);
    peers::timed(&mut command).0
}

/// Reads the blobs and hashes them, in two threads: nobody who proves them does less.
fn hash(archive: &Path, blobs: &[String]) -> Duration {
    let begun = Instant::now();
    let next = Mutex::new(blobs.iter());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut chunk = vec![0; 128 * 1024];
                loop {
                    let Some(blob) = next.lock().expect("no thread panics").next() else {
                        return;
                    };
                    let mut file = File::open(archive.join(blob)).expect("it is there");
                    let mut hasher = Hasher::default();
                    loop {
                        let read = file.read(&mut chunk).expect("it can be read");
                        if read == 0 {
                            break;
                        }
                        hasher.update(&chunk[..read]);
                    }
                    std::hint::black_box(hasher.finish());
                }
            });
        }
    });
    begun.elapsed()
}

/// Returns the paths of all blobs.
fn blobs(archive: &Path) -> Vec<String> {
    let archive = Archive::open(archive).expect("an archive");
    let sightings = archive.survey(Area::Blobs);
    sightings
        .map(|sighting| sighting.expect("it can be listed").path)
        .collect()
}
