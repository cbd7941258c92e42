//! How is what is archived signed? The words around [`crate::sign`], and which key it is.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;
use serde_json::json;

use crate::archive::{Archive, WriterOptions};
use crate::sign::{Signer, Told, public_file, sign};
use crate::ssh::PublicKey;

use super::args::Sign;
use super::captures::rehearsal;
use super::output::{Output, count, data, plain};
use super::{Exit, events, log, now};

/// The keys that are looked for where none is named, in the folder of ssh.
const KEYS: &[&str] = &["id_ed25519", "id_ecdsa", "id_rsa"];

/// The longest file of a public key that is read.
const PUBLIC_BYTES_MAX: u64 = 64 * 1024;

/// Runs `offprint sign`.
pub(super) fn run(root: &Path, arguments: &Sign, output: Output) -> anyhow::Result<Exit> {
    let begun = Instant::now();
    log::begin(output, None);
    if output.json {
        events::start("sign");
    }
    let told = signed(root, arguments, output);
    if let Ok(told) = &told {
        tell(told, output);
    }
    if output.json {
        let new = told.as_ref().is_ok_and(|told| told.new);
        end(new, begun.elapsed().as_secs_f64());
    }
    told.map(|_| Exit::Sound)
}

fn signed(root: &Path, arguments: &Sign, output: Output) -> anyhow::Result<Told> {
    let archive = Archive::open(root)?;
    let key = match &arguments.key {
        Some(key) => key.clone(),
        None => usual_key()?,
    };
    let signer = Signer {
        public: public(&public_file(&key)),
        key,
        by: arguments.identity.clone(),
    };
    let options = WriterOptions {
        lock_wait: arguments.lock_wait,
        rehearsal: rehearsal(),
    };
    let (writer, _recovery) = archive.writer(options, now())?;
    Ok(sign(&writer, &signer, now(), &|line| {
        output.say(format_args!("ssh-keygen: {}", plain(line)));
    })?)
}

/// Returns the first key that lies where ssh looks for it.
fn usual_key() -> anyhow::Result<PathBuf> {
    let home = std::env::home_dir().unwrap_or_default();
    let folder = home.join(".ssh");
    let mut keys = KEYS.iter().map(|name| folder.join(name));
    let Some(key) = keys.find(|key| key.is_file()) else {
        bail!(
            "there is no key in {}; name one with --key, or make one with `ssh-keygen -t ed25519`",
            folder.display()
        );
    };
    Ok(key)
}

/// Reads the public half of a key; `None` where it does not lie there: then it is known when it has signed.
fn public(path: &Path) -> Option<PublicKey> {
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(PUBLIC_BYTES_MAX).read_to_string(&mut text).ok()?;
    PublicKey::parse(text.lines().next()?)
}

fn tell(told: &Told, output: Output) {
    if output.json {
        return events::event("signed", told);
    }
    data(&told.checkpoint);
    let entries = count(told.entries, "entry").replace("entrys", "entries");
    let word = if told.new {
        "signed"
    } else {
        "nothing new: signed before"
    };
    output.say(format_args!(
        "{word}  {entries} of the log, at {}, with {}",
        told.time, told.key
    ));
}

/// Prints the object that every run ends with.
fn end(new: bool, seconds: f64) {
    let summary = json!({"signed": u8::from(new), "interrupted": false});
    events::summary(&summary, seconds);
}

/// Prints the objects of a run that did not begin, because its command line was not understood.
pub(super) fn undone() {
    events::start("sign");
    end(false, 0.0);
}
