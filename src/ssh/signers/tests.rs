use super::*;

const KEY: &str = include_str!("../../../tests/ssh/ed25519.pub");

fn key() -> PublicKey {
    PublicKey::parse(KEY).unwrap()
}

fn time() -> Timestamp {
    "2026-11-28T01:00:00Z".parse().unwrap()
}

/// Says what a file with `line` in front of the key says of it.
fn standing(line: &str, name: Option<&str>) -> Standing {
    let signers = Signers::parse(&format!("{line} {KEY}"), &TimeZone::UTC).unwrap();
    signers.standing(&key(), "offprint", time(), name)
}

#[track_caller]
fn check(line: &str, is_good: bool) {
    let standing = standing(line, None);
    assert_eq!(
        matches!(standing, Standing::Good(_)),
        is_good,
        "{line}: {standing:?}"
    );
}

#[test]
fn a_key_counts_where_its_line_says_so() {
    check("kai@example.com", true);
    check("\"kai@example.com\"", true);
    check("kai@example.com namespaces=\"offprint\"", true);
    check("kai@example.com namespaces=\"git,off*\"", true);
    check("kai@example.com namespaces=\"git\"", false);
    check("kai@example.com namespaces=\"*,!offprint\"", false);
    check(
        "kai@example.com NameSpaces=offprint,valid-after=\"20260101\"",
        true,
    );
    check("kai@example.com valid-after=\"20261128005959Z\"", true);
    check("kai@example.com valid-after=\"20261128010001\"", false);
    check("kai@example.com valid-before=\"202611280100Z\"", true);
    check("kai@example.com valid-before=\"20261128005959\"", false);
}

#[test]
fn times_without_a_zone_are_local() {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let text = format!("kai valid-after=\"202611280830\" {KEY}");
    let signers = Signers::parse(&text, &zone).unwrap();
    let standing = signers.standing(&key(), "offprint", time(), None);
    assert_eq!(standing, Standing::Good("kai".to_owned()));
}

#[test]
fn a_name_must_be_one_of_the_key() {
    assert_eq!(
        standing("*@example.com", Some("kai@example.com")),
        Standing::Good("kai@example.com".to_owned())
    );
    for other in ["kai@example.org", "", "KAI@EXAMPLE.COM"] {
        let standing = standing("*@example.com", Some(other));
        assert!(matches!(standing, Standing::Refused(_)), "{other}");
    }
    let standing = standing("*@example.com,!eve@example.com", Some("eve@example.com"));
    assert!(matches!(standing, Standing::Refused(_)));
}

#[test]
fn the_first_good_line_counts_and_the_rest_is_passed_over() {
    let text = format!("# signers\r\n\r\na valid-before=\"20200101\" {KEY}\nb {KEY}\nc {KEY}");
    let signers = Signers::parse(&text, &TimeZone::UTC).unwrap();
    assert_eq!(
        signers.standing(&key(), "offprint", time(), None),
        Standing::Good("b".to_owned())
    );
    let other = PublicKey::new(b"another");
    assert_eq!(
        signers.standing(&other, "offprint", time(), None),
        Standing::Stranger
    );
}

#[test]
fn a_line_that_is_not_understood_is_told() {
    let wrong = |line: &str| {
        let error = Signers::parse(&format!("\n{line}"), &TimeZone::UTC).unwrap_err();
        assert_eq!(error.line, 2, "{line}");
        error.to_string()
    };
    for line in [
        "kai",
        "kai ssh-ed25519",
        "kai namespaces=offprint",
        &format!("\"\" {KEY}"),
        "kai ssh-ed25519 AAAA",
        KEY,
    ] {
        assert!(wrong(line).contains("none of principals"), "{line}");
    }
    assert!(wrong(&format!("kai cert-authority {KEY}")).contains("authority"));
    assert!(wrong(&format!("kai verify-required {KEY}")).contains("option"));
    for time in ["2026", "20261301", "2026112801000", "today", "20261128Z0"] {
        assert!(
            wrong(&format!("kai valid-after=\"{time}\" {KEY}")).contains("time"),
            "{time}"
        );
    }
}

#[test]
fn patterns_are_matched_in_bounded_time() {
    for (pattern, name, expected) in [
        ("*", "", true),
        ("a*b*c", "axxbxxc", true),
        ("a*b*c", "axxbxxcd", false),
        ("?", "a", true),
        ("?", "", false),
        ("*@*", "kai@example.com", true),
    ] {
        assert_eq!(
            is_like(pattern.as_bytes(), name.as_bytes()),
            expected,
            "{pattern} {name}"
        );
    }
    let (pattern, name) = ("*a".repeat(5_000) + "b", "a".repeat(20_000));
    assert!(!is_like(pattern.as_bytes(), name.as_bytes()));
}
