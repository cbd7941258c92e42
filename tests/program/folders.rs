//! What becomes of folders, and of lists of inputs?

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::ran::{Ran, events};
use crate::test::Test;

/// Returns a blog of Hexo's, and what its generator and its packages add to it.
fn with_blog() -> Test {
    let test = Test::new();
    test.serve_image("a.test/1.png", "plain.png");
    test.write("_config.yml", "title: T");
    for path in [
        "source/_posts/a.md",
        "source/_posts/deep/b.markdown",
        "source/about/index.html",
        "source/_posts/.draft.md",
        "public/a/index.html",
        "themes/t/README.md",
        "node_modules/p/README.md",
        "README.md",
    ] {
        test.write(
            path,
            format!("# {path}\n\n<img src=https://a.test/1.png>\n"),
        );
    }
    test.write("source/_posts/a/1.png", "no post");
    test
}

/// Returns input, outcome and error of each article, sorted.
fn told(objects: &[Value]) -> Vec<[String; 3]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut told: Vec<_> = events(objects, "article")
        .iter()
        .map(|it| [text(&it["input"]), text(&it["outcome"]), text(&it["error"])])
        .collect();
    told.sort();
    told
}

#[track_caller]
fn check(test: &Test, arguments: &[&str], expected: &[[&str; 3]]) {
    assert_eq!(told(&test.add_json(arguments)), expected);
}

/// Runs `offprint add` with this on its standard input.
fn feed(test: &Test, arguments: &[&str], list: &[u8]) -> Ran {
    // Not a pipe: who writes into one and reads another can wait for ever.
    test.write("stdin", list);
    let mut command = test.adding(arguments);
    let list = fs::File::open(test.path("stdin")).unwrap();
    Ran::of(command.stdin(list).output().unwrap())
}

#[test]
fn a_folder_is_archived_with_all_below_it() {
    let test = with_blog();
    check(
        &test,
        &["source/_posts"],
        &[
            ["source/_posts/a.md", "captured", ""],
            ["source/_posts/deep/b.markdown", "captured", ""],
        ],
    );
    // The archive lies in the blog by now, and is none of its articles.
    let all = [
        "source/_posts/a.md",
        "source/_posts/deep/b.markdown",
        "source/about/index.html",
    ];
    let root = test.add_json(&["."]);
    let inputs: Vec<_> = told(&root).into_iter().map(|it| it[0].clone()).collect();
    assert_eq!(inputs, all.map(|path| format!("./{path}")));
    assert_eq!(
        events(&root, "summary")[0]["articles"],
        json!({"captured": 1, "unchanged": 2, "failed": 0})
    );
    check(&test, &["README.md"], &[["README.md", "captured", ""]]);
    assert_eq!(test.count("a.test/1.png"), 3, "{:?}", test.requested());
    assert_eq!(test.assert_sound(), 4);
}

#[test]
fn what_a_folder_holds_that_can_not_be_read_is_named() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    let test = Test::new();
    test.write("posts/good.md", "# Good");
    test.write("elsewhere/linked.md", "# Linked");
    test.write("empty/words.txt", "no post");
    symlink("..", test.path("posts/up")).unwrap();
    symlink("gone.md", test.path("posts/dangling.md")).unwrap();
    symlink("../elsewhere", test.path("posts/vault")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"\xce\xc4.md");
    fs::write(test.path("posts").join(name), "x").unwrap();
    let pipe = Command::new("mkfifo")
        .arg(test.path("posts/pipe.md"))
        .status();
    assert!(pipe.unwrap().success());
    check(
        &test,
        &["posts", "empty"],
        &[
            [
                "empty",
                "failed",
                "there is no post or page in empty (.md .markdown .html .htm .xhtml)",
            ],
            [
                "posts/dangling.md",
                "failed",
                "can't read posts/dangling.md: No such file or directory (os error 2)",
            ],
            ["posts/good.md", "captured", ""],
            ["posts/pipe.md", "failed", "posts/pipe.md is not a file"],
            [
                "posts/up",
                "failed",
                "posts/up leads back to a folder that it lies in",
            ],
            ["posts/vault/linked.md", "captured", ""],
            [
                "posts/\u{fffd}\u{fffd}.md",
                "failed",
                "its name is not UTF-8; rename it",
            ],
        ],
    );
    assert_eq!(test.assert_sound(), 2);
}

#[test]
fn a_list_names_one_input_a_line() {
    let test = with_blog();
    test.write("x.md", "# X");
    let list = b"\xef\xbb\xbf# what to keep\r\nx.md\r\n\r\n  source/_posts \nhttps://a.test/gone\n\xce\xc4.md\nx.md\nftp://a.test/\n-\nnowhere";
    let ran = feed(&test, &["--json", "-"], list);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert_eq!(
        told(&ran.objects()),
        [
            ["-", "failed", "stdin:9: a list in a list is not followed"],
            [
                "ftp://a.test/",
                "failed",
                "stdin:8: can't be fetched: \"ftp://a.test/\" is not an http or https URL"
            ],
            [
                "https://a.test/gone",
                "failed",
                "stdin:5: can't fetch it: the server refused it (HTTP 404)"
            ],
            [
                "nowhere",
                "failed",
                "stdin:10: nowhere is neither an http(s) address nor a file"
            ],
            ["source/_posts/a.md", "captured", ""],
            ["source/_posts/deep/b.markdown", "captured", ""],
            ["x.md", "captured", ""],
            [
                "\u{fffd}\u{fffd}.md",
                "failed",
                "stdin:6: the line is not UTF-8"
            ],
        ]
    );
    assert_eq!(test.assert_sound(), 3);
}

#[test]
fn lists_follow_the_arguments() {
    let test = Test::new();
    for name in ["a.md", "b.md", "c.md"] {
        test.write(name, format!("# {name}"));
    }
    test.write("one.txt", "b.md\n");
    test.write("two.txt", "c.md\na.md\n");
    test.write("none.txt", "# nothing\n");
    let lists = ["--from", "one.txt", "--from", "two.txt"];
    let captured = ["a.md", "b.md", "c.md"].map(|name| [name, "captured", ""]);
    check(&test, &[&["a.md"], &lists[..]].concat(), &captured);
    let unchanged = ["b.md", "c.md"].map(|name| [name, "unchanged", ""]);
    check(
        &test,
        &["--from", "two.txt", "--from", "one.txt"],
        &[[["a.md", "unchanged", ""]].as_slice(), &unchanged].concat(),
    );
    let missing = "can't read gone.txt: No such file or directory (os error 2)";
    check(
        &test,
        &["--from", "gone.txt"],
        &[["gone.txt", "failed", missing]],
    );
    test.add(&["--from", "none.txt"])
        .expect_code(0, &["0 articles captured; "]);
    feed(&test, &["--from", "-"], b"").expect_code(0, &["0 articles captured; "]);
    test.add(&[]).expect_code(2, &["<INPUT>"]);
    for many in [
        &["--as", "file:x", "--from", "one.txt"][..],
        &["--as", "file:x", "."],
    ] {
        test.add(many).expect_code(
            2,
            &["error: --as names one article, and a list or a folder may hold many\n"],
        );
    }
}

#[test]
fn waiting_for_a_list_can_be_interrupted() {
    let test = Test::new();
    test.write("a.md", "# A");
    let mut child = test.adding(&["-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut list = child.stdin.take().unwrap();
    list.write_all(b"a.md\n").unwrap();
    // The page's path on stdout says that the article is there, and that the run waits for the next line.
    let mut first = String::new();
    let stdout = child.stdout.as_mut().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut first).unwrap();
    assert!(first.ends_with("index.html\n"), "{first}");
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    let ran = Ran::end(child);
    ran.expect_code(
        130,
        &["interrupted; stored before that: 1 article captured"],
    );
    drop(list);
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn ten_thousand_bad_lines_are_told_one_by_one() {
    let test = Test::new();
    let lines: Vec<String> = (1..=10_000)
        .map(|number| format!("ftp://a.test/{number}\n"))
        .collect();
    let ran = feed(&test, &["--json", "-"], lines.concat().as_bytes());
    assert_eq!(ran.code, Some(1));
    let objects = ran.objects();
    assert_eq!(events(&objects, "summary")[0]["articles"]["failed"], 10_000);
    let last = "stdin:10000: can't be fetched: \"ftp://a.test/10000\" is not an http or https URL";
    assert_eq!(events(&objects, "article").last().unwrap()["error"], last);
}
