//! What becomes of an archive that is broken, locked, read-only or on a full disk? Nothing in it is lost.

use std::fs;
use std::process::Command;

use crate::origin::Reply;
use crate::ran::Ran;
use crate::test::{Test, image};

/// Returns a test whose archive holds one post.
fn with_archive() -> Test {
    let test = Test::new();
    test.write("first.md", "# First\n");
    test.write("second.md", "# Second\n\n![](https://a.test/1.png)\n");
    test.serve_image("a.test/1.png", "plain.png");
    test.add(&["first.md"]).expect_code(0, &[]);
    test
}

#[test]
fn an_archive_of_a_later_format_is_refused() {
    let test = with_archive();
    let hint = "hint: a later version of offprint made it; use that version\n";
    for (marker, says) in [
        (
            r#"{"format":2,"requires":[]}"#,
            "says that the archive has format 2; this program knows format 1",
        ),
        (
            r#"{"format":1,"requires":["x"]}"#,
            "says that the archive requires \"x\", which this program does not know",
        ),
    ] {
        test.write("archive/offprint.json", marker);
        let expected = format!("error: ./archive/offprint.json {says}\n{hint}");
        for arguments in [&["list"][..], &["show", "x"], &["restore", "x"]] {
            test.run(arguments).expect(2, "", &expected);
        }
        let added = test.add(&["second.md"]);
        let summary = "0 articles captured; 0 requests, 0 B fetched, 0 B stored, in S s\n";
        added.expect(2, "", &format!("{summary}{expected}"));
    }
    test.write("archive/offprint.json", "{\"format\":1,\"requires\":[]}\n");
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn json_ends_with_its_summary_also_when_nothing_could_be_done() {
    let test = with_archive();
    let check = |arguments: &[&str]| {
        let objects = test.add_json(arguments);
        assert_eq!(
            (objects.len(), &objects[0]["event"], &objects[1]["event"]),
            (2, &"start".into(), &"summary".into())
        );
    };
    check(&["--as", "one", "first.md", "second.md"]);
    check(&["--proxy", "gopher://a.test", "second.md"]);
    test.write("archive/offprint.json", r#"{"format":2,"requires":[]}"#);
    check(&["second.md"]);
}

#[test]
fn a_half_made_archive_is_completed() {
    let test = Test::new();
    fs::create_dir_all(test.path("archive/tmp")).unwrap();
    test.write("post.md", "# Post\n");
    test.run(&["list"])
        .expect_code(2, &["there is no archive at ./archive"]);
    test.add(&["post.md"]).expect_code(0, &[]);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_folder_of_other_things_is_left_alone() {
    let test = Test::new();
    test.write("archive/photo.jpg", "mine");
    test.write("post.md", "# Post\n");
    let hint = "hint: name an empty or a new folder with --archive\n";
    test.add(&["post.md"])
        .expect_code(2, &["a folder with other things in it", hint]);
    assert_eq!(fs::read_dir(test.path("archive")).unwrap().count(), 1);
    test.write("file", "mine");
    test.add(&["-a", "file", "post.md"])
        .expect_code(2, &["error: "]);
    assert_eq!(fs::read(test.path("file")).unwrap(), b"mine");
}

#[test]
fn a_file_in_the_place_of_a_folder_is_named() {
    let test = with_archive();
    fs::remove_dir_all(test.path("archive/tmp")).unwrap();
    test.write("archive/tmp", "in the way");
    let ran = test.add(&["second.md"]);
    ran.expect_code(
        2,
        &["error: ./archive/tmp is a file, where a folder should be\n"],
    );
    fs::remove_file(test.path("archive/tmp")).unwrap();
    test.add(&["second.md"]).expect_code(0, &[]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn a_lock_that_is_not_given_back_ends_the_run() {
    let test = with_archive();
    let lock = test.commit_lock();
    let ran = test.add(&["--lock-wait", "200ms", "second.md"]);
    let error = "error: another process is committing to the archive (./archive/tmp/commit.lock is locked)\n\
                 hint: try again when that process has finished\n";
    ran.expect_code(2, &[error]);
    // Whoever only reads does not wait.
    assert_eq!(test.run(&["list"]).code, Some(0));
    drop(lock);
    test.add(&["second.md"]).expect_code(0, &[]);
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn several_processes_add_at_once() {
    let test = with_archive();
    let children: Vec<_> = (0..4)
        .map(|number| {
            let name = format!("{number}.md");
            test.write(&name, format!("# {number}\n\n![](https://a.test/1.png)"));
            test.adding(&[&name, "second.md"]).spawn().unwrap()
        })
        .collect();
    for child in children {
        Ran::end(child).expect_code(0, &[]);
    }
    let snapshots = test.assert_sound();
    assert!((6..=9).contains(&snapshots), "{snapshots}");
    assert_eq!(test.run(&["list"]).stdout.lines().count(), 6);
}

#[test]
fn who_reads_while_others_add_sees_no_damage() {
    let test = with_archive();
    let adding = |round: usize| -> Vec<_> {
        let add = |number: usize| {
            // Everybody brings another version of one article: each view overtakes another one.
            let folder = format!("{round}-{number}");
            test.write(&format!("{folder}/same.md"), &folder);
            let name = format!("{folder}/same.md");
            test.adding(&[&name]).spawn().unwrap()
        };
        (0..4).map(add).collect()
    };
    for round in 0..3 {
        let mut children = adding(round);
        while children
            .iter_mut()
            .any(|child| child.try_wait().unwrap().is_none())
        {
            let verified = test.run(&["verify"]);
            assert_eq!(verified.code, Some(0), "{verified:#?}");
        }
        for child in children {
            Ran::end(child).expect_code(0, &[]);
        }
    }
    assert_eq!(test.assert_sound(), 13);
}

/// Runs `script` where `archive` is mounted as `mount` says, with `$offprint` as the program, in a namespace of its own.
#[track_caller]
fn mounted(test: &Test, mount: &str, script: &str) -> Ran {
    const NO_MOUNT: i32 = 77;
    let add = test.adding(&[]);
    let arguments: Vec<_> = add.get_args().map(|it| it.to_str().unwrap()).collect();
    let offprint = env!("CARGO_BIN_EXE_offprint");
    let script = format!(
        "({mount}) || exit {NO_MOUNT}\noffprint() {{ '{offprint}' \"$@\"; }}\nadd() {{ offprint {} \"$@\"; }}\n{script}",
        arguments.join(" ")
    );
    let mut command = Command::new("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .current_dir(test.dir.path());
    let ran = Ran::of(
        command
            .output()
            .expect("this test needs unshare (Debian: util-linux)"),
    );
    let refused = ran.stderr.starts_with("unshare:");
    assert!(
        ran.code != Some(NO_MOUNT) && !refused,
        "this test needs to mount {mount:?} in a namespace of its own: allow user namespaces, or run it as root\n{ran:?}"
    );
    ran
}

#[test]
fn a_read_only_archive_can_be_read() {
    let test = with_archive();
    let mount = "mount --bind archive archive && mount -o remount,ro,bind archive";
    let added = mounted(&test, mount, "add second.md");
    let hint = "hint: the file system is read-only: the archive can be read, not added to\n";
    added.expect_code(2, &["Read-only file system", hint]);
    let read = mounted(
        &test,
        mount,
        "offprint list && offprint restore file:first.md && offprint verify",
    );
    assert_eq!(read.code, Some(0), "{read:?}");
    assert!(read.stdout.contains("# First\n"), "{read:?}");
    assert_eq!(test.assert_sound(), 1);
}

/// Serves an image of a megabyte and a post that shows it.
fn with_large_image(test: &Test) {
    let large = [image("plain.png"), vec![7; 1 << 20]].concat();
    test.serve("a.test/large.png", Reply::ok("image/png", large));
    test.write("large.md", "# Large\n\n![](https://a.test/large.png)\n");
}

#[test]
fn a_full_disk_loses_nothing() {
    let test = with_archive();
    with_large_image(&test);
    let mount =
        "cp -a archive copy && mount -t tmpfs -o size=700k tmpfs archive && cp -a copy/. archive";
    let script = "add second.md; add large.md; code=$?; rm -r copy; cp -a archive copy; exit $code";
    let ran = mounted(&test, mount, script);
    let hint = "hint: the disk is full: nothing archived before is lost; make room and run again\n";
    ran.expect_code(2, &["captured  second.md", "No space left on device", hint]);
    fs::remove_dir_all(test.path("archive")).unwrap();
    fs::rename(test.path("copy"), test.path("archive")).unwrap();
    assert_eq!(test.assert_sound(), 2);
    test.add(&["large.md"]).expect_code(0, &[]);
    assert_eq!(test.assert_sound(), 3);
}

/// A limit on the length of files is a disk that ends in the middle of a write, and needs no mount.
#[test]
fn a_write_that_fails_loses_nothing() {
    let test = with_archive();
    with_large_image(&test);
    let add = test.adding(&["second.md", "large.md"]);
    let mut limited = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 256; exec \"$0\" \"$@\"";
    limited
        .args(["-c", script])
        .arg(add.get_program())
        .args(add.get_args());
    let ran = Ran::of(limited.current_dir(test.dir.path()).output().unwrap());
    ran.expect_code(2, &["error: can't write ./archive/tmp/", "File too large"]);
    let snapshots = test.assert_sound();
    assert!((1..=2).contains(&snapshots));
    test.add(&["second.md", "large.md"]).expect_code(0, &[]);
    assert_eq!(test.assert_sound(), 3);
}
