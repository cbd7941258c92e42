//! Slips are told with their place, and secrets are not.

mod wanted;

use super::*;

#[track_caller]
fn check(text: &str, flaw: &str) {
    assert_eq!(parse(text.as_bytes()).unwrap_err(), flaw);
}

#[test]
fn a_slip_is_told_with_its_place() {
    check(
        "# mine\n[lazzy]\n",
        "2:2: unknown field `lazzy`, expected one of `lazy`, `placeholder`, `keep-trackers`, `max-size`, `host`, `mirror`, `source`; did you mean `lazy`?",
    );
    let names = "`sources`, `sources-if-image`, `sources-if-nothing-shown`, `stand-ins`, `sets`, `backgrounds`, `host`";
    check(
        "[lazy]\nsource = []",
        &format!("2:1: unknown field `source`, expected one of {names}; did you mean `sources`?"),
    );
    check(
        "[lazy]\nsources = 'data-x'",
        "2:11: invalid type: string \"data-x\", expected a sequence",
    );
    check("[[lazy.host]]\nsources = []", "1:1: missing field `hosts`");
    check(
        "[lazy]\nsets = [1]",
        "2:9: invalid type: integer `1`, expected a string",
    );
    assert!(parse(b"a\xFF").unwrap_err().starts_with("1:2: not UTF-8"));
    assert!(parse("图=".as_bytes()).unwrap_err().starts_with("1:"));
}

#[test]
fn a_placeholder_must_not_be_vague() {
    let flaw = parse(b"[[placeholder]]\nname = 'x'\n").unwrap_err();
    assert!(flaw.contains("a placeholder needs a `sha256`"), "{flaw}");
    let exact = "[[placeholder]]\nname = 'x'\nhost = 'h.test'\npath = '/no.gif'\n";
    assert_eq!(parse(exact.as_bytes()).unwrap().placeholder.len(), 1);
}

/// Nothing of what a secret may be is repeated.
#[test]
fn of_hosts_a_slip_is_told_without_its_secret() {
    for (text, flaw) in [
        ("[[host]]\nuser = 'hush'", "1:1: missing field `hosts`"),
        ("[[host]]\nhosts = []", "1:1: `hosts` names none"),
        (
            "[[host]]\nhosts = ['a.test/x']",
            "2:9: \"a.test/x\" names no host: give a name such as example.com, or .example.com for it and all below it",
        ),
        (
            "[[host]]\nhosts = ['a.test']\nreferrer = 'always'",
            "3:12: unknown variant `always`, expected one of `none`, `origin`, `page`",
        ),
        (
            "[[host]]\nhosts = ['a.test']\nuser = 'u'\npasswort = 'hush'",
            "4:1: unknown field `passwort`, expected one of `hosts`, `referrer`, `per-host`, `delay`, `headers`, `user`, `password`, `password-file`, `password-env`; did you mean `password`?",
        ),
        (
            "[[host]]\nhosts = ['a.test']\nuser = 'u'\npassword = 1234567",
            "4:12: expected a text in quotes",
        ),
        (
            "[[host]]\nhosts = ['a.test']\npassword = 'hush'",
            "1:1: a password needs a `user`",
        ),
        (
            "[[host]]\nhosts = ['a.test']\nuser = 'u'",
            "1:1: a `user` needs a `password`, a `password-file` or a `password-env`",
        ),
        (
            "[[host]]\nhosts = ['a.test']\nuser = 'u'\npassword = 'hush'\npassword-env = 'X'",
            "1:1: `password`, `password-file` and `password-env` are three ways to say one thing",
        ),
        (
            "[[host]]\nhosts = ['a.test']\nheaders = ['X-Key hush']",
            "1:1: a field of `headers` can't be sent: not of the form 'NAME: VALUE' or 'HOST=NAME: VALUE'",
        ),
    ] {
        check(text, flaw);
    }
    for text in [
        "[[host]]\npassword = hush",
        "[[host]]\npassword = 'hush",
        "[[host]]\npassword = ['hush']",
    ] {
        let flaw = parse(text.as_bytes()).unwrap_err();
        assert!(!flaw.contains("hush"), "{flaw}");
    }
}

#[test]
fn of_sources_a_slip_is_told_with_its_place() {
    for (text, flaw) in [
        (
            "[[source]]\nkind = 'feed'",
            "1:1: a source needs a `url` or a `path`",
        ),
        (
            "[[source]]\nurl = 'https://a.test/'\nexlude = []",
            "3:1: unknown field `exlude`, expected one of `url`, `path`, `kind`, `include`, `exclude`, `newest`, `since`, `schedule`, `timezone`, `jitter`, `content`, `tags`, `robots`, `referrer`, `timeout`, `max-bytes`, `max-article-bytes`, `per-host`, `delay`, `headers`; did you mean `exclude`?",
        ),
        (
            "[[source]]\nurl = 'https://a.test/'\nkind = 'rss'",
            "3:8: unknown variant `rss`, expected one of `feed`, `sitemap`, `opml`, `list`, `folder`, `page`",
        ),
        (
            "[[source]]\nurl = 'ftp://me:hush@a.test/'",
            "2:7: \"ftp://(withheld)@a.test/\" is not an http or https URL",
        ),
        (
            "[[source]]\npath = 'a'\nurl = 'https://a.test/'",
            "1:1: a source has a `url` or a `path`, not both",
        ),
        (
            "[[source]]\npath = 'a'\nsince = 3",
            "3:9: expected a day such as 2024-01-31, or a time such as 2024-01-31T08:00:00Z",
        ),
        (
            "[[source]]\npath = 'a'\ninclude = ['']",
            "3:11: an empty pattern matches nothing; `*` matches everything",
        ),
        (
            "[[source]]\nurl = 'https://a.test/'\nkind = 'page'\nnewest = 1",
            "1:1: a `page` is one article, and nothing can be left out of it",
        ),
    ] {
        check(text, flaw);
    }
    for since in [
        "2024-01-31",
        "'2024-01-31'",
        "2024-01-31T00:00:00Z",
        "'2024-01-31T01:00:00+01:00'",
    ] {
        let text = format!("[[source]]\npath = 'a'\nsince = {since}");
        let sources = sources_of(&text, Path::new("x")).unwrap();
        assert_eq!(
            sources[0].choice.since.unwrap().to_string(),
            "2024-01-31T00:00:00Z"
        );
        assert_eq!(sources[0].place.to_string(), "x/a");
    }
}

#[test]
fn of_schedules_a_slip_is_told_with_its_place() {
    for (text, flaw) in [
        (
            "[mirror]\nschedule = '@hourli'",
            "2:12: unknown word `@hourli`, expected one of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`; did you mean `@hourly`?",
        ),
        (
            "[mirror]\ntimezone = 'Asia/Shangai'",
            "2:12: unknown time zone `Asia/Shangai`, expected a name such as `Asia/Shanghai`; did you mean `Asia/Shanghai`?",
        ),
        (
            "[mirror]\ntimezone = 'Beijing'",
            "2:12: unknown time zone `Beijing`, expected a name such as `Asia/Shanghai`",
        ),
        (
            "[mirror]\nshedule = ''",
            "2:1: unknown field `shedule`, expected one of `schedule`, `timezone`, `jitter`; did you mean `schedule`?",
        ),
        (
            "[mirror]\njitter = 'a while'",
            "2:10: a duration is a number with ms, s, m or h, such as 30s",
        ),
        (
            "[mirror]\njitter = '86401s'",
            "2:10: a jitter is a day at most",
        ),
        (
            "[[source]]\npath = 'a'\nschedule = '0 0 30 2 *'",
            "3:12: \"0 0 30 2 *\" never comes",
        ),
    ] {
        check(text, flaw);
    }
}

#[test]
fn a_source_says_when_it_is_due_and_mirror_says_it_for_the_others() {
    let schedules = |text: &str| -> Vec<String> {
        let sources = sources_of(text, Path::new("")).unwrap();
        let shown = sources.iter().map(|source| {
            let it = &source.schedule;
            let zone = it.zone.iana_name().unwrap_or("?");
            format!("{} {zone} {:#}", it.pattern, it.jitter)
        });
        shown.collect()
    };
    let all = "[mirror]\nschedule = '@daily'\ntimezone = 'asia/shanghai'\n";
    let own = "[[source]]\npath = 'b'\nschedule = 'every 6h'\ntimezone = 'UTC'\njitter = '90s'\n";
    let other = "[[source]]\npath = 'a'\n";
    assert_eq!(
        schedules(&format!("{all}{other}{own}")),
        ["@daily Asia/Shanghai 0s", "every 6h UTC 1m 30s"]
    );
    assert!(sources_of("[mirror]\njitter = '24h'\n", Path::new("")).is_ok());
    let jitter = "[mirror]\njitter = '1h'\ntimezone = 'UTC'\n";
    assert_eq!(schedules(&format!("{jitter}{other}")), ["@hourly UTC 1h"]);
    let zone = "[mirror]\ntimezone = 'UTC'\n";
    assert_eq!(schedules(&format!("{zone}{other}")), ["@hourly UTC 10m"]);
}

#[test]
fn what_is_said_of_hosts_becomes_fields_and_is_not_shown() {
    let text = "[[host]]\nhosts = ['a.test', '.b.test']\nreferrer = 'page'\nuser = 'me'\npassword = 'hush'\nheaders = ['X-Key: hush']";
    let config = parse(text.as_bytes()).unwrap();
    assert_eq!(config.headers().unwrap().len(), 4);
    let referrers: Vec<_> = config.referrers();
    assert_eq!(referrers.len(), 2);
    assert!(!format!("{config:?}").contains("hush"), "{config:?}");
    assert!(!format!("{:?}", config.headers()).contains("hush"));
}

#[test]
fn what_is_said_stands_before_what_is_built_in() {
    let config = parse("\u{FEFF}[lazy]\nsources = [\"Data-Mine\"]\n".as_bytes()).unwrap();
    assert_eq!(config.lazy().sources[..2], ["data-mine", "data-src"]);
    assert_eq!(parse(b"").unwrap().lazy(), *LazyTable::built_in());
}

#[test]
fn the_file_lies_beside_the_archive() {
    for (archive, expected) in [
        ("archive", "offprint.toml"),
        ("./archive", "./offprint.toml"),
        ("/a/b/", "/a/offprint.toml"),
    ] {
        assert_eq!(beside(Path::new(archive)), Some(PathBuf::from(expected)));
    }
    let here = fs::canonicalize(".").unwrap();
    assert_eq!(beside(Path::new(".")), Some(here.with_file_name(NAME)));
}
