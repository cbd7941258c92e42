//! How does the stylesheet of a drawing apply to the parts of it alone that stand in a page? By names of their own. Pure.
//!
//! Classes and IDs get a prefix; where a selector names neither, `:where(.PREFIX)` is added, which changes no precedence
//! (Selectors 4 §4.4). Of the rules with an at-keyword, those stay that hold rules of style.

use cssparser::{Parser, Token};

use super::level::{closes, opens};

/// The rules with an at-keyword that hold other rules.
const GROUPS: &[&str] = &["layer", "media", "supports"];

/// Returns `css` with the names in its selectors prefixed by `prefix-`, and with each element bound to the class `prefix`.
pub(crate) fn scoped(css: &str, prefix: &str) -> String {
    let mut scope = Scope {
        css,
        prefix,
        written: String::with_capacity(css.len() * 2),
        levels: Vec::new(),
        part: Part::Start,
        begins: true,
        after_dot: false,
    };
    let mut parsed_from = 0;
    let mut parser = Parser::new(css);
    loop {
        let start = parsed_from + parser.position().byte_index();
        let Ok(token) = parser.next_including_whitespace_and_comments() else {
            break;
        };
        let token = token.clone();
        let end = parsed_from + parser.position().byte_index();
        scope.token(&token, start, end);
        if opens(&token) {
            // A parser that goes on would skip the block; a new one reads it.
            parsed_from = end;
            parser = Parser::new(&css[end..]);
        }
    }
    scope.written
}

/// Which part of a rule is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Before a rule.
    Start,
    /// The head of a group of rules.
    Group,
    /// Selectors.
    Selectors,
    /// What is in parentheses or brackets of selectors: names count, elements are bound already.
    Inside,
    /// Declarations, which stay.
    Declarations,
    /// A rule that goes.
    Cut,
}

struct Scope<'t> {
    css: &'t str,
    prefix: &'t str,
    written: String,
    /// The parts around the block that is read.
    levels: Vec<Part>,
    part: Part,
    /// Whether the next token begins a compound selector.
    begins: bool,
    after_dot: bool,
}

impl Scope<'_> {
    fn token(&mut self, token: &Token<'_>, start: usize, end: usize) {
        let text = &self.css[start..end];
        if let (Part::Start, Token::AtKeyword(name)) = (self.part, token) {
            let is_group = GROUPS.iter().any(|group| name.eq_ignore_ascii_case(group));
            self.part = if is_group { Part::Group } else { Part::Cut };
        } else if self.part == Part::Start
            && !matches!(token, Token::WhiteSpace(_) | Token::Comment(_))
            && !closes(token)
        {
            self.part = Part::Selectors;
            self.begins = true;
        }
        if closes(token) {
            return self.close(token, text);
        }
        match (self.part, token) {
            (Part::Cut, Token::Semicolon) if self.levels.is_empty() => self.part = Part::Start,
            (Part::Cut, _) | (_, Token::Comment(_)) => {}
            (Part::Selectors, Token::CurlyBracketBlock) => self.written.push('{'),
            (Part::Selectors | Part::Inside, _) => self.selector(token, text),
            (Part::Group, Token::Semicolon) => {
                self.written.push(';');
                self.part = Part::Start;
            }
            _ => self.written.push_str(text),
        }
        if opens(token) {
            self.open(token);
        }
    }

    fn open(&mut self, token: &Token<'_>) {
        let is_braces = matches!(token, Token::CurlyBracketBlock);
        self.levels.push(self.part);
        self.part = match self.part {
            Part::Group if is_braces => Part::Start,
            Part::Selectors if is_braces => Part::Declarations,
            Part::Selectors | Part::Inside if !matches!(token, Token::SquareBracketBlock) => {
                Part::Inside
            }
            Part::Selectors | Part::Inside => Part::Declarations,
            part => part,
        };
    }

    fn close(&mut self, token: &Token<'_>, text: &str) {
        let Some(around) = self.levels.pop() else {
            // Nothing is open: a browser passes over it, and over the rule that it stands in.
            return;
        };
        if self.part != Part::Cut {
            self.written.push_str(text);
        }
        let ends_rule = matches!(token, Token::CloseCurlyBracket)
            && matches!(around, Part::Group | Part::Selectors | Part::Cut)
            && (around != Part::Cut || self.levels.last() != Some(&Part::Cut));
        self.part = if ends_rule { Part::Start } else { around };
        self.begins = false;
        self.after_dot = false;
    }

    fn selector(&mut self, token: &Token<'_>, text: &str) {
        let prefix = self.prefix;
        let begins = std::mem::replace(&mut self.begins, false) && self.part == Part::Selectors;
        let bound = format!(":where(.{prefix})");
        let after_dot = std::mem::take(&mut self.after_dot);
        match token {
            Token::Ident(_) if after_dot => self.written += &[prefix, "-", text].concat(),
            Token::IDHash(_) | Token::Hash(_) => {
                self.written += &["#", prefix, "-", &text[1..]].concat();
            }
            Token::Ident(_) | Token::Delim('*') if begins => {
                self.written += &[text, &bound].concat();
            }
            Token::Delim('.') => {
                self.after_dot = true;
                self.written.push('.');
            }
            Token::WhiteSpace(_) | Token::Comma | Token::Delim('>' | '+' | '~') => {
                self.begins = true;
                self.written.push_str(text);
            }
            _ if begins => self.written += &[&bound, text].concat(),
            _ => self.written.push_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(css: &str, expected: &str) {
        assert_eq!(scoped(css, "p"), expected, "{css}");
    }

    #[test]
    fn names_are_prefixed_and_elements_bound() {
        check(".a{fill:red}", ".p-a{fill:red}");
        check("#a .b>.c\\:d,.e.f{}", "#p-a .p-b>.p-c\\:d,.p-e.p-f{}");
        check("path{fill:#fff;a:.5em}", "path:where(.p){fill:#fff;a:.5em}");
        check(
            "*,g path.x{}",
            "*:where(.p),g:where(.p) path:where(.p).p-x{}",
        );
        check("[id=a]:hover{}", ":where(.p)[id=a]:hover{}");
        check(":not(.a,b):hover{}", ":where(.p):not(.p-a,b):hover{}");
        check("/* c */ .a /* d */ {b:c}", " .p-a  {b:c}");
    }

    #[test]
    fn groups_stay_and_other_rules_go() {
        check(
            "@media (min-width:1px){.a{b:c}}d{}",
            "@media (min-width:1px){.p-a{b:c}}d:where(.p){}",
        );
        check("@import 'x';@font-face{src:url(y)}.a{}", ".p-a{}");
        check("@keyframes x{from{a:b}to{c:d}}.a{}", ".p-a{}");
        check(
            "@layer a;@supports (a:b){c{}}",
            "@layer a;@supports (a:b){c:where(.p){}}",
        );
    }

    proptest! {
        #[test]
        fn any_css_is_survived(parts in proptest::collection::vec(prop::sample::select(vec![
            ".a", "#b", "c", "*", " ", ",", ">", "{", "}", "(", ")", "[", "]", ":not(", "@media", "@x", ";", ":", "/*", "*/", "'", "\\",
        ]), 0..40)) {
            let css = parts.concat();
            let written = scoped(&css, "p");
            prop_assert!(written.len() <= css.len() * 20 + 20);
        }
    }
}
