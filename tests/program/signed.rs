//! Is what was signed proven by the machine's own ssh-keygen, and by `verify`, and nothing else?

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::mirrored::with;
use crate::ran::{Ran, events};
use crate::test::Test;

/// Who signs.
const WHO: &str = "kai@example.com";

/// The kinds of keys, and their lengths, that ssh-keygen makes and Offprint judges.
const KINDS: [&[&str]; 4] = [
    &["ed25519"],
    &["ecdsa", "-b", "256"],
    &["ecdsa", "-b", "384"],
    &["rsa", "-b", "2048"],
];

/// Makes a key.
pub(crate) fn keygen(folder: &Path, name: &str, kind: &[&str]) {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-N", "", "-C", "", "-f", name, "-t"]);
    let made = command.args(kind).current_dir(folder).status();
    assert!(
        made.expect("ssh-keygen, which scripts/check installs")
            .success()
    );
}

/// Returns a test with two articles in its archive, a key, and a file that says whose it is.
pub(crate) fn with_key() -> Test {
    let test = with("");
    for it in ["https://a.test/a", "https://a.test/b"] {
        test.add(&[it]).expect_code(0, &[]);
    }
    keygen(test.dir.path(), "key", &["ed25519"]);
    signers(&test, "signers", "key");
    test
}

/// Writes the file of signers that says that a key is WHO's.
pub(crate) fn signers(test: &Test, name: &str, key: &str) {
    let public = fs::read_to_string(test.path(&format!("{key}.pub"))).unwrap();
    test.write(name, format!("{WHO} namespaces=\"offprint\" {public}"));
}

/// Signs, and returns the checkpoint's path below the archive.
pub(crate) fn sign(test: &Test, key: &str) -> String {
    let ran = test.run(&["sign", "--key", key]);
    ran.expect_code(0, &["of the log"]).stdout.trim().to_owned()
}

fn expect(test: &Test, code: i32, said: &[&str]) {
    let ran = test.run(&["verify", "--signers", "signers"]);
    ran.expect_code(code, &[]);
    let all = ran.stdout + &ran.stderr;
    for part in said {
        assert!(all.contains(part), "no {part:?} in {all}");
    }
}

/// Has the machine's own ssh-keygen judge a checkpoint, without Offprint.
fn judged(test: &Test, checkpoint: &str) -> Output {
    let path = test.path("archive").join(checkpoint);
    let signature = format!("{}.sig", path.display());
    let file = fs::File::open(&path).unwrap();
    let mut command = Command::new("ssh-keygen");
    command.args([
        "-Y", "verify", "-f", "signers", "-I", WHO, "-n", "offprint", "-s", &signature,
    ]);
    command
        .current_dir(test.dir.path())
        .stdin(Stdio::from(file));
    command.output().unwrap()
}

#[test]
fn the_machines_own_ssh_keygen_accepts_what_was_signed() {
    let test = with_key();
    for (number, kind) in KINDS.iter().enumerate() {
        let key = format!("key-{number}");
        keygen(test.dir.path(), &key, kind);
        signers(&test, "signers", &key);
        let checkpoint = sign(&test, &key);
        let judged = judged(&test, &checkpoint);
        assert!(judged.status.success(), "{kind:?}: {judged:?}");
        expect(
            &test,
            0,
            &["signed by kai@example.com: the log up to 2 entries"],
        );
    }
    // Each of the four is one that the last signers do not know, but for the last.
    let said = test.run(&["verify", "--signers", "signers"]).stdout;
    assert_eq!(
        said.matches("notice     signature-unknown").count(),
        3,
        "{said}"
    );
    test.run(&["verify"]).expect_code(0, &["sound"]);
}

#[test]
fn a_checkpoint_is_a_few_lines_that_a_person_can_read_and_check() {
    let test = with_key();
    let ran = test.run(&["sign", "--key", "key", "--identity", WHO]);
    let path = ran.expect_code(0, &["signed  2 entries"]).stdout.clone();
    let written = String::from_utf8(test.archived(path.trim())).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert!(lines[0].starts_with("offprint/") && lines[0].len() == 9 + 64);
    assert_eq!((lines[1], lines[4]), ("2", "by kai@example.com"));
    assert!(lines[3].starts_with("time 20"));
    // The root, as anybody makes it of the lines of the log with coreutils.
    let script = r#"
        leaf() { { printf '\000'; sed -n "$1p" archive/log/000000000000.jsonl | tr -d '\n'; } | sha256sum | cut -c1-64; }
        bytes() { printf '%b' "$(printf %s "$1" | sed 's/../\\0x&/g' | sed 's/\\0x/\\x/g')"; }
        one=$(leaf 1); two=$(leaf 2)
        printf '%s\n' "$one"
        { printf '\001'; bytes "$one"; bytes "$two"; } | sha256sum | cut -c1-64 "#;
    let mut command = Command::new("bash");
    let output = command.args(["-c", script]).current_dir(test.dir.path());
    let said = String::from_utf8(output.output().unwrap().stdout).unwrap();
    let (first, root) = said.trim().split_once('\n').unwrap();
    assert_eq!(lines[0], format!("offprint/{first}"));
    let told = test.run(&["sign", "--key", "key", "--json"]).objects();
    assert_eq!(events(&told, "signed")[0]["root"], root);
}

#[test]
fn whatever_is_changed_after_it_was_signed_is_noticed() {
    let test = with_key();
    let checkpoint = sign(&test, "key");
    let signature = format!("{checkpoint}.sig");
    let log = "log/000000000000.jsonl".to_owned();
    let lines: Vec<String> = String::from_utf8(test.archived(&log))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let written = String::from_utf8(test.archived(&checkpoint)).unwrap();
    let signed = String::from_utf8(test.archived(&signature)).unwrap();
    let swapped = format!("{}\n{}\n", lines[1], lines[0]);
    let rechained = rechained(&[&lines[1]]);
    for (path, changed, code) in [
        (&log, format!("{}\n", lines[0]), "checkpoint-broken"),
        (&log, swapped, "checkpoint-broken"),
        (&log, rechained, "checkpoint-broken"),
        (
            &log,
            lines.join("\n").replace(':', ": ") + "\n",
            "checkpoint-broken",
        ),
        (
            &checkpoint,
            written.replace("\n2\n", "\n1\n"),
            "signature-invalid",
        ),
        (
            &checkpoint,
            written.replace("time 2", "time 3"),
            "signature-invalid",
        ),
        (&checkpoint, format!("{written}\n"), "checkpoint-invalid"),
        (&checkpoint, String::new(), "checkpoint-invalid"),
        (
            &signature,
            signed.replacen("SSHSIG", "SSH", 1).replace('A', "B"),
            "signature-invalid",
        ),
        (&signature, String::new(), "signature-invalid"),
    ] {
        let place = test.path("archive").join(path);
        let before = fs::read(&place).unwrap();
        fs::write(&place, changed).unwrap();
        let ran = test.run(&["verify"]);
        ran.expect_code(1, &[]);
        assert!(ran.stdout.contains(code), "{path}: {}", ran.stdout);
        expect(&test, 1, &["unsigned"]);
        if *path != log {
            assert!(!judged(&test, &checkpoint).status.success(), "{path}");
        }
        fs::write(&place, before).unwrap();
        expect(&test, 0, &["signed by"]);
    }
    for (path, code) in [
        (&checkpoint, "checkpoint-missing"),
        (&signature, "signature-missing"),
    ] {
        let place = test.path("archive").join(path);
        let before = fs::read(&place).unwrap();
        fs::remove_file(&place).unwrap();
        test.run(&["verify"]).expect_code(1, &[code]);
        fs::write(&place, before).unwrap();
    }
}

/// Makes a log of these lines in which each follows from the one before, as somebody would who hides that one is gone.
fn rechained(lines: &[&String]) -> String {
    let mut previous = "0".repeat(64);
    let mut log = String::new();
    for (index, line) in lines.iter().enumerate() {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        entry["index"] = index.into();
        entry["previous"] = previous.into();
        let line = entry.to_string();
        previous = offprint::digest::Digest::of(line.as_bytes()).to_string();
        log += &(line + "\n");
    }
    log
}

#[test]
fn what_is_signed_stays_proven_while_the_archive_grows() {
    let test = with_key();
    let first = sign(&test, "key");
    // Nothing new is not signed again, also where the public half is not known before.
    let again = test.run(&["sign", "--key", "key"]);
    again.expect_code(0, &["nothing new: signed before  2 entries"]);
    fs::rename(test.path("key.pub"), test.path("public")).unwrap();
    assert_eq!(sign(&test, "key"), first);
    test.add(&["https://a.test/c"]).expect_code(0, &[]);
    expect(&test, 0, &["the log up to 2 entries"]);
    let second = sign(&test, "key");
    assert!(first < second, "{first} {second}");
    expect(&test, 0, &["the log up to 3 entries"]);
    assert!(judged(&test, &first).status.success());
    let summary = test
        .run(&["verify", "--json", "--signers", "signers"])
        .objects();
    let signed = &summary.last().unwrap()["signed"];
    assert_eq!(
        (&signed["entries"], &signed["by"]),
        (&json!(3), &json!(WHO))
    );
    assert_eq!(signed["checkpoint"], second);
}

#[test]
fn a_log_that_was_shortened_is_not_signed() {
    let test = with_key();
    let checkpoint = sign(&test, "key");
    let log = test.path("archive/log/000000000000.jsonl");
    let whole = fs::read_to_string(&log).unwrap();
    let (first, _) = whole.split_once('\n').unwrap();
    fs::write(&log, format!("{first}\n")).unwrap();
    let said = format!("the log is not the one that {checkpoint} was signed of");
    test.run(&["sign", "--key", "key"])
        .expect_code(2, &[&said, "hint: `offprint verify`"]);
    fs::write(&log, whole.replacen(':', "!", 1)).unwrap();
    test.run(&["sign", "--key", "key"])
        .expect_code(2, &["the log is damaged at log/"]);
}

#[test]
fn whoever_can_not_sign_is_told_why() {
    let test = with_key();
    let mut command = test.command(&["sign", "--key", "key"]);
    let ran = Ran::of(command.env("PATH", test.dir.path()).output().unwrap());
    ran.expect_code(
        2,
        &["ssh-keygen is not on this machine", "hint: install OpenSSH"],
    );
    test.run(&["sign", "--key", "nowhere"]).expect_code(
        2,
        &["ssh-keygen did not sign with nowhere", "hint: name a key"],
    );
    test.run(&["sign"])
        .expect_code(2, &["there is no key in", "ssh-keygen -t ed25519"]);
    keygen(test.dir.path(), "p521", &["ecdsa", "-b", "521"]);
    test.run(&["sign", "--key", "p521"])
        .expect_code(2, &["of a kind that Offprint does not judge", "Ed25519"]);
    test.run(&["sign", "--identity", "two words"])
        .expect_code(2, &["a name is one word"]);
    assert!(!test.path("archive/checkpoints").exists());
    // What pretends to sign, and does not.
    test.write(
        "bin/ssh-keygen",
        "#!/bin/sh\ncat >/dev/null\necho no signature\n",
    );
    let mut mode = fs::metadata(test.path("bin/ssh-keygen"))
        .unwrap()
        .permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    fs::set_permissions(test.path("bin/ssh-keygen"), mode).unwrap();
    let mut command = test.command(&["sign", "--key", "key"]);
    let path = format!("{}:/bin:/usr/bin", test.path("bin").display());
    let ran = Ran::of(command.env("PATH", path).output().unwrap());
    ran.expect_code(2, &["can't be kept: it is no signature of ssh-keygen"]);
    let none = test.run(&["-a", "nothing", "sign", "--json", "--key", "key"]);
    assert_eq!(none.objects().last().unwrap()["signed"], 0);
}

#[test]
fn whose_signatures_count_is_the_users_word() {
    let test = with_key();
    expect(
        &test,
        1,
        &["unsigned", "none of the signers has signed this log"],
    );
    let ran = test.run(&["sign", "--key", "key", "--identity", "eve@example.com"]);
    ran.expect_code(0, &[]);
    expect(&test, 1, &["unsigned", "as somebody else's than it says"]);
    keygen(test.dir.path(), "other", &["ed25519"]);
    signers(&test, "signers", "other");
    expect(&test, 1, &["unsigned", "the signers do not know SHA256:"]);
    for (text, why) in [
        ("what", "line 1 is none of principals"),
        ("\u{0}", "line 1"),
    ] {
        test.write("signers", text);
        expect(&test, 2, &["signers is no file of allowed signers", why]);
    }
    test.run(&["verify", "--signers", "nowhere"])
        .expect_code(2, &["can't read nowhere"]);
    test.write("signers", vec![b'#'; 1024 * 1024 + 1]);
    expect(&test, 2, &["signers has more than 1048576 bytes"]);
}
