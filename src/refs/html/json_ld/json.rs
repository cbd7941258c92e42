//! What does this JSON say, and where do its texts stand? RFC 8259, with the place of each text. Pure.

use crate::document::Span;
use crate::refs::escape::escape;

/// How deep values may nest: more than any vocabulary needs, and a bound on the stack.
const DEPTH_MAX: usize = 64;

/// What may stand around the JSON of a `<script>`, from the days when browsers showed scripts that they did not know.
const WRAPPERS: &[&str] = &["<!--", "-->", "//", "/*", "*/", "<![CDATA[", "]]>", ";"];

/// A value.
#[derive(Debug)]
pub(super) enum Value {
    Object(Vec<(String, Value)>),
    List(Vec<Value>),
    Text(Text),
    /// A number, `true`, `false` or `null`.
    Other,
}

/// A text.
#[derive(Debug, Clone)]
pub(in crate::refs::html) struct Text {
    /// Where it stands, without its quotes.
    pub(in crate::refs::html) span: Span,
    /// What it says, escapes resolved.
    pub(in crate::refs::html) value: String,
}

impl Value {
    /// Returns the values of an object's members of this name.
    pub(super) fn members(&self, name: &str) -> impl Iterator<Item = &Value> {
        let members = match self {
            Self::Object(members) => members.as_slice(),
            _ => &[],
        };
        members
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// Returns the first of them.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.members(name).next()
    }

    pub(super) fn text(&self) -> Option<&Text> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads `script`; `None` where it is no JSON.
pub(super) fn parse(script: &str) -> Option<Value> {
    let mut reader = Reader {
        text: script,
        at: 0,
    };
    reader.skip_wrappers();
    let value = reader.value(0)?;
    reader.skip_wrappers();
    (reader.at == script.len()).then_some(value)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_wrappers(&mut self) {
        self.skip_space();
        while let Some(wrapper) = WRAPPERS
            .iter()
            .find(|wrapper| self.rest().starts_with(**wrapper))
        {
            self.at += wrapper.len();
            self.skip_space();
        }
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len()
            - rest
                .trim_start_matches([' ', '\t', '\n', '\r', '\u{FEFF}'])
                .len();
    }

    /// Takes `mark` if it is next, after white space.
    fn takes(&mut self, mark: char) -> bool {
        self.skip_space();
        let takes = self.rest().starts_with(mark);
        self.at += usize::from(takes) * mark.len_utf8();
        takes
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth == DEPTH_MAX {
            return None;
        }
        if self.takes('{') {
            return self.object(depth);
        }
        if self.takes('[') {
            return self.list(depth);
        }
        if self.takes('"') {
            return self.string().map(Value::Text);
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let word = self.rest();
        let word = &word[..word.len() - word.trim_start_matches(is_part).len()];
        let is_number = word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let is_value = is_number || matches!(word, "true" | "false" | "null");
        self.at += word.len();
        is_value.then_some(Value::Other)
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut members = Vec::new();
        if self.takes('}') {
            return Some(Value::Object(members));
        }
        loop {
            let name = self.takes('"').then(|| self.string())??;
            let value = self.takes(':').then(|| self.value(depth + 1))??;
            members.push((name.value, value));
            if self.takes('}') {
                return Some(Value::Object(members));
            }
            if !self.takes(',') {
                return None;
            }
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        let mut values = Vec::new();
        if self.takes(']') {
            return Some(Value::List(values));
        }
        loop {
            values.push(self.value(depth + 1)?);
            if self.takes(']') {
                return Some(Value::List(values));
            }
            if !self.takes(',') {
                return None;
            }
        }
    }

    /// Reads a text after its opening quote. Line ends in it, which the standard forbids, are what many pages have.
    fn string(&mut self) -> Option<Text> {
        let start = self.at;
        let mut value = String::new();
        loop {
            let rest = self.rest();
            let length = rest.find(['"', '\\'])?;
            value.push_str(&rest[..length]);
            self.at += length + 1;
            if rest[length..].starts_with('"') {
                let end = self.at - 1;
                return Some(Text {
                    span: Span { start, end },
                    value,
                });
            }
            value.push(self.escaped()?);
        }
    }

    /// Reads an escape, whose backslash is read already.
    fn escaped(&mut self) -> Option<char> {
        let start = self.at - 1;
        let (length, character) = escape(self.text.get(start..)?)?;
        self.at = start + length;
        Some(character)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(written: &str, value: &str) {
        let script = format!(" {written} ");
        let Some(Value::Text(text)) = parse(&script) else {
            panic!("{written}")
        };
        assert_eq!(text.value, value);
        assert_eq!(
            &script[text.span.start..text.span.end],
            &written[1..written.len() - 1]
        );
    }

    #[test]
    fn texts_with_escapes() {
        check(r#""https:\/\/h.test\/a?b\u0026c""#, "https://h.test/a?b&c");
        check(
            r#""\ud83d\ude00 \ud83d \ud83d\u0041é\"\\\n""#,
            "😀 \u{FFFD} \u{FFFD}Aé\"\\\n",
        );
        check("\"a\nb\"", "a\nb");
    }

    #[test]
    fn values_in_their_wrappers() {
        for script in [
            "{}",
            "<!-- {} -->",
            "//<![CDATA[\n{\"a\":[1,-2.5e3,true,null,{}]}\n//]]>",
            "/*<![CDATA[*/[]/*]]>*/",
            "[];",
        ] {
            assert!(parse(script).is_some(), "{script}");
        }
        for script in [
            "{",
            "[1,]",
            "{,}",
            "tru",
            "{'a':1}",
            "[1 2]",
            "\"\\u00g0\"",
            "1 1",
        ] {
            assert!(parse(script).is_none(), "{script}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_others_read(text in any::<String>(), number in any::<i32>()) {
            let script = serde_json::json!({ "a": [text, number, null] }).to_string();
            let value = parse(&script).unwrap();
            let Some(Value::List(list)) = value.member("a") else { panic!("{script}") };
            prop_assert_eq!(&list[0].text().unwrap().value, &text);
        }

        #[test]
        fn any_text_gets_an_answer(script in "([{}\\[\\]\",:\\\\u0-9a-f/ ]|é|😀){0,40}") {
            // Whatever stands around what is read, the texts in it are found where they stand.
            if let Some(text) = parse(&script).as_ref().and_then(Value::text) {
                prop_assert!(text.span.end < script.len());
            }
        }
    }
}
