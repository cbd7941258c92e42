//! What does it cost to mend an archive from a copy, beside `cp` of the lost files and one `sync`? `cargo bench --bench repair`
//!
//! A tenth of the blobs is lost, the same ones each time. A repair reads every blob of the archive, before it knows which are; so what
//! a run takes that finds nothing lost is told, too.

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
use offprint::archive::{Archive, Area};

/// Images that each article shows: with its page, ten blobs.
const IMAGES: usize = 9;

/// Of so many blobs, one is lost.
const ONE_OF: usize = 10;

/// What the command line says.
#[derive(Debug, Parser)]
struct Arguments {
    /// Articles of the archive, of ten blobs each
    #[arg(long, default_value_t = 2_000)]
    articles: usize,
    /// Bytes of each image
    #[arg(long, default_value_t = 50_000)]
    bytes: usize,
    /// Times that the blobs are lost and put back by each
    #[arg(long, default_value_t = 5)]
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
    let (archive, copy) = (folder.path().join("archive"), folder.path().join("theirs"));
    filled::fill_with(&archive, arguments.articles, IMAGES, arguments.bytes);
    let mut copied = Command::new("cp");
    peers::timed(copied.arg("-r").arg(&archive).arg(&copy));
    let lost = some(&archive);
    let names = folder.path().join("list");
    fs::write(&names, lost.join("\n")).expect("a list can be written");
    let (mut ours, mut plain, mut looks) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..arguments.rounds.max(1) {
        lose(&archive, &lost);
        let (mended, peak) = repair(&archive, &copy);
        lose(&archive, &lost);
        let plainly = put(&archive, &copy, &names);
        let (look, _) = repair(&archive, &copy);
        println!(
            "round {round}: repair of {} blobs {:.2} s ({} MiB), of none {:.2} s, cp and sync {:.2} s",
            lost.len(),
            mended.as_secs_f64(),
            peak / 1024,
            look.as_secs_f64(),
            plainly.as_secs_f64(),
        );
        ours.push(mended);
        plain.push(plainly);
        looks.push(look);
    }
    let (ours, plain, looks) = (median(ours), median(plain), median(looks));
    println!(
        "medians: a repair {:.2} of cp and sync; without what it takes to find nothing lost {:.2}",
        ours / plain,
        (ours - looks) / plain
    );
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

/// Returns the paths of a tenth of the blobs.
fn some(archive: &Path) -> Vec<String> {
    let archive = Archive::open(archive).expect("an archive");
    let sightings = archive.survey(Area::Blobs).step_by(ONE_OF);
    sightings
        .map(|sighting| sighting.expect("it can be listed").path)
        .collect()
}

/// Removes the blobs, and waits until the disk is done with that.
fn lose(archive: &Path, lost: &[String]) {
    for path in lost {
        fs::remove_file(archive.join(path)).expect("it is there");
    }
    peers::timed(Command::new("sync").arg("-f").arg(archive));
}

fn repair(archive: &Path, copy: &Path) -> (Duration, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    command.arg("-q").arg("-a").arg(archive);
    peers::timed(command.arg("repair").arg("--from").arg(copy))
}

/// Puts the blobs back as programs do that know which they are, and prove nothing.
fn put(archive: &Path, copy: &Path, list: &Path) -> Duration {
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            "xargs cp --parents -t \"$0\" < \"$1\" && sync -f \"$0\"",
        ])
        .arg(archive)
        .arg(list)
        .current_dir(copy);
    peers::timed(&mut command).0
}
