//! What may be said to `sign`?

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueHint};

use super::values::{duration, name};

#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The SSH key: a private key's file, or a public one's whose private key is in the agent (default: the first of
    /// `~/.ssh/id_ed25519`, `id_ecdsa` and `id_rsa`)
    #[arg(
        long,
        value_name = "FILE",
        env = "OFFPRINT_SIGNING_KEY",
        hide_env_values = true,
        value_hint = ValueHint::FilePath
    )]
    pub(crate) key: Option<PathBuf>,
    /// Say in the checkpoint who signs, by the name that files of signers have for the key, such as kai@example.com
    #[arg(long, value_name = "WHO", value_parser = name)]
    pub(crate) identity: Option<String>,
    /// How long to wait while another process commits
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    pub(crate) lock_wait: Duration,
}

#[derive(Debug, Args)]
pub(crate) struct Prove {
    /// An ID, a unique prefix of one, a URL, or a path inside the archive
    #[arg(value_name = "ARTICLE", required_unless_present = "check")]
    pub(crate) article: Option<String>,
    /// The file to write; it must not exist (default: stdout)
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
    /// The snapshot to prove: its number, where 1 is the oldest, its path, or how its name or its digest begins (default: the newest)
    #[arg(long, value_name = "WHICH")]
    pub(crate) snapshot: Option<String>,
    /// Also prove that nothing was changed since this older checkpoint, by its path or its number of entries
    #[arg(long, value_name = "CHECKPOINT")]
    pub(crate) since: Option<String>,
    /// Check this proof; no archive is needed
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with_all = ["article", "output", "snapshot", "since"]
    )]
    pub(crate) check: Option<PathBuf>,
    /// Expect a signature of one of these signers; a file of `allowed_signers`, as `ssh-keygen -Y verify` reads it
    #[arg(long, value_name = "FILE", requires = "check", value_hint = ValueHint::FilePath)]
    pub(crate) signers: Option<PathBuf>,
    /// Say whether the capture has these bytes, as the page or as something that it shows (repeatable)
    #[arg(long, value_name = "FILE", requires = "check", value_hint = ValueHint::FilePath)]
    pub(crate) file: Vec<PathBuf>,
}
