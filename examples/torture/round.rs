//! What happens in a round, and what must be true after it?

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use offprint::archive::{Archive, ArchivePath};

use crate::disk::Disk;
use crate::random::Random;
use crate::run::{Program, Ran};
use crate::say;
use crate::site::{Served, Site};

/// One run in so many is not killed, and has the space that it needs.
const WHOLE_EVERY: u64 = 10;

/// So many rounds are gone through without a word.
const SAID_EVERY: u64 = 50;

/// So many times all articles change before a new archive is begun.
const EDITIONS_MAX: u64 = 3;

/// What stands in `tmp/` between two runs.
const LOCKS: [&str; 2] = ["commit.lock", "front.lock"];

/// Everything that was done, and what was found.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    rounds: u64,
    kills: u64,
    full: u64,
    whole: u64,
    reported: u64,
    blobs: u64,
    pub(crate) losses: u64,
}

/// A torture in its course.
#[derive(Debug)]
pub(crate) struct Torture {
    program: Program,
    disk: Disk,
    random: Random,
    site: Site,
    /// The snapshots that were reported for each article of this archive, and its view.
    reported: HashMap<String, HashSet<String>>,
    /// The articles of this edition that were reported.
    stored: HashSet<u64>,
    /// How long a run takes that has all to do.
    whole: Duration,
    tally: Tally,
}

impl Torture {
    pub(crate) fn begin(
        program: Program,
        disk: Disk,
        articles: u64,
        seed: u64,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(&program.notes)?;
        let mut torture = Self {
            program,
            disk,
            random: Random::new(seed),
            site: Site {
                articles,
                edition: 0,
            },
            reported: HashMap::new(),
            stored: HashSet::new(),
            whole: Duration::ZERO,
            tally: Tally::default(),
        };
        // How long it takes undisturbed decides when the others are killed.
        torture.anew()?;
        let served = torture.site.serve()?;
        let ran = torture.add(&served, None)?;
        torture.whole = ran.took;
        torture.judge(&ran, &served)?;
        say(&format!(
            "one run takes {:.1} s undisturbed",
            ran.took.as_secs_f64()
        ));
        torture.anew()?;
        torture.tally = Tally::default();
        Ok(torture)
    }

    /// Runs the program once, and looks at what is left.
    pub(crate) fn round(&mut self, round: u64) -> anyhow::Result<()> {
        let undisturbed = round % WHOLE_EVERY == WHOLE_EVERY - 1;
        self.disk.resize(undisturbed, &mut self.random)?;
        // On a disk that is full, most runs end by themselves: half of them are to.
        let spared = undisturbed || self.disk.is_small() && self.random.below(2) == 0;
        let moment = u32::try_from(self.random.below(1000))?;
        let served = self.site.serve()?;
        let before = self.tally.losses;
        let kill_after = (!spared).then(|| self.whole * moment / 1000);
        let ran = self.add(&served, kill_after)?;
        self.judge(&ran, &served)?;
        self.prune_and_copy()?;
        if self.tally.losses > before {
            say(&format!(
                "round {round}: see {}",
                self.program.notes.display()
            ));
        }
        if ran.status.success() {
            self.turn()?;
        }
        self.tally.rounds += 1;
        if self.tally.rounds.is_multiple_of(SAID_EVERY) {
            say(&format!("{}", self.tally));
        }
        Ok(())
    }

    pub(crate) fn end(self) -> Tally {
        self.tally
    }

    /// Prunes the archive and brings its copy up to date, each killed at some moment or not at all.
    fn prune_and_copy(&mut self) -> anyhow::Result<()> {
        if !self.program.archive.join("offprint.json").exists() {
            return Ok(());
        }
        let (copy, archive) = (self.program.copy.clone(), self.program.archive.clone());
        let moment = self.moment()?;
        let ran = self.program.prune(moment)?;
        self.judge_keeping(&ran, "prune", &archive)?;
        let moment = self.moment()?;
        let ran = self.program.copy(moment)?;
        self.judge_keeping(&ran, "copy", &copy)
    }

    /// Returns when to kill a run that takes less than one that fetches: one in four is spared.
    fn moment(&mut self) -> anyhow::Result<Option<Duration>> {
        let moment = u32::try_from(self.random.below(1000))?;
        Ok((moment < 750).then(|| self.whole * moment / 4000))
    }

    /// Whatever becomes of a run that keeps an archive, that is sound.
    fn judge_keeping(&mut self, ran: &Ran, what: &str, archive: &Path) -> anyhow::Result<()> {
        self.tally.kills += u64::from(ran.killed);
        // A disk that is full is one on which a writer can't begin.
        let ended = ran.killed || ran.status.success() || self.disk.is_small();
        let words = format!("{what} ended with {}: {}", ran.status, ran.stderr);
        self.expect(ended, &words);
        if !archive.join("offprint.json").exists() {
            return Ok(());
        }
        let verified = self.program.verify(archive)?;
        let words = format!("not sound after {what}: {}", verified.stderr);
        self.expect(verified.status.success(), &words);
        Ok(())
    }

    fn add(&self, served: &Served, kill_after: Option<Duration>) -> anyhow::Result<Ran> {
        let address = served.origin.addr.to_string();
        self.program
            .add(&address, &self.site.addresses(), kill_after)
    }

    /// After a run that ended well: every article changes, or all begins anew.
    fn turn(&mut self) -> anyhow::Result<()> {
        self.stored.clear();
        self.site.edition += 1;
        if self.site.edition.is_multiple_of(EDITIONS_MAX) {
            self.anew()?;
        }
        Ok(())
    }

    fn anew(&mut self) -> anyhow::Result<()> {
        self.reported.clear();
        self.stored.clear();
        for archive in [&self.program.archive, &self.program.copy] {
            match fs::remove_dir_all(archive) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// Holds what is there against what was reported.
    fn judge(&mut self, ran: &Ran, served: &Served) -> anyhow::Result<()> {
        self.judge_end(ran);
        self.judge_requests(served);
        self.hear(ran)?;
        if !self.program.archive.join("offprint.json").exists() {
            // Killed before there was an archive: then nothing was reported either.
            self.expect(self.reported.is_empty(), "the archive is gone");
            return Ok(());
        }
        let left = names(&self.program.archive.join("tmp"));
        let verified = self.program.verify(&self.program.archive)?;
        let summary = verified
            .events("summary")
            .last()
            .cloned()
            .unwrap_or_default();
        self.tally.blobs += summary["blobs"].as_u64().unwrap_or_default();
        let is_sound = verified.status.success() && summary["sound"] == true;
        self.expect(is_sound, &format!("not sound: {}", verified.stderr));
        let untouched = names(&self.program.archive.join("tmp")) == left;
        self.expect(untouched, "verify cleared up, which is a writer's work");
        if ran.status.success() {
            let only_locks = names(&self.program.archive.join("tmp"))
                .iter()
                .all(|name| LOCKS.contains(&name.as_str()));
            self.expect(only_locks, "a run that ended well left something in tmp");
        }
        self.judge_reported()
    }

    /// A run is killed, ends well with every article, or says that the disk is full.
    fn judge_end(&mut self, ran: &Ran) {
        if ran.killed && ran.status.code().is_none() {
            self.tally.kills += 1;
        } else if ran.status.success() {
            self.tally.whole += 1;
            let told = ran.events("article").count() as u64;
            self.expect(
                told == self.site.articles,
                &format!("only {told} articles were told"),
            );
        } else {
            self.tally.full += 1;
            let named = ran.stderr.contains("No space left on device")
                && ran
                    .stderr
                    .contains(&*self.program.archive.to_string_lossy());
            let expected = self.disk.is_small() && ran.status.code() == Some(2) && named;
            self.expect(
                expected,
                &format!("ended with {}: {}", ran.status, ran.stderr),
            );
        }
    }

    /// A picture of which every article was reported is not sent again.
    fn judge_requests(&mut self, served: &Served) {
        let of = |articles: &mut dyn Iterator<Item = u64>| -> HashSet<String> {
            articles.flat_map(|it| self.site.pictures(it)).collect()
        };
        let (stored, open) = (
            of(&mut self.stored.iter().copied()),
            of(&mut (0..self.site.articles).filter(|it| !self.stored.contains(it))),
        );
        let again = served
            .sent()
            .iter()
            .filter(|path| stored.contains(*path) && !open.contains(*path))
            .count();
        self.expect(again == 0, &format!("{again} pictures were fetched again"));
    }

    /// Notes what was reported as stored.
    fn hear(&mut self, ran: &Ran) -> anyhow::Result<()> {
        for article in ran.events("article") {
            let text = |name: &str| article[name].as_str().map(str::to_owned);
            let (Some(snapshot), Some(view)) = (text("snapshot"), text("view")) else {
                self.expect(false, &format!("not stored: {article}"));
                continue;
            };
            let input = text("input").context("an article has an input")?;
            let number = input.rsplit('/').next().unwrap_or_default().parse()?;
            self.stored.insert(number);
            self.tally.reported += 1;
            self.reported.entry(view).or_default().insert(snapshot);
        }
        Ok(())
    }

    /// Every snapshot that was ever reported is committed and whole, and its article has a view.
    fn judge_reported(&mut self) -> anyhow::Result<()> {
        let archive = Archive::open(&self.program.archive)?;
        let mut lost = Vec::new();
        for (view, snapshots) in &self.reported {
            if !self.program.archive.join(view).is_file() {
                lost.push(view.clone());
            }
            for snapshot in snapshots {
                let path = ArchivePath::parse(snapshot).context("a path in the archive")?;
                let is_there = archive
                    .read_snapshot(&path)
                    .and_then(|file| archive.committed(&file.digest))
                    .is_ok_and(|index| index.is_some());
                if !is_there {
                    lost.push(snapshot.clone());
                }
            }
        }
        self.expect(lost.is_empty(), &format!("lost: {lost:?}"));
        Ok(())
    }

    fn expect(&mut self, is_so: bool, otherwise: &str) {
        if !is_so {
            self.tally.losses += 1;
            say(otherwise);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} rounds: {} kills, {} ended on a full disk, {} ended well; {} articles reported, {} blobs checked, {} losses",
            self.rounds, self.kills, self.full, self.whole, self.reported, self.blobs, self.losses
        )
    }
}

/// Returns the names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}
