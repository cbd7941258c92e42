//! How does `mirror --watch` stay, and run what is due? What happens next is decided by [`look`]; here it is done.
//!
//! Between two runs nothing of the archive is held but the lock that keeps a second watcher away: others may add, mirror, prune.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::run::{self, Job};
use super::times;
use crate::archive::Archive;
use crate::cli::args::{Global, MirrorRun};
use crate::cli::config::{self, Config};
use crate::cli::interrupt::on_signals;
use crate::cli::output::{Output, count, plain};
use crate::cli::progress::Progress;
use crate::cli::{Exit, log, now, service};
use crate::mirror::{Look, Runs, Source, look};

/// How long it rests after a run that could not be done, because the disk is full or another process holds the archive: at
/// first, and doubled each time until the last.
const REST: Duration = Duration::from_secs(60);
const REST_MAX: Duration = Duration::from_secs(3600);

/// A resident mirror.
struct Watch<'a> {
    job: Job<'a>,
    config: Config,
    sources: Vec<Source>,
    who: String,
    cancel: CancellationToken,
    /// Wakes it: somebody wants it to end, or to read its configuration.
    woken: Receiver<()>,
    /// Whether the configuration is to be read again.
    is_stale: Arc<AtomicBool>,
    /// What it last said that it waits for.
    told: String,
}

/// Returns how long it rests after one more run that could not be done.
fn longer(rest: Duration) -> Duration {
    (rest * 2).min(REST_MAX)
}

/// Stays until somebody asks it to end.
pub(super) fn watch(
    global: &Global,
    arguments: &MirrorRun,
    output: Output,
) -> anyhow::Result<Exit> {
    let progress = Progress::new(output, "images");
    progress.finish();
    log::begin(output, Some(&progress));
    let job = Job {
        global,
        arguments,
        progress: &progress,
        output,
    };
    let (cancel, is_stale) = (CancellationToken::new(), Arc::new(AtomicBool::new(false)));
    let woken = listen(job, &cancel, &is_stale)?;
    let ready = prepare(&job).inspect_err(|_| job.tell_undone());
    let (config, sources, _alone) = ready?;
    service::tell("READY=1");
    let mut watch = Watch {
        who: times::who(&global.archive),
        job,
        config,
        sources,
        cancel,
        woken,
        is_stale,
        told: String::new(),
    };
    watch.stay();
    Ok(Exit::Interrupted)
}

/// Listens to signals: those that ask for an end cancel, a hang-up makes the configuration stale, and each wakes who waits for
/// what it returns.
fn listen(
    job: Job<'_>,
    cancel: &CancellationToken,
    is_stale: &Arc<AtomicBool>,
) -> io::Result<Receiver<()>> {
    let (wake, woken) = mpsc::channel();
    let (cancel, wake_to_end) = (cancel.clone(), wake.clone());
    let end = move || {
        cancel.cancel();
        // Where nobody waits any more, it has ended.
        wake_to_end.send(()).ok();
    };
    let is_stale = Arc::clone(is_stale);
    let reload = move || {
        is_stale.store(true, Ordering::Relaxed);
        wake.send(()).ok();
    };
    on_signals(
        end,
        Some(Box::new(reload)),
        job.progress.clone(),
        job.output,
    )?;
    Ok(woken)
}

/// Reads the configuration, and keeps other watchers away for as long as what it returns last is there.
fn prepare(job: &Job<'_>) -> anyhow::Result<(Config, Vec<Source>, File)> {
    let config = config::read(job.global)?;
    let sources = run::sources(job.global, &config)?;
    job.check(&config)?;
    let archive = Archive::open_or_create(&job.global.archive)?;
    let alone = archive.watch_alone()?;
    Ok((config, sources, alone))
}

impl Watch<'_> {
    fn stay(&mut self) {
        let mut rest = REST;
        let mut is_interrupted = false;
        while !self.cancel.is_cancelled() {
            if self.is_stale.swap(false, Ordering::Relaxed) {
                self.reload();
            }
            let done = self.look().and_then(|look| self.go_on(look));
            match done {
                Ok(ended) => {
                    is_interrupted = ended;
                    rest = REST;
                }
                Err(error) => {
                    self.job.tell(&error);
                    self.wait(rest);
                    rest = longer(rest);
                }
            }
        }
        service::tell("STOPPING=1");
        if !is_interrupted {
            self.job.tell_interrupted();
        }
    }

    fn look(&self) -> anyhow::Result<Look> {
        // It was there when we began. Where its disk is gone, no other is to be filled.
        let runs = Runs::recall(&Archive::open(&self.job.global.archive)?)?;
        Ok(look(&self.sources, &runs, &self.who, now()))
    }

    /// Runs what is due; where nothing is, waits until something is. Returns whether a run was ended early.
    fn go_on(&mut self, mut look: Look) -> anyhow::Result<bool> {
        if look.due.is_empty() {
            self.say_what_is_next(&look);
            while let Some(sleep) = look.sleep(now())
                && !self.wait(sleep)
            {}
            return Ok(false);
        }
        let due = look.due.iter().map(|place| self.sources[*place].clone());
        let due: Vec<Source> = due.collect();
        service::tell(&format!(
            "STATUS=Mirroring {}",
            count(due.len() as u64, "source")
        ));
        let exit = self.job.again(&self.config, due, &self.cancel)?;
        Ok(exit == Exit::Interrupted)
    }

    /// Waits so long, or until it is woken. Returns whether it was.
    fn wait(&self, time: Duration) -> bool {
        match self.woken.recv_timeout(time) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => false,
            // Who listens for signals ends with the program alone.
            Err(RecvTimeoutError::Disconnected) => self.cancel.is_cancelled(),
        }
    }

    /// Takes a new configuration; where that is not right, the old one stays.
    fn reload(&mut self) {
        service::tell("RELOADING=1");
        let read = config::read(self.job.global).and_then(|config| {
            self.job.check(&config)?;
            let sources = run::sources(self.job.global, &config)?;
            Ok((config, sources))
        });
        let output = self.job.output;
        match read {
            Ok((config, sources)) => {
                output.say(format_args!(
                    "read the configuration again: {}",
                    count(sources.len() as u64, "source")
                ));
                (self.config, self.sources) = (config, sources);
            }
            Err(error) => {
                output.error(
                    &error.context("the new configuration is not taken; the old one stays"),
                    None,
                );
            }
        }
        self.told.clear();
        service::tell("READY=1");
    }

    /// Says what it waits for, where that is news.
    fn say_what_is_next(&mut self, look: &Look) {
        let next = look
            .next
            .map_or("nothing is ever due".to_owned(), |(time, place)| {
                let source = &self.sources[place];
                let time = times::on_the_wall(source, time);
                format!("next is {} at {time}", plain(&source.place.to_string()))
            });
        if next != self.told {
            service::tell(&format!("STATUS={next}"));
            self.job.output.say(&next);
            self.told = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_become_longer_up_to_an_hour() {
        let rests = std::iter::successors(Some(REST), |rest| Some(longer(*rest)));
        let minutes: Vec<u64> = rests.take(9).map(|rest| rest.as_secs() / 60).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
