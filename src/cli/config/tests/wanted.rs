//! What a source wants of its articles and of its host.

use super::*;

#[test]
fn a_slip_in_what_is_wanted_is_told_with_its_place() {
    for (text, flaw) in [
        (
            "[[source]]\nurl = 'https://a.test/'\nmax-byte = '1M'",
            "3:1: unknown field `max-byte`, expected one of `url`, `path`, `kind`, `include`, `exclude`, `newest`, `since`, `schedule`, `timezone`, `jitter`, `content`, `tags`, `robots`, `referrer`, `timeout`, `max-bytes`, `max-article-bytes`, `per-host`, `delay`, `headers`; did you mean `max-bytes`?",
        ),
        (
            "[[source]]\nurl = 'https://a.test/'\ntimeout = '1 fortnight'",
            "3:11: a duration is a number with ms, s, m or h, such as 30s",
        ),
        (
            "[[source]]\nurl = 'https://a.test/'\nrobots = 'honor'",
            "3:10: unknown variant `honor`, expected `honour` or `ignore`; did you mean `honour`?",
        ),
        (
            "[[source]]\npath = 'a'\nper-host = 1",
            "1:1: `per-host` is said of the host of a `url`; of other hosts say it in [[host]]",
        ),
        (
            "[[source]]\nurl = 'https://a.test/'\nheaders = ['Host: x']",
            "1:1: a field of `headers` can't be sent: host is not to be given: it comes from the URL; to connect elsewhere, use --resolve HOST=ADDR",
        ),
        (
            "[[source]]\nurl = 'https://a.test/'\ntags = [' ']",
            "1:1: a tag is a word or some in one line, of 64 characters at most",
        ),
        (
            "[[source]]\nurl = 'https://a.test/'\ncontent = 'feeed'",
            "3:11: unknown variant `feeed`, expected one of `page`, `feed`, `both`; did you mean `feed`?",
        ),
        (
            "[[source]]\nurl = 'https://a.test/'\nkind = 'list'\ncontent = 'both'",
            "1:1: only a feed carries `content` of articles",
        ),
    ] {
        check(text, flaw);
    }
}

#[test]
fn what_a_source_says_of_its_host_counts_after_what_is_said_of_hosts() {
    let text = "[[source]]\nurl = 'http://a.test/feed'\nper-host = 2\ndelay = '1s'\nheaders = ['X-Key: hush']\n\
                [[source]]\nurl = 'https://b.test/feed'\nper-host = 3\n[[host]]\nhosts = ['b.test']\nper-host = 1";
    let config = parse(text.as_bytes()).unwrap();
    let paces = config.paces();
    let hosts = |said: &[(Hosts, usize)]| -> Vec<(String, usize)> {
        said.iter()
            .map(|(hosts, it)| (hosts.to_string(), *it))
            .collect()
    };
    assert_eq!(
        hosts(&paces.per_host.in_file),
        [
            ("http://a.test".to_owned(), 2),
            ("b.test".to_owned(), 3),
            ("b.test".to_owned(), 1)
        ],
        "of two the last counts"
    );
    assert_eq!(paces.delay.in_file.len(), 1);
    assert_eq!(config.headers().unwrap().len(), 1);
    assert!(!format!("{config:?}").contains("hush"), "{config:?}");
}

#[test]
fn tags_of_a_source_are_bounded() {
    let with = |number: usize| {
        let tags: Vec<String> = (0..number).map(|at| format!("'{at}'")).collect();
        parse(format!("[[source]]\npath = 'a'\ntags = [{}]", tags.join(",")).as_bytes())
    };
    assert!(with(32).is_ok());
    assert_eq!(with(33).unwrap_err(), "1:1: a source has 32 tags at most");
}
