//! Which items of a JSON Feed that is broken are whole? Pure.

use serde_json::Value;

use crate::document::quoted::string_end;
use crate::listing::NAMED_MAX;

/// Returns the items that stand whole before the feed breaks off, or goes wrong.
pub(super) fn items(text: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut scan = Scan::default();
    let is_mark = |byte: &u8| b"{}[]\",".contains(byte);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(is_mark) {
        let mark = at + found;
        at = mark + 1;
        if bytes[mark] == b'"' {
            let Some(end) = string_end(bytes, at) else {
                break;
            };
            scan.string(&text[at..end]);
            at = end + 1;
            continue;
        }
        if let Some(start) = scan.mark(bytes[mark], mark) {
            let Ok(item) = serde_json::from_str(&text[start..at]) else {
                break;
            };
            items.push(item);
            if items.len() > NAMED_MAX {
                break;
            }
        }
    }
    items
}

/// Where in the feed the scan is.
#[derive(Debug, Default)]
struct Scan {
    /// How many maps and lists are open.
    depth: usize,
    /// Whether the last name, or text, in the feed's own map was `items`.
    is_named: bool,
    /// Whether the list of items is open.
    is_in_items: bool,
    /// Where the item began that is open.
    start: Option<usize>,
}

impl Scan {
    fn string(&mut self, text: &str) {
        if self.depth == 1 {
            self.is_named = text == "items";
        }
    }

    /// Takes in a mark at `at`; returns where the item began that it ends.
    fn mark(&mut self, mark: u8, at: usize) -> Option<usize> {
        match mark {
            b'{' | b'[' => {
                self.is_in_items |= self.depth == 1 && mark == b'[' && self.is_named;
                if self.depth == 2 && self.is_in_items && mark == b'{' {
                    self.start = Some(at);
                }
                self.depth += 1;
                None
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 1 {
                    self.is_in_items = false;
                    self.is_named = false;
                }
                if self.depth == 2 {
                    return self.start.take();
                }
                None
            }
            _ => {
                self.is_named &= self.depth != 1;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let items: Vec<String> = items(text).iter().map(ToString::to_string).collect();
        assert_eq!(items, expected, "{text}");
    }

    #[test]
    fn what_is_whole_before_the_end_is_read() {
        let one = r#"{"id":"a","x":{"items":[{"id":"no"}]},"y":["}",{"z":"\\\""}]}"#;
        let read = serde_json::from_str::<Value>(one).unwrap().to_string();
        for rest in [
            "",
            ",",
            ",{",
            r#",{"id":"b""#,
            r#",{"id":"b","t":"{}"#,
            "]",
            "],",
        ] {
            check(
                &format!(r#"{{"title":"items","items":[{one}{rest}"#),
                &[&read],
            );
        }
        check(&format!(r#"{{"title":"items",[{one}"#), &[]);
        check(
            &format!(r#"{{"items":[{{"id":1}},{{'id'}},{one}"#),
            &[r#"{"id":1}"#],
        );
        check("{\"items\":[{\"a", &[]);
        check("", &[]);
    }
}
