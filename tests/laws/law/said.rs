//! What must hold for what a person or a host says of addresses: links, names of hosts, fields, cookies, robots.txt, types?

use offprint::fetch::{self, HARMLESS, Header, Hosts};
use offprint::link::Link;
use offprint::media::identify;
use offprint::memento;
use offprint::nature::{Evidence, Nature, judge};
use offprint::robots::{CRAWL_DELAY_MAX, Robots, product};

use super::chosen;

/// An address is its own address, alone and when something is joined to it.
pub fn link(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let base = Link::parse("https://h.test/a/b?c").expect("it is a URL");
    for link in [Link::parse(&text), base.join(&text, None)]
        .into_iter()
        .flatten()
    {
        assert_eq!(Link::parse(link.as_str()).as_ref(), Ok(&link), "{text:?}");
        assert!(!link.without_fragment().as_str().contains('#'), "{link}");
        assert!(!link.without_user_info().has_user_info(), "{link}");
    }
}

/// What an archive of the web says of its captures names addresses, at most so many, and each capture once in a row; what lies raw
/// lies raw where it does.
pub fn memento(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let base =
        Link::parse("https://w.test/web/20200102030405/https://h.test/").expect("it is a URL");
    let links = memento::links(&text, &base);
    assert!(links.len() <= memento::LINKS_MAX.min(data.len()));
    let nearest = memento::nearest(
        &links,
        "2026-11-28T00:00:00Z".parse().expect("it is a time"),
    );
    assert!(nearest.windows(2).all(|pair| pair[0] != pair[1]));
    for capture in nearest.iter().chain(base.join(&text, None).ok().iter()) {
        if let Some(raw) = memento::raw(capture) {
            assert_eq!(memento::raw(&raw).as_ref(), Some(&raw), "{capture}");
        }
    }
}

/// A configuration of any bytes is understood, or refused in one line that begins with the place of the flaw and shows no secret.
pub fn configuration(data: &[u8]) {
    const SECRET: &str = "hush-hush-hush";
    for bytes in [
        data.to_vec(),
        [b"[[source]]\nurl = 'https://h.test/'\n", data].concat(),
        [
            format!("[[host]]\nhosts = ['a.test']\nheaders = ['X-Key: {SECRET}']\n").as_bytes(),
            data,
        ]
        .concat(),
    ] {
        let Err(flaw) = offprint::cli::understand(&bytes) else {
            continue;
        };
        let mut parts = flaw.splitn(3, ':');
        let (line, column) = (parts.next(), parts.next());
        let lines = bytes.split(|byte| *byte == b'\n').count();
        let number = |part: Option<&str>| part.and_then(|part| part.parse::<usize>().ok());
        assert!(
            number(line).is_some_and(|line| (1..=lines).contains(&line)),
            "{flaw}"
        );
        assert!(number(column).is_some_and(|column| column > 0), "{flaw}");
        assert!(!flaw.contains('\n') && !flaw.contains(SECRET), "{flaw}");
    }
}

/// A robots.txt of any bytes has an answer for any path: one of its rules, or that nothing is forbidden.
pub fn robots(data: &[u8]) {
    let (agent, rest) = chosen(data, &["*", "Offprint/0.1", "Mozilla/5.0 (x; bot/1)", "图"]);
    let cut = rest.iter().position(|byte| *byte == 0);
    let (path, text) = rest.split_at(cut.unwrap_or(rest.len() / 4));
    let robots = Robots::read(text, product(agent));
    let lines = text.split(|byte| matches!(byte, b'\n' | b'\r')).count();
    for path in [path, b"/", b"/a?b"] {
        let verdict = robots.judge_path(path);
        assert_eq!(verdict.allowed, verdict.rule.is_none_or(|rule| rule.allows));
        if let Some(rule) = verdict.rule {
            assert!((1..=lines).contains(&rule.line), "{rule:?}");
            // A rule that stands alone says the same.
            let alone = Robots::read(format!("user-agent: *\n{}", rule.text).as_bytes(), "x");
            let is_text = text.is_ascii();
            assert!(
                !is_text || alone.judge_path(path).allowed == rule.allows,
                "{rule:?}"
            );
        }
    }
    assert!(robots.judge_path(b"/robots.txt").allowed);
    assert!(
        robots
            .crawl_delay()
            .is_none_or(|delay| delay <= CRAWL_DELAY_MAX)
    );
}

/// A file of cookies is taken or refused, whichever way its lines end.
pub fn cookies(data: &[u8]) {
    let unix: Vec<u8> = data.iter().copied().filter(|byte| *byte != b'\r').collect();
    let windows = unix
        .split(|byte| *byte == b'\n')
        .collect::<Vec<_>>()
        .join(&b"\r\n"[..]);
    if windows.len() as u64 <= fetch::COOKIES_BYTES_MAX {
        assert_eq!(
            fetch::Jar::parse(&unix).is_ok(),
            fetch::Jar::parse(&windows).is_ok()
        );
    }
}

/// What stands for a password: nothing that somebody writes by chance.
const SECRET: &str = "s3cr3t-7f1c";

/// A header field of the user's is taken or refused, and neither says its value; the name of hosts is read as it is written.
pub fn header(data: &[u8]) {
    let places = ["", "*=", "b.test=", ".b.test=", "http://b.test="];
    let (place, rest) = chosen(data, &places);
    let name = String::from_utf8_lossy(rest);
    if let Ok(hosts) = Hosts::parse(&name) {
        assert_eq!(Hosts::parse(&hosts.to_string()), Ok(hosts), "{name:?}");
    }
    let lower = name.to_ascii_lowercase();
    if name.contains(SECRET) || HARMLESS.iter().any(|harmless| lower.contains(harmless)) {
        return;
    }
    let said = match Header::parse(&format!("{place}{name}: {SECRET}")) {
        Ok(header) => format!("{header:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    assert!(!said.contains(SECRET), "{said}");
}

/// How an input may be called by who sends it, and by who named it.
const CALLED: &[(Option<&str>, &str)] = &[
    (None, ""),
    (None, "a.md"),
    (None, "a.html"),
    (None, "a.css"),
    (None, "a.xml"),
    (Some("text/html; charset=gbk"), "a.md"),
    (Some("text/markdown"), ""),
    (Some("text/plain"), "a.markdown"),
    (Some("text/css"), ""),
    (Some("application/rss+xml"), ""),
    (Some("application/octet-stream"), "feed.json"),
    (Some("image/png"), "a.html"),
];

/// Whatever an input is, it is taken for something, with a reason; the case of a type makes no difference, and an image is one by
/// its bytes.
pub fn nature(data: &[u8]) {
    let ((content_type, name), bytes) = chosen(data, CALLED);
    let verdict = identify(bytes);
    let by = |content_type| {
        judge(&Evidence {
            content_type,
            name,
            bytes,
            verdict: &verdict,
        })
    };
    let judged = by(content_type);
    assert!(!judged.because.is_empty(), "{judged:?}");
    assert!(judged.nature != Nature::Image || verdict.media().is_image());
    let louder = content_type.map(str::to_ascii_uppercase);
    assert_eq!(
        by(louder.as_deref()).nature,
        judged.nature,
        "{content_type:?}"
    );
}
