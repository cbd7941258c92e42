//! Do the commands in the documents run as they stand there, and does `--json` print what `docs/json.md` says?

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::origin::Reply;
use crate::ran::Ran;
use crate::signed::{keygen, signers};
use crate::test::Test;

fn document(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Returns the lines of the code blocks of a document that begin with `start`.
fn commands(text: &str, start: &str) -> Vec<String> {
    let blocks = text.split("\n```").skip(1).step_by(2);
    let lines = blocks.flat_map(|block| block.lines().skip(1));
    lines
        .filter(|line| line.starts_with(start))
        .map(str::to_owned)
        .collect()
}

/// Returns a test with all that the documents name, and an `offprint` that every host leads to the origin for.
fn with_everything() -> Test {
    let test = Test::new();
    for page in ["article.html", "2026/article.html"] {
        let html = "<title>An article</title><img src=/1.png>";
        test.serve(&format!("example.com/{page}"), Reply::ok("text/html", html));
    }
    test.serve_image("example.com/1.png", "plain.png");
    for post in [
        "posts/my-post.md",
        "source/_posts/a.md",
        "source/_posts/b.md",
    ] {
        test.write(post, "# Post\n\n![](https://example.com/1.png)\n");
    }
    let feed = "<rss><item><link>/article.html</link></item></rss>";
    test.serve("example.com/feed.xml", Reply::ok("text/xml", feed));
    test.write("_config.yml", "title: A blog\n");
    test.write("reading-list.txt", "https://example.com/article.html\n");
    test.write(
        "cookies.txt",
        "example.com\tFALSE\t/\tTRUE\t0\tsid\tsecret\n",
    );
    test.write("robots.txt", "user-agent: *\ndisallow: /private\n");
    test.write("saved.html", "<title>Saved</title><img src=/1.png>");
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in mirror | '--json mirror') set -- $* --ca-cert ca.pem --resolve '*={0}' ;; esac\ncase $1 in add | extract | inspect | repair) verb=$1; shift; set -- $verb --ca-cert ca.pem --resolve '*={0}' \"$@\" ;;\n\
         may-fetch) shift; set -- may-fetch --resolve '*={0}' \"$@\" ;; esac\nexec '{1}' \"$@\"\n",
        test.origin.addr,
        env!("CARGO_BIN_EXE_offprint"),
    );
    test.write("bin/offprint", script);
    fs::create_dir(test.path(".ssh")).unwrap();
    keygen(test.dir.path(), ".ssh/id_ed25519", &["ed25519"]);
    signers(&test, "allowed_signers", ".ssh/id_ed25519");
    fs::set_permissions(test.path("bin/offprint"), fs::Permissions::from_mode(0o755)).unwrap();
    test
}

/// Runs a line as a person would, in `folder`.
fn shell(test: &Test, folder: &Path, line: &str) -> Output {
    let path = std::env::var("PATH").unwrap_or_default();
    Command::new("sh")
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", test.path("bin").display()))
        .env_remove("OFFPRINT_ARCHIVE")
        .env("HOME", test.dir.path())
        .output()
        .unwrap()
}

/// Runs every `offprint` line of a document, in order.
#[track_caller]
fn check(path: &str, least: usize) {
    let test = with_everything();
    let lines = commands(&document(path), "offprint ");
    assert!(lines.len() >= least, "{lines:?}");
    // The other archive that the guide brings over.
    let other = "offprint add -a laptop/archive posts/my-post.md";
    shell(&test, test.dir.path(), other);
    for line in lines {
        let meant = line
            .replace("ARTICLE", "https://example.com/2026/article.html")
            .replace("FILE", "original.html")
            // Nothing is written outside the test's own folder.
            .replace("/mnt/", &format!("{}/mnt/", test.dir.path().display()));
        let ran = Ran::of(shell(&test, test.dir.path(), &meant));
        assert_eq!(ran.code, Some(0), "{path}: {line}: {ran:#?}");
    }
    let original = fs::read(test.path("original.html")).unwrap();
    assert!(original.starts_with(b"<title>An article</title>"));
    test.assert_sound();
}

#[test]
fn readme_md_can_be_typed_as_it_stands() {
    check("README.md", 6);
}

#[test]
fn guide_md_can_be_typed_as_it_stands() {
    check("docs/guide.md", 10);
}

#[test]
fn robots_md_can_be_typed_as_it_stands() {
    let test = with_everything();
    let lines = commands(&document("docs/robots.md"), "offprint ");
    assert_eq!(lines.len(), 1);
    let ran = Ran::of(shell(&test, test.dir.path(), &lines[0]));
    assert_eq!(ran.code, Some(0), "{ran:#?}");
}

/// The configuration that the guide shows says everything that one can say, and is taken.
#[test]
fn guide_md_shows_a_whole_configuration() {
    let test = with_everything();
    let guide = document("docs/guide.md");
    let (_, shown) = guide.split_once("\n```toml\n").unwrap();
    let (shown, rest) = shown.split_once("\n```").unwrap();
    assert!(!rest.contains("```toml"), "there is one example");
    test.write("offprint.toml", shown);
    test.write("intranet.password", "secret\n");
    test.add(&["https://example.com/article.html"])
        .expect_code(0, &[]);
    for flawed in [
        "unknown = 1\n",
        "[[host]]\nunknown = 1\n",
        "[[source]]\nunknown = 1\n",
    ] {
        test.write("offprint.toml", flawed);
        let ran = test.add(&["https://example.com/article.html"]);
        ran.expect_code(2, &["unknown field `unknown`"]);
        let known = ran.stderr.split("expected one of").nth(1).unwrap();
        for name in known.split('`').skip(1).step_by(2) {
            assert!(guide.contains(name), "{name}");
        }
    }
}

#[test]
fn verify_md_says_how_coreutils_prove_the_blobs() {
    let test = with_everything();
    test.add(&["https://example.com/article.html"])
        .expect_code(0, &[]);
    let lines = commands(&document("docs/verify.md"), "find ");
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    let blobs = test.path("archive/blobs/sha256");
    let silent = shell(&test, &blobs, line);
    assert!(
        silent.status.success() && silent.stdout.is_empty(),
        "{silent:?}"
    );
    fs::write(test.path("archive").join(&test.blobs()[0]), "other bytes").unwrap();
    assert!(!shell(&test, &blobs, line).status.success());
}

#[test]
fn the_walk_through_the_archive_can_be_walked() {
    let test = with_everything();
    let walk = document("archive/README.md").replace("\n  ", "\n");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let id = shell(&test, root, &commands(&walk, "printf ")[0]).stdout;
    let id = String::from_utf8(id).unwrap();
    assert!(walk.contains(&format!("`{}`", id.trim())), "{id}");
    let summed = shell(&test, root, &commands(&walk, "sha256sum ")[0]);
    assert!(summed.status.success(), "{summed:?}");
}

/// Returns the names of all members that an object has, at any depth.
fn members(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            into.extend(object.keys().cloned());
            object.values().for_each(|value| members(value, into));
        }
        Value::Array(values) => values.iter().for_each(|value| members(value, into)),
        _ => {}
    }
}

/// Compares what a command prints with its section of `docs/json.md`: every member is told of there.
#[track_caller]
fn check_json(section: &str, ran: &Ran) {
    let text = document("docs/json.md");
    let section = text.split("\n## ").find(|it| it.starts_with(section));
    let told: BTreeSet<&str> = section.unwrap().split('`').skip(1).step_by(2).collect();
    let mut printed = BTreeSet::new();
    for object in ran.objects() {
        assert!(told.contains(object["event"].as_str().unwrap()), "{object}");
        members(&object, &mut printed);
    }
    assert!(printed.len() > 5, "{printed:?}");
    // Of what an article says of itself, the format speaks.
    let elsewhere = ["event", "author", "published", "language", "site"];
    let untold: Vec<_> = printed
        .iter()
        .filter(|name| !told.contains(name.as_str()) && !elsewhere.contains(&name.as_str()))
        .collect();
    assert!(untold.is_empty(), "{untold:?}");
}

#[test]
fn json_md_tells_of_every_member() {
    let test = with_everything();
    test.write("gap.md", "![](https://example.com/none.png)\n");
    let inputs = [
        "--json",
        "https://example.com/article.html",
        "gap.md",
        "none.md",
    ];
    check_json("`add`", &test.add(&inputs));
    check_json("`verify`", &test.run(&["verify", "--json"]));
    check_json("`extract`", &test.run(&["extract", "--json", "gap.md"]));
    check_json(
        "`export posts`",
        &test.run(&["export", "posts", "--for", "hexo", "-o", "site", "--json"]),
    );
    test.write("photo.png", crate::test::image("plain.png"));
    test.write("matter.md", "---\ntitle: T\n---\n");
    for input in ["photo.png", "saved.html", "matter.md"] {
        check_json("`inspect`", &test.run(&["inspect", "--json", input]));
    }
    for url in [
        "https://8.8.8.8/private/",
        "http://10.0.0.1/",
        "ftp://8.8.8.8/",
    ] {
        let ran = test.run(&["may-fetch", "--json", "--robots", "robots.txt", url]);
        check_json("`may-fetch`", &ran);
    }
    check_json("`list`", &test.run(&["list", "--json"]));
    test.write(
        "offprint.toml",
        "[[source]]\nurl = 'https://example.com/feed.xml'\n[[source]]\npath = 'none'\n",
    );
    check_json(
        "`mirror`",
        &Ran::of(shell(&test, test.dir.path(), "offprint --json mirror")),
    );
    check_json("`mirror`", &test.run(&["mirror", "list", "--json"]));
    let told = [
        "inspect",
        "--json",
        "feed.xml",
        "--base",
        "https://example.com/",
    ];
    test.write(
        "feed.xml",
        "<rss><item><link>/article.html</link></item></rss>",
    );
    check_json("`inspect`", &test.run(&told));
    let article = "https://example.com/article.html";
    check_json("`list`", &test.run(&["show", "--json", article]));
    fs::remove_file(test.path("archive").join(&test.blobs()[0])).unwrap();
    check_json("`repair`", &test.run(&["repair", "--plan", "--json"]));
    check_json("`repair`", &test.run(&["repair", "--json"]));
}

#[test]
fn json_md_tells_of_every_member_of_what_is_signed() {
    let test = with_everything();
    test.add(&["https://example.com/article.html"])
        .expect_code(0, &[]);
    check_json(
        "`sign`",
        &test.run(&["sign", "--json", "--key", ".ssh/id_ed25519"]),
    );
    test.run(&["prove", "https://example.com/article.html", "-o", "a.json"]);
    let told = [
        "prove",
        "--json",
        "--check",
        "a.json",
        "--signers",
        "allowed_signers",
        "--file",
        "saved.html",
    ];
    check_json("`prove`", &test.run(&told));
    let told = ["verify", "--json", "--signers", "allowed_signers"];
    check_json("`verify`", &test.run(&told));
}
