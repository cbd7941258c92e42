//! One specimen, or some, of each kind of reference: how a page or a post would have it.
//!
//! In each, `$n` is the specimen's number and `$c` its colour: `$n.png` is a picture of that colour, `$n.svg` a drawing (its
//! parts: `#symbol`, `#nested`, `#clip`, `#mask`, `#filter`), `$n.css` shows `$n.png` behind `.s$n`, `$n-import.css` imports `$n.css`,
//! and `$n.ttf` is a font whose U+E000 is a block.

use offprint::refs::Kind;

/// A specimen: what it is called, and how it is written.
pub(crate) type Row = (&'static str, &'static str);

/// Where a kind of reference stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    /// In a page, which shows it.
    Page,
    /// In a page that keeps it and, as its own browser would not, does not show it.
    Kept,
    /// In the front matter of a post, whose page shows it.
    FrontMatter,
    /// In the text of a post, whose page shows it.
    Text,
    /// In the text of a post that keeps it and links to it.
    Linked,
    /// In a document that has no view.
    NoView,
}

/// Returns where a kind stands, and its specimens.
pub(crate) fn of_kind(kind: Kind) -> (Stands, &'static [Row]) {
    match kind {
        Kind::ImgSrc => (Stands::Page, IMG_SRC),
        Kind::ImgSrcset => (Stands::Page, IMG_SRCSET),
        Kind::SourceSrcset => (Stands::Page, SOURCE_SRCSET),
        Kind::Lazy => (Stands::Page, LAZY),
        Kind::NoscriptImg => (Stands::Page, NOSCRIPT_IMG),
        Kind::InputSrc => (Stands::Page, INPUT_SRC),
        Kind::VideoPoster => (Stands::Page, VIDEO_POSTER),
        Kind::ObjectData => (Stands::Page, OBJECT_DATA),
        Kind::EmbedSrc => (Stands::Page, EMBED_SRC),
        Kind::SvgImage => (Stands::Page, SVG_IMAGE),
        Kind::SvgUse => (Stands::Page, SVG_USE),
        Kind::Background => (Stands::Page, BACKGROUND),
        Kind::CssUrl => (Stands::Page, CSS_URL),
        Kind::CssImageSet => (Stands::Page, CSS_IMAGE_SET),
        Kind::CssImport => (Stands::Page, CSS_IMPORT),
        Kind::LinkStylesheet => (Stands::Page, LINK_STYLESHEET),
        Kind::LinkIcon => (Stands::Kept, LINK_ICON),
        Kind::LinkPreload => (Stands::Kept, LINK_PRELOAD),
        Kind::MetaImage => (Stands::Kept, META_IMAGE),
        Kind::JsonLd => (Stands::Kept, JSON_LD),
        Kind::AmpImg => (Stands::Page, AMP_IMG),
        Kind::FrontMatter => (Stands::FrontMatter, FRONT_MATTER),
        Kind::HugoFigure => (Stands::Text, HUGO_FIGURE),
        Kind::HexoImage => (Stands::Text, HEXO_IMAGE),
        Kind::MarkdownImage => (Stands::Text, MARKDOWN_IMAGE),
        Kind::MarkdownDefinition => (Stands::Text, MARKDOWN_DEFINITION),
        Kind::MarkdownLinkImage => (Stands::Linked, MARKDOWN_LINK_IMAGE),
        Kind::ObsidianEmbed => (Stands::Text, OBSIDIAN_EMBED),
        Kind::FeedEnclosure => (Stands::NoView, &[]),
    }
}

const IMG_SRC: &[Row] = &[
    ("img", "<img src=$n.png>"),
    (
        "img that checks",
        "<img crossorigin=anonymous integrity=sha256-x referrerpolicy=unsafe-url src=$n.png>",
    ),
    ("img of a drawing", "<img src=$n.svg>"),
    (
        "img that waits",
        "<img loading=lazy decoding=async src=$n.png>",
    ),
    ("image", "<image src=$n.png>"),
    (
        "shadow root",
        "<div><template shadowrootmode=open><img src=$n.png></template></div>",
    ),
    (
        "srcdoc",
        "<iframe width=60 height=60 srcdoc='<img src=$n.png>'></iframe>",
    ),
];

const SVG_USE: &[Row] = &[
    (
        "use",
        "<svg width=40 height=40><use href=$n.svg#symbol width=40 height=40 /></svg>",
    ),
    (
        "use xlink",
        "<svg width=40 height=40><use xlink:href='$n.svg#symbol' width=40 height=40></use></svg>",
    ),
    (
        "use of a style",
        "<svg width=40 height=40><use href=$n.svg#styled /></svg>",
    ),
    (
        "use of a whole drawing",
        "<svg width=40 height=40><use href=$n.svg /></svg>",
    ),
    (
        "use of what uses",
        "<svg width=40 height=40><use href=$n.svg#nested /></svg>",
    ),
];

const CSS_URL: &[Row] = &[
    (
        "background part",
        "<div class=box style='background:url($n.svg#part)'></div>",
    ),
    (
        "mask by a variable",
        "<div class=box style='--icon:url($n.png);background:$c;mask:var(--icon)'></div>",
    ),
    (
        "background",
        "<div class=box style='background:url($n.png)'></div>",
    ),
    (
        "background in a style",
        "<style>.s$n{background-image:url( \"$n.png\" )}</style><div class='box s$n'></div>",
    ),
    (
        "background drawing",
        "<div class=box style='background:url($n.svg)'></div>",
    ),
    (
        "cross-fade",
        "<div class=box style='background:-webkit-cross-fade(url($n.png),url($n.png),50%)'></div>",
    ),
    (
        "border",
        "<div class=box style='box-sizing:border-box;border:10px solid;border-image:url($n.png) 10 fill'></div>",
    ),
    (
        "list",
        "<ul style='margin:0'><li style='list-style:inside url($n.png)'></ul>",
    ),
    ("content", "<div style='content:url($n.png)'></div>"),
    (
        "before",
        "<style>.s$n::before{content:url($n.png)}</style><div class=s$n></div>",
    ),
    (
        "mask",
        "<div class=box style='background:$c;mask-image:url($n.png)'></div>",
    ),
    (
        "prefixed mask",
        "<style>.s$n{background:$c;-webkit-mask:url('$n.png') no-repeat 0 0/40px}</style><div class='box s$n'></div>",
    ),
    (
        "mask box",
        "<div class=box style='background:$c;-webkit-mask-box-image:url($n.png)'></div>",
    ),
    (
        "mask drawing",
        "<div class=box style='background:$c;mask:url($n.svg)'></div>",
    ),
    (
        "mask element",
        "<div class=box style='background:$c;mask:url($n.svg#mask)'></div>",
    ),
    (
        "clip",
        "<div class=box style='background:$c;clip-path:url($n.svg#clip)'></div>",
    ),
    (
        "filter",
        "<div class=box style='background:#000;filter:url(\"$n.svg#filter\")'></div>",
    ),
    (
        "filter of an svg",
        "<svg width=40 height=40><rect width=40 height=40 filter='url($n.svg#filter)' /></svg>",
    ),
    (
        "shape",
        "<div class=box style='float:left;background:url($n.png);shape-outside:url($n.png)'></div>",
    ),
    (
        "font",
        "<style>@font-face{font-family:F$n;src:url($n.ttf)}</style><div style='font:40px/1 F$n;color:$c'>&#xE000;</div>",
    ),
    (
        "svg style",
        "<svg width=40 height=40><style>.s$n{background:url($n.png)}</style><foreignObject width=40 height=40><p class='box s$n'></p></foreignObject></svg>",
    ),
];

const IMG_SRCSET: &[Row] = &[
    ("srcset", "<img srcset='$n.png 1x'>"),
    (
        "srcset and sizes",
        "<img sizes=40px srcset='$n.png 40w, x$n.png?large 4000w' src=$n.png?src>",
    ),
];

const SOURCE_SRCSET: &[Row] = &[
    (
        "picture",
        "<picture><source type=image/png srcset=$n.png><img src=$n.gone.png></picture>",
    ),
    (
        "picture of another medium",
        "<picture><source media=print srcset=$n.gone.png><img src=$n.png></picture>",
    ),
];

const LAZY: &[Row] = &[
    ("data-src", "<img data-src=$n.png>"),
    (
        "placeholder",
        "<img class=lazy src='data:image/gif;base64,R0lGODlhAQABAAAAACw=' data-original=$n.png>",
    ),
    (
        "data-srcset",
        "<picture><source data-srcset=$n.png><img data-src=$n.png?1></picture>",
    ),
];

const NOSCRIPT_IMG: &[Row] = &[(
    "noscript",
    "<img class=wait><noscript><img src=$n.png></noscript>",
)];

const INPUT_SRC: &[Row] = &[("input", "<input type=image src=$n.png>")];

const VIDEO_POSTER: &[Row] = &[("video", "<video poster=$n.png src=film.mp4></video>")];

const OBJECT_DATA: &[Row] = &[
    (
        "object",
        "<object type=image/png data=$n.png>instead</object>",
    ),
    (
        "object of a drawing",
        "<object type=image/svg+xml data=$n.svg></object>",
    ),
];

const EMBED_SRC: &[Row] = &[("embed", "<embed type=image/png src=$n.png>")];

const SVG_IMAGE: &[Row] = &[
    (
        "svg image",
        "<svg width=40 height=40><image href=$n.png width=40 height=40 /></svg>",
    ),
    (
        "svg image xlink",
        "<svg width=40 height=40><image xlink:href=$n.png width=40 height=40 /></svg>",
    ),
    (
        "feImage",
        "<svg width=40 height=40><filter id=f$n><feImage href=$n.png /></filter><rect width=40 height=40 filter=url(#f$n) /></svg>",
    ),
];

const BACKGROUND: &[Row] = &[
    (
        "table",
        "<table background=$n.png width=40 height=40><tr><td></table>",
    ),
    (
        "cell",
        "<table><tr><td background=$n.png width=40 height=40></table>",
    ),
];

const CSS_IMAGE_SET: &[Row] = &[
    (
        "image-set",
        "<div class=box style='background:image-set(\"$n.png\" 1x)'></div>",
    ),
    (
        "image-set with url",
        "<div class=box style='background:-webkit-image-set(url($n.png) 1x)'></div>",
    ),
];

const CSS_IMPORT: &[Row] = &[
    (
        "import",
        "<style>@import '$n.css';</style><div class='box s$n'></div>",
    ),
    (
        "import of an import",
        "<style>@import url($n-import.css);</style><div class='box s$n'></div>",
    ),
];

const LINK_STYLESHEET: &[Row] = &[
    (
        "stylesheet",
        "<link rel=stylesheet href=$n.css crossorigin integrity=sha256-x><div class='box s$n'></div>",
    ),
    (
        "stylesheet that imports",
        "<link rel=stylesheet href=$n-import.css><div class='box s$n'></div>",
    ),
    (
        "mask in a stylesheet",
        "<link rel=stylesheet href=$n.css><div class='box m$n'></div>",
    ),
    (
        "font in a stylesheet",
        "<link rel=stylesheet href=$n.css><div class='t$n'>&#xE000;</div>",
    ),
];

const LINK_ICON: &[Row] = &[("icon", "<link rel=icon href=$n.png>")];

const LINK_PRELOAD: &[Row] = &[("preload", "<link rel=preload as=image href=$n.png>")];

const META_IMAGE: &[Row] = &[(
    "og:image",
    "<meta property=og:image content=https://a.test/$n.png>",
)];

const JSON_LD: &[Row] = &[(
    "JSON-LD",
    "<script type=application/ld+json>{\"@context\":\"https://schema.org\",\"@type\":\"Article\",\"image\":\"https://a.test/$n.png\"}</script>",
)];

const AMP_IMG: &[Row] = &[(
    "amp-img",
    "<amp-img src=$n.png width=40 height=40 layout=fixed></amp-img>",
)];

const FRONT_MATTER: &[Row] = &[("front matter", "cover: $n.png")];

const HUGO_FIGURE: &[Row] = &[("figure", "{{< figure src=\"$n.png\" >}}")];

const HEXO_IMAGE: &[Row] = &[("img tag", "{% img $n.png %}")];

const MARKDOWN_IMAGE: &[Row] = &[
    ("image", "![]($n.png)"),
    (
        "image in a link",
        "[![](<$n.png> 'title')](https://b.test/)",
    ),
];

const MARKDOWN_DEFINITION: &[Row] = &[("definition", "![][r$n]\n\n[r$n]: $n.png")];

const MARKDOWN_LINK_IMAGE: &[Row] = &[("link", "[large]($n.png)")];

const OBSIDIAN_EMBED: &[Row] = &[("obsidian", "![[$n.png]]")];
