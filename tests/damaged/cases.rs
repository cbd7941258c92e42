//! The kinds of damage. Each test's name is that of the file with what `verify` must say.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::fixture::Damaged;
use crate::{check, coreutils, verify};

const LEAD: &[&str] = &["blobs/", "b1f68e3f"];
const CHART: &[&str] = &["blobs/", "b9a8520a"];
const PRESS: &[&str] = &["blobs/", "5e35f966"];

/// One test a kind of damage.
macro_rules! damages {
    ($($name:ident: $damage:expr;)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name), $damage);
        })*
    };
}

damages! {
    nothing: |_: &Damaged| {};
    blob_with_a_flipped_bit: |it: &Damaged| it.edit(LEAD, |bytes| bytes[100] ^= 1);
    blob_truncated: |it: &Damaged| it.edit(LEAD, |bytes| bytes.truncate(1000));
    blob_emptied: |it: &Damaged| it.edit(LEAD, Vec::clear);
    blob_longer: |it: &Damaged| it.edit(LEAD, |bytes| bytes.push(0));
    blob_missing: |it: &Damaged| fs::remove_file(it.file(LEAD)).unwrap();
    blobs_swapped: |it: &Damaged| {
        let (lead, chart) = (fs::read(it.file(LEAD)).unwrap(), fs::read(it.file(CHART)).unwrap());
        it.edit(LEAD, |bytes| *bytes = chart);
        it.edit(CHART, |bytes| *bytes = lead);
    };
    blob_with_another_extension: |it: &Damaged| {
        let path = it.file(PRESS);
        fs::rename(&path, path.with_extension("gif")).unwrap();
    };
    blob_in_another_folder: |it: &Damaged| {
        let path = it.file(PRESS);
        let other = it.root().join("blobs/sha256/00");
        fs::create_dir(&other).unwrap();
        fs::rename(&path, other.join(path.file_name().unwrap())).unwrap();
    };
    blob_in_capital_letters: |it: &Damaged| {
        let path = it.file(PRESS);
        let name = path.file_name().unwrap().to_str().unwrap().to_uppercase();
        fs::rename(&path, path.with_file_name(name)).unwrap();
    };
    blob_that_is_a_link: |it: &Damaged| {
        let path = it.file(LEAD);
        fs::remove_file(&path).unwrap();
        symlink("/etc/hostname", path).unwrap();
    };
    blob_that_is_a_folder: |it: &Damaged| {
        let path = it.file(LEAD);
        fs::remove_file(&path).unwrap();
        fs::create_dir(path).unwrap();
    };
    blob_that_is_a_pipe: |it: &Damaged| {
        let path = it.file(LEAD);
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    blob_that_nobody_names: |it: &Damaged| {
        let folder = it.root().join("blobs/sha256/2c");
        fs::create_dir_all(&folder).unwrap();
        // SHA-256 of "foo".
        let name = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae.bin";
        fs::write(folder.join(name), "foo").unwrap();
    };
    blobs_all_missing: |it: &Damaged| fs::remove_dir_all(it.root().join("blobs")).unwrap();
    original_altered: |it: &Damaged| it.edit(&["blobs/", "cec0d63c"], |bytes| bytes[600] ^= 1);

    snapshot_edited: |it: &Damaged| it.edit(&["one-", "/snapshots/"], |bytes| replace(bytes, "\"title\":\"One\"", "\"title\":\"0ne\""));
    snapshot_truncated: |it: &Damaged| it.edit(&["one-", "/snapshots/"], |bytes| bytes.truncate(100));
    snapshot_missing: |it: &Damaged| fs::remove_file(it.file(&["one-", "/snapshots/"])).unwrap();
    snapshot_of_another_article: |it: &Damaged| {
        let (one, two) = (it.file(&["one-", "/snapshots/"]), it.file(&["two-", "/snapshots/"]));
        fs::rename(&one, two.with_file_name(one.file_name().unwrap())).unwrap();
    };
    snapshot_nobody_committed: |it: &Damaged| {
        let one = it.file(&["one-", "/snapshots/"]);
        let text = fs::read_to_string(&one).unwrap().replace("\"title\":\"One\"", "\"title\":\"Two\"");
        fs::write(one.with_file_name(named_by_digest(&text)), text).unwrap();
    };
    article_missing: |it: &Damaged| fs::remove_dir_all(it.file(&["one-", "view.json"]).parent().unwrap()).unwrap();

    log_line_edited: |it: &Damaged| it.log(|lines| lines[1] = lines[1].replace("2026", "2025"));
    log_line_removed: |it: &Damaged| it.log(|lines| drop(lines.remove(1)));
    log_last_line_removed: |it: &Damaged| it.log(|lines| drop(lines.pop()));
    log_lines_swapped: |it: &Damaged| it.log(|lines| lines.swap(1, 2));
    log_line_that_is_none: |it: &Damaged| it.log(|lines| lines[1] = "{}".to_owned());
    log_that_observes_nothing: |it: &Damaged| it.log(|lines| {
        let last = lines.last().unwrap().clone();
        let mut entry: serde_json::Value = serde_json::from_str(&last).unwrap();
        entry["index"] = lines.len().into();
        entry["kind"] = "observed".into();
        entry["saw"] = "gone".into();
        entry["previous"] = offprint::digest::Digest::of(last.as_bytes()).to_string().into();
        entry["snapshot"] = "0".repeat(64).into();
        lines.push(entry.to_string());
    });
    log_that_removes_nothing: |it: &Damaged| it.log(|lines| remove(lines, &"0".repeat(64)));
    article_removed: |it: &Damaged| {
        it.log(|lines| {
            let last: serde_json::Value = serde_json::from_str(lines.last().unwrap()).unwrap();
            remove(lines, last["snapshot"].as_str().unwrap());
        });
    };
    log_torn: |it: &Damaged| it.edit(&["log/"], |bytes| bytes.extend_from_slice(b"{\"article\":\"67"));
    log_emptied: |it: &Damaged| it.edit(&["log/"], Vec::clear);
    log_missing: |it: &Damaged| fs::remove_dir_all(it.root().join("log")).unwrap();
    log_that_is_a_file: |it: &Damaged| {
        fs::remove_dir_all(it.root().join("log")).unwrap();
        fs::write(it.root().join("log"), "").unwrap();
    };

    view_edited: |it: &Damaged| it.edit(&["one-", "index.html"], |bytes| replace(bytes, "Text of One.", "Text of Two."));
    view_opened: |it: &Damaged| it.edit(&["one-", "index.html"], |bytes| {
        replace(bytes, "Text of One.", "<script src=\"https://evil.test/\"></script>");
    });
    view_missing: |it: &Damaged| fs::remove_file(it.file(&["one-", "index.html"])).unwrap();
    view_record_missing: |it: &Damaged| fs::remove_file(it.file(&["one-", "view.json"])).unwrap();
    view_record_edited: |it: &Damaged| it.edit(&["page-", "view.json"], |bytes| replace(bytes, "gone.png", "lost.png"));
    view_of_another_renderer: |it: &Damaged| {
        it.edit(&["one-", "view.json"], |bytes| replace(bytes, "\"renderer\":", "\"renderer\":9"));
    };
    view_of_another_renderer_without_its_pages: |it: &Damaged| {
        it.edit(&["one-", "view.json"], |bytes| replace(bytes, "\"renderer\":", "\"renderer\":9"));
        fs::remove_file(it.file(&["one-", "index.html"])).unwrap();
        it.edit(&["one-", "post.md"], |bytes| bytes.push(b'!'));
    };
    front_page_edited: |it: &Damaged| {
        let front = it.root().join("index.html");
        let text = fs::read_to_string(&front).unwrap().replacen("<ol>", "<ol><img src=//evil.test/>", 1);
        fs::write(front, text).unwrap();
    };
    front_page_missing: |it: &Damaged| fs::remove_file(it.root().join("index.html")).unwrap();
    post_edited: |it: &Damaged| it.edit(&["one-", "post.md"], |bytes| bytes.push(b'!'));
    sealed_picture_edited: |it: &Damaged| it.edit(&["derived/"], |bytes| bytes.push(b' '));
    sealed_picture_missing: |it: &Damaged| fs::remove_file(it.file(&["derived/"])).unwrap();

    leftovers_of_a_killed_run: |it: &Damaged| {
        let folder = it.root().join("tmp/4711-0");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("alive"), "").unwrap();
        fs::write(folder.join("0"), "half a picture").unwrap();
    };
    files_that_do_not_belong: |it: &Damaged| {
        fs::write(it.root().join("my notes.txt"), "mine").unwrap();
        fs::write(it.root().join("blobs/sha256/b1/Thumbs.db"), "").unwrap();
        fs::write(it.root().join("log/readme"), "").unwrap();
    };
    everything_at_once: |it: &Damaged| {
        it.edit(LEAD, |bytes| bytes[100] ^= 1);
        fs::remove_file(it.file(CHART)).unwrap();
        fs::remove_file(it.file(&["two-", "/snapshots/"])).unwrap();
        it.log(|lines| lines[2] = lines[2].replace("2026", "2025"));
        it.edit(&["page-", "index.html"], Vec::clear);
    };

    archive_of_a_later_format: |it: &Damaged| fs::write(it.root().join("offprint.json"), "{\"format\":2,\"requires\":[]}\n").unwrap();
    archive_that_requires_more: |it: &Damaged| {
        fs::write(it.root().join("offprint.json"), "{\"format\":1,\"requires\":[\"encryption\"]}\n").unwrap();
    };
    archive_without_its_mark: |it: &Damaged| fs::remove_file(it.root().join("offprint.json")).unwrap();
    archive_with_half_a_mark: |it: &Damaged| it.edit(&["offprint.json"], |bytes| bytes.truncate(10));
    archive_with_a_folder_for_a_mark: |it: &Damaged| {
        fs::remove_file(it.root().join("offprint.json")).unwrap();
        fs::create_dir(it.root().join("offprint.json")).unwrap();
    };
}

/// Takes the article of the last entry out, by this snapshot.
fn remove(lines: &mut Vec<String>, snapshot: &str) {
    let last = lines.last().unwrap().clone();
    let mut entry: serde_json::Value = serde_json::from_str(&last).unwrap();
    entry["index"] = lines.len().into();
    entry["kind"] = "remove".into();
    entry["previous"] = offprint::digest::Digest::of(last.as_bytes())
        .to_string()
        .into();
    entry["snapshot"] = snapshot.into();
    lines.push(entry.to_string());
}

#[track_caller]
fn replace(bytes: &mut Vec<u8>, old: &str, new: &str) {
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(old), "{old:?} is not in {text}");
    *bytes = text.replacen(old, new, 1).into_bytes();
}

fn named_by_digest(text: &str) -> String {
    let digest = offprint::digest::Digest::of(text.as_bytes());
    format!("20990101T000000Z-{}.json", digest.short(32))
}

#[test]
fn quick_reads_no_blob_and_says_so() {
    let archive = Damaged::fresh();
    archive.edit(LEAD, |bytes| bytes[100] ^= 1);
    let said = verify(archive.root(), &["--quick"]);
    assert!(
        said.contains("sound as far as it was checked")
            && said.contains("13 not checked")
            && said.ends_with("exit code 0\n"),
        "{said}"
    );
    archive.edit(LEAD, |bytes| bytes.truncate(10));
    let said = verify(archive.root(), &["--quick"]);
    assert!(
        said.contains("blob-altered") && said.ends_with("exit code 1\n"),
        "{said}"
    );
}

#[test]
fn one_article_is_checked_alone() {
    let archive = Damaged::fresh();
    archive.edit(LEAD, |bytes| bytes[100] ^= 1);
    let said = verify(
        archive.root(),
        &["--article", "url:http://page.test/page.html"],
    );
    assert!(said.ends_with("exit code 0\n"), "{said}");
    let said = verify(archive.root(), &["--article", "file:offprint.md"]);
    assert!(
        said.contains("blob-altered") && said.ends_with("exit code 1\n"),
        "{said}"
    );
    let said = verify(archive.root(), &["--article", "file:nowhere.md"]);
    assert!(
        said.contains("error: no article") && said.ends_with("exit code 2\n"),
        "{said}"
    );
}

#[test]
fn coreutils_agree_about_every_blob() {
    let archive = Damaged::fresh();
    assert_eq!(coreutils(archive.root()), Some(0));
    for blob in archive.contents().into_keys() {
        if blob.starts_with("blobs/") {
            archive.edit(&[&blob], |bytes| bytes[0] ^= 1);
            assert_eq!(coreutils(archive.root()), Some(1), "{blob}");
            archive.edit(&[&blob], |bytes| bytes[0] ^= 1);
        }
    }
}
