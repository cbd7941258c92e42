//! Is anything lost that was reported as stored, when runs are killed again and again, or their disk is full?
//!
//! `scripts/torture` builds and runs this. Each round archives a few hundred articles from an origin on this machine and is
//! killed with SIGKILL at a random moment, now and then not at all; then the archive is proven, and compared with all that was
//! reported: in this round and in those before. A run that is not killed must end well. After each, what is not needed is pruned
//! and a second copy is brought up to date, in runs that are killed as well: both archives stay sound.

mod disk;
#[allow(
    dead_code,
    unused_imports,
    reason = "shared with the tests, which use other parts"
)]
#[path = "../origin/mod.rs"]
mod origin;
mod random;
mod round;
mod run;
mod site;

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use disk::Disk;
use round::Torture;
use run::Program;

/// What the command line says.
#[derive(Debug, clap::Parser)]
#[command(about = "Kill runs at random moments, and look whether anything is lost")]
struct Arguments {
    /// The program
    #[arg(long)]
    offprint: PathBuf,
    /// How many runs
    #[arg(long, default_value_t = 300)]
    rounds: u64,
    /// What the random moments come from (default: the clock)
    #[arg(long)]
    seed: Option<u64>,
    /// How many articles a run archives
    #[arg(long, default_value_t = 300)]
    articles: u64,
    /// Work on a small tmpfs with too little space; needs leave to mount one (`unshare --map-root-user --mount`)
    #[arg(long)]
    small_disk: bool,
    /// Where to work; it is left there when something is lost
    #[arg(long)]
    folder: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let arguments = <Arguments as clap::Parser>::parse();
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let seed = arguments.seed.unwrap_or(now.as_secs());
    let disk = if arguments.small_disk {
        Disk::small(&arguments.folder.join("disk"))?
    } else {
        Disk::large()
    };
    let words = disk.words();
    say(&format!(
        "{} rounds over {} articles {words}, seed {seed}",
        arguments.rounds, arguments.articles
    ));
    let program = Program {
        binary: arguments.offprint,
        archive: arguments.folder.join("disk/archive"),
        copy: arguments.folder.join("copy"),
        notes: arguments.folder.join("notes"),
    };
    let mut torture = Torture::begin(program, disk, arguments.articles, seed)?;
    for round in 0..arguments.rounds {
        torture.round(round)?;
    }
    let tally = torture.end();
    say(&format!("{tally}"));
    anyhow::ensure!(tally.losses == 0, "something was lost; seed {seed}");
    Ok(())
}

/// Writes a line for a person.
#[expect(clippy::print_stdout, reason = "this is a program")]
pub(crate) fn say(line: &str) {
    println!("torture: {line}");
}
