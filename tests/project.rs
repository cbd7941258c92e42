//! Do the files around the code hold together? The hosted checks, the forms for issues, and the scripts.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;
use std::process::Command;

use offprint::document::front_matter::{self, Scalar};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Reads YAML by the parser that reads front matter.
#[track_caller]
fn yaml(path: &str, text: &str) -> Vec<Scalar> {
    let read = front_matter::read(&format!("---\n{text}\n---\n")).unwrap();
    assert_eq!(read.flaw, None, "{path}");
    assert!(!read.entries.is_empty(), "{path}");
    read.entries
}

#[test]
fn the_hosted_checks_are_well_formed_and_modest() {
    let path = ".github/workflows/check.yml";
    let entries = yaml(path, &read(path));
    let at = |wanted: &str| {
        let mut found = entries
            .iter()
            .filter(|entry| entry.path.join(".") == wanted);
        found.next().map(|entry| entry.value.as_str())
    };
    // What they may do, and that each ends by itself.
    assert_eq!(at("permissions.contents"), Some("read"));
    let permissions = entries
        .iter()
        .filter(|entry| entry.path.contains(&"permissions".to_owned()));
    assert_eq!(permissions.count(), 1);
    for job in ["linux", "elsewhere", "oldest", "dependencies"] {
        assert!(at(&format!("jobs.{job}.runs-on")).is_some(), "{job}");
        assert!(
            at(&format!("jobs.{job}.timeout-minutes")).is_some(),
            "{job}"
        );
    }
    // Foreign actions by their major version.
    let last = |entry: &&Scalar, key: &str| entry.path.last().is_some_and(|it| it == key);
    let used: Vec<&str> = entries
        .iter()
        .filter(|it| last(it, "uses"))
        .map(|it| it.value.as_str())
        .collect();
    assert!(used.len() >= 5, "{used:?}");
    for action in used {
        let (_, version) = action
            .split_once("@v")
            .unwrap_or_else(|| panic!("{action}"));
        assert!(
            version.bytes().all(|byte| byte.is_ascii_digit()),
            "{action}"
        );
    }
    // The scripts they run are here, and the oldest compiler is that of the manifest.
    let runs: Vec<&str> = entries
        .iter()
        .filter(|it| last(it, "run"))
        .map(|it| it.value.as_str())
        .collect();
    assert!(runs.contains(&"scripts/check"), "{runs:?}");
    let manifest = read("Cargo.toml");
    let (_, oldest) = manifest.split_once("rust-version = \"").unwrap();
    let (oldest, _) = oldest.split_once('"').unwrap();
    let check = format!("cargo +{oldest} check --locked");
    assert!(runs.contains(&check.as_str()), "{check}: {runs:?}");
}

#[test]
fn forms_for_issues_say_what_they_are_for() {
    let folder = ".github/ISSUE_TEMPLATE";
    for name in ["bug.md", "missing-image.md", "feature.md"] {
        let text = read(&format!("{folder}/{name}"));
        let form = front_matter::read(&text).unwrap();
        assert_eq!(form.flaw, None, "{name}");
        for key in ["name", "about", "labels"] {
            assert!(form.under(&[key]).next().is_some(), "{name}: {key}");
        }
    }
    assert!(read(&format!("{folder}/missing-image.md")).contains("offprint extract --json"));
    yaml("config.yml", &read(&format!("{folder}/config.yml")));
}

#[test]
fn every_licence_that_is_allowed_is_told_of() {
    let text = read("docs/dependencies.md");
    let deny = read("deny.toml");
    let (_, allowed) = deny.split_once("allow = [").unwrap();
    let (allowed, _) = allowed.split_once(']').unwrap();
    for licence in allowed.split('"').skip(1).step_by(2) {
        let words = licence.split([' ', '-']).next().unwrap();
        assert!(text.contains(words), "{licence}");
    }
}

#[test]
#[cfg(unix)]
fn scripts_are_well_formed() {
    let mut count = 0;
    for entry in fs::read_dir(root().join("scripts")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let first = fs::read_to_string(&path).unwrap();
        if !first.starts_with("#!/usr/bin/env bash") && !path.ends_with("tools.sh") {
            continue;
        }
        let checked = Command::new("bash").arg("-n").arg(&path).output().unwrap();
        assert!(
            checked.status.success() && checked.stderr.is_empty(),
            "{checked:?}"
        );
        count += 1;
    }
    assert!(count > 4);
    let help = Command::new(root().join("scripts/check"))
        .arg("--help")
        .output()
        .unwrap();
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout).unwrap().contains("--long"));
    let unknown = Command::new(root().join("scripts/check"))
        .arg("--fast")
        .output()
        .unwrap();
    assert_eq!(unknown.status.code(), Some(2));
}

/// The fuzz targets are a workspace of their own, which no check builds but the long one: a law that uses a crate they do not
/// know would go unnoticed.
#[test]
fn what_laws_use_is_known_to_the_fuzz_targets() {
    let fuzz = dependencies("fuzz/Cargo.toml");
    let mut used = 0;
    for law in fs::read_dir(root().join("tests/laws/law")).unwrap() {
        let law = fs::read_to_string(law.unwrap().path()).unwrap();
        for crate_name in dependencies("Cargo.toml") {
            let path = format!("{}::", crate_name.replace('-', "_"));
            let is_used = law.match_indices(&path).any(|(at, _)| {
                let before = law[..at].chars().next_back();
                !before.is_some_and(|it| it.is_alphanumeric() || matches!(it, '_' | ':'))
            });
            used += usize::from(is_used);
            assert!(
                !is_used || fuzz.contains(&crate_name),
                "{crate_name} is not in fuzz/Cargo.toml"
            );
        }
    }
    assert!(used > 1, "{used}");
}

/// Returns the names of the crates that a manifest asks for.
fn dependencies(manifest: &str) -> Vec<String> {
    let manifest = read(manifest);
    let mut names = Vec::new();
    let mut is_inside = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_inside = line.ends_with("dependencies]");
        } else if let Some((name, _)) = line.split_once(" =").filter(|_| is_inside) {
            names.push(name.to_owned());
        }
    }
    names
}
