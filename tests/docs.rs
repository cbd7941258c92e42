//! Do the documents say what the code does? Codes, words, members, flags, files and tests that they name are compared.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "docs/limits.rs"]
mod limits;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use offprint::archive::log::EntryKind;
use offprint::exchange::Why;
use offprint::fetch::HARMLESS;
use offprint::finding::Code;
use offprint::media::{EXTENSIONS, Flaw};
use offprint::refs::{Kind, Role};
use offprint::render::RENDERER;
use offprint::render::catalogue::ENTRIES_PER_PAGE;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The documents that a person reads.
const DOCUMENTS: [&str; 14] = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "archive/README.md",
    "docs/architecture.md",
    "docs/dependencies.md",
    "docs/format.md",
    "docs/guide.md",
    "docs/images.md",
    "docs/json.md",
    "docs/performance.md",
    "docs/robots.md",
    "docs/verify.md",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the cells of the rows of tables in `text`, without their heads.
fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|line| line.split(" | ").map(str::trim).collect())
        .collect()
}

/// Returns what stands in `code` marks in `text`.
fn marked(text: &str) -> BTreeSet<&str> {
    text.lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect()
}

/// Returns the part of `text` from the heading `from` to the next one.
#[track_caller]
fn section<'a>(text: &'a str, from: &str) -> &'a str {
    let start = text.find(from).unwrap_or_else(|| panic!("no {from}"));
    let rest = &text[start + from.len()..];
    &rest[..rest.find("\n#").unwrap_or(rest.len())]
}

/// Returns every written value of an enum: serde names them all when it is given another.
fn values<T: DeserializeOwned>() -> Vec<String> {
    let error = serde_json::from_str::<T>("\"?\"")
        .err()
        .unwrap()
        .to_string();
    let (_, listed) = error.split_once("expected").unwrap();
    listed
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn verify_md_explains_every_code() {
    let text = read("docs/verify.md");
    let told: Vec<(String, String)> = rows(section(&text, "## Codes"))
        .iter()
        .skip(1)
        .map(|row| (row[0].trim_matches('`').to_owned(), row[1].to_owned()))
        .collect();
    let codes: Vec<(String, String)> = Code::ALL
        .iter()
        .map(|code| {
            let severity = serde_json::to_value(code.severity()).unwrap();
            (code.to_string(), severity.as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(told, codes);
}

#[test]
fn images_md_explains_every_flaw() {
    let text = read("docs/images.md");
    let told: Vec<&str> = rows(section(&text, "### Flaws"))
        .iter()
        .skip(1)
        .map(|row| row[0].trim_matches('`'))
        .collect();
    let flaws = [
        Flaw::Truncated,
        Flaw::BadChecksum,
        Flaw::BadStructure,
        Flaw::NoPixels,
        Flaw::TooManyPixels,
        Flaw::NoEndMark,
    ];
    assert_eq!(told, flaws.map(Flaw::code));
}

#[test]
fn format_md_explains_why_something_is_missing() {
    let text = read("docs/format.md");
    let told: Vec<&str> = rows(section(&text, "### Why something is missing"))
        .iter()
        .skip(1)
        .map(|row| row[0].trim_matches('`'))
        .collect();
    assert_eq!(told, values::<Why>());
    for code in told {
        let why: Why = serde_json::from_value(code.into()).unwrap();
        assert_eq!(why.code(), code);
    }
}

#[test]
fn format_md_lists_every_kind_and_role() {
    let text = read("docs/format.md");
    let listed = |member: &str| -> Vec<String> {
        let rows = rows(section(&text, "## Snapshots"));
        let row = rows.iter().find(|row| row[0] == format!("`{member}`"));
        let words = row.unwrap()[1].split_whitespace();
        words
            .map(|word| word.trim_matches('`').to_owned())
            .collect()
    };
    assert_eq!(listed("kind"), values::<Kind>());
    assert_eq!(listed("role"), values::<Role>());
    let log = section(&text, "## The log");
    for kind in values::<EntryKind>() {
        assert!(marked(log).contains(kind.as_str()), "{kind}");
    }
}

#[test]
fn format_md_lists_the_fields_whose_values_are_kept() {
    let text = read("docs/format.md");
    let (_, listed) = section(&text, "### Exchanges")
        .split_once("(`--header`)")
        .unwrap();
    let told: BTreeSet<String> = marked(listed).into_iter().map(str::to_lowercase).collect();
    assert_eq!(told, HARMLESS.map(str::to_owned).into());
}

#[test]
fn format_md_lists_every_extension() {
    let text = read("docs/format.md");
    let blobs = section(&text, "## Blobs");
    let is_extension = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let told: BTreeSet<&str> = marked(blobs)
        .into_iter()
        .filter(is_extension)
        .filter(|word| *word != "sha256sum")
        .collect();
    assert_eq!(told, EXTENSIONS.iter().copied().collect());
}

/// The members of what the archive's own files hold, by the law in `docs/format.md`.
#[test]
fn format_md_names_every_member() {
    let text = read("docs/format.md");
    let mut named = marked(&text);
    // The members of the log and of `offprint.json` stand in examples.
    named.extend(text.split('"').skip(1).step_by(2));
    let mut members = BTreeSet::new();
    for file in files(&root().join("archive")) {
        let name = file.to_str().unwrap();
        if name.ends_with("json") || name.ends_with("jsonl") {
            for line in fs::read_to_string(&file).unwrap().lines() {
                collect(&serde_json::from_str(line).unwrap(), &mut members);
            }
        }
    }
    // What an archive without trouble does not have.
    members.extend(["observed", "saw", "why", "status", "tried", "failure"].map(str::to_owned));
    members.extend(["renames", "to", "cut_hex", "put_hex"].map(str::to_owned));
    let unnamed: Vec<_> = members
        .iter()
        .filter(|member| !named.contains(member.as_str()))
        .collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
}

#[test]
fn format_md_says_what_every_view_begins_with() {
    let text = read("docs/format.md");
    let (_, policy) = text.split_once("```html\n").unwrap();
    let (policy, _) = policy.split_once("\n```").unwrap();
    let policy = policy
        .replace("\n<", "<")
        .replace('\n', " ")
        .replace('…', "utf-8");
    let pages: Vec<PathBuf> = files(&root().join("archive"))
        .into_iter()
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "html")
        })
        .collect();
    assert!(pages.len() > 1, "{pages:?}");
    for page in pages {
        // The name of an encoding may be written in capitals.
        let html = fs::read_to_string(&page).unwrap().to_lowercase();
        assert!(html.contains(&policy.to_lowercase()), "{}", page.display());
    }
    assert!(text.contains(&format!("every change of output; it is {RENDERER}.")));
    assert!(text.contains(&format!("in steps of {ENTRIES_PER_PAGE} entries")));
}

fn collect(value: &Value, members: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            members.extend(object.keys().cloned());
            object.values().for_each(|value| collect(value, members));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, members)),
        _ => {}
    }
}

/// Writes the manual page of every command into `folder`.
fn manual_pages(folder: &Path) -> Vec<PathBuf> {
    let written = Command::new(env!("CARGO_BIN_EXE_offprint"))
        .args(["-q", "man", "--dir"])
        .arg(folder)
        .status();
    assert!(written.unwrap().success());
    let pages = files(folder);
    assert!(pages.len() > 7, "{pages:?}");
    pages
}

#[test]
fn every_flag_that_is_named_exists() {
    let folder = tempfile::tempdir().unwrap();
    let manual: String = manual_pages(folder.path())
        .iter()
        .map(|page| fs::read_to_string(page).unwrap().replace("\\-", "-"))
        .collect();
    for document in [
        "README.md",
        "docs/guide.md",
        "docs/images.md",
        "docs/verify.md",
        "docs/format.md",
        "docs/robots.md",
    ] {
        for code in marked(&read(document)) {
            let flag = code.split([' ', '=']).next().unwrap();
            // Three dashes are a fence of front matter.
            if flag.starts_with("--") && !flag.starts_with("---") {
                assert!(manual.contains(flag), "{document}: {code}");
            }
        }
    }
}

#[test]
fn guide_md_names_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let guide = read("docs/guide.md").replace('-', " ");
    for page in manual_pages(folder.path()) {
        let name = page.file_stem().unwrap().to_str().unwrap();
        let words = name.replace('-', " ");
        assert!(guide.contains(&words), "{words}");
    }
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    for document in DOCUMENTS {
        let folder = root().join(document).parent().unwrap().to_owned();
        let text = read(document);
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if target.starts_with("https:") {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() {
                root().join(document)
            } else {
                folder.join(path)
            };
            assert!(path.exists(), "{document}: {target}");
            if !heading.is_empty() {
                let there = fs::read_to_string(&path).unwrap();
                let slug = |line: &str| {
                    line.trim_start_matches('#')
                        .trim()
                        .to_lowercase()
                        .replace(' ', "-")
                };
                let found = there.lines().filter(|line| line.starts_with('#'));
                assert!(
                    found.map(slug).any(|slug| slug == heading),
                    "{document}: {target}"
                );
            }
        }
    }
}

#[test]
fn architecture_md_names_every_room_and_what_is_in_it() {
    let text = read("docs/architecture.md");
    let map = section(&text, "## Rooms");
    let words: BTreeSet<&str> = map
        .split(|character: char| !character.is_alphanumeric() && character != '_')
        .collect();
    for file in files(&root().join("src")) {
        let below = file.strip_prefix(root().join("src")).unwrap();
        let names: Vec<_> = below
            .with_extension("")
            .iter()
            .map(|it| it.to_str().unwrap().to_owned())
            .collect();
        for name in names
            .iter()
            .take(2)
            .filter(|name| !["mod", "tests", "README"].contains(&name.as_str()))
        {
            assert!(words.contains(name.as_str()), "{}", below.display());
        }
    }
}

/// What the project promises is held by tests, and the page that lists them names tests that exist.
#[test]
fn architecture_md_names_tests_that_exist() {
    let text = read("docs/architecture.md");
    let laws = rows(section(&text, "## Laws"));
    assert_eq!(laws.len(), 1 + 12, "the twelve laws, under a head");
    for row in &laws[1..] {
        let tests = marked(row[2]);
        assert!(!tests.is_empty(), "{row:?}");
        for named in tests {
            let (file, name) = named.split_once("::").unwrap_or_else(|| panic!("{named}"));
            let source = read(&format!("{file}.rs"));
            // In `tests/damaged` a test is a line of a table.
            let is_there = [format!("fn {name}("), format!("    {name}: |")]
                .iter()
                .any(|text| source.contains(text));
            assert!(is_there, "{named}");
        }
    }
}

#[test]
fn dependencies_md_names_every_crate() {
    let manifest = read("Cargo.toml");
    let declared: BTreeSet<&str> = manifest
        .split("\n[")
        .filter(|table| table.starts_with("dependencies]"))
        .flat_map(str::lines)
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .collect();
    let text = read("docs/dependencies.md");
    let mut told: BTreeSet<&str> = rows(&text)
        .iter()
        .skip(1)
        .flat_map(|row| row[0].split(", "))
        .map(|name| name.split(' ').next().unwrap())
        .collect();
    told.extend(["serde", "serde_json", "thiserror", "jiff"]);
    assert_eq!(told, declared);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
