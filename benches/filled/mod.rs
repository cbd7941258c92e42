//! What is measured? An archive of so many articles, made as archives are always written, but for the network.

use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use offprint::archive::{
    Archive, ArticleFolder, Checkpoint, LOCK_WAIT, Pending, Writer, WriterOptions,
};
use offprint::catalogue;
use offprint::digest::Digest;
use offprint::document::{Kind as DocumentKind, Syntax};
use offprint::link::Link;
use offprint::media::MediaType;
use offprint::refs::{Kind, Role};
use offprint::snapshot::{Document, FORMAT, Facts, Mention, Outcome, Resource, Snapshot, Source};
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

/// Makes an archive of articles, each with images of its own, in the way in which it is always written.
pub(crate) fn fill(root: &Path, articles: usize, images: usize) {
    let archive = Archive::open_or_create(root).expect("an archive can be made");
    let options = WriterOptions {
        lock_wait: LOCK_WAIT,
        checkpoint: Checkpoint::none(),
    };
    let (writer, _) = archive
        .writer(options, Timestamp::now())
        .expect("it can be written to");
    for begin in (0..articles).step_by(TOGETHER) {
        let group: Vec<Pending> = (begin..articles.min(begin + TOGETHER))
            .map(|number| capture(&writer, number, images))
            .collect();
        let group = writer.commit(&group, Timestamp::now()).expect("a commit");
        writer.settle(&group.plan).expect("a plan can be removed");
    }
    catalogue::update(&archive, &writer).expect("the front pages can be made");
}

/// Returns the address of an article.
pub(crate) fn address(number: usize) -> String {
    format!("https://host-{}.test/{number}", number / PER_HOST)
}

fn capture(writer: &Writer, number: usize, images: usize) -> Pending {
    let address = Link::parse(&address(number)).expect("an address");
    let text = format!("page {number:09}");
    let page = put(writer, &text, "bin");
    let image = |image: usize| {
        let bytes = format!("image {image} of {number}");
        Mention {
            start: image,
            end: image,
            written: format!("{image}.jpg"),
            kind: Kind::ImgSrc,
            role: Role::Image,
            target: Link::parse(&format!("{address}/{image}.jpg")).ok(),
            promotion: None,
            document: None,
            outcome: Outcome::Kept(Resource {
                digest: put(writer, &bytes, "jpg"),
                media: MediaType::Jpeg,
                size: bytes.len() as u64,
                width: Some(1),
                height: Some(1),
            }),
        }
    };
    let document = Document {
        kind: DocumentKind::Page,
        syntax: Syntax::Html,
        digest: page,
        size: text.len() as u64,
        url: Some(address.clone()),
        base: None,
        charset: "UTF-8".to_owned(),
        references: (0..images).map(image).collect(),
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

fn put(writer: &Writer, text: &str, extension: &'static str) -> Digest {
    let mut blob = writer.blob().expect("a blob can be begun");
    blob.write_all(text.as_bytes()).expect("it can be written");
    blob.finish(extension).expect("it can be ended").digest
}
