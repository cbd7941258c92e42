//! How is a slip in a configuration told? With its line and column, and what may have been meant.

/// How many letters may differ in a name that somebody may have meant.
const SLIPS_MAX: usize = 2;

/// Describes what is not right in `text`; begins with line and column.
pub(super) fn describe(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let (line, column) = place(text.get(..start).unwrap_or_default());
    let message = error.message().replace('\n', ", ");
    let meant = meant(&message).map(|name| format!("; did you mean `{name}`?"));
    format!("{line}:{column}: {message}{}", meant.unwrap_or_default())
}

/// Returns the line and the column, counted from 1, of what stands after `before`.
pub(super) fn place(before: &str) -> (usize, usize) {
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}

/// Returns which of the expected names was meant, of a message such as "unknown field `a`, expected `b` or `c`".
fn meant(message: &str) -> Option<&str> {
    let mut names = message.split('`').skip(1).step_by(2);
    let written = names.next()?;
    nearest(written, names)
}

/// Returns the name that differs least from what is written, whatever its case, where that is little enough to be a slip.
pub(super) fn nearest<N: AsRef<str> + Ord>(
    written: &str,
    names: impl Iterator<Item = N>,
) -> Option<N> {
    let written = written.to_lowercase();
    let numbered = names.map(|name| (slips(&written, &name.as_ref().to_lowercase()), name));
    let near = numbered.filter(|(slips, _)| *slips <= SLIPS_MAX);
    near.min().map(|(_, name)| name)
}

/// Returns how many letters must be put in, taken out or changed to make one name of the other (Levenshtein).
fn slips(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (at, known) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *known);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}
