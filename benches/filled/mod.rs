//! What is measured? An archive of so many articles, made as archives are always written, but for the network.

use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use offprint::archive::{
    Archive, ArticleFolder, LOCK_WAIT, Pending, Rehearsal, SnapshotFile, Writer, WriterOptions,
};
use offprint::catalogue;
use offprint::digest::Digest;
use offprint::document::{Kind as DocumentKind, Syntax};
use offprint::link::Link;
use offprint::media::MediaType;
use offprint::refs::{Kind, Role};
use offprint::snapshot::{Document, FORMAT, Facts, Mention, Outcome, Resource, Snapshot, Source};
use offprint::views;
use tempfile::TempDir;

/// Articles of one host.
const PER_HOST: usize = 100;

/// Articles that are committed together.
const TOGETHER: usize = 500;

/// Makes a folder for archives, in `parent` where that is given; it goes at the end.
pub(crate) fn folder(parent: Option<&Path>) -> TempDir {
    let folder = parent.map_or_else(tempfile::tempdir, tempfile::tempdir_in);
    folder.expect("a folder can be made")
}

/// Makes an archive of articles, each with images of its own of some hundred bytes, in the way in which it is always written.
#[allow(dead_code, reason = "a bench uses what it needs")]
pub(crate) fn fill(root: &Path, articles: usize, images: usize) {
    fill_with(root, articles, images, 0);
}

/// Likewise, with images of at least so many bytes.
#[allow(dead_code, reason = "a bench uses what it needs")]
pub(crate) fn fill_with(root: &Path, articles: usize, images: usize, bytes: usize) {
    let archive = Archive::open_or_create(root).expect("an archive can be made");
    let options = WriterOptions {
        lock_wait: LOCK_WAIT,
        rehearsal: Rehearsal::none(),
    };
    let (writer, _) = archive
        .writer(options, Timestamp::now())
        .expect("it can be written to");
    for begin in (0..articles).step_by(TOGETHER) {
        let group: Vec<Pending> = (begin..articles.min(begin + TOGETHER))
            .map(|number| capture(&writer, number, images, bytes))
            .collect();
        let committed = writer.commit(&group, Timestamp::now()).expect("a commit");
        let files: Vec<SnapshotFile> = (group.into_iter().zip(committed.snapshots))
            .map(|(pending, it)| SnapshotFile {
                path: it.path,
                digest: it.digest,
                snapshot: pending.snapshot,
            })
            .collect();
        views::write(&archive, &writer, &files.iter().collect::<Vec<_>>()).expect("views");
        writer
            .settle(&committed.plan)
            .expect("a plan can be removed");
    }
    catalogue::update(&archive, &writer).expect("the front pages can be made");
}

/// Returns the address of an article.
pub(crate) fn address(number: usize) -> String {
    format!("https://host-{}.test/{number}", number / PER_HOST)
}

fn capture(writer: &Writer, number: usize, images: usize, bytes: usize) -> Pending {
    let address = Link::parse(&address(number)).expect("an address");
    let mut text = format!("<!doctype html><meta charset=utf-8><title>{number:09}</title>\n");
    let mut references = Vec::with_capacity(images);
    for image in 0..images {
        let written = format!("{image}.png");
        text.push_str("<p><img src=\"");
        let start = text.len();
        text.push_str(&written);
        let picture = picture(number, image, bytes);
        references.push(Mention {
            start,
            end: text.len(),
            target: Link::parse(&format!("{address}/{written}")).ok(),
            written,
            kind: Kind::ImgSrc,
            role: Role::Image,
            promotion: None,
            document: None,
            outcome: Outcome::Kept(Resource {
                digest: put(writer, &picture, "png"),
                media: MediaType::Png,
                size: picture.len() as u64,
                width: Some(1),
                height: Some(1),
            }),
        });
        text.push_str("\">\n");
    }
    let page = put(writer, text.as_bytes(), "bin");
    let document = Document {
        kind: DocumentKind::Page,
        syntax: Syntax::Html,
        digest: page,
        size: text.len() as u64,
        url: Some(address.clone()),
        base: None,
        charset: "UTF-8".to_owned(),
        references,
    };
    let title = format!("Article {number} of a large archive");
    Pending {
        folder: ArticleFolder::new(&address.key(), Some(&title)),
        snapshot: Snapshot {
            format: FORMAT,
            tool: "offprint bench".to_owned(),
            time: Timestamp::now(),
            source: Source {
                key: address.key(),
                given: address.to_string(),
                url: Some(address),
                aliases: Vec::new(),
                entry: None,
                tags: Vec::new(),
            },
            article: Facts {
                title: Some(title),
                ..Facts::default()
            },
            original: page,
            documents: vec![document],
            exchanges: Vec::new(),
        },
    }
}

/// A picture of its own: a PNG, and behind its end what makes it another one than the others.
fn picture(number: usize, image: usize, bytes: usize) -> Vec<u8> {
    let mut picture = include_bytes!("../../tests/specimens/images/plain.png").to_vec();
    picture.extend(format!("image {image} of {number}").bytes());
    let mut state = (number * 1000 + image) as u64 | 1;
    while picture.len() < bytes {
        // Xorshift: bytes that no disk makes smaller.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        picture.extend(state.to_le_bytes());
    }
    picture
}

fn put(writer: &Writer, bytes: &[u8], extension: &'static str) -> Digest {
    let mut blob = writer.blob().expect("a blob can be begun");
    blob.write_all(bytes).expect("it can be written");
    blob.finish(extension).expect("it can be ended").digest
}
