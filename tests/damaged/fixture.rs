//! One sound archive, made once with the real program, and copies of it to be damaged.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use offprint::verify::Options;
use tempfile::TempDir;

use crate::origin::{Config, Origin, Reply};

/// A copy of the sound archive. It holds the committed archive's article, two posts without images, and a page with an SVG.
pub(crate) struct Damaged {
    folder: TempDir,
}

const SVG: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script>1</script><circle r='4'/></svg>";

impl Damaged {
    pub(crate) fn fresh() -> Self {
        Self::of(sound())
    }

    /// Returns a copy of this archive.
    pub(crate) fn of(archive: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(archive, folder.path());
        Self { folder }
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the one file whose path contains all of `parts`, and not what follows a `!`.
    #[track_caller]
    pub(crate) fn file(&self, parts: &[&str]) -> PathBuf {
        let found: Vec<PathBuf> = self
            .contents()
            .into_keys()
            .filter(|path| {
                parts.iter().all(|part| match part.strip_prefix('!') {
                    Some(part) => !path.contains(part),
                    None => path.contains(part),
                })
            })
            .map(|path| self.root().join(path))
            .collect();
        assert_eq!(found.len(), 1, "{parts:?} means {found:?}");
        found.into_iter().next().unwrap()
    }

    pub(crate) fn edit(&self, parts: &[&str], edit: impl FnOnce(&mut Vec<u8>)) {
        let path = self.file(parts);
        let mut bytes = fs::read(&path).unwrap();
        edit(&mut bytes);
        fs::write(&path, bytes).unwrap();
    }

    pub(crate) fn log(&self, edit: impl FnOnce(&mut Vec<String>)) {
        let path = self.file(&["log/"]);
        let mut lines: Vec<String> = fs::read_to_string(&path)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        edit(&mut lines);
        lines.push(String::new());
        fs::write(
            &path,
            lines.join(
                "
",
            ),
        )
        .unwrap();
    }

    /// Returns every file with its bytes, links by what they point to; pipes are not opened.
    pub(crate) fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        walk(self.root(), self.root(), &mut files);
        files
    }

    /// Replaces what differs from run to run: times, and the names of snapshots, which hold them.
    pub(crate) fn plain(&self, said: &str) -> String {
        let said = self.without_names(said);
        let (before, after) = said.rsplit_once(" in ").unwrap_or((&said, ""));
        let after = after.split_once(" s\n").map_or(after, |(_, after)| after);
        if said.contains(" finding") {
            format!("{before} in S s\n{after}")
        } else {
            said
        }
    }

    /// Replaces the names of the archive and of snapshots.
    pub(crate) fn without_names(&self, said: &str) -> String {
        let mut said = said.replace(&self.root().display().to_string(), "ARCHIVE");
        for (number, digest) in snapshots().iter().enumerate() {
            let name = ["PAGE", "ONE", "TWO", "SPECIMEN"][number];
            said = said.replace(&digest.1, &format!("{name}.json"));
            said = said.replace(&digest.0, &format!("{name}-DIGEST"));
        }
        while let Some(start) = said.find("20990101T000000Z-") {
            said.replace_range(start..start + 49, "LATER");
        }
        said
    }
}

pub(crate) fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = path.symlink_metadata().unwrap().file_type();
        let name = path
            .strip_prefix(root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        if kind.is_dir() {
            walk(root, &path, files);
        } else if kind.is_symlink() {
            files.insert(name, fs::read_link(&path).unwrap().to_str().unwrap().into());
        } else if kind.is_file() {
            files.insert(name, fs::read(&path).unwrap());
        } else {
            files.insert(name, Vec::new());
        }
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Returns what is to be verified: everything.
pub(crate) fn options() -> Options {
    Options::whole(Arc::default())
}

/// Returns the sound archive.
pub(crate) fn sound() -> &'static Path {
    static SOUND: OnceLock<TempDir> = OnceLock::new();
    SOUND.get_or_init(make).path()
}

fn make() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let origin = Origin::start(&Config::default(), |request| match request.path.as_str() {
        "/page.html" => Reply::ok(
            "text/html",
            b"<title>Page</title><img src=round.svg><img src=gone.png>".to_vec(),
        ),
        "/round.svg" => Reply::ok("image/svg+xml", SVG.as_bytes().to_vec()),
        _ => Reply::not_found(),
    })
    .unwrap();
    let archive = folder.path().join("archive");
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("archive"),
        &archive,
    );
    let inputs = tempfile::tempdir().unwrap();
    for (name, title) in [("one.md", "One"), ("two.md", "Two")] {
        fs::write(
            inputs.path().join(name),
            format!("---\ntitle: {title}\n---\n\nText of {title}.\n"),
        )
        .unwrap();
        add(&archive, inputs.path(), &[name], 0);
    }
    let resolve = format!("page.test={}", origin.addr);
    add(
        &archive,
        inputs.path(),
        &["--resolve", &resolve, "http://page.test/page.html"],
        1,
    );
    for name in ["tmp", "lock"] {
        let path = archive.join(name);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
    }
    let inner = tempfile::tempdir().unwrap();
    copy(&archive, inner.path());
    inner
}

pub(crate) fn add(archive: &Path, folder: &Path, arguments: &[&str], code: i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
    let output = command
        .current_dir(folder)
        .arg("--archive")
        .arg(archive)
        .arg("add")
        .args(arguments)
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(code),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Returns digest and file name of every snapshot of the sound archive, by the names of their articles.
fn snapshots() -> &'static [(String, String)] {
    static NAMES: OnceLock<Vec<(String, String)>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let mut files = BTreeMap::new();
        walk(sound(), sound(), &mut files);
        let mut names: Vec<(String, String, String)> = files
            .keys()
            .filter(|path| path.contains("/snapshots/"))
            .map(|path| {
                let article = path.split('/').nth(3).unwrap().to_owned();
                let name = path.rsplit('/').next().unwrap().to_owned();
                let digest = name.split(['-', '.']).nth(1).unwrap().to_owned();
                (
                    ["page", "one", "two", "offprint"]
                        .iter()
                        .position(|start| article.starts_with(start))
                        .unwrap()
                        .to_string(),
                    digest,
                    name,
                )
            })
            .collect();
        names.sort();
        names
            .into_iter()
            .map(|(_, digest, name)| (digest, name))
            .collect()
    })
}
