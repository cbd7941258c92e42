//! How does the machine's own `ssh-keygen` sign? It knows agents, tokens and passphrases; no private key is ever read here.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::ssh::{NAMESPACE, SIGNATURE_BYTES_MAX};

/// The program, found as every program is.
const PROGRAM: &str = "ssh-keygen";

/// What it says each time, which is no news.
const SAID_ALWAYS: &str = "Signing data on standard input";

/// How much of what it says is passed on: what it asks of a person is a line or two.
const SAID_BYTES_MAX: u64 = 64 * 1024;

/// Why something could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum KeygenError {
    /// It is not here.
    #[error("{PROGRAM} is not on this machine")]
    NoProgram,
    /// It could not be run, or heard.
    #[error("can't run {PROGRAM}")]
    Run(#[source] io::Error),
    /// It did not sign.
    #[error("{PROGRAM} did not sign with {}{}", key.display(), because(said))]
    Refused {
        /// The key's file.
        key: PathBuf,
        /// What it said.
        said: String,
    },
}

fn because(said: &str) -> String {
    if said.is_empty() {
        return String::new();
    }
    format!(": {said}")
}

impl KeygenError {
    /// Returns what a person could do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoProgram => Some("install OpenSSH 8.1 or later; it has ssh-keygen"),
            Self::Refused { .. } => Some(
                "name a key with --key: a private key's file, or a public one's whose private key is in the agent; `ssh-keygen -t ed25519` makes one",
            ),
            Self::Run(_) => None,
        }
    }
}

/// Has `text` signed with the key in the file `key`. What `ssh-keygen` says meanwhile, such as that a token is to be touched, goes to `tell`.
/// What it asks for, it asks on the terminal.
///
/// # Errors
/// When it is not here, or does not sign.
pub fn sign(key: &Path, text: &[u8], tell: &dyn Fn(&str)) -> Result<Vec<u8>, KeygenError> {
    let mut command = Command::new(PROGRAM);
    // In its own words a person's language does not matter, and a key's name is no option.
    command.args(["-Y", "sign", "-n", NAMESPACE, "-f"]).arg(key);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => KeygenError::NoProgram,
        _ => KeygenError::Run(error),
    })?;
    let (signature, said, is_done) = converse(child, text, tell).map_err(KeygenError::Run)?;
    if is_done {
        Ok(signature)
    } else {
        Err(KeygenError::Refused {
            key: key.to_owned(),
            said,
        })
    }
}

/// Gives it what is to be signed, and hears it to its end. Both are shorter than what a pipe holds, so that nobody waits for the other.
fn converse(
    mut child: Child,
    text: &[u8],
    tell: &dyn Fn(&str),
) -> io::Result<(Vec<u8>, String, bool)> {
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(text) {
            // It needs no text to find that it has no key.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    let mut said = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr.take(SAID_BYTES_MAX)).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).trim().to_owned();
            if !line.is_empty() && line != SAID_ALWAYS {
                tell(&line);
                said.push(line);
            }
        }
    }
    let mut signature = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout
            .take(SIGNATURE_BYTES_MAX)
            .read_to_end(&mut signature)?;
    }
    let is_done = child.wait()?.success();
    Ok((signature, said.join("; "), is_done))
}
