//! Lost bytes come from a server that serves a copy, from an archive of the web, or from the place where they were.

use std::fs;

use super::{IMAGE, PAGE, blob, check_left, check_mended, with_article};
use crate::origin::Reply;
use crate::test::{Test, page_with};

/// Serves captures of the image by an archive of the web at `b.test`: at each of these times, one of these pictures.
fn serve_captures(test: &Test, nearest: &str, captures: &[(&str, &str)]) {
    let capture = |time: &str| format!("/web/{time}/{IMAGE}");
    let date = "Thu, 02 Jan 2020 03:04:05 GMT";
    let gate = Reply::redirect(302, &capture(nearest))
        .with("link", &format!("</map/{IMAGE}>; rel=\"timemap\""));
    test.serve(&format!("b.test/web/{IMAGE}"), gate);
    let mut map = vec![format!("<{IMAGE}>; rel=\"original\"")];
    for (time, picture) in captures {
        let page = Reply::ok("text/html", "<title>framed</title>").with("memento-datetime", date);
        test.serve(&format!("b.test{}", capture(time)), page);
        test.serve_image(&format!("b.test/web/{time}id_/{IMAGE}"), picture);
        map.push(format!(
            "<{}>; rel=\"memento\"; datetime=\"{date}\"",
            capture(time)
        ));
    }
    let map = map.join(",\n");
    test.serve(
        &format!("b.test/map/{IMAGE}"),
        Reply::ok("application/link-format", map),
    );
}

#[test]
fn any_web_server_that_serves_a_copy_will_do() {
    let test = with_article();
    let path = blob(&test);
    let below = path.strip_prefix(test.path("archive")).unwrap();
    let address = format!("b.test/copy/{}", below.display());
    fs::remove_file(&path).unwrap();
    test.serve_image(&address, "plain.gif");
    check_left(
        &test,
        &["--from", "https://b.test/copy"],
        "it serves other bytes now",
    );
    test.serve_image(&address, "plain.png");
    check_mended(
        &test,
        &["--from", "https://b.test/copy/"],
        &format!("https://{address}"),
    );
}

#[test]
fn an_archive_of_the_web_is_asked_for_captures_as_they_came() {
    let test = with_article();
    fs::remove_file(blob(&test)).unwrap();
    let web = ["--memento", "https://b.test/web/"];
    check_left(
        &test,
        &web,
        "https://b.test/web/ has no capture of https://a.test/1.png",
    );
    serve_captures(&test, "20200102030405", &[("20200102030405", "plain.gif")]);
    check_left(
        &test,
        &web,
        "id_/https://a.test/1.png: it serves other bytes now",
    );
    let captures = [
        ("20200102030405", "plain.gif"),
        ("20210102030405", "plain.png"),
    ];
    serve_captures(&test, "20200102030405", &captures);
    check_mended(
        &test,
        &web,
        &format!("https://b.test/web/20210102030405id_/{IMAGE}"),
    );
    let log = test.origin.log();
    let asked = |it: &&crate::origin::Recorded| it.path.starts_with("/web/https:");
    let gate = log.iter().find(asked).unwrap();
    let date = gate.header("accept-datetime").unwrap();
    assert!(date.ends_with(" GMT"), "{date}");
    assert!(log.iter().all(|it| it.header("referer").is_none()));
}

#[test]
fn not_all_captures_are_asked_for() {
    let test = with_article();
    fs::remove_file(blob(&test)).unwrap();
    let times: Vec<String> = (1..=20)
        .map(|day| format!("202001{day:02}030405"))
        .collect();
    let captures: Vec<_> = times
        .iter()
        .map(|time| (time.as_str(), "plain.gif"))
        .collect();
    serve_captures(&test, &times[0], &captures);
    check_left(
        &test,
        &["--memento", "https://b.test/web/"],
        "it serves other bytes now",
    );
    let raw = |it: &&String| it.contains("id_/");
    assert_eq!(test.requested().iter().filter(raw).count(), 6);
}

#[test]
fn a_list_of_captures_is_read_to_its_limit() {
    let test = with_article();
    fs::remove_file(blob(&test)).unwrap();
    let capture = format!("https://b.test/web/20200102030405/{IMAGE}");
    test.serve_image(
        &format!("b.test/web/20200102030405id_/{IMAGE}"),
        "plain.png",
    );
    let map = format!("<{capture}>; rel=\"memento\",\n");
    let long = map.clone() + &" ".repeat(4 << 20);
    let list = format!("b.test/web/timemap/link/{IMAGE}");
    test.serve(&list, Reply::ok("application/link-format", long));
    let web = ["--memento", "https://b.test/web"];
    check_left(&test, &web, "has no capture");
    test.serve(&list, Reply::ok("application/link-format", map));
    let raw = capture.replace("405/", "405id_/");
    check_mended(&test, &web, &raw);
}

#[test]
fn an_image_of_many_addresses_is_looked_for_at_some() {
    let test = Test::new();
    let names: Vec<String> = (1..=6).map(|number| format!("/{number}.png")).collect();
    test.serve("a.test/page", Reply::ok("text/html", page_with(&names)));
    for name in &names {
        test.serve_image(&format!("a.test{name}"), "plain.png");
    }
    test.add(&[PAGE]).expect_code(0, &[]);
    fs::remove_file(blob(&test)).unwrap();
    for name in &names {
        test.serve(&format!("a.test{name}"), Reply::not_found());
    }
    let before = test.requested().len();
    check_left(&test, &["--origin"], "https://a.test/4.png: ");
    assert_eq!(test.requested().len(), before + 4);
}
