//! Which image does a tag show, and what is said of it? Hugo's shortcodes and Hexo's tags. Pure.

use std::ops::Range;

use super::super::Image;
use super::tags::{Tag, Word};
use crate::refs::{Kind, ending};

/// The shortcodes of Hugo and its themes that show an image.
const SHORTCODES: &[&str] = &["figure", "image", "img"];

/// The tags of Hexo itself that show an image: `{% img [class …] address [width] [height] [title [alt]] %}`.
const HEXO: &[&str] = &["asset_img", "img"];

/// Tags of Hexo's themes, and of Jekyll's plug-ins: `{% image address, alt=…, width=… %}`.
const OF_THEMES: &[&str] = &["image", "inlineImg", "inlineimage"];

/// An image that a tag or an embed shows.
#[derive(Debug)]
pub(in super::super) struct Figure {
    /// All that stands there.
    pub(in super::super) range: Range<usize>,
    /// Where its address stands, within its quotes.
    pub(in super::super) source: Range<usize>,
    pub(in super::super) kind: Kind,
    pub(in super::super) words: Words,
}

/// What is said of an image; empty where it is not said.
#[derive(Debug, Default)]
pub(in super::super) struct Words {
    /// What is written under it.
    pub(in super::super) caption: String,
    pub(in super::super) title: String,
    pub(in super::super) alt: String,
    pub(in super::super) width: String,
    pub(in super::super) height: String,
}

impl Figure {
    /// Returns the image of the tag, which stands in `text`.
    pub(in super::super) fn image(&self, text: &str) -> Image {
        Image {
            span: self.source.clone().into(),
            address: text[self.source.clone()].to_owned(),
            kind: self.kind,
        }
    }
}

/// Whether a tag of this name shows an image.
pub(super) fn is_figure(tag: &Tag<'_>) -> bool {
    if tag.is_shortcode {
        SHORTCODES.contains(&tag.name)
    } else {
        HEXO.contains(&tag.name) || OF_THEMES.contains(&tag.name)
    }
}

/// Returns the image that `tag` shows, where it names one.
pub(super) fn figure(text: &str, tag: &Tag<'_>) -> Option<Figure> {
    if tag.is_shortcode {
        of_hugo(text, tag)
    } else {
        of_hexo(text, tag)
    }
}

fn of_hugo(text: &str, tag: &Tag<'_>) -> Option<Figure> {
    let parameters = tag.parameters(text);
    let value = |name: &str| {
        let parameter = parameters.iter().find(|(key, _)| *key == name);
        parameter.map(|(_, value)| value.clone())
    };
    let source = value("src").filter(|source| !source.is_empty())?;
    let caption = ["caption", "title", "alt"].into_iter().find_map(value);
    let caption = caption.map_or_else(String::new, |caption| text[caption].to_owned());
    Some(Figure {
        range: tag.range.clone(),
        source,
        kind: Kind::HugoFigure,
        words: Words {
            alt: caption.clone(),
            caption,
            ..Words::default()
        },
    })
}

/// Words before the address are classes; what follows it are width and height, then title and alternative text.
fn of_hexo(text: &str, tag: &Tag<'_>) -> Option<Figure> {
    let words = tag.words(text);
    let is_of_theme = OF_THEMES.contains(&tag.name);
    let at = words.iter().position(|word| is_address(&word.value))?;
    let (Word { range, value }, rest) = words[at..].split_first()?;
    let comma = usize::from(is_of_theme && value.ends_with(',') && range.len() == value.len());
    Some(Figure {
        range: tag.range.clone(),
        source: range.start..range.end - comma,
        kind: Kind::HexoImage,
        words: if is_of_theme {
            said_by_name(rest)
        } else {
            said_in_order(rest)
        },
    })
}

/// Hexo itself takes no relative path in an `img`, but where a post is led to its copies they are such paths.
fn is_address(word: &str) -> bool {
    let begins = ["/", "./", "../", "data:"];
    begins.iter().any(|begins| word.starts_with(begins))
        || word.starts_with("http:")
        || word.starts_with("https:")
        || ending::is_of_image(word.trim_end_matches(','))
}

/// Reads `[width] [height] ["title" "alt"]`. The quotes around a text are those that are left of nested ones.
fn said_in_order(words: &[Word]) -> Words {
    let is_number = |word: &&Word| word.value.bytes().all(|byte| byte.is_ascii_digit());
    let sizes = words.iter().take(2).take_while(is_number).count();
    let size = |index: usize| {
        let word = words[..sizes].get(index);
        word.map_or_else(String::new, |word| word.value.clone())
    };
    let rest: Vec<&str> = words[sizes..].iter().map(|word| &*word.value).collect();
    let rest = rest.join(" ");
    let quote = |is_double: bool| if is_double { '"' } else { '\'' };
    let (title, after) = quoted(&rest, quote(rest.starts_with('"')));
    let (alt, _) = quoted(after.trim_start(), quote(rest.ends_with('"')));
    Words {
        title: title.to_owned(),
        alt: alt.to_owned(),
        width: size(0),
        height: size(1),
        ..Words::default()
    }
}

/// Returns the text up to the next `quote`, one before it left out, and what follows.
fn quoted(text: &str, quote: char) -> (&str, &str) {
    let inner = text.strip_prefix(quote).unwrap_or(text);
    inner.split_once(quote).unwrap_or((inner, ""))
}

/// Reads `alt=…`, or else the words that have no name.
fn said_by_name(words: &[Word]) -> Words {
    let is_named = |word: &&Word| word.value.contains('=');
    let plain = words.iter().filter(|word| !is_named(word));
    let plain: Vec<&str> = plain.map(|word| &*word.value).collect();
    let named = words
        .iter()
        .find_map(|word| word.value.strip_prefix("alt="));
    let alt = named.map_or_else(|| plain.join(" "), str::to_owned);
    Words {
        alt: alt.trim_end_matches(',').to_owned(),
        ..Words::default()
    }
}
