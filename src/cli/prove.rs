//! How is a capture proven, and a proof checked? The words around [`crate::prove`] and [`crate::proof`].

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use serde_json::json;

use crate::archive::Archive;
use crate::checkpoint::Signed;
use crate::digest::{Digest, Hasher};
use crate::proof::{PROOF_BYTES_MAX, Proof, Proven, check};
use crate::prove::{Wanted, prove};
use crate::ssh::{Signers, Standing};

use super::args::Prove;
use super::output::{Output, Style, bytes, count, data, object, plain, size};
use super::{Exit, signers};

/// How much of a file is in memory while it is hashed.
const CHUNK_BYTES: usize = 128 * 1024;

/// Runs `offprint prove`.
pub(super) fn run(root: &Path, arguments: &Prove, output: Output) -> anyhow::Result<Exit> {
    match (&arguments.check, &arguments.article) {
        (Some(file), _) => examine(file, arguments, output),
        (None, Some(article)) => write(root, article, arguments, output),
        (None, None) => bail!("name an article, or a proof to --check"),
    }
}

fn write(root: &Path, article: &str, arguments: &Prove, output: Output) -> anyhow::Result<Exit> {
    let archive = Archive::open(root)?;
    let wanted = Wanted {
        article,
        snapshot: arguments.snapshot.as_deref(),
        since: arguments.since.as_deref(),
    };
    let proof = prove(&archive, &wanted)?.to_bytes();
    match &arguments.output {
        Some(path) => {
            write_new(path, &proof).with_context(|| format!("can't write {}", path.display()))?;
            let size = size(proof.len() as u64);
            output.say(format_args!("proof of {size} in {}", path.display()));
        }
        None => bytes(&proof),
    }
    Ok(Exit::Sound)
}

/// Writes a file that must not be there yet.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// What somebody is told of a proof.
struct Answer {
    proven: Proven,
    /// Who signed the checkpoint, and the earlier one; where nobody said whose signatures count, `None`.
    by: Option<Standing>,
    earlier_by: Option<Standing>,
    /// The files that were asked for, each with its digest and whether the capture has it.
    files: Vec<(String, Digest, bool)>,
}

fn examine(file: &Path, arguments: &Prove, output: Output) -> anyhow::Result<Exit> {
    let proof = read(file)?;
    let signers = arguments
        .signers
        .as_deref()
        .map(signers::read)
        .transpose()?;
    let checked = Proof::parse(&proof)
        .map_err(anyhow::Error::from)
        .and_then(|proof| Ok(check(&proof)?));
    let proven = match checked {
        Ok(proven) => proven,
        Err(error) => {
            refuse(&error, output);
            return Ok(Exit::Findings);
        }
    };
    let standing = |signed: &Signed, signers: &Option<Signers>| {
        signers.as_ref().map(|signers| signed.standing(signers))
    };
    let mut files = Vec::new();
    for path in &arguments.file {
        let digest = hash(path).with_context(|| format!("can't read {}", path.display()))?;
        let mut named = proven.snapshot.blobs().into_iter();
        let is_there = named.any(|blob| blob.digest == digest);
        files.push((path.display().to_string(), digest, is_there));
    }
    let answer = Answer {
        by: standing(&proven.signed, &signers),
        earlier_by: proven
            .earlier
            .as_ref()
            .and_then(|it| standing(it, &signers)),
        files,
        proven,
    };
    let counts = |standing: &Option<Standing>| {
        !matches!(standing, Some(Standing::Stranger | Standing::Refused(_)))
    };
    let is_good = counts(&answer.by)
        && counts(&answer.earlier_by)
        && answer.files.iter().all(|(_, _, is_there)| *is_there);
    tell(&answer, is_good, output);
    Ok(if is_good { Exit::Sound } else { Exit::Findings })
}

/// Reads a stranger's file, and no more of it than a proof has.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut proof = Vec::new();
    let file = File::open(path).with_context(|| format!("can't read {}", path.display()))?;
    let read = file.take(PROOF_BYTES_MAX + 1).read_to_end(&mut proof);
    read.with_context(|| format!("can't read {}", path.display()))?;
    if proof.len() as u64 > PROOF_BYTES_MAX {
        bail!("{} has more than {PROOF_BYTES_MAX} bytes", path.display());
    }
    Ok(proof)
}

fn hash(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hasher = Hasher::default();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hasher.finish()),
            read => hasher.update(&chunk[..read]),
        }
    }
}

fn refuse(error: &anyhow::Error, output: Output) {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    let why = plain(&causes.join(": "));
    if output.json {
        return object(&json!({"event": "proof", "proven": false, "why": why}));
    }
    data(format_args!(
        "{}: {why}",
        output.paint_data(Style::Bad, "NOT PROVEN")
    ));
}

fn tell(answer: &Answer, is_good: bool, output: Output) {
    let Answer { proven, .. } = answer;
    if output.json {
        return tell_json(answer, is_good);
    }
    let source = &proven.snapshot.source;
    let verdict = if is_good {
        output.paint_data(Style::Good, "PROVEN")
    } else {
        output.paint_data(Style::Bad, "NOT PROVEN")
    };
    data(format_args!(
        "{verdict}: this capture was archived before the log was signed"
    ));
    data(format_args!("  article    {}", plain(&source.key)));
    data(format_args!("  captured   {}", proven.snapshot.time));
    data(format_args!("  committed  {}", proven.committed));
    data(format_args!("  original   {}", proven.snapshot.original));
    data(format_args!("  snapshot   {}", proven.digest));
    tell_signed("signed", &proven.signed, answer.by.as_ref());
    if let Some(earlier) = &proven.earlier {
        tell_signed("since", earlier, answer.earlier_by.as_ref());
    }
    for (path, digest, is_there) in &answer.files {
        let word = if *is_there { "has" } else { "has NOT" };
        data(format_args!("  {word}  {} ({digest})", plain(path)));
    }
    if answer.by.is_none() {
        output.say("whose the key is, is not known: name those whom you trust with --signers");
    }
}

fn tell_signed(word: &str, signed: &Signed, standing: Option<&Standing>) {
    let checkpoint = &signed.checkpoint;
    let by = match standing {
        Some(Standing::Good(by)) => format!("by {}, ", plain(by)),
        Some(Standing::Stranger) => "by somebody whom the signers do not know, ".to_owned(),
        Some(Standing::Refused(why)) => format!("but {why}, "),
        None => String::new(),
    };
    let entries = count(checkpoint.entries, "entry").replace("entrys", "entries");
    data(format_args!(
        "  {word:<9}  {by}at {}, with {} ({entries})",
        checkpoint.time,
        signed.key.fingerprint()
    ));
}

fn tell_json(answer: &Answer, is_good: bool) {
    let Answer { proven, .. } = answer;
    let signed = |signed: &Signed, standing: Option<&Standing>| {
        let by = match standing {
            Some(Standing::Good(by)) => Some(by),
            _ => None,
        };
        json!({
            "entries": signed.checkpoint.entries,
            "time": signed.checkpoint.time,
            "key": signed.key.fingerprint(),
            "by": by,
        })
    };
    let earlier = proven.earlier.as_ref();
    let files = answer
        .files
        .iter()
        .map(|(path, digest, is_there)| json!({"path": path, "digest": digest, "there": is_there}));
    object(&json!({
        "event": "proof",
        "proven": is_good,
        "key": proven.snapshot.source.key,
        "captured": proven.snapshot.time,
        "committed": proven.committed,
        "original": proven.snapshot.original,
        "snapshot": proven.digest,
        "signed": signed(&proven.signed, answer.by.as_ref()),
        "earlier": earlier.map(|it| signed(it, answer.earlier_by.as_ref())),
        "files": files.collect::<Vec<_>>(),
    }));
}
