//! Which resources does this document mention, and where exactly? Finds, never fails, never fetches. Pure.

pub mod css;
mod ending;
mod escape;
pub mod feed;
pub mod html;
pub mod markdown;
pub mod srcset;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use crate::document::{Document, Kind as DocumentKind, Span, charset};
use crate::link::Link;

pub use html::{HostRule, LazyTable};

/// One mention of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Where the text stands, without quotes, brackets or `url(`: exactly what a relink replaces.
    pub span: Span,
    /// The text as it stands in the document, character references and all, decoded.
    pub written: String,
    /// The address it names; `None` where it names no http(s) URL.
    pub target: Option<Link>,
    /// The syntax it stands in.
    pub kind: Kind,
    /// What it is needed for.
    pub role: Role,
    /// What makes a browser show it without a script, where it alone would not.
    pub promotion: Option<Promotion>,
}

/// The syntax a reference stands in. `docs/format.md` lists how each is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `<img src>`
    ImgSrc,
    /// `<img srcset>`
    ImgSrcset,
    /// `<picture><source srcset>`
    SourceSrcset,
    /// An attribute that a lazy loader reads, such as `data-src`.
    Lazy,
    /// An image inside `<noscript>`.
    NoscriptImg,
    /// `<input type=image src>`
    InputSrc,
    /// `<video poster>`
    VideoPoster,
    /// `<object data>` where it is an image.
    ObjectData,
    /// `<embed src>` where it is an image.
    EmbedSrc,
    /// SVG `<image>` and `<feImage>`
    SvgImage,
    /// SVG `<use>` of another file.
    SvgUse,
    /// The `background` attribute.
    Background,
    /// CSS `url()`
    CssUrl,
    /// CSS `image-set()`
    CssImageSet,
    /// CSS `@import`
    CssImport,
    /// `<link rel=stylesheet>`
    LinkStylesheet,
    /// `<link rel=icon>` and its kind.
    LinkIcon,
    /// `<link rel=preload>` of an image, a stylesheet or a font.
    LinkPreload,
    /// `<meta>` that names the picture of a page, such as `og:image`.
    MetaImage,
    /// The `image` of an article in JSON-LD.
    JsonLd,
    /// `<amp-img>` and `<amp-anim>`
    AmpImg,
    /// A value of the front matter.
    FrontMatter,
    /// Hugo's `{{< figure src="…" >}}`
    HugoFigure,
    /// Hexo's `{% img … %}` and `{% asset_img … %}`
    HexoImage,
    /// Markdown `![](…)`
    MarkdownImage,
    /// Markdown `[label]: …` that an image uses.
    MarkdownDefinition,
    /// Markdown `[](…)` that leads to an image.
    MarkdownLinkImage,
    /// Obsidian's `![[…]]`
    ObsidianEmbed,
    /// What a feed encloses: `<enclosure>`, `<media:content>` and their kin.
    FeedEnclosure,
}

impl Kind {
    /// Returns whether a picture of its own stands here, so that one of a single pixel has nothing to show. A background of one
    /// pixel is repeated and seen; a picture of the page that its metadata names is for others to show.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(
            self,
            Self::ImgSrc
                | Self::ImgSrcset
                | Self::SourceSrcset
                | Self::Lazy
                | Self::NoscriptImg
                | Self::AmpImg
                | Self::HugoFigure
                | Self::HexoImage
                | Self::MarkdownImage
                | Self::MarkdownDefinition
                | Self::ObsidianEmbed
        )
    }
}

/// What a resource is needed for, and so what it must prove to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A picture.
    Image,
    /// A stylesheet.
    Style,
    /// A font.
    Font,
    /// Sound or film.
    Media,
    /// The icon of a page.
    Icon,
}

/// What lets a browser show a lazy image, such as attribute names to be written anew: `data-src` becomes `src`. Applied only
/// where the reference's resource is at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// The renamed attributes, sorted, apart from each other.
    pub renames: Vec<Rename>,
    /// Whether the element in whose tag it stands shows it as its background.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub background: bool,
    /// The tag of the image before a `<noscript>` whose place the image in that takes: it is a mere preview. Where nobody
    /// knows yet how large the two are, it may be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<Span>,
}

/// One attribute's new name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// Offset of the name's first byte.
    pub start: usize,
    /// Offset of the first byte after the name.
    pub end: usize,
    /// What stands there instead.
    pub to: String,
}

impl Kind {
    /// Returns whether a reader sees what is named so. What only programs read is recorded and told, but a page without it
    /// lacks nothing.
    #[must_use]
    pub fn is_seen(self) -> bool {
        !matches!(self, Self::MetaImage | Self::JsonLd | Self::LinkPreload)
    }
}

impl Promotion {
    /// Returns whether it shows by itself what a script would have shown.
    #[must_use]
    pub fn shows(&self) -> bool {
        self.background || !self.renames.is_empty()
    }

    /// Moves what it names to where `place` says that it stands.
    pub(crate) fn move_to(&mut self, place: impl Fn(Span) -> Span) {
        for rename in &mut self.renames {
            let name = place(Span::from(rename.start..rename.end));
            (rename.start, rename.end) = (name.start, name.end);
        }
        self.instead_of = self.instead_of.map(place);
    }
}

impl Reference {
    /// Moves what its promotion names to where `place` says that they stand.
    fn rename_at(&mut self, place: impl Fn(Span) -> Span) {
        if let Some(promotion) = &mut self.promotion {
            promotion.move_to(place);
        }
    }
}

/// Returns every reference of `document`, sorted by span, non-overlapping. What lazy loaders read is what the table says
/// that is built in.
#[must_use]
pub fn find(document: &Document) -> Vec<Reference> {
    find_with(document, LazyTable::built_in())
}

/// Returns every reference of `document`, as [`find`] does, where lazy loaders read what `table` says.
#[must_use]
pub fn find_with(document: &Document, table: &LazyTable) -> Vec<Reference> {
    in_order(match document.kind {
        DocumentKind::Page => html::find(document, table),
        DocumentKind::Post => markdown::find(document, table),
        DocumentKind::Style => css::find(document),
        DocumentKind::Feed => feed::find(document, table),
    })
}

/// Sorts `references` by span, and of two that overlap drops the later.
fn in_order(mut references: Vec<Reference>) -> Vec<Reference> {
    references.sort_by_key(|reference| reference.span);
    references.dedup_by(|later, earlier| later.span.start < earlier.span.end);
    references
}

/// Returns the address that `text` names, decoded and without entities, in a document of this encoding.
/// `None` where it names no http(s) URL.
#[must_use]
pub fn resolve(text: &str, base: Option<&Link>, encoding: &'static Encoding) -> Option<Link> {
    match base {
        Some(base) => base
            .join(text, Some(&|query| charset::encode_query(query, encoding)))
            .ok(),
        None => Link::parse(text).ok(),
    }
}
