//! Is an article of which nothing has changed told of as ever, though nothing of it is opened?

use std::fs;
use std::path::PathBuf;

use offprint::archive::Archive;
use offprint::digest::{proven, proven_line};
use serde_json::Value;

use crate::mirrored::{objects, with};
use crate::origin::Reply;
use crate::test::{Test, image, page_with};

const SOURCE: &str = "[[source]]\nurl = 'https://a.test/x'\nkind = 'page'\n";

/// Returns a test whose page shows `1.png`, new for an hour, and `2.png`, which is to be asked for each time; mirrored once.
fn mirrored() -> Test {
    let test = with(SOURCE);
    serve_page(&test, &["1.png", "2.png"]);
    let picture = |bytes: &str| Reply::ok("image/png", [image("plain.png"), bytes.into()].concat());
    let new = picture("1").with("etag", "\"1\"");
    test.serve("a.test/1.png", new.with("cache-control", "max-age=3600"));
    let old = picture("2").with("etag", "\"2\"");
    test.serve("a.test/2.png", old.with("cache-control", "no-cache"));
    assert_eq!(run(&test).1, ["/1.png", "/2.png", "/x"]);
    test
}

fn serve_page(test: &Test, images: &[&str]) {
    let page = page_with(images.iter().copied()) + "<p>Twice a day the sea rises and falls.";
    let reply = Reply::ok("text/html", page).with("etag", &format!("\"{}\"", images.len()));
    test.serve("a.test/x", reply);
}

/// Mirrors all. Returns what was told, without what differs between any two runs, and the paths that were asked for.
#[track_caller]
fn run(test: &Test) -> (Vec<Value>, Vec<String>) {
    drop(fs::remove_file(test.path("archive/state/asked.json")));
    let before = test.origin.log().len();
    let mut told = objects(test, 0);
    for object in &mut told {
        for key in ["begun", "ended", "seconds", "report"] {
            object.as_object_mut().unwrap().remove(key);
        }
    }
    let log = test.origin.log().into_iter().skip(before);
    let paths = log.map(|it| it.path);
    let mut asked: Vec<String> = paths.filter(|path| path != "/robots.txt").collect();
    asked.sort();
    (told, asked)
}

/// Returns the files of what is remembered.
fn memories(test: &Test) -> Vec<PathBuf> {
    let folders = fs::read_dir(test.path("archive/state/still"))
        .into_iter()
        .flatten();
    folders
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect()
}

#[test]
fn what_is_told_is_the_same_without_what_is_remembered() {
    let test = mirrored();
    let [memory] = &memories(&test)[..] else {
        panic!("{:?}", memories(&test));
    };
    let written = fs::metadata(memory).unwrap().modified().unwrap();
    let with_it = run(&test);
    assert_eq!(with_it.1, ["/2.png", "/x"]);
    let still = fs::metadata(memory).unwrap().modified().unwrap();
    assert_eq!(written, still, "it was believed, and not written again");
    fs::remove_dir_all(test.path("archive/state/still")).unwrap();
    assert_eq!(run(&test), with_it);
    assert_eq!(memories(&test).len(), 1, "it is remembered again");
    assert_eq!(run(&test), with_it);
    assert_eq!(test.snapshots().len(), 1);
    test.assert_sound();
}

#[test]
fn a_memory_that_is_damaged_is_as_good_as_none() {
    let test = mirrored();
    let with_it = run(&test);
    let memory = memories(&test).remove(0);
    let bytes = fs::read(&memory).unwrap();
    let mut altered = bytes.clone();
    altered[100] ^= 1;
    for damaged in [altered, bytes[..70].to_vec(), Vec::new()] {
        fs::write(&memory, &damaged).unwrap();
        assert_eq!(run(&test), with_it);
        assert_eq!(fs::read(&memory).unwrap(), bytes, "it is written again");
    }
}

#[test]
fn a_memory_is_believed_up_to_its_size() {
    let test = mirrored();
    let with_it = run(&test);
    let memory = memories(&test).remove(0);
    let bytes = fs::read(&memory).unwrap();
    let json = proven(bytes.strip_suffix(b"\n").unwrap()).unwrap();
    for (length, is_believed) in [(1 << 20, true), ((1 << 20) + 1, false)] {
        let spaces = vec![b' '; length - bytes.len()];
        let long = proven_line(&[json, &spaces].concat());
        assert_eq!(long.len(), length);
        fs::write(&memory, &long).unwrap();
        assert_eq!(run(&test), with_it);
        let is_kept = fs::read(&memory).unwrap() == long;
        assert_eq!(is_kept, is_believed, "otherwise it is written again");
    }
}

#[test]
fn what_was_touched_or_lost_is_looked_at_and_mended() {
    let test = mirrored();
    let archive = Archive::open(&test.path("archive")).unwrap();
    let page = archive.articles().unwrap()[0].view();
    let page = page.under(&test.path("archive"));
    let good = fs::read(&page).unwrap();
    fs::write(&page, "another").unwrap();
    run(&test);
    assert_eq!(fs::read(&page).unwrap(), good, "its view is made again");
    fs::remove_file(&page).unwrap();
    run(&test);
    assert_eq!(fs::read(&page).unwrap(), good);

    let blob = test.blobs().into_iter().find(|path| path.ends_with("png"));
    let blob = test.path("archive").join(blob.unwrap());
    fs::remove_file(&blob).unwrap();
    run(&test);
    assert!(blob.exists(), "it is fetched again");
    test.assert_sound();
}

#[test]
fn what_changes_is_captured_and_remembered_anew() {
    let test = mirrored();
    // An image alone.
    let other = [image("plain.png"), b"other".to_vec()].concat();
    let reply = Reply::ok("image/png", other).with("etag", "\"3\"");
    test.serve("a.test/2.png", reply.with("cache-control", "no-cache"));
    run(&test);
    assert_eq!(test.snapshots().len(), 2);
    assert_eq!(run(&test).1, ["/2.png", "/x"]);
    // The page, by another verb, of which `mirror` does not hear.
    test.serve_image("a.test/3.png", "plain.png");
    serve_page(&test, &["1.png", "2.png", "3.png"]);
    test.add(&["https://a.test/x"]).expect_code(0, &[]);
    assert_eq!(test.snapshots().len(), 3);
    let (told, asked) = run(&test);
    assert_eq!(
        asked.first().map(String::as_str),
        Some("/2.png"),
        "{told:#?}"
    );
    assert_eq!(test.snapshots().len(), 3);
    // And one that is gone stays, and is told of.
    test.serve("a.test/2.png", Reply::not_found());
    let (told, _) = run(&test);
    let article = told.iter().find(|it| it["event"] == "article").unwrap();
    assert_eq!(
        article["lost"].as_array().map(Vec::len),
        Some(1),
        "{article:#}"
    );
    test.assert_sound();
}

#[test]
fn what_was_taken_out_stays_out() {
    let test = mirrored();
    test.run(&["remove", "https://a.test/x"])
        .expect_code(0, &[]);
    let (told, _) = run(&test);
    assert!(told.iter().all(|it| it["event"] != "article"), "{told:#?}");
}
