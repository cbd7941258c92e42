//! What stands around the help of the commands? Groups in the order of use, examples, exit codes.

use std::fmt::Write as _;

use clap::{Command, CommandFactory as _};

use super::Cli;
use super::examples::{self, Example};

/// The commands in the order in which a person comes to need them.
pub(crate) const GROUPS: &[(&str, &[&str])] = &[
    ("Archive", &["add", "mirror"]),
    ("Look", &["list", "show", "diff", "restore"]),
    ("Prove and mend", &["verify", "repair", "sign", "prove"]),
    ("Keep", &["copy"]),
    ("Use elsewhere", &["export"]),
    ("Delete", &["remove", "prune"]),
    (
        "Try without archiving",
        &["extract", "inspect", "may-fetch"],
    ),
    ("Shell", &["completions", "man", "help"]),
];

/// What the exit codes mean.
#[rustfmt::skip]
pub(crate) const EXIT_CODES: &[(&str, &str)] = &[
    ("0", "Done, and sound"),
    ("1", "Done, with findings: an input failed, an image is missing, damage"),
    ("2", "Could not be done: wrong usage, no archive, locked, disk full"),
    ("130", "Interrupted with Ctrl-C; what was reported as stored is stored"),
];

/// Columns that the longest name of a command and the gap after it take.
const NAME_WIDTH: usize = 13;

/// What `help` does, which clap adds by itself.
const HELP_ABOUT: &str = "Say more about a command";

/// Returns the command line, with all that its help says.
pub(crate) fn command() -> Command {
    let command = framed(Cli::command(), "");
    let header = *command.get_styles().get_header();
    let listing = listing(&command);
    command
        .help_template(format!(
            "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{listing}{header}Options:{header:#}\n{{options}}{{after-help}}"
        ))
        .after_help("`offprint COMMAND --help` says more about a command, with examples.")
}

/// Gives `command`, known to a person by `words`, and all below it their examples and exit codes.
fn framed(command: Command, words: &str) -> Command {
    let names: Vec<String> = command
        .get_subcommands()
        .map(|it| it.get_name().to_owned())
        .collect();
    let help = after_help(&command, words);
    let command = command.after_long_help(help);
    names.into_iter().fold(command, |command, name| {
        let words = format!("{words} {name}").trim_start().to_owned();
        command.mut_subcommand(name, |it| framed(it, &words))
    })
}

/// Returns the commands in their groups, each with what it does.
fn listing(command: &Command) -> String {
    let styles = command.get_styles();
    let (header, literal) = (*styles.get_header(), *styles.get_literal());
    let mut listing = String::new();
    for (title, names) in GROUPS {
        push(&mut listing, format_args!("{header}{title}:{header:#}\n"));
        for name in *names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map_or_else(|| HELP_ABOUT.to_owned(), ToString::to_string);
            let gap = NAME_WIDTH.saturating_sub(name.len());
            push(
                &mut listing,
                format_args!("  {literal}{name}{literal:#}{:gap$}{about}\n", ""),
            );
        }
        listing.push('\n');
    }
    listing
}

/// Returns the examples of a command, and what its exit code says.
fn after_help(command: &Command, words: &str) -> String {
    let styles = command.get_styles();
    let (header, literal) = (*styles.get_header(), *styles.get_literal());
    let mut help = String::new();
    let examples = examples::of(words);
    if !examples.is_empty() {
        push(&mut help, format_args!("{header}Examples:{header:#}\n"));
    }
    for Example { line, what } in examples {
        push(
            &mut help,
            format_args!("  {literal}{line}{literal:#}\n      {what}\n"),
        );
    }
    push(&mut help, format_args!("\n{header}Exit codes:{header:#}\n"));
    for (code, meaning) in EXIT_CODES {
        push(
            &mut help,
            format_args!("  {literal}{code:<3}{literal:#}  {meaning}\n"),
        );
    }
    help.trim_end().to_owned()
}

fn push(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what)
        .expect("a string takes all that is written");
}

#[cfg(test)]
mod tests {
    use clap::ArgAction;

    use super::*;

    fn in_groups() -> Vec<&'static str> {
        GROUPS
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect()
    }

    #[test]
    fn every_command_is_in_one_group_and_has_examples() {
        let command = command();
        let mut names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
        names.push("help");
        let mut grouped = in_groups();
        grouped.sort_unstable();
        names.sort_unstable();
        assert_eq!(
            grouped, names,
            "GROUPS in src/cli/args/frame.rs lists every command once"
        );
        names.retain(|name| *name != "help");
        for name in names {
            assert!(!examples::of(name).is_empty(), "{name} has no examples");
        }
    }

    #[test]
    fn every_example_is_understood() {
        for (words, examples) in examples::EXAMPLES {
            assert!(
                words.is_empty()
                    || command()
                        .find_subcommand(words.split(' ').next().unwrap())
                        .is_some(),
                "{words}"
            );
            for Example { line, what } in *examples {
                let start = line.find("offprint ").unwrap();
                let typed = line[start..].split(['|', '>', ')']).next().unwrap();
                let parsed = command().try_get_matches_from(typed.split_whitespace());
                assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
                let named = typed
                    .split_whitespace()
                    .any(|word| words.is_empty() || words.starts_with(word));
                assert!(named, "an example of {words}: {line}");
                assert!(!what.ends_with('.'), "{what}");
            }
        }
    }

    /// What a newcomer can't guess: that a flag may come again, and what a number means.
    #[test]
    fn every_flag_says_whether_it_repeats_and_in_what_units() {
        let mut commands = vec![command()];
        while let Some(command) = commands.pop() {
            for flag in command.get_arguments().filter(|it| !it.is_positional()) {
                let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
                let more = flag.get_long_help().map(ToString::to_string);
                let said = help.clone() + &more.unwrap_or_default();
                let name = format!("{} --{}", command.get_name(), flag.get_id());
                assert!(!help.is_empty() && !help.ends_with('.'), "{name}: {help}");
                if matches!(flag.get_action(), ArgAction::Append | ArgAction::Count) {
                    assert!(
                        said.contains("repeatable"),
                        "{name}: say that it is repeatable"
                    );
                }
                let names = flag.get_value_names().unwrap_or_default();
                let is_measure = names.iter().any(|it| it == "DURATION" || it == "SIZE");
                let has_example = !flag.get_default_values().is_empty() || said.contains("such as");
                assert!(
                    !is_measure || has_example,
                    "{name}: name a default, or an example with its unit"
                );
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
