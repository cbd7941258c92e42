//! What does a reader get of a page, line by line? Its text and where it leads, without what nobody reads. Pure.

use scraper::ElementRef;

use super::{Dom, Element};

/// Elements whose text is no text of the page.
const UNREAD: &[&str] = &[
    "head", "iframe", "noframes", "noscript", "script", "style", "template", "textarea",
];

/// Elements that stand within a line; all others begin one and end one.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "label", "mark", "q", "rb", "rp", "rt", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// The attributes that lead elsewhere, or bring a player in.
const LEADING: &[(&str, &str)] = &[
    ("a", "href"),
    ("area", "href"),
    ("audio", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("track", "src"),
    ("video", "src"),
];

/// What a reader gets of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readable {
    /// Its text, a line for each paragraph, heading, list item and cell, white space run together. An image stands there with
    /// its `alt`, a `<time>` with its `datetime`, which does not grow old as "3 minutes ago" does.
    pub lines: Vec<String>,
    /// Where its links, frames and players lead, as written, without query and fragment, in document order.
    pub leads_to: Vec<String>,
    /// Whether it asks for a password.
    pub asks_password: bool,
}

/// A page that is being read.
#[derive(Default)]
struct Reading {
    readable: Readable,
    line: String,
}

impl Dom {
    /// Returns what a reader gets of the page.
    #[must_use]
    pub fn readable(&self) -> Readable {
        let mut reading = Reading::default();
        let element = |node| ElementRef::wrap(node).map(|node| Element { node });
        let mut node = self.html.tree.root();
        loop {
            let is_read = match node.value().as_text() {
                Some(text) => {
                    reading.line.push_str(text);
                    false
                }
                None => element(node).is_none_or(|it| reading.enter(it)),
            };
            if let Some(child) = node.first_child().filter(|_| is_read) {
                node = child;
                continue;
            }
            loop {
                if let Some(it) = element(node) {
                    reading.leave(it);
                }
                if let Some(next) = node.next_sibling() {
                    node = next;
                    break;
                }
                match node.parent() {
                    Some(parent) => node = parent,
                    None => return reading.end(),
                }
            }
        }
    }
}

impl Reading {
    /// Takes in what the element itself says. Returns whether what is in it is read.
    fn enter(&mut self, element: Element<'_>) -> bool {
        self.leave(element);
        let name = element.name();
        for (_, attribute) in LEADING.iter().filter(|(leading, _)| *leading == name) {
            let place = element.attribute(attribute).and_then(place);
            self.readable.leads_to.extend(place);
        }
        let is = |attribute: &str, value: &str| {
            let found = element.attribute(attribute);
            found.is_some_and(|found| found.trim().eq_ignore_ascii_case(value))
        };
        self.readable.asks_password |= name == "input" && is("type", "password");
        let instead = match name {
            "img" => element.attribute("alt"),
            "time" => element.attribute("datetime"),
            _ => None,
        };
        if let Some(text) = instead {
            self.line.push(' ');
            self.line.push_str(text);
            self.line.push(' ');
        }
        instead.is_none() && !UNREAD.contains(&name) && element.attribute("hidden").is_none()
    }

    /// Ends the line where the element does not stand within one.
    fn leave(&mut self, element: Element<'_>) {
        if !INLINE.contains(&element.name()) {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        let words: Vec<&str> = self.line.split_whitespace().collect();
        if !words.is_empty() {
            self.readable.lines.push(words.join(" "));
        }
        self.line.clear();
    }

    fn end(mut self) -> Readable {
        self.end_line();
        self.readable
    }
}

/// Returns the part of an address that says where it leads; the rest may be another at each visit. `None` for scripts.
fn place(written: &str) -> Option<String> {
    let written = written.trim();
    let is_script = written
        .get(.."javascript:".len())
        .is_some_and(|start| start.eq_ignore_ascii_case("javascript:"));
    let place = written.split(['?', '#', ';']).next().unwrap_or_default();
    (!is_script).then(|| place.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, lines: &[&str], leads_to: &[&str]) {
        let readable = Dom::parse(html).expect("within the limits").readable();
        assert_eq!(readable.lines, lines, "{html}");
        assert_eq!(readable.leads_to, leads_to, "{html}");
    }

    #[test]
    fn reads_what_a_reader_reads() {
        check("", &[], &[]);
        check(
            "<title>T</title><p>a\n <b>b</b>c<p>d<br>e",
            &["a bc", "d", "e"],
            &[],
        );
        check("<ul><li>一<li>二</ul>三", &["一", "二", "三"], &[]);
        check(
            "<script>x</script><style>y</style><noscript><p>z</noscript><p hidden>h<template>t</template>",
            &[],
            &[],
        );
        check("<p>see <img src=a alt='a  cat'>", &["see a cat"], &[]);
        check(
            "<p><time datetime=2026-11-01>3 minutes ago</time>",
            &["2026-11-01"],
            &[],
        );
        check(
            "<a href='/b;jsessionid=1?sid=2#c'>x</a><a href=javascript:y>y</a><iframe src=//v.test/1?t=9></iframe>",
            &["xy"],
            &["/b", "//v.test/1"],
        );
    }

    #[test]
    fn sees_who_asks_for_a_password() {
        let asks = |html: &str| Dom::parse(html).unwrap().readable().asks_password;
        assert!(asks("<form><input type=Password>"));
        assert!(!asks("<form><input name=password>"));
    }
}
