//! Does a person find their way: help that fits the screen, manual pages, completions, colour only where it is wanted?

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::origin::Reply;
use crate::ran::Ran;
use crate::test::{Test, page_with};

/// Returns the words of every command, by the manual pages that are written for packagers.
fn commands(test: &Test) -> Vec<Vec<String>> {
    let ran = test.run(&["man", "--dir", "man"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{ran:?}");
    let mut pages: Vec<String> = fs::read_dir(test.path("man"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pages.sort();
    assert!(pages.len() > 7, "{pages:?}");
    // A name may hold a dash, too: how a command is called says where its words end.
    let is_word = |word: &&str| word.bytes().all(|it| it.is_ascii_lowercase() || it == b'-');
    let words = |page: &String| {
        let page = fs::read_to_string(test.path("man").join(page)).unwrap();
        let (_, synopsis) = page.split_once(".SH SYNOPSIS\n\\fB").unwrap();
        let typed = synopsis.lines().next().unwrap().replace("\\-", "-");
        let words = typed.split(' ').skip(1).take_while(is_word);
        words.map(str::to_owned).collect()
    };
    pages.iter().map(words).collect()
}

fn with<'a>(words: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    words
        .iter()
        .map(String::as_str)
        .chain(more.iter().copied())
        .collect()
}

/// Returns the long flags that a text names.
fn flags(text: &str) -> BTreeSet<String> {
    let is_end = |it: char| !it.is_ascii_lowercase() && it != '-';
    text.split(|it: char| it.is_whitespace() || it == '[' || it == '(')
        .filter_map(|word| word.strip_prefix("--"))
        .map(|word| word.split(is_end).next().unwrap().to_owned())
        .filter(|flag| !flag.is_empty())
        .collect()
}

#[test]
fn help_fits_the_screen() {
    let test = Test::new();
    for words in commands(&test) {
        for (flag, columns) in [("-h", 80), ("--help", 80), ("--help", 100)] {
            let mut command = test.command(&with(&words, &[flag]));
            let ran = Ran::of(
                command
                    .env("COLUMNS", columns.to_string())
                    .output()
                    .unwrap(),
            );
            assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
            let width = |line: &str| line.chars().count();
            let wide: Vec<&str> = ran
                .stdout
                .lines()
                .filter(|it| width(it) > columns)
                .collect();
            assert!(wide.is_empty(), "{words:?} {flag}: {wide:#?}");
            if flag == "--help" {
                assert!(ran.stdout.contains("\nExamples:\n  "), "{words:?}");
                assert!(ran.stdout.contains("\nExit codes:\n  0 "), "{words:?}");
            }
        }
    }
}

#[test]
fn help_lists_the_commands_in_the_order_of_use() {
    let test = Test::new();
    let help = test.run(&["--help"]).stdout;
    let places: Vec<_> = [
        "Archive:",
        "  add ",
        "Look:",
        "  list ",
        "Prove and mend:",
        "  verify ",
    ]
    .iter()
    .map(|text| help.find(text).unwrap_or_else(|| panic!("{text}")))
    .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(
        test.run(&["help", "add"]).stdout,
        test.run(&["add", "--help"]).stdout
    );
}

#[test]
fn every_command_has_a_manual_page_with_every_flag() {
    let test = Test::new();
    for words in commands(&test) {
        let page = test
            .run(&with(&[String::from("man")], &with(&words, &[])))
            .stdout;
        let file = fs::read_to_string(test.path(&format!(
                "man/{}.1",
                with(&words, &[])
                    .iter()
                    .fold("offprint".to_owned(), |name, word| format!("{name}-{word}"))
            )));
        assert_eq!(page, file.unwrap());
        // By the name of the page, too.
        let name = words.join("-");
        let named = test.run(&["man", &name][..=usize::from(!name.is_empty())]);
        assert_eq!(named.stdout, page, "{name}");
        for section in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "\"EXIT STATUS\"",
            "ENVIRONMENT",
            "FILES",
            "EXAMPLES",
            "\"SEE ALSO\"",
        ] {
            assert!(
                page.contains(&format!(".SH {section}\n")),
                "{words:?}: {section}"
            );
        }
        for text in ["OFFPRINT_ARCHIVE", "NO_COLOR", "https_proxy", "\\fB130\\fR"] {
            assert!(page.contains(text), "{words:?}: {text}");
        }
        let plain = page
            .replace("\\-", "-")
            .replace("\\fB", " ")
            .replace("\\fR", " ");
        let help = test.run(&with(&words, &["--help"])).stdout;
        let help = help.split("\nExamples:").next().unwrap();
        assert!(flags(help).contains("archive") && flags(help).contains("color"));
        let missing: Vec<_> = flags(help).difference(&flags(&plain)).cloned().collect();
        assert!(missing.is_empty(), "{words:?}: {missing:?}");
    }
    let unknown = test.run(&["man", "fly"]);
    unknown.expect(
        2,
        "",
        "error: no command is called `fly`; `offprint --help` lists them\n",
    );
    let both = test.run(&["man", "add", "--dir", "x"]);
    both.expect_code(2, &["cannot be used with"]);
}

#[test]
fn bash_completes_commands_flags_and_values() {
    let test = Test::new();
    let script = test.run(&["completions", "bash"]);
    assert_eq!((script.code, script.stderr.as_str()), (Some(0), ""));
    test.write("offprint.bash", &script.stdout);
    let completed = |line: &str| -> Vec<String> {
        let complete = "source offprint.bash; COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); \
             _offprint offprint \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"; printf '%s\\n' \"${COMPREPLY[@]}\"";
        let output = Command::new("bash")
            .args(["--norc", "-euc", complete, "bash", line])
            .current_dir(test.dir.path())
            .output()
            .unwrap();
        let ran = Ran::of(output);
        assert_eq!(ran.stderr, "", "{line}");
        ran.stdout.lines().map(str::to_owned).collect()
    };
    assert_eq!(completed("offprint ver"), ["verify"]);
    assert_eq!(completed("offprint verify --qui"), ["--quick", "--quiet"]);
    assert_eq!(completed("offprint --color a"), ["auto", "always"]);
    assert_eq!(completed("offprint completions po"), ["powershell"]);
}

#[test]
fn every_shell_gets_completions_of_every_command() {
    let test = Test::new();
    let commands = commands(&test);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = test.run(&["completions", shell]);
        assert_eq!((script.code, script.stderr.as_str()), (Some(0), ""));
        for word in commands.iter().flatten() {
            assert!(script.stdout.contains(word.as_str()), "{shell}: {word}");
        }
    }
    test.run(&["completions", "cmd"]).expect_code(
        2,
        &["[possible values: bash, elvish, fish, powershell, zsh]"],
    );
}

/// Runs the program in a terminal of its own, with these variables, and returns what it shows there.
#[cfg(target_os = "linux")]
fn in_terminal(test: &Test, line: &str, variables: &[(&str, &str)]) -> String {
    let line = format!("'{}' {line}", env!("CARGO_BIN_EXE_offprint"));
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(test.dir.path())
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_is_coloured_unless_somebody_objects() {
    let test = Test::new();
    for line in ["--help", "fly", "show nothing"] {
        for (flag, variables, is_colored) in [
            ("", &[][..], true),
            ("--color never", &[], false),
            ("", &[("NO_COLOR", "1")], false),
            ("", &[("NO_COLOR", "")], true),
            ("", &[("TERM", "dumb")], false),
            (
                "--color=always",
                &[("NO_COLOR", "1"), ("TERM", "dumb")],
                true,
            ),
            (
                "--color auto",
                &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
                false,
            ),
        ] {
            let shown = in_terminal(&test, &format!("{flag} {line}"), variables);
            assert!(
                shown.contains("error") || shown.contains("Usage"),
                "{shown}"
            );
            assert_eq!(
                shown.contains('\x1b'),
                is_colored,
                "{flag} {line} {variables:?}: {shown:?}"
            );
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_is_dumb_gets_plain_lines() {
    let test = Test::new();
    test.serve("a.test/x", Reply::ok("text/html", page_with(["1.png"])));
    test.serve_image("a.test/1.png", "plain.png");
    let line = format!(
        "add --ca-cert ca.pem --resolve '*={}' https://a.test/x",
        test.origin.addr
    );
    let shown = in_terminal(&test, &line, &[("TERM", "dumb")]);
    assert!(shown.contains("captured  P"), "{shown}");
    assert!(
        !shown.contains('\x1b') && !shown.replace("\r\n", "").contains('\r'),
        "{shown:?}"
    );
}

#[test]
fn help_and_usage_errors_follow_color() {
    let test = Test::new();
    for (color, is_colored) in [("auto", false), ("never", false), ("always", true)] {
        let help = test.run(&["--color", color, "--help"]);
        let error = test.run(&["--color", color, "fly"]);
        assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
        assert_eq!((error.code, error.stdout.as_str()), (Some(2), ""));
        assert_eq!(help.stdout.contains('\x1b'), is_colored, "{color}");
        assert_eq!(error.stderr.contains('\x1b'), is_colored, "{color}");
    }
    let version = test.run(&["--version"]);
    version.expect(0, concat!("offprint ", env!("CARGO_PKG_VERSION"), "\n"), "");
}
