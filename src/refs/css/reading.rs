//! What does each token of CSS mean to the addresses in it? Pure.

use cssparser::{Parser, Token};

use super::level::{Closer, Level, PICTURE, Part, Strings, closes, opens, purpose_of, strings_of};
use super::{CssMention, MentionKind, Purpose, written};
use crate::document::Span;
use crate::refs::Role;

/// The reading of one text.
pub(super) struct Reading<'t> {
    text: &'t str,
    levels: Vec<Level>,
    found: Vec<CssMention>,
}

impl<'t> Reading<'t> {
    /// Begins to read `text`.
    pub(super) fn new(text: &'t str) -> Self {
        let whole = Level {
            closer: None,
            strings: Strings::Text,
            function: 0,
            mention: None,
            is_font: false,
            part: Part::Start,
        };
        Self {
            text,
            levels: vec![whole],
            found: Vec::new(),
        }
    }

    /// Returns the mentions, with spans in the text.
    pub(super) fn read(mut self) -> Vec<CssMention> {
        let mut parsed_from = 0;
        let mut parser = Parser::new(self.text);
        loop {
            let start = parsed_from + parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace_and_comments() else {
                break;
            };
            let token = token.clone();
            let end = parsed_from + parser.position().byte_index();
            self.token(&token, Span { start, end });
            if opens(&token) {
                // A parser that goes on would skip the block; a new one reads it.
                parsed_from = end;
                parser = Parser::new(&self.text[end..]);
            }
        }
        while self.levels.len() > 1 {
            let end = self.text.len();
            self.close(Span { start: end, end });
        }
        self.end_part(self.text.len());
        self.found
    }

    fn token(&mut self, token: &Token<'_>, span: Span) {
        match token {
            Token::WhiteSpace(_) | Token::Comment(_) => return,
            Token::AtKeyword(name) if self.level().part == Part::Start => {
                self.level().part = if name.eq_ignore_ascii_case("import") {
                    Part::Import {
                        start: span.start,
                        mention: None,
                    }
                } else {
                    Part::Head {
                        is_font: name.eq_ignore_ascii_case("font-face"),
                    }
                };
                return;
            }
            Token::Ident(name) if self.level().part == Part::Start => {
                let purpose = purpose_of(name);
                self.level().part = Part::Name { purpose };
                return;
            }
            Token::Colon => {
                if let Part::Name { purpose } = self.level().part {
                    self.level().part = Part::Value { purpose };
                    return;
                }
            }
            // Inside `url()`, it does not end the rule around it.
            Token::Semicolon if self.is_within_import() => return,
            Token::Semicolon => return self.end_part(span.end),
            Token::UnquotedUrl(address) => self.unquoted(address, span),
            Token::QuotedString(address) => self.string(address, span),
            Token::Function(name) => self.open(Closer::Parenthesis, strings_of(name), span.start),
            Token::ParenthesisBlock => self.open(Closer::Parenthesis, Strings::Text, span.start),
            Token::SquareBracketBlock => self.open(Closer::Bracket, Strings::Text, span.start),
            Token::CurlyBracketBlock => self.open(Closer::Brace, Strings::Text, span.start),
            Token::CloseParenthesis => self.close_if(Closer::Parenthesis, span),
            Token::CloseSquareBracket => self.close_if(Closer::Bracket, span),
            Token::CloseCurlyBracket => self.close_if(Closer::Brace, span),
            _ => {}
        }
        if matches!(self.level().part, Part::Start | Part::Name { .. })
            && !closes(token)
            && !opens(token)
        {
            self.level().part = PICTURE;
        }
    }

    /// The level that is open; the whole text is never closed.
    fn level(&mut self) -> &mut Level {
        self.levels
            .last_mut()
            .expect("the level of the whole text is never taken off")
    }

    fn open(&mut self, closer: Closer, strings: Strings, function: usize) {
        let outer = *self.level();
        let (is_font, part) = match (closer, outer.part) {
            (_, Part::Void) => (false, Part::Void),
            (Closer::Brace, _)
                if matches!(outer.closer, Some(Closer::Parenthesis | Closer::Bracket)) =>
            {
                (false, Part::Void)
            }
            (Closer::Brace, Part::Head { is_font }) => (is_font, Part::Start),
            (Closer::Brace, _) => (outer.is_font, Part::Start),
            (_, Part::Start | Part::Name { .. }) => (outer.is_font, PICTURE),
            // What an import imports stands in its own head only, or in the `url()` of it.
            (
                _,
                Part::Import {
                    mention: Some(_), ..
                },
            ) => (false, Part::Head { is_font: false }),
            (_, Part::Import { .. }) if strings != Strings::Url => {
                (false, Part::Head { is_font: false })
            }
            (_, part) => (outer.is_font, part),
        };
        self.levels.push(Level {
            closer: Some(closer),
            strings,
            function,
            mention: None,
            is_font,
            part,
        });
    }

    fn close_if(&mut self, closer: Closer, token: Span) {
        if self.level().closer == Some(closer) {
            self.close(token);
        }
    }

    /// Closes the level with `token`, empty where the text ends.
    fn close(&mut self, token: Span) {
        let end = token.end;
        // A rule that began in here ends with it; one around it goes on.
        if matches!(self.level().part, Part::Import { .. }) && !self.is_within_import() {
            self.end_part(token.start);
        }
        let Some(closed) = self.levels.pop() else {
            return;
        };
        if let Some(mention) = closed.mention.and_then(|index| self.found.get_mut(index)) {
            mention.whole.end = end;
        }
        match (closed.closer, closed.part, self.level().part) {
            (Some(Closer::Brace), _, _) => self.end_part(end),
            (_, Part::Import { mention, .. }, Part::Import { start, .. }) => {
                self.level().part = Part::Import { start, mention }
            }
            (_, _, Part::Start | Part::Name { .. }) => self.level().part = PICTURE,
            _ => {}
        }
    }

    /// Returns whether the level stands in the head of an import, and is not the one that the import began in.
    fn is_within_import(&mut self) -> bool {
        let level = *self.level();
        let is_own = |start| level.closer.is_none() || start > level.function;
        matches!(level.part, Part::Import { start, .. } if !is_own(start))
    }

    /// Ends the rule or declaration that is being read.
    fn end_part(&mut self, end: usize) {
        let ended = self.level().part;
        if ended == Part::Void {
            return;
        }
        self.level().part = Part::Start;
        if let Part::Import {
            start,
            mention: Some(index),
        } = ended
            && let Some(mention) = self.found.get_mut(index)
        {
            mention.whole = Span { start, end };
        }
    }

    fn unquoted(&mut self, address: &str, whole: Span) {
        let span = written::in_url(self.text, whole);
        self.mention(MentionKind::Url, address, span, whole);
    }

    fn string(&mut self, address: &str, whole: Span) {
        let level = *self.level();
        let kind = match (level.strings, level.part) {
            (Strings::Text, Part::Import { mention: None, .. }) | (Strings::Url, _) => {
                MentionKind::Url
            }
            (Strings::Images, _) => MentionKind::ImageSet,
            (Strings::Text, _) => return,
        };
        let span = written::in_quotes(self.text, whole);
        if level.strings == Strings::Url {
            // Only the first string is the address; modifiers may follow.
            self.level().strings = Strings::Text;
            self.level().mention = Some(self.found.len());
            self.mention(
                kind,
                address,
                span,
                Span {
                    start: level.function,
                    end: whole.end,
                },
            );
        } else {
            self.mention(kind, address, span, whole);
        }
    }

    fn mention(&mut self, kind: MentionKind, address: &str, span: Span, whole: Span) {
        let index = self.found.len();
        let level = self.level();
        let (kind, role, purpose) = match &mut level.part {
            Part::Import {
                mention: mention @ None,
                ..
            } => {
                *mention = Some(index);
                (MentionKind::Import, Some(Role::Style), Purpose::Other)
            }
            Part::Import { .. } | Part::Head { .. } | Part::Void => {
                (MentionKind::Head, None, Purpose::Other)
            }
            _ if level.is_font => (kind, Some(Role::Font), Purpose::Other),
            Part::Value {
                purpose: Purpose::Other,
            } => (kind, None, Purpose::Other),
            // A part has a name.
            Part::Value {
                purpose: Purpose::Part,
            } if !address.contains('#') => (kind, None, Purpose::Other),
            Part::Value { purpose } | Part::Name { purpose } => (kind, Some(Role::Image), *purpose),
            Part::Start => (kind, Some(Role::Image), Purpose::Picture),
        };
        self.found.push(CssMention {
            span,
            whole,
            kind,
            role,
            purpose,
            text: address.to_owned(),
        });
    }
}
