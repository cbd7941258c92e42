//! How is it told what changed? The words around [`crate::diff`].

use std::path::Path;

use crate::archive::Archive;
use crate::change::lines::Line;
use crate::diff::{self, Came, Diff, Side};

use super::args::Diff as Arguments;
use super::output::{Output, Style, data, plain};
use super::{Exit, events};

/// Digits of a digest that tell images apart for a person.
const DIGITS: usize = 12;

/// Runs `offprint diff`.
pub(super) fn run(root: &Path, arguments: &Arguments, output: Output) -> anyhow::Result<Exit> {
    let archive = Archive::open(root)?;
    let (before, after) = (arguments.before.as_deref(), arguments.after.as_deref());
    let diff = diff::diff(&archive, &arguments.article, before, after)?;
    if output.json {
        events::event("diff", &diff);
    } else {
        tell(&diff, output);
    }
    Ok(Exit::Sound)
}

fn tell(diff: &Diff, output: Output) {
    let side = |sign: char, side: &Side| {
        let time = side.time.strftime("%Y-%m-%d %H:%M:%S UTC");
        data(format_args!("{sign}{sign}{sign} {time}  {}", side.snapshot));
    };
    side('-', &diff.before);
    side('+', &diff.after);
    if diff.is_empty() {
        return output.say("nothing that a reader would notice has changed");
    }
    for fact in &diff.facts {
        let said =
            |text: &Option<String>| text.as_deref().map_or_else(|| "(none)".to_owned(), plain);
        data(format_args!(
            "{}: {} -> {}",
            fact.name,
            said(&fact.before),
            said(&fact.after)
        ));
    }
    for hunk in &diff.text {
        data(hunk.head());
        for line in &hunk.lines {
            tell_line(line, output);
        }
    }
    for reference in &diff.removed {
        let (style, url) = (Style::Bad, plain(&reference.url));
        let word = output.paint_data(style, "removed");
        data(format_args!("{word}  {url}"));
    }
    for reference in &diff.added {
        let word = output.paint_data(Style::Good, "added  ");
        data(format_args!(
            "{word}  {} ({})",
            plain(&reference.url),
            reference.outcome
        ));
    }
    for changed in &diff.changed {
        let word = output.paint_data(Style::Warn, "changed");
        data(format_args!(
            "{word}  {} ({} -> {})",
            plain(&changed.url),
            came(&changed.before),
            came(&changed.after)
        ));
    }
}

fn tell_line(line: &Line, output: Output) {
    let text = format!("{}{}", line.sign(), plain(line.text()));
    match line {
        Line::Same(_) => data(text),
        Line::Removed(_) => data(output.paint_data(Style::Bad, &text)),
        Line::Added(_) => data(output.paint_data(Style::Good, &text)),
    }
}

/// Says what came of an address: which bytes, or why none.
fn came(came: &Came) -> String {
    let bytes = came.digest.map(|digest| digest.short(DIGITS));
    let why = came.why.map(|why| format!("{}: {why}", came.outcome));
    let words: Vec<String> = bytes.into_iter().chain(why).collect();
    words.join(", ")
}
