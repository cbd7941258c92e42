//! What is said of markup, so far as it was read: its type, its size, what is wrong with it and where? Pure.

use super::Markup;
use super::state::State;
use crate::media::MediaType;
use crate::media::fault::Flaw;
use crate::media::walk::{Facts, Walker, Want};

impl Walker for Markup {
    fn step(&mut self, _bytes: &[u8]) -> Result<Want, Flaw> {
        Ok(Want::Pieces(u64::MAX))
    }

    fn piece(&mut self, bytes: &[u8]) {
        self.read(bytes);
    }

    fn end(&self) -> Option<Flaw> {
        let is_svg = self.media == Some(MediaType::Svg);
        if is_svg && self.broken_at.is_some() {
            return Some(Flaw::BadStructure);
        }
        let is_whole = self.ended && matches!(self.state, State::Text);
        (is_svg && !is_whole).then_some(Flaw::Truncated)
    }

    fn noticed_at(&self) -> Option<u64> {
        self.broken_at
    }

    fn expects(&self) -> &'static str {
        match self.state {
            State::Done if self.ended => "nothing but comments after the document element",
            State::Done => "well-formed XML",
            State::Text if self.names.depth() > 0 => "the end of the document element",
            _ => "well-formed XML, to the end of the document element",
        }
    }

    fn facts(&self) -> Facts {
        let undecided = if self.xml {
            MediaType::Xml
        } else {
            MediaType::Html
        };
        let (width, height) = self.viewport.size();
        Facts {
            media: Some(self.media.clone().unwrap_or(undecided)),
            width,
            height,
            frames: None,
        }
    }

    fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }
}
