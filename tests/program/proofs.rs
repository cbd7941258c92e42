//! Does a proof convince a stranger, without the archive, of what was signed and of nothing else?

use std::fs;
use std::path::Path;
use std::process::Command;

use offprint::proof::{Proof, check};
use proptest::prelude::*;
use serde_json::Value;

use crate::ran::Ran;
use crate::signed::{sign, signers, with_key};
use crate::test::Test;

const A: &str = "https://a.test/a";

/// Returns a test with three articles, two checkpoints, and the proof of the first article since the older one.
fn with_proof() -> Test {
    let test = with_key();
    sign(&test, "key");
    test.add(&["https://a.test/c"]).expect_code(0, &[]);
    sign(&test, "key");
    let ran = test.run(&["prove", A, "--since", "2", "-o", "proof.json"]);
    ran.expect_code(0, &["proof of ", "in proof.json"]);
    test
}

fn examine(test: &Test, more: &[&str]) -> Ran {
    test.run(&[&["prove", "--check", "proof.json"], more].concat())
}

#[test]
fn a_proof_is_checked_without_the_archive() {
    let test = with_proof();
    fs::rename(test.path("archive"), test.path("elsewhere")).unwrap();
    let ran = examine(&test, &["--signers", "signers"]);
    ran.expect_code(0, &[]);
    for part in [
        "PROVEN: this capture was archived before the log was signed",
        "article    url:https://a.test/a",
        "signed     by kai@example.com, at ",
        "(3 entries)",
        "since      by kai@example.com, at ",
        "(2 entries)",
    ] {
        assert!(ran.stdout.contains(part), "no {part} in {}", ran.stdout);
    }
    let ran = examine(&test, &[]);
    ran.expect_code(0, &["whose the key is, is not known"]);
    signers(&test, "signers", "key");
    let line = fs::read_to_string(test.path("signers")).unwrap();
    test.write("signers", line.replace("offprint", "git"));
    let ran = examine(&test, &["--signers", "signers"]);
    ran.expect_code(1, &[]);
    assert!(ran.stdout.contains("NOT PROVEN") && ran.stdout.contains("not for the namespace"));
}

#[test]
fn a_file_is_in_a_capture_or_not() {
    let test = with_proof();
    test.run(&["restore", A, "-o", "original.html"])
        .expect_code(0, &[]);
    let ran = examine(&test, &["--file", "original.html"]);
    assert!(
        ran.expect_code(0, &[])
            .stdout
            .contains("has  original.html")
    );
    let ran = examine(&test, &["--file", "original.html", "--file", "key.pub"]);
    assert!(ran.expect_code(1, &[]).stdout.contains("has NOT  key.pub"));
    examine(&test, &["--file", "none"]).expect_code(2, &["can't read none"]);
}

#[test]
fn what_can_not_be_proven_is_told() {
    let test = with_key();
    let ran = test.run(&["prove", A]);
    ran.expect_code(
        2,
        &["nobody has signed the log since", "hint: `offprint sign`"],
    );
    sign(&test, "key");
    assert!(
        test.run(&["prove", A])
            .expect_code(0, &[])
            .stdout
            .starts_with("{\"checkpoint\"")
    );
    test.run(&["prove", "https://a.test/none"])
        .expect_code(2, &["no article in the archive"]);
    // As long as no digest starts so by chance: one digit alone is the first of every sixteenth.
    test.run(&["prove", A, "--snapshot", "0000000000000000"])
        .expect_code(2, &["snapshots are \"0000000000000000\""]);
    test.run(&["prove", A, "--since", "2"])
        .expect_code(2, &["no checkpoint before the one of 2 entries is \"2\""]);
    test.run(&["prove"]).expect_code(2, &["ARTICLE"]);
    test.run(&["prove", A, "-o", "signers"])
        .expect_code(2, &["can't write signers"]);
    test.run(&["prove", "--check", "signers"])
        .expect_code(1, &[]);
    let ran = test.run(&["prove", "--check", "signers", "--json"]);
    assert_eq!(ran.objects()[0]["proven"], false);
    // A later article is not in a checkpoint of before.
    test.add(&["https://a.test/c"]).expect_code(0, &[]);
    test.run(&["prove", "https://a.test/c"])
        .expect_code(2, &["nobody has signed"]);
    // A log that is not what was signed has no checkpoint.
    let log = test.path("archive/log/000000000000.jsonl");
    let lines = fs::read_to_string(&log).unwrap();
    fs::write(&log, lines.replacen("\"time\":\"2", "\"time\":\"3", 1)).unwrap();
    test.run(&["prove", A])
        .expect_code(2, &["nobody has signed"]);
}

/// What lies about its length is not read further than a proof can be, and what is nested is refused.
#[test]
fn a_hostile_proof_is_refused() {
    let test = with_proof();
    let whole = fs::read_to_string(test.path("proof.json")).unwrap();
    let deep = format!("{{\"format\":1,\"entry\":{}", "[".repeat(1_000_000));
    let paths = whole.replacen(
        "\"path\":[",
        &format!(
            "\"path\":[{}",
            format!("\"{}\",", "0".repeat(64)).repeat(100_000)
        ),
        1,
    );
    for (text, why) in [
        (deep, "no proof of Offprint's"),
        (paths, "NOT PROVEN"),
        (
            whole.replace("\"format\":1,\"snapshot\"", "\"format\":9,\"snapshot\""),
            "format 9",
        ),
        (
            whole.replace("\"index\":0", "\"index\":18446744073709551615"),
            "not in the log",
        ),
    ] {
        test.write("proof.json", text);
        let ran = examine(&test, &[]);
        assert!(
            ran.expect_code(1, &[]).stdout.contains(why),
            "{}",
            ran.stdout
        );
    }
    fs::File::create(test.path("proof.json"))
        .unwrap()
        .set_len(200 << 20)
        .unwrap();
    examine(&test, &[]).expect_code(2, &["has more than 167772160 bytes"]);
}

/// The proof by hand, as `docs/format.md` has it.
#[test]
fn a_proof_is_checked_by_hand() {
    let test = with_key();
    test.add(&["https://a.test/c"]).expect_code(0, &[]);
    sign(&test, "key");
    let proof = test.run(&["prove", "https://a.test/b"]).objects().remove(0);
    let entry = &proof["entry"];
    assert_eq!(
        (&entry["index"], entry["path"].as_array().unwrap().len()),
        (&1.into(), 2)
    );
    let format = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/format.md");
    let format = fs::read_to_string(format).unwrap();
    let by_hand = |start: &str| format.lines().find(|line| line.starts_with(start)).unwrap();
    let said = |value: &Value| value.as_str().unwrap().to_owned();
    let script = format!(
        "{}\n{}\n{}\nroot $(node \"$(node \"$FIRST\" \"$(leaf \"$LINE\")\")\" \"$THIRD\")",
        by_hand("leaf()"),
        by_hand("node()"),
        by_hand("root()")
    );
    let mut command = Command::new("sh");
    command
        .args(["-c", &script])
        .env("LINE", said(&entry["line"]));
    command
        .env("FIRST", said(&entry["path"][0]))
        .env("THIRD", said(&entry["path"][1]));
    let root = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let checkpoint = said(&proof["checkpoint"]["text"]);
    assert_eq!(checkpoint.lines().nth(2), Some(root.trim()));
}

/// Returns the bytes of a proof.
fn bytes() -> &'static [u8] {
    static PROOF: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    PROOF.get_or_init(|| fs::read(with_proof().path("proof.json")).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_changed_byte_of_a_proof_is_noticed(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut changed = bytes().to_vec();
        let at = at.index(changed.len());
        prop_assume!(changed[at] != byte);
        changed[at] = byte;
        let is_proven = Proof::parse(&changed).is_ok_and(|proof| check(&proof).is_ok());
        prop_assert!(!is_proven, "byte {} is {}", at, byte);
    }
}
