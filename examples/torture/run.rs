//! What did one run of the program report before it ended, and how did it end?

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::Value;

/// How often it is looked whether a run has ended.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// The program, and where it works.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) binary: PathBuf,
    pub(crate) archive: PathBuf,
    /// The second copy of it.
    pub(crate) copy: PathBuf,
    /// A folder for what is written down about a run.
    pub(crate) notes: PathBuf,
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    /// Whether its time was over before it had ended.
    pub(crate) killed: bool,
    /// The objects on stdout that were written to their end.
    pub(crate) objects: Vec<Value>,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Ran {
    /// Returns the objects of an event.
    pub(crate) fn events<'a>(&'a self, event: &'a str) -> impl Iterator<Item = &'a Value> {
        self.objects
            .iter()
            .filter(move |object| object["event"] == event)
    }
}

impl Program {
    /// Archives all of `addresses`, and kills the run after some time unless it ends before.
    pub(crate) fn add(
        &self,
        origin: &str,
        addresses: &[String],
        kill_after: Option<Duration>,
    ) -> anyhow::Result<Ran> {
        let list = self.notes.join("list");
        fs::write(&list, addresses.join("\n"))?;
        let mut command = self.command(&["add", "--per-host", "16", "--resolve"]);
        command.arg(format!("*={origin}")).arg("--from").arg(&list);
        self.run(command, kill_after)
    }

    /// Proves an archive.
    pub(crate) fn verify(&self, archive: &Path) -> anyhow::Result<Ran> {
        self.run(self.command_on(archive, &["verify"]), None)
    }

    /// Copies what the copy lacks, and kills the run after some time unless it ends before.
    pub(crate) fn copy(&self, kill_after: Option<Duration>) -> anyhow::Result<Ran> {
        let mut command = self.command(&["copy"]);
        command.arg(&self.copy);
        self.run(command, kill_after)
    }

    /// Deletes what is not needed, and kills the run after some time unless it ends before.
    pub(crate) fn prune(&self, kill_after: Option<Duration>) -> anyhow::Result<Ran> {
        let command = self.command(&["prune", "--yes", "--grace", "0"]);
        self.run(command, kill_after)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_on(&self.archive, arguments)
    }

    fn command_on(&self, archive: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(["--json", "--archive"]).arg(archive);
        command.args(arguments);
        command
    }

    fn run(&self, mut command: Command, kill_after: Option<Duration>) -> anyhow::Result<Ran> {
        let (stdout, stderr) = (self.notes.join("stdout"), self.notes.join("stderr"));
        let begun = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(File::create(&stdout)?)
            .stderr(File::create(&stderr)?)
            .spawn()
            .with_context(|| format!("{} can't be started", self.binary.display()))?;
        let (status, killed) = loop {
            if let Some(status) = child.try_wait()? {
                break (status, false);
            }
            if kill_after.is_some_and(|after| begun.elapsed() >= after) {
                child.kill()?;
                break (child.wait()?, true);
            }
            std::thread::sleep(LOOK_EVERY);
        };
        Ok(Ran {
            status,
            killed,
            took: begun.elapsed(),
            objects: objects(&stdout)?,
            stderr: fs::read_to_string(&stderr)?,
        })
    }
}

fn objects(stdout: &Path) -> anyhow::Result<Vec<Value>> {
    let text = fs::read_to_string(stdout)?;
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .map(|line| serde_json::from_str(line).with_context(|| format!("no JSON: {line}")))
        .collect()
}
