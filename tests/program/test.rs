//! What does every test of the program begin with? A folder, an origin, and the binary run in that folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use offprint::archive::log::{Entry, Line};
use offprint::archive::{Archive, Area, SnapshotFile, layout};
use offprint::render::view;
use serde_json::Value;
use tempfile::TempDir;

use crate::origin::{Config, Origin, Recorded, Reply, Script};
use crate::ran::Ran;

/// The hosts that the origin has a certificate for.
const HOSTS: &[&str] = &[
    "a.test",
    "b.test",
    "example.com",
    "img.offprint.test",
    "paper.offprint.test",
    "wx1.sinaimg.cn",
];

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A folder with an origin beside it.
pub(crate) struct Test {
    pub(crate) dir: TempDir,
    pub(crate) origin: Origin,
    site: Arc<Mutex<Script>>,
    arrived: Arc<Condvar>,
}

impl Test {
    /// Begins with an empty folder and an origin that knows no page.
    pub(crate) fn new() -> Self {
        Self::with(&Config::tls(HOSTS))
    }

    /// Likewise; the origin answers also who tells where a picture stands.
    pub(crate) fn with_referers() -> Self {
        Self::with(&Config {
            allow_referer: true,
            ..Config::tls(HOSTS)
        })
    }

    /// Begins with an origin like this one.
    pub(crate) fn with(config: &Config) -> Self {
        let site: Arc<Mutex<Script>> = Arc::default();
        let arrived = Arc::new(Condvar::new());
        let (pages, arrival) = (Arc::clone(&site), Arc::clone(&arrived));
        let origin = Origin::start(config, move |request| {
            let mut pages = pages.lock().unwrap();
            arrival.notify_all();
            pages.reply(request)
        })
        .unwrap();
        let test = Self {
            dir: TempDir::new().unwrap(),
            origin,
            site,
            arrived,
        };
        test.write("ca.pem", &test.origin.ca_pem);
        test
    }

    /// Answers requests for `address` (host and path) with `reply`, from now on.
    pub(crate) fn serve(&self, address: &str, reply: Reply) {
        self.serve_each(address, [reply]);
    }

    /// Answers requests for `address` with one reply after the other, and all that follow with the last one.
    pub(crate) fn serve_each(&self, address: &str, replies: impl Into<Vec<Reply>>) {
        self.site.lock().unwrap().say(address, replies);
    }

    /// Waits until somebody has asked for `address`.
    pub(crate) fn wait_for(&self, address: &str) {
        self.wait_for_more(address, 0);
    }

    /// Waits until somebody has asked for `address` more than `times` times.
    pub(crate) fn wait_for_more(&self, address: &str, times: usize) {
        let pages = self.site.lock().unwrap();
        let (pages, waited) = self
            .arrived
            .wait_timeout_while(pages, PATIENCE, |_| self.count(address) <= times)
            .unwrap();
        drop(pages);
        assert!(!waited.timed_out(), "nobody asks for {address}");
    }

    /// Serves one of the images in `tests/specimens/images`.
    pub(crate) fn serve_image(&self, address: &str, name: &str) {
        self.serve(address, Reply::ok("image/x", image(name)));
    }

    /// Writes a file into the folder.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Returns the path of something in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Holds the lock of another process's commit, until it is dropped.
    pub(crate) fn commit_lock(&self) -> File {
        let lock = File::options()
            .write(true)
            .open(self.path("archive/tmp/commit.lock"))
            .unwrap();
        lock.lock().unwrap();
        lock
    }

    /// Returns the bytes of a file of the archive.
    pub(crate) fn archived(&self, path: &str) -> Vec<u8> {
        fs::read(self.path("archive").join(path)).unwrap()
    }

    /// Returns the program with these arguments, in the folder, with an environment that says nothing.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_offprint"));
        command.current_dir(self.dir.path()).args(arguments);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Returns `offprint add` with every host led to the origin, and hardly a pause before what is tried again.
    pub(crate) fn adding(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(&["add", "--ca-cert", "ca.pem", "--resolve"]);
        command
            .arg(format!("*={}", self.origin.addr))
            .args(["--retry-pause", "10ms"])
            .args(arguments);
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// Runs `offprint add`.
    pub(crate) fn add(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.adding(arguments).output().unwrap())
    }

    /// Runs `offprint add --json` and returns its objects.
    #[track_caller]
    pub(crate) fn add_json(&self, arguments: &[&str]) -> Vec<Value> {
        let mut command = self.adding(arguments);
        Ran::of(command.arg("--json").output().unwrap()).objects()
    }

    /// Returns the requests that came, as `host/path`, in the order in which they came.
    pub(crate) fn requested(&self) -> Vec<String> {
        self.origin.log().iter().map(address).collect()
    }

    /// Returns how many requests came for an address.
    pub(crate) fn count(&self, wanted: &str) -> usize {
        self.requested().iter().filter(|it| *it == wanted).count()
    }

    /// Returns the snapshots of the archive, in the order of the log; without those that were taken out and wait to be pruned.
    pub(crate) fn snapshots(&self) -> Vec<SnapshotFile> {
        let archive = Archive::open(&self.path("archive")).unwrap();
        let mut files = Vec::new();
        for article in archive.articles().unwrap() {
            for path in archive.snapshots(&article).unwrap() {
                let file = archive.read_snapshot(&path).unwrap();
                match archive.committed(&file.digest).unwrap() {
                    Some(index) => files.push((index, file)),
                    None => assert!(archive.was_removed(article.id()).unwrap(), "{path}"),
                }
            }
        }
        files.sort_by_key(|(index, _)| *index);
        files.into_iter().map(|(_, file)| file).collect()
    }

    /// Checks that the archive is whole, by what the library reads and by what `offprint verify` says: the log holds
    /// together, every blob has the bytes of its name, every article's last snapshot has its view, and undoing the
    /// view's edits gives the original. Returns how many snapshots there are.
    #[track_caller]
    pub(crate) fn assert_sound(&self) -> usize {
        let archive = Archive::open(&self.path("archive")).unwrap();
        let lines: Vec<Line> = archive.log().unwrap().collect();
        let faults: Vec<&Line> = lines
            .iter()
            .filter(|line| !matches!(line, Line::Entry(_)))
            .collect();
        assert!(faults.is_empty(), "{faults:?}");
        let snapshots = self.snapshots();
        let removals = archive.removals(0).unwrap();
        let counts =
            |entry: &Entry| entry.kind.commits() && !removals.covers(&entry.article, entry.index);
        let counted = lines
            .iter()
            .filter(|line| matches!(line, Line::Entry(entry) if counts(entry)));
        assert_eq!(counted.count(), snapshots.len());
        for file in &snapshots {
            for blob in file.snapshot.blobs() {
                let path = layout::blob(&blob.digest, blob.extension);
                assert_eq!(archive.digest(&path).unwrap(), (blob.digest, blob.size));
            }
        }
        for article in archive.articles().unwrap() {
            // A run that was killed may leave a folder without a snapshot.
            let Some(newest) = archive.newest_snapshot(&article).unwrap() else {
                continue;
            };
            let original = layout::blob(&newest.snapshot.original, "bin").to_string();
            self.assert_view(
                &article.path().to_string(),
                newest.path.name(),
                &self.archived(&original),
            );
        }
        assert_eq!(archive.leftovers().unwrap(), [], "left in tmp");
        let verified = self.run(&["verify"]);
        assert_eq!(verified.code, Some(0), "{verified:#?}");
        snapshots.len()
    }

    #[track_caller]
    fn assert_view(&self, folder: &str, snapshot: &str, original: &[u8]) {
        let record = view::parse(&self.archived(&format!("{folder}/view.json"))).unwrap();
        assert_eq!(record.snapshot, snapshot);
        let mut undone = 0;
        for file in &record.files {
            let bytes = self.archived(&format!("{folder}/{}", file.name));
            assert_eq!(
                offprint::digest::Digest::of(&bytes),
                file.digest,
                "{}",
                file.name
            );
            if file.edits.is_some() {
                assert_eq!(
                    file.original(&bytes).as_deref(),
                    Some(original),
                    "{}",
                    file.name
                );
                undone += 1;
            }
        }
        assert_eq!(undone, 1, "one file of a view is made of the original");
    }

    /// Returns the blobs of the archive: their paths, sorted.
    pub(crate) fn blobs(&self) -> Vec<String> {
        let archive = Archive::open(&self.path("archive")).unwrap();
        let mut paths: Vec<String> = archive
            .survey(Area::Blobs)
            .map(|sighting| sighting.unwrap().path)
            .collect();
        paths.sort();
        paths
    }

    /// Returns the file of the one view in the archive, as text.
    pub(crate) fn view(&self, name: &str) -> String {
        let archive = Archive::open(&self.path("archive")).unwrap();
        let articles = archive.articles().unwrap();
        assert_eq!(articles.len(), 1);
        String::from_utf8_lossy(&self.archived(&format!("{}/{name}", articles[0].path())))
            .into_owned()
    }
}

/// Returns a page that shows these images.
pub(crate) fn page_with(sources: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let tags: Vec<String> = sources
        .into_iter()
        .map(|source| format!("<img src={source}>"))
        .collect();
    format!("<title>P</title>{}", tags.concat())
}

/// Returns the bytes of one of the images in `tests/specimens/images`.
pub(crate) fn image(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specimens/images");
    fs::read(folder.join(name)).unwrap()
}

fn address(request: &Recorded) -> String {
    format!("{}{}", request.host, request.path)
}
