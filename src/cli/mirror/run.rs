//! How does one run of `mirror` go? The sources are given; what is told of them, and what it comes to, is decided here.

use std::time::Instant;

use anyhow::{anyhow, bail};
use tokio_util::sync::CancellationToken;

use super::told::{report, tell_summary};
use crate::archive::{ArchiveError, Budget};
use crate::capture::{CaptureError, Doubtful, Obeyed, TakenOut};
use crate::cli::args::{Global, MirrorRun, Robots as RobotsFlag};
use crate::cli::captures::{Choices, Setting, budget, with_world};
use crate::cli::config::{self, Config};
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::{Exit, events, hint, network};
use crate::fetch::Client;
use crate::mirror::{self, Robots, Source, Summary};

/// Bytes of the disk that a run leaves free: room for the commit at work, for its views, and for whoever comes to make more.
const DISK_RESERVE: u64 = 256 * 1024 * 1024;

/// What is the same in all runs.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) global: &'a Global,
    pub(super) arguments: &'a MirrorRun,
    pub(super) progress: &'a Progress,
    pub(super) output: Output,
}

/// What a run came to, and why it could not go on, if so.
type Ended = (Summary, Result<(), CaptureError>);

/// Returns the limits of an archive that may have so many bytes.
fn limits(bytes_max: Option<u64>) -> Option<Budget> {
    budget(bytes_max, DISK_RESERVE)
}

/// Returns the sources of a configuration, which must name one.
pub(super) fn sources(global: &Global, config: &Config) -> anyhow::Result<Vec<Source>> {
    let sources = config.sources();
    if sources.is_empty() {
        let path = config::path(global);
        bail!(
            "{} names no source; `offprint mirror add URL` writes one into it",
            path.display()
        );
    }
    Ok(sources)
}

impl Job<'_> {
    /// Returns an error where a configuration is not right beside the flags, before anything is done.
    pub(super) fn check(&self, config: &Config) -> anyhow::Result<()> {
        let options = network::options(&self.arguments.network, config)?;
        expect_no_secrets_of_sites(&Client::new(&options)?)
    }

    /// Mirrors these sources.
    pub(super) fn run(
        &self,
        config: &Config,
        sources: Vec<Source>,
        cancel: CancellationToken,
    ) -> anyhow::Result<Ended> {
        if sources.is_empty() {
            return Ok((Summary::default(), Ok(())));
        }
        let network = &self.arguments.network;
        let robots = Robots {
            of_sources: network.obeys_robots(),
            of_leads: network.robots != Some(RobotsFlag::Ignore),
        };
        let root = self.global.archive.as_path();
        let report = report(root, self.progress.clone(), self.output);
        let setting = Setting {
            root,
            network,
            config,
            report: &report,
            progress: self.progress,
        };
        let outcome = with_world(&setting, self.choices(config), cancel, async |world| {
            expect_no_secrets_of_sites(&world.client)?;
            Ok(mirror::mirror(world, sources, robots, &report).await)
        })?;
        outcome.unwrap_or_else(|| Ok((interrupted(), Ok(()))))
    }

    fn choices(&self, config: &Config) -> Choices {
        let arguments = self.arguments;
        Choices {
            base: None,
            key: None,
            refresh: arguments.refresh,
            doubtful: Doubtful::Refused,
            removed: TakenOut::Stays,
            keep_trackers: arguments.keep_trackers,
            robots: match arguments.network.robots {
                None => Obeyed::ForPages,
                Some(RobotsFlag::Honour) => Obeyed::ForAll,
                Some(RobotsFlag::Ignore) => Obeyed::ForNothing,
            },
            lock_wait: arguments.lock_wait,
            budget: limits(arguments.max_size.or(config.max_size())),
        }
    }

    /// Tells what a run came to.
    pub(super) fn end(&self, ended: anyhow::Result<Ended>, begun: Instant) -> anyhow::Result<Exit> {
        let (summary, result) = match ended {
            Ok((summary, result)) => (summary, result.map_err(anyhow::Error::from)),
            Err(error) => (Summary::default(), Err(error)),
        };
        tell_summary(&summary, begun.elapsed().as_secs_f64(), self.output);
        result?;
        Ok(if summary.run.interrupted {
            Exit::Interrupted
        } else if summary.sources.failed > 0 || !summary.damaged.is_empty() {
            Exit::Findings
        } else {
            Exit::Sound
        })
    }

    /// Does one run of many.
    pub(super) fn again(
        &self,
        config: &Config,
        sources: Vec<Source>,
        cancel: &CancellationToken,
    ) -> anyhow::Result<Exit> {
        let begun = Instant::now();
        if self.output.json {
            events::start("mirror");
        }
        self.progress.begin_again();
        let ended = self.run(config, sources, cancel.clone());
        self.progress.finish();
        self.end(ended, begun)
    }

    /// Tells why a run of many could not be done. That somebody else is at work is nobody's fault.
    pub(super) fn tell(&self, error: &anyhow::Error) {
        let is_locked = error.chain().any(|cause| {
            let of_archive = cause.downcast_ref().or_else(|| match cause.downcast_ref() {
                Some(CaptureError::Archive(error)) => Some(error),
                _ => None,
            });
            matches!(of_archive, Some(ArchiveError::Locked { .. }))
        });
        if is_locked {
            self.output.say(format_args!("waiting: {error:#}"));
        } else {
            self.output.error(error, hint(error));
        }
    }

    /// Prints the objects of a run that could not begin.
    pub(super) fn tell_undone(&self) {
        self.tell_nothing(&Summary::default());
    }

    /// Prints the objects of a run that would have been the next, had nobody wanted an end.
    pub(super) fn tell_interrupted(&self) {
        self.tell_nothing(&interrupted());
    }

    fn tell_nothing(&self, summary: &Summary) {
        if self.output.json {
            events::start("mirror");
            events::summary(summary, 0.0);
        }
    }
}

fn interrupted() -> Summary {
    let mut summary = Summary::default();
    summary.run.interrupted = true;
    summary
}

/// What sources name was written by others: no secret goes to a site only because a source names it.
fn expect_no_secrets_of_sites(client: &Client) -> anyhow::Result<()> {
    if client.keeps_secrets_of_sites() {
        return Err(anyhow!(
            "what sources name was written by others: say whom a header field is for, with --header 'HOST=NAME: VALUE' or \
             with [[host]] in the configuration"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::archive::{Archive, LOCK_WAIT, Rehearsal, Shortage, WriterOptions};

    #[test]
    fn so_much_of_the_disk_stays_free_and_not_a_byte_less() {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open_or_create(&folder.path().join("archive")).unwrap();
        let options = WriterOptions {
            lock_wait: LOCK_WAIT,
            rehearsal: Rehearsal::none(),
        };
        let now = Timestamp::UNIX_EPOCH;
        let (writer, _) = archive.writer(options, now).unwrap();
        let with = |free| {
            let budget = Budget {
                free,
                ..limits(None).unwrap()
            };
            writer.keep_within(budget, now)
        };
        // There must be room for one byte.
        assert!(with(|_| Some((256 << 20) + 1)).is_ok());
        let refused = with(|_| Some(256 << 20));
        assert!(matches!(
            refused,
            Err(ArchiveError::NoRoom {
                why: Shortage::Disk { .. },
                ..
            })
        ));
    }
}
