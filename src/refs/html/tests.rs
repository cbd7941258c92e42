//! Which references does a page make, and what are they called?

mod head;
mod laws;
mod lazy;
mod nested;

use encoding_rs::UTF_8;

use super::*;
use crate::document::Kind as DocumentKind;
use crate::refs::{Kind, Role};

fn base() -> Link {
    Link::parse("https://h.test/a/b").unwrap()
}

fn fragment(html: &str) -> Vec<Reference> {
    let table = LazyTable::built_in();
    find_fragment(html.as_bytes(), UTF_8, Some(&base()), table)
}

/// Each reference as `kind written`, in the names of `docs/format.md`.
fn found(html: &str) -> Vec<String> {
    let name = |kind: Kind| {
        serde_json::to_value(kind)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    fragment(html)
        .into_iter()
        .map(|reference| {
            assert_eq!(
                &html[reference.span.start..reference.span.end],
                reference.written
            );
            format!("{} {}", name(reference.kind), reference.written)
        })
        .collect()
}

#[track_caller]
fn check(html: &str, expected: &[&str]) {
    assert_eq!(found(html), expected, "{html}");
}

/// Checks what is promoted, each as `address: attribute→its new name`.
#[track_caller]
fn check_promotion(html: &str, expected: &[&str]) {
    let promotions = fragment(html).into_iter().filter_map(|reference| {
        let renames = reference.promotion?.renames;
        let told = renames
            .iter()
            .map(|rename| format!("{}→{}", &html[rename.start..rename.end], rename.to));
        Some(format!(
            "{}: {}",
            reference.written,
            told.collect::<Vec<_>>().join(" ")
        ))
    });
    assert_eq!(promotions.collect::<Vec<_>>(), expected, "{html}");
}

#[test]
fn images_in_tags() {
    check(
        "<img src=a.png><IMG\nSRC = ' b.png\n' alt=x>",
        &["img-src a.png", "img-src b.png"],
    );
    check("<img src='a.png' src='b.png'>", &["img-src a.png"]);
    check("<img><img src><img src=''><img src=' '><img src='#a'>", &[]);
    check("<image src=a.png>", &["img-src a.png"]);
    check(
        "<img src=a.png srcset='b.png 1x, c.png 2x, d.png 1y'>",
        &["img-src a.png", "img-srcset b.png", "img-srcset c.png"],
    );
    check(
        "<input type=IMAGE src=a.png><input src=b.png>",
        &["input-src a.png"],
    );
    check(
        "<table background=a><td background=b.png><p background=c.png><div background=true><li background=/d>",
        &["background a", "background b.png", "background c.png"],
    );
    check(
        "<link rel='Shortcut ICON' href=a.ico><link rel=apple-touch-icon href=b.png><link rel=next href=c>",
        &["link-icon a.ico", "link-icon b.png"],
    );
    check(
        "<svg><image href=a.png xlink:href=b.png /><feImage xlink:href=c.png /></svg>",
        &["svg-image a.png", "svg-image c.png"],
    );
    check(
        "<template><img src=a.png></template><select><img src=b.png></select>",
        &["img-src a.png", "img-src b.png"],
    );
}

#[test]
fn objects_that_are_images() {
    check(
        "<object data=a.PNG?x></object><object data=b type='Image/SVG+xml'><img src=c.png></object><embed src=d.svg>",
        &[
            "object-data a.PNG?x",
            "object-data b",
            "img-src c.png",
            "embed-src d.svg",
        ],
    );
    check(
        "<object data=a.swf></object><object data=a.png type=text/html></object><embed src=b><embed type=video/mp4 src=c.png>",
        &[],
    );
}

#[test]
fn graphics_of_other_files() {
    check(
        "<svg><use href=a.svg#x xlink:href=b.svg#x /><use xlink:href=c.svg /><use href=#x /><use href=/a/b#x /></svg><use href=d.svg>",
        &["svg-use a.svg#x", "svg-use c.svg"],
    );
}

#[test]
fn images_of_amp() {
    check(
        "<amp-img src=a.png srcset='b.png 2x'><noscript><img src=c.png></noscript></amp-img><amp-anim src=d.gif></amp-anim>",
        &[
            "amp-img a.png",
            "amp-img b.png",
            "noscript-img c.png",
            "amp-img d.gif",
        ],
    );
    check(
        "<noscript><noscript><img src=a.png></noscript></noscript>",
        &["noscript-img a.png"],
    );
}

#[test]
fn a_source_belongs_to_what_holds_it() {
    check(
        "<picture><source srcset='a.png, b.png 2x'><img src=c.png></picture>",
        &[
            "source-srcset a.png",
            "source-srcset b.png",
            "img-src c.png",
        ],
    );
    check(
        "<video poster=p.png><source srcset=a.png src=a.mp4></video><source srcset=b.png>",
        &["video-poster p.png"],
    );
    check(
        "<picture><video><source srcset=a.png></video><source srcset=b.png></picture>",
        &["source-srcset b.png"],
    );
    check(
        "<video><picture><source srcset=a.png></picture><source srcset=b.png>",
        &["source-srcset a.png"],
    );
}

#[test]
fn stylesheets_that_browsers_read() {
    check(
        "<link rel='Alternate StyleSheet' title=x href=a.css><link rel=stylesheet type='Text/CSS; charset=x' href=b.css media=print>",
        &["link-stylesheet a.css", "link-stylesheet b.css"],
    );
    check(
        "<link rel=stylesheet type=text/less href=a.less><link rel=style href=b.css><link href=c.css><link rel=stylesheet>",
        &[],
    );
    check(
        "<noscript><link rel=stylesheet href=a.css></noscript>",
        &["link-stylesheet a.css"],
    );
}

#[test]
fn images_in_styles() {
    check("<p style=\"background:url('a.png')\">", &["css-url a.png"]);
    check(
        "<p style='background:url(&quot;a.png?x&amp;y&quot;)'>",
        &["css-url a.png?x&amp;y"],
    );
    check(
        "<style>@import 'x.css';a{b:url(a.png);c:image-set('b.png' 1x)}</style>",
        &["css-import x.css", "css-url a.png", "css-image-set b.png"],
    );
    check("<style>a{b:url(a.png?x&amp;y)}", &["css-url a.png?x&amp;y"]);
    check("<style type=text/less>a{b:url(a.png)}</style>", &[]);
    check(
        "<svg><style>a{b:url('a.png')}</style><style/></svg><p>url(b.png)",
        &["css-url a.png"],
    );
    check(
        "<svg><style><![CDATA[a{b:url('a.png?x&amp;y')}]]></style></svg>",
        &["css-url a.png?x&amp;y"],
    );
    check("<p style='fill:url(#a);background:url(#b)'>", &[]);
}

#[test]
fn addresses_are_resolved() {
    let targets = |html: &str| -> Vec<_> {
        let found = fragment(html);
        found
            .into_iter()
            .map(|reference| reference.target.map(|target| target.to_string()))
            .collect()
    };
    assert_eq!(
        targets(
            "<img src='c d.png?x=1&amp;y=&#50;'><img src='data:image/png,x'><img src=//i.test><img src='a\nb'>"
        ),
        [
            Some("https://h.test/a/c%20d.png?x=1&y=2"),
            None,
            Some("https://i.test/"),
            Some("https://h.test/a/ab")
        ]
        .map(|target| target.map(str::to_owned))
    );
    assert_eq!(
        targets("<p style='b:url(c\\26 d.png)'>"),
        [Some("https://h.test/a/c&d.png".to_owned())]
    );
    assert_eq!(
        targets("<img srcset='a&#44;b&#32;1x&Tab;&comma;c&amp;d'>").len(),
        2
    );
}
