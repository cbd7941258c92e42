//! Do the front pages follow the log, page by page, and are they the same whoever makes them?

#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests, too")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use offprint::archive::{
    Archive, ArticleFolder, Committed, Pending, Rehearsal, Writer, WriterOptions,
};
use offprint::catalogue::update;
use offprint::digest::Digest;
use offprint::document::Kind;
use offprint::link::Link;
use offprint::render::closed::leaks;
use offprint::snapshot::{Document, FORMAT, Facts, Snapshot, Source};
use tempfile::TempDir;

/// Stands in the place of pages that are not to be written again.
const UNTOUCHED: &str = "untouched";

struct Test {
    dir: TempDir,
    archive: Archive,
    writer: Writer,
    page: Digest,
}

impl Test {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let archive = Archive::open_or_create(&dir.path().join("archive")).unwrap();
        let options = WriterOptions {
            lock_wait: Duration::from_secs(60),
            rehearsal: Rehearsal::none(),
        };
        let (writer, _) = archive.writer(options, second(0)).unwrap();
        let mut blob = writer.blob().unwrap();
        blob.write_all(b"page").unwrap();
        let page = blob.finish("bin").unwrap().digest;
        Self {
            dir,
            archive,
            writer,
            page,
        }
    }

    /// Commits captures of the articles with these numbers, a second apart, and brings the pages up to them.
    fn add(&self, articles: impl IntoIterator<Item = usize>, time: i64) -> Vec<Committed> {
        let group: Vec<Pending> = (time..)
            .zip(articles)
            .map(|(time, number)| self.pending(number, second(time)))
            .collect();
        let group = self.writer.commit(&group, second(time)).unwrap();
        self.writer.settle(&group.plan).unwrap();
        self.update();
        group.snapshots
    }

    fn update(&self) {
        update(&self.archive, &self.writer).unwrap();
    }

    fn pending(&self, number: usize, time: Timestamp) -> Pending {
        let address = Link::parse(&format!("https://host-{}.test/{number}", number % 3)).unwrap();
        let title = format!("Article {number}.");
        let document = Document {
            kind: Kind::Page,
            syntax: offprint::document::Syntax::Html,
            digest: self.page,
            size: 4,
            url: Some(address.clone()),
            base: None,
            charset: "UTF-8".to_owned(),
            references: Vec::new(),
        };
        let snapshot = Snapshot {
            format: FORMAT,
            tool: "offprint test".to_owned(),
            time,
            source: Source {
                key: address.key(),
                given: address.to_string(),
                url: Some(address.clone()),
                aliases: Vec::new(),
                entry: None,
                tags: Vec::new(),
            },
            article: Facts {
                title: Some(title.clone()),
                ..Facts::default()
            },
            original: self.page,
            documents: vec![document],
            exchanges: Vec::new(),
        };
        Pending {
            folder: ArticleFolder::new(&address.key(), Some(&title)),
            snapshot,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("archive").join(name)
    }

    /// Returns all pages by their paths.
    fn pages(&self) -> BTreeMap<String, String> {
        let mut pages = BTreeMap::new();
        if let Ok(front) = fs::read_to_string(self.path("index.html")) {
            pages.insert("index.html".to_owned(), front);
        }
        for entry in fs::read_dir(self.path("index")).into_iter().flatten() {
            let entry = entry.unwrap();
            let name = format!("index/{}", entry.file_name().to_str().unwrap());
            pages.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
        pages
    }

    /// Puts a mark in the place of every page but the front.
    fn mark(&self) {
        for name in self.pages().keys().filter(|name| *name != "index.html") {
            fs::write(self.path(name), UNTOUCHED).unwrap();
        }
    }

    /// Returns the names of the pages without the mark.
    fn written(&self) -> Vec<String> {
        let pages = self.pages().into_iter();
        pages
            .filter(|(_, page)| page != UNTOUCHED)
            .map(|(name, _)| name)
            .collect()
    }

    fn remove_pages(&self) {
        fs::remove_file(self.path("index.html")).unwrap();
        fs::remove_dir_all(self.path("index")).unwrap();
    }
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn rows(page: &str) -> usize {
    page.matches("<li ").count()
}

#[test]
fn an_empty_archive_has_no_pages() {
    let test = Test::new();
    test.update();
    assert_eq!(test.pages(), BTreeMap::new());
}

#[test]
fn a_run_writes_the_open_page_and_what_it_closed() {
    let test = Test::new();
    test.add(0..450, 0);
    let rows_of = |name: &str| rows(&test.pages()[name]);
    assert_eq!(
        test.written(),
        [
            "index.html",
            "index/000000000000.html",
            "index/000000000100.html",
            "index/000000000200.html"
        ]
    );
    assert_eq!(rows_of("index/000000000200.html"), 100);
    assert_eq!(rows_of("index.html"), 150);

    test.mark();
    test.add([450], 1000);
    assert_eq!(test.written(), ["index.html"]);
    assert_eq!(rows_of("index.html"), 151);

    test.add(451..499, 2000);
    assert_eq!(test.written(), ["index.html"]);
    // The page before is written for its link to the one that is closed now.
    test.add([499], 3000);
    assert_eq!(
        test.written(),
        [
            "index.html",
            "index/000000000200.html",
            "index/000000000300.html"
        ]
    );
    assert_eq!(rows_of("index.html"), 100);
}

#[test]
fn whoever_makes_the_pages_makes_the_same() {
    let test = Test::new();
    test.add(0..170, 0);
    test.add(170..320, 1000);
    test.add(320..430, 2000);
    let pages = test.pages();
    assert_eq!(pages.len(), 4);
    test.remove_pages();
    test.update();
    assert_eq!(test.pages(), pages);
    for (name, page) in &pages {
        assert_eq!(leaks(page.as_bytes()), [], "{name}");
    }
    // Every link leads somewhere, but those to views, which this test does not make.
    for (name, page) in &pages {
        let folder = test.path(name).parent().unwrap().to_owned();
        for after in page.split("href=\"").skip(1) {
            let link = after.split_once('"').unwrap().0;
            let target = folder.join(link);
            let there = if link.contains("articles/") {
                target.parent().unwrap().join("snapshots").is_dir()
            } else {
                target.is_file()
            };
            assert!(there, "{name} links to {link}");
        }
    }
}

#[test]
fn a_run_goes_on_where_one_before_did_not_get_to() {
    let test = Test::new();
    test.add(0..190, 0);
    let behind = fs::read(test.path("index.html")).unwrap();
    test.add(190..430, 1000);
    let pages = test.pages();

    fs::remove_dir_all(test.path("index")).unwrap();
    fs::write(test.path("index.html"), &behind).unwrap();
    test.update();
    assert_eq!(test.pages(), pages);

    // A front of another archive, or none of ours.
    for front in ["<html data-entries=\"99999\">", "<html>"] {
        fs::write(test.path("index.html"), front).unwrap();
        test.update();
        assert_eq!(test.pages(), pages);
    }
    // A front that tells of everything is left alone.
    let front = pages["index.html"].clone() + "<!-- ours -->";
    fs::write(test.path("index.html"), &front).unwrap();
    test.update();
    assert_eq!(test.pages()["index.html"], front);
}

/// What a run reads must not grow with the archive: what is listed already is not read again.
#[test]
fn what_is_listed_already_is_not_read_again() {
    let test = Test::new();
    test.add(0..299, 0);
    fs::rename(test.path("articles"), test.path("../aside")).unwrap();
    test.add([299], 1000);
    let (front, closed) = (
        &test.pages()["index.html"],
        &test.pages()["index/000000000100.html"],
    );
    assert_eq!((rows(front), rows(closed)), (100, 100));
    assert!(front.contains("Article 299.") && front.contains("Article 200."));
    assert!(closed.contains("Article 199.") && closed.contains("href=\"../articles/"));

    // Who finds a page that somebody changed, reads again.
    fs::remove_dir_all(test.path("articles")).unwrap();
    fs::rename(test.path("../aside"), test.path("articles")).unwrap();
    let changed = front.replace("Article 200.", "Another title");
    fs::write(test.path("index.html"), changed).unwrap();
    test.add([300], 2000);
    let front = &test.pages()["index.html"];
    assert!(front.contains("Article 200.") && !front.contains("Another title"));
}

#[test]
fn an_article_captured_again_is_listed_once_a_page_and_first() {
    let test = Test::new();
    test.add(0..5, 0);
    test.add([1], 100);
    let page = &test.pages()["index.html"];
    assert_eq!(rows(page), 5);
    let place = |title: &str| page.find(title).unwrap();
    assert!(place("Article 1.") < place("Article 4.") && place("Article 4.") < place("Article 0."));
}

#[test]
fn what_can_t_be_read_has_no_row_and_an_older_capture_stands_in() {
    let test = Test::new();
    let first = test.add(0..3, 0);
    let again = test.add([1], 100);
    fs::write(test.path(first[2].path.as_str()), b"damaged").unwrap();
    fs::write(test.path(again[0].path.as_str()), b"damaged").unwrap();
    fs::remove_file(test.path("index.html")).unwrap();
    test.update();
    let page = &test.pages()["index.html"];
    assert_eq!(rows(page), 2);
    assert!(page.contains("Article 0.") && page.contains("Article 1."));
}
