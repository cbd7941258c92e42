//! What does the manual say? A page for the program and for each command. Home of `clap_mangen`.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use clap::Command;
use clap::builder::StyledStr;
use clap_mangen::roff::{Roff, bold, roman};

use super::args::{Man, examples, frame};
use super::output::{Output, bytes};
use super::{Exit, TOOL};

/// What the environment says to every command.
#[rustfmt::skip]
const ENVIRONMENT: &[(&str, &str)] = &[
    ("OFFPRINT_ARCHIVE", "The archive's folder, where --archive names none."),
    ("OFFPRINT_SIGNING_KEY", "The SSH key that sign signs with, where --key names none."),
    ("OFFPRINT_CONFIG", "The configuration file, where --config names none."),
    ("http_proxy, https_proxy, all_proxy, no_proxy", "The proxy to send requests through, where --proxy names none, and the hosts to reach without it. Names in capitals do as well."),
    ("NO_COLOR", "When set and not empty, nothing is coloured, unless --color always asks for it."),
    ("XDG_CACHE_HOME, HOME", "Where verify remembers what it proved: in offprint/proven below the first, or below .cache in the second."),
    ("NOTIFY_SOCKET", "Where systemd listens for what mirror --watch tells of itself: that it is ready, and what it waits for."),
    ("TERM", "When it is dumb, nothing is coloured and no progress bar is drawn."),
];

/// Where the archive is, and what stands in it.
#[rustfmt::skip]
const FILES: &[(&str, &str)] = &[
    ("./archive", "The archive, where neither --archive nor OFFPRINT_ARCHIVE names another. In it:"),
    ("./offprint.toml", "The configuration, where neither --config nor OFFPRINT_CONFIG names another: it lies beside the archive, wherever that is. docs/guide.md says what may stand in it."),
    ("index.html", "What is in the archive, to open in a browser."),
    ("articles/HOST/cd/SLUG-ID/index.html", "An article, to open in a browser. Of a post there is also post.md, the post itself with local images; snapshots/ beside it holds what was captured, when and from where."),
    ("blobs/sha256/ab/ab....EXT", "Every image and every original, named by the SHA-256 of its bytes."),
    ("log/", "What was committed, each line chained to the one before."),
    ("checkpoints/", "What was signed of the log, each with its signature."),
    ("README.txt", "How to read and check the archive without Offprint."),
];

/// Runs `offprint man`.
pub(super) fn run(arguments: &Man, output: Output) -> anyhow::Result<Exit> {
    let mut root = frame::command();
    root.build();
    if let Some(folder) = &arguments.dir {
        let written = write_all(&root, folder)?;
        output.say(format_args!(
            "{written} manual pages written to {}",
            folder.display()
        ));
        return Ok(Exit::Sound);
    }
    // As the page is called, or as the command is typed.
    let words =
        std::iter::once(root.get_name()).chain(arguments.command.iter().map(String::as_str));
    let name = words.collect::<Vec<_>>().join("-");
    let commands = with_all_below(&root);
    let Some(command) = commands.iter().find(|it| display_name(it) == name) else {
        bail!(
            "no command is called `{}`; `offprint --help` lists them",
            arguments.command.join(" ")
        );
    };
    bytes(&page(command, &root));
    Ok(Exit::Sound)
}

/// Writes every page into `folder`, which is made where it is not there. Returns how many there are.
fn write_all(root: &Command, folder: &Path) -> anyhow::Result<usize> {
    fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    let commands = with_all_below(root);
    for command in &commands {
        let path = folder.join(format!("{}.1", display_name(command)));
        fs::write(&path, page(command, root))
            .with_context(|| format!("can't write {}", path.display()))?;
    }
    Ok(commands.len())
}

fn with_all_below(command: &Command) -> Vec<&Command> {
    let below = below(command).flat_map(with_all_below);
    std::iter::once(command).chain(below).collect()
}

/// Returns the commands of `command`, in the order of use where there is one.
fn below(command: &Command) -> impl Iterator<Item = &Command> {
    let names = frame::GROUPS.iter().flat_map(|(_, names)| *names);
    let place = |command: &&Command| names.clone().position(|name| *name == command.get_name());
    let mut commands: Vec<&Command> = command.get_subcommands().collect();
    commands.retain(|it| it.get_name() != "help");
    commands.sort_by_key(place);
    commands.into_iter()
}

/// Returns the name of a command's page: `offprint-add`.
fn display_name(command: &Command) -> &str {
    command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
}

/// Returns the page of `command` in the format of man(7): what clap knows, and what it doesn't.
fn page(command: &Command, root: &Command) -> Vec<u8> {
    let mut page = title(command) + &beginning(command).render();
    page += without_preamble(&options(command));
    let mut end = Roff::new();
    section(&mut end, "EXIT STATUS", frame::EXIT_CODES);
    section(&mut end, "ENVIRONMENT", ENVIRONMENT);
    section(&mut end, "FILES", FILES);
    let typed = command.get_bin_name().unwrap_or_default();
    let words = typed.split_once(' ').map_or("", |(_program, words)| words);
    let examples = examples::of(words).iter();
    let examples: Vec<_> = examples.map(|it| (it.line, it.what)).collect();
    section(&mut end, "EXAMPLES", &examples);
    end.control("SH", ["SEE ALSO"]).control("nh", []);
    end.text([roman(see_also(command, root))]);
    page += without_preamble(&end.render());
    page.into_bytes()
}

/// Returns a part without the definition of the apostrophe, which every part brings along.
fn without_preamble(part: &str) -> &str {
    part.find(".SH").map_or("", |start| &part[start..])
}

/// Returns the title line. It names no date, so that the page is the same whenever it is made.
fn title(command: &Command) -> String {
    format!(
        ".TH {} 1 \"\" \"{TOOL}\" \"Offprint Manual\"\n",
        display_name(command)
    )
}

/// Returns what stands before the options: the name, how it is called, what it does, its commands.
fn beginning(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let text = |text: Option<&StyledStr>| text.map(ToString::to_string).unwrap_or_default();
    let about = text(command.get_about());
    roff.control("SH", ["NAME"]);
    roff.text([roman(format!("{} - {about}", display_name(command)))]);
    roff.control("SH", ["SYNOPSIS"]);
    let usage = command.clone().render_usage().to_string();
    roff.text([bold(usage.trim_start_matches("Usage: ").trim())]);
    roff.control("SH", ["DESCRIPTION"]);
    let description = text(command.get_long_about().or(command.get_about()));
    for line in description.lines() {
        if line.is_empty() {
            roff.control("PP", []);
        } else {
            roff.text([roman(line)]);
        }
    }
    let commands: Vec<(String, String)> = below(command)
        .map(|it| (format!("{}(1)", display_name(it)), text(it.get_about())))
        .collect();
    let commands = commands
        .iter()
        .map(|(name, about)| (name.as_str(), about.as_str()));
    section(&mut roff, "COMMANDS", &commands.collect::<Vec<_>>());
    roff
}

/// Returns the sections of the options, as clap knows them.
fn options(command: &Command) -> String {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render_options_section(&mut page)
        .expect("a vector takes all that is written");
    String::from_utf8(page).expect("a page made of text is text")
}

/// Writes a section of terms and what they mean, where there are any.
fn section(roff: &mut Roff, title: &str, terms: &[(&str, &str)]) {
    if terms.is_empty() {
        return;
    }
    roff.control("SH", [title]);
    for (term, meaning) in terms {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*meaning)]);
    }
}

/// Returns the pages to read next: of the program, those of its commands; of a command, that of the program.
fn see_also(command: &Command, root: &Command) -> String {
    let others: Vec<&Command> = if display_name(command) == display_name(root) {
        with_all_below(root).into_iter().skip(1).collect()
    } else {
        std::iter::once(root).chain(below(command)).collect()
    };
    let pages = others.iter().map(|it| format!("{}(1), ", display_name(it)));
    pages.collect::<String>() + "sha256sum(1)"
}
