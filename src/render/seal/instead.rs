//! Which elements show an image without being `<img>`, and how does one stand there instead? Pure.
//!
//! `<object>` and `<embed>` are refused by the policy of a view, and AMP's elements are shown by its script alone.

use std::borrow::Cow;

use memchr::memmem;

use super::Sealer;
use super::cut::Cut;
use crate::document::Span;
use crate::document::markup::StartTag;

/// The elements, and the attribute that names their image.
const PICTURES: &[(&str, &str)] = &[
    ("amp-anim", "src"),
    ("amp-img", "src"),
    ("embed", "src"),
    ("object", "data"),
];

/// What an `<object>` may bear that would mean something else on an image.
const OF_IMAGES: &[&str] = &["src", "srcset", "sizes", "usemap"];

/// How far the end tag of such an element is looked for: its content is what stands in for it. One that is not ended ends
/// with its tag.
const CONTENT_BYTES_MAX: usize = 64 * 1024;

impl Sealer<'_> {
    /// Makes an image of the element of `tag`, and returns the tag as it is then. `None` where it shows none.
    pub(super) fn as_image<'h>(&mut self, tag: &StartTag<'h>) -> Option<StartTag<'h>> {
        let (_, source) = PICTURES.iter().find(|(name, _)| *name == tag.name)?;
        let is_amp = tag.name.starts_with("amp-");
        let shows = if is_amp {
            tag.attribute("src").is_some() || tag.attribute("srcset").is_some()
        } else {
            let value = tag.attribute(source).and_then(|value| self.value(value));
            let known = value.and_then(|value| self.known_of(&value));
            known.is_some_and(|known| known.place.is_ok())
        };
        if tag.foreign || !shows {
            return None;
        }
        let name = Span {
            start: tag.span.start + 1,
            end: self.name_end(tag),
        };
        self.put(name, "img");
        let mut image = tag.clone();
        image.name = Cow::Borrowed("img");
        if *source == "data" {
            self.rename_source(&mut image);
        }
        if let Some(style) = amp_style(tag).filter(|_| is_amp && tag.attribute("style").is_none()) {
            self.add(tag, &format!(" style=\"{style}\""));
        }
        Some(image)
    }

    /// Gives the `data` of an object the name `src`, and sets aside what would be in its way.
    fn rename_source(&mut self, image: &mut StartTag<'_>) {
        image.attributes.retain(|attribute| {
            let is_in_the_way = OF_IMAGES.contains(&&*attribute.name);
            if is_in_the_way {
                self.set_aside(attribute);
            }
            !is_in_the_way
        });
        let data = image
            .attributes
            .iter_mut()
            .find(|attribute| attribute.name == "data");
        if let Some(data) = data {
            self.put(data.name_span, "src");
            data.name = Cow::Borrowed("src");
        }
    }

    /// Returns the content of the element of `tag`, which stands in for its image, as something to be cut. `None` where it
    /// has none.
    pub(super) fn stand_in(&self, tag: &StartTag) -> Option<Cut> {
        let rest = self.legible.bytes().get(tag.span.end..)?;
        let near = &rest[..rest.len().min(CONTENT_BYTES_MAX)];
        let is_ended = memmem::find_iter(near, b"</").any(|at| {
            let name = near.get(at + 2..at + 2 + tag.name.len());
            name.is_some_and(|name| name.eq_ignore_ascii_case(tag.name.as_bytes()))
        });
        (tag.name != "embed" && is_ended).then(|| Cut::content(tag))
    }

    /// Returns where the name of `tag` ends.
    pub(super) fn name_end(&self, tag: &StartTag) -> usize {
        let text = tag.span.slice(self.legible.bytes());
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
        let length = text.iter().skip(1).position(ends);
        tag.span.start + 1 + length.unwrap_or_default()
    }
}

/// Returns how the script of AMP would have laid out an element, as CSS.
fn amp_style(tag: &StartTag) -> Option<&'static str> {
    let layout = tag
        .attribute("layout")
        .map(|it| it.value().to_ascii_lowercase());
    Some(match layout.as_deref().unwrap_or_default() {
        "responsive" => "display:block;width:100%;height:auto",
        "intrinsic" => "max-width:100%;height:auto",
        "fill" => "position:absolute;top:0;left:0;width:100%;height:100%",
        _ => return None,
    })
}
