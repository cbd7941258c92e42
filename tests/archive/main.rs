//! Is what was committed there, whole, whatever happens to the process, the disk and the neighbours?

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests, too")]

mod budget;
mod crash;
mod limits;
mod neighbours;
mod observing;
mod reading;
mod storing;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use offprint::archive::log::{EntryKind, Line};
use offprint::archive::{
    Archive, ArchivePath, ArticleFolder, Committed, Pending, Recovery, Rehearsal, Writer,
    WriterOptions, layout,
};
use offprint::digest::Digest;
use offprint::document::Kind as DocumentKind;
use offprint::link::Link;
use offprint::media::MediaType;
use offprint::refs::{Kind, Role};
use offprint::snapshot::{Document, FORMAT, Facts, Mention, Outcome, Resource, Snapshot, Source};
use tempfile::TempDir;

fn options() -> WriterOptions {
    WriterOptions {
        lock_wait: Duration::from_secs(60),
        rehearsal: Rehearsal::none(),
    }
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

/// An archive in a temporary folder.
struct Test {
    dir: TempDir,
}

impl Test {
    fn new() -> Self {
        Self {
            dir: TempDir::new().unwrap(),
        }
    }

    fn root(&self) -> std::path::PathBuf {
        self.dir.path().join("archive")
    }

    fn archive(&self) -> Archive {
        Archive::open_or_create(&self.root()).unwrap()
    }

    fn writer(&self) -> Writer {
        self.recovering().0
    }

    fn recovering(&self) -> (Writer, Recovery) {
        self.archive().writer(options(), second(0)).unwrap()
    }

    fn bytes(&self, path: &ArchivePath) -> Vec<u8> {
        fs::read(path.under(&self.root())).unwrap()
    }

    /// Checks that every committed snapshot can be read with all its blobs, that nothing else lies about, and that the
    /// log holds together. Returns how many snapshots are committed.
    #[track_caller]
    fn assert_sound(&self) -> usize {
        let archive = Archive::open(&self.root()).unwrap();
        let mut committed = Vec::new();
        for line in archive.log().unwrap() {
            let Line::Entry(entry) = line else {
                panic!("{line:?}")
            };
            if entry.kind != EntryKind::Observed {
                committed.push(entry.snapshot);
            }
        }
        let mut found = Vec::new();
        for article in archive.articles().unwrap() {
            for path in archive.snapshots(&article).unwrap() {
                let file = archive.read_snapshot(&path).unwrap();
                for blob in file.snapshot.blobs() {
                    let path = layout::blob(&blob.digest, blob.extension);
                    assert_eq!(archive.digest(&path).unwrap(), (blob.digest, blob.size));
                }
                found.push(file.digest);
            }
        }
        committed.sort();
        found.sort();
        assert_eq!(committed, found);
        assert_eq!(archive.leftovers().unwrap(), []);
        committed.len()
    }
}

fn put(writer: &Writer, bytes: &[u8], extension: &'static str) -> Digest {
    let mut blob = writer.blob().unwrap();
    blob.write_all(bytes).unwrap();
    let stored = blob.finish(extension).unwrap();
    assert_eq!(
        (stored.digest, stored.bytes),
        (Digest::of(bytes), bytes.len() as u64)
    );
    stored.digest
}

/// Puts a page and its picture, and returns their capture.
fn capture(writer: &Writer, name: &str, time: Timestamp) -> Pending {
    let (page, picture) = (format!("page {name}"), format!("picture {name}"));
    let address = Link::parse(&format!("https://h.test/{name}")).unwrap();
    let resource = Resource {
        digest: put(writer, picture.as_bytes(), "jpg"),
        media: MediaType::Jpeg,
        size: picture.len() as u64,
        width: Some(1),
        height: Some(1),
    };
    let mention = Mention {
        start: 0,
        end: 4,
        written: "page".to_owned(),
        kind: Kind::ImgSrc,
        role: Role::Image,
        target: Some(address.clone()),
        promotion: None,
        document: None,
        outcome: Outcome::Kept(resource),
    };
    let digest = put(writer, page.as_bytes(), "bin");
    let document = Document {
        kind: DocumentKind::Page,
        syntax: offprint::document::Syntax::Html,
        digest,
        size: page.len() as u64,
        url: Some(address.clone()),
        base: None,
        charset: "UTF-8".to_owned(),
        references: vec![mention],
    };
    let snapshot = Snapshot {
        format: FORMAT,
        tool: "offprint test".to_owned(),
        time,
        source: Source {
            key: address.key(),
            given: name.to_owned(),
            url: Some(address.clone()),
            aliases: vec![format!("url:https://old.test/{name}")],
            entry: None,
            tags: Vec::new(),
        },
        article: Facts::default(),
        original: digest,
        documents: vec![document],
        exchanges: Vec::new(),
    };
    Pending {
        folder: ArticleFolder::new(&address.key(), Some(name)),
        snapshot,
    }
}

/// Commits one capture and settles it.
fn commit(writer: &Writer, name: &str, time: Timestamp) -> Committed {
    let pending = capture(writer, name, time);
    let mut group = writer.commit(&[pending], time).unwrap();
    writer.settle(&group.plan).unwrap();
    group.snapshots.swap_remove(0)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
