//! Does the configuration file say what lazy loaders read, and is a slip in it told?

use crate::test::Test;

const PAGE: &str =
    "<img src=data:image/gif;base64,R0 data-mine=/a.png><img data-url=/b.png src=/c.png>";

fn found(test: &Test, arguments: &[&str]) -> Vec<String> {
    let all = ["extract", "page.html", "--base", "https://a.test/"];
    let ran = test.run(&[arguments, &all].concat());
    ran.expect_code(0, &[]);
    let lines = ran.stdout.lines();
    lines
        .filter(|line| line.starts_with("https://a.test/"))
        .map(|line| line["https://a.test/".len()..].to_owned())
        .collect()
}

#[test]
fn names_and_hosts_of_the_configuration_count() {
    let test = Test::new();
    test.write("page.html", PAGE);
    assert_eq!(found(&test, &[]), ["b.png", "c.png"]);
    test.write(
        "offprint.toml",
        "[lazy]\nsources = ['data-mine']\n[[lazy.host]]\nhosts = ['a.test']\nignored = ['data-url']\n",
    );
    assert_eq!(found(&test, &[]), ["a.png", "c.png"]);
    test.write("other.toml", "");
    assert_eq!(
        found(&test, &["--config", "other.toml"]),
        ["b.png", "c.png"]
    );
    assert_eq!(
        found(&test, &["--archive", "x/archive"]),
        ["b.png", "c.png"]
    );
}

#[test]
fn what_a_table_chose_is_recorded_and_shown() {
    let test = Test::new();
    test.serve_image("a.test/a.png", "plain.png");
    test.write(
        "page.html",
        "<title>x</title><img src=data:image/gif;base64,R0 data-mine=/a.png>",
    );
    test.write("offprint.toml", "[lazy]\nsources = ['data-mine']\n");
    let ran = test.add(&["page.html", "--base", "https://a.test/"]);
    ran.expect_code(0, &[]);
    let view = test.view("index.html");
    assert!(view.contains(" src=../../../../blobs/sha256/"), "{view}");
    std::fs::remove_file(test.path("offprint.toml")).unwrap();
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_configuration_that_is_not_right_stops_the_command() {
    let test = Test::new();
    test.write("page.html", PAGE);
    test.write("offprint.toml", "[lazy]\nsuorces = []\n");
    let slip = "offprint.toml:2:1: unknown field `suorces`, expected one of";
    let ran = test.run(&["extract", "page.html"]);
    ran.expect_code(2, &[slip, "did you mean `sources`?"]);
    test.add(&["page.html"]).expect_code(2, &[slip]);
    let ran = test.run(&["--config", "none.toml", "extract", "page.html"]);
    ran.expect_code(2, &["can't read the configuration none.toml"]);
    assert!(!test.path("archive").exists());
}
