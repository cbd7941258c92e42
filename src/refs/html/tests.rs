use encoding_rs::{GBK, ISO_2022_JP, UTF_8, UTF_16LE};
use proptest::prelude::*;

use super::*;
use crate::document::Kind as DocumentKind;
use crate::refs::{Kind, Role};

fn base() -> Link {
    Link::parse("https://h.test/a/b").unwrap()
}

fn page(bytes: &[u8], charset: &'static Encoding) -> Document {
    let base = Some(base());
    Document {
        bytes: bytes.to_vec(),
        kind: DocumentKind::Page,
        syntax: crate::document::Syntax::Html,
        charset,
        address: base.clone(),
        base,
    }
}

fn fragment(html: &str) -> Vec<Reference> {
    let table = LazyTable::built_in();
    find_fragment(html.as_bytes(), UTF_8, Some(&base()), table)
}

fn find(document: &Document) -> Vec<Reference> {
    super::find(document, LazyTable::built_in())
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
fn what_a_page_loads_ahead() {
    check(
        "<link rel=preload as=image href=a.png imagesrcset='b.png 1x, c.png 2x'><link rel='PRELOAD x' as=Font href=d.woff2>\
         <link rel=preload as=style href=e.css><link rel=preload as=script href=f.js><link rel=preload href=g.png>",
        &[
            "link-preload a.png",
            "link-preload b.png",
            "link-preload c.png",
            "link-preload d.woff2",
            "link-preload e.css",
        ],
    );
    let roles = fragment("<link rel=preload as=font href=d><link rel=preload as=style href=e>");
    let roles: Vec<_> = roles.iter().map(|reference| reference.role).collect();
    assert_eq!(roles, [Role::Font, Role::Style]);
}

#[test]
fn the_picture_of_a_page() {
    check(
        "<meta property=og:image content=a.png><meta name='Twitter:Image' content=b.png><meta itemprop=image content=c.png>\
         <meta property='og:image:secure_url og:x' content='https://h.test/d&amp;e'><link rel=image_src href=f>",
        &[
            "meta-image a.png",
            "meta-image b.png",
            "meta-image c.png",
            "meta-image https://h.test/d&amp;e",
            "meta-image f",
        ],
    );
    check(
        "<meta property=og:image:width content=600><meta property=og:image><meta name=image content=a.png>",
        &[],
    );
}

#[test]
fn json_ld_in_its_script() {
    check(
        "<p>图<script type='application/LD+json; charset=utf-8'>{\"@type\":\"Article\",\"image\":\"https:\\/\\/h.test\\/a\"}</script>",
        &["json-ld https:\\/\\/h.test\\/a"],
    );
    check(
        "<script type=application/json>{\"@type\":\"Article\",\"image\":\"a\"}</script>",
        &[],
    );
    let html = "<script type=application/ld+json>{\"@type\":\"Article\",\"image\":\"\\/a?\\u0026b\"}</script>";
    let target = fragment(html).remove(0).target.unwrap();
    assert_eq!(target.as_str(), "https://h.test/a?&b");
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
fn a_shadow_root_is_read_like_the_page() {
    check(
        "<div><template shadowrootmode=open><style>a{b:url(a.png)}</style><img src=b.png></template></div>",
        &["css-url a.png", "img-src b.png"],
    );
}

#[test]
fn a_page_in_a_frame_is_read_at_its_own_places() {
    check(
        "<iframe srcdoc=\"<img src='a.png'><p style=&quot;b:url('c.png?d&amp;amp;e')&quot;>&lt;img src=f.png>\" src=x.html></iframe>",
        &[
            "img-src a.png",
            "css-url c.png?d&amp;amp;e",
            "img-src f.png",
        ],
    );
    let html = "图<iframe srcdoc='<base href=/z/><img data-src=a.png src=w.gif>'>";
    let found = fragment(html);
    assert_eq!(
        found[0].target.as_ref().unwrap().as_str(),
        "https://h.test/z/a.png"
    );
    check_promotion(html, &["a.png: data-src→src src→data-offprint-src"]);
    let mut nested = "<img src=a.png>".to_owned();
    for depth in 1..6 {
        nested = format!(
            "<iframe srcdoc=\"{}\">",
            nested.replace('&', "&amp;").replace('"', "&quot;")
        );
        assert_eq!(fragment(&nested).len(), usize::from(depth <= 3), "{nested}");
    }
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
fn nothing_in_what_is_no_markup() {
    check(
        "<!-- <img src=a> --><script>'<img src=a>'</script><textarea><img src=a></textarea>",
        &[],
    );
    check(
        "<title><img src=a></title><xmp><img src=a></xmp><iframe><img src=a></iframe><noembed><img src=a></noembed>",
        &[],
    );
    check(
        "&lt;img src=a&gt; <a title='<img src=a>'> <a href=a.png>",
        &[],
    );
    check("<plaintext><img src=a>", &[]);
}

#[test]
fn noscript_is_read_at_its_own_place() {
    check(
        "<noscript><img src=a.png data-src=b.png></noscript><img src=c.png>",
        &["noscript-img a.png", "lazy b.png", "img-src c.png"],
    );
    check(
        "<noscript><p style='b:url(a.png)'><img srcset='b.png 1x'>",
        &["css-url a.png", "noscript-img b.png"],
    );
    check(
        "<noscript><style>a{b:url(a.png)}</style></noscript>",
        &["css-url a.png"],
    );
    check(
        "<noscript><noscript><img src=a.png></noscript>",
        &["noscript-img a.png"],
    );
    assert_eq!(
        fragment("<noscript><img data-src=a.png>")[0].promotion,
        None
    );
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
fn lazy_images_are_promoted() {
    check(
        "<img src=wait.gif data-src=a.png data-original=b.png>",
        &["img-src wait.gif", "lazy a.png", "lazy b.png"],
    );
    check_promotion("<img data-src=a.png>", &["a.png: data-src→src"]);
    check_promotion(
        "<img src=w.gif DATA-SRC=a.png>",
        &["a.png: src→data-offprint-src DATA-SRC→src"],
    );
    check_promotion(
        "<img data-original=b.png data-src=a.png src=x src=y>",
        &["a.png: data-src→src src→data-offprint-src src→data-offprint-src"],
    );
    check_promotion(
        "<img data-src=a.png srcset=w.gif>",
        &["a.png: data-src→src srcset→data-offprint-srcset"],
    );
    check_promotion(
        "<img data-src=a.png srcset=w.gif data-srcset='b.png 1x, c.png 2x'>",
        &[
            "a.png: data-src→src",
            "b.png: srcset→data-offprint-srcset data-srcset→srcset",
        ],
    );
    check_promotion(
        "<picture><source data-srcset=a.png><img></picture>",
        &["a.png: data-srcset→srcset"],
    );
    check_promotion(
        "<img data-src='data:image/png,x' data-original=b.png>",
        &["b.png: data-original→src"],
    );
}

#[test]
fn lazy_values_must_be_addresses() {
    check(
        "<img data-src=true data-lazy='{\"a\":\"b.png\"}' data-original='[]' data-lazy-src='{{ a }}.png' data-echo='some words'>",
        &[],
    );
    check("<img data-url=/share data-source=b.png>", &["lazy b.png"]);
    check(
        "<iframe data-src=/a></iframe><div class=lazy data-src=/a><video class=lazy data-src=a.png>",
        &[],
    );
}

#[test]
fn other_sizes_count_where_nothing_is_shown() {
    check("<img src=a.png data-orig-file=b.png>", &["img-src a.png"]);
    check(
        "<img src='data:image/gif,x' data-orig-file=b.png data-large-file=c.png>",
        &["img-src data:image/gif,x", "lazy c.png"],
    );
}

#[test]
fn lazy_backgrounds_are_found_and_promoted() {
    let html = "<div data-bg=a.png data-bg-src=c.png><div data-background-image='url(b.png)'><div data-background=dark>\
         <p data-bgset='d.png [(max-width: 9px)] | e.png 1x, f.png 2x'><div class='x Lazyload' data-src=g.jpg><div data-src=h.jpg>";
    check(
        html,
        &[
            "lazy a.png",
            "lazy c.png",
            "lazy b.png",
            "lazy d.png",
            "lazy e.png",
            "lazy f.png",
            "lazy g.jpg",
        ],
    );
    let promoted = fragment(html).into_iter().filter(|reference| {
        let promotion = reference.promotion.as_ref();
        promotion.is_some_and(|promotion| promotion.background && promotion.renames.is_empty())
    });
    let promoted: Vec<_> = promoted.map(|reference| reference.written).collect();
    assert_eq!(promoted, ["a.png", "b.png", "d.png", "g.jpg"]);
}

/// The names of `../shared/hard-cases.md` 3, 4 and 23, each with what stands in the `src` of the site that has it.
#[test]
fn every_name_that_was_gathered_is_promoted() {
    for name in [
        "data-src",
        "data-original-mos",
        "data-runner-src",
        "data-url",
        "data-original",
        "data-srcs",
        "data-source",
        "data-pk-src",
        "data-original-src",
        "data-orig-src",
        "data-img-url",
        "data-image-loader",
        "data-hi-res-src",
        "data-file-url",
        "data-defer-src",
        "fifu-data-src",
        "data-full-src",
        "data-lazy-src",
        "data-sources",
        "data-src-small",
        "data-src-medium",
        "data-lazy",
        "data-orig-file",
        "data-large-file",
        "data-actualsrc",
        "data-croporisrc",
        "data-backsrc",
        "data-pin-media",
        "data-mediaviewer-src",
        "data-src-template",
        "data-normal",
    ] {
        check_promotion(
            &format!("<img src='data:image/gif;base64,R0' {name}=a.png>"),
            &[&format!("a.png: src→data-offprint-src {name}→src")],
        );
    }
    for name in ["data-srcset", "data-lazy-srcset", "data-original-set"] {
        check_promotion(
            &format!("<img src=w.gif {name}='a.png 1x'>"),
            &[&format!("a.png: {name}→srcset")],
        );
    }
}

#[test]
fn hosts_have_ways_of_their_own() {
    let promoted = |page: &str, html: &str| {
        let base = Link::parse(page).ok();
        let found = find_fragment(html.as_bytes(), UTF_8, base.as_ref(), LazyTable::built_in());
        let promoted = found
            .into_iter()
            .find(|reference| reference.promotion.is_some());
        promoted.map(|reference| reference.written)
    };
    let zhihu = "<img src='data:image/svg+xml,x' data-actualsrc=a.jpg data-original=b.jpg>";
    assert_eq!(
        promoted("https://zhuanlan.zhihu.com/p/1", zhihu).unwrap(),
        "b.jpg"
    );
    assert_eq!(promoted("https://h.test/", zhihu).unwrap(), "a.jpg");
    let sina = "<img src=http://simg.sinajs.cn/x.gif real_src=http://s1.sinaimg.cn/orignal/a>";
    assert_eq!(
        promoted("https://mirror.test/", sina).unwrap(),
        "http://s1.sinaimg.cn/orignal/a"
    );
    assert_eq!(
        promoted("https://h.test/", "<img src=x.gif real_src=//h.test/a>"),
        None
    );
    let substack = "<img data-url=a.png src=b.png>";
    assert_eq!(promoted("https://x.substack.com/p", substack), None);
    assert_eq!(promoted("https://h.test/", substack).unwrap(), "a.png");
    let jianshu =
        "<img data-original-src=//upload-images.jianshu.io/upload_images/1-2 data-src=x.png>";
    assert_eq!(
        promoted("https://h.test/", jianshu).unwrap(),
        "//upload-images.jianshu.io/upload_images/1-2"
    );
    let wechat =
        "<img data-src='https://mmbiz.qpic.cn/mmbiz_png/x/640?wx_fmt=png' data-lazy-src=y.png>";
    assert!(
        promoted("https://mp.weixin.qq.com/s/x", wechat)
            .unwrap()
            .ends_with("wx_fmt=png")
    );
}

#[test]
fn a_stand_in_shows_nothing() {
    check(
        "<img src=/static/image/common/none.gif file=a.jpg><img src=b.jpg file=c.jpg>",
        &[
            "img-src /static/image/common/none.gif",
            "lazy a.jpg",
            "img-src b.jpg",
        ],
    );
}

#[test]
fn spans_stand_in_the_documents_own_bytes() {
    let html = "<p>图片é漢</p><img src='漢.png?漢' data-src='b&amp;c.png'><noscript><img src=d.png></noscript>";
    for charset in [UTF_8, GBK, UTF_16LE, ISO_2022_JP] {
        let bytes = match charset {
            _ if charset == UTF_16LE => html.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => charset
                .encode(&html.replace(['片', 'é'], ""))
                .0
                .into_owned(),
        };
        let document = page(&bytes, charset);
        let texts: Vec<_> = find(&document)
            .iter()
            .map(|reference| {
                charset
                    .decode_without_bom_handling(reference.span.slice(&bytes))
                    .0
                    .into_owned()
            })
            .collect();
        assert_eq!(
            texts,
            ["漢.png?漢", "b&amp;c.png", "d.png"],
            "{}",
            charset.name()
        );
        let renames = find(&document).remove(1).promotion.unwrap().renames;
        let name = Span {
            start: renames[1].start,
            end: renames[1].end,
        };
        assert_eq!(
            charset.decode_without_bom_handling(name.slice(&bytes)).0,
            "data-src"
        );
    }
    let query = find(&page(b"<img src='\xcd\xbc?\xcd\xbc'>", GBK))
        .remove(0)
        .target
        .unwrap();
    assert_eq!(query.as_str(), "https://h.test/a/%E5%9B%BE?%CD%BC");
}

#[test]
fn hostile_pages_are_read_in_linear_time() {
    for piece in [
        "<",
        "\"",
        "<a b=\"",
        "<img src=&",
        "<noscript>",
        "<style>",
        "<svg>",
        "<video>",
        "<picture>",
        "&",
        "<!--",
        "</p>",
        "<div>",
        "<table background=a>",
        "<div data-bgset='a|b|'>",
        "<iframe srcdoc='",
        "<iframe srcdoc='&lt;img src=a>'>",
        "<script type=application/ld+json>{\"@graph\":[",
        "<amp-img src=a>",
        "<object data=a.png>",
    ] {
        let page = piece.repeat(200_000 / piece.len());
        assert!(fragment(&page).len() < page.len());
    }
    let nested = format!(
        "{}<img src=a>{}",
        "<div>".repeat(100_000),
        "</div>".repeat(100_000)
    );
    assert_eq!(found(&nested).len(), 1);
    let many = format!("<img {}>", "data-src=/a ".repeat(20_000));
    assert_eq!(fragment(&many).len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_have_sorted_spans_in_range(bytes in proptest::collection::vec(any::<u8>(), 0..64), index in 0..4_usize) {
        check_laws(&page(&bytes, [UTF_8, GBK, UTF_16LE, ISO_2022_JP][index]));
    }

    #[test]
    fn any_markup_has_sorted_spans_in_range(
        html in "(<img |<source |<picture>|</picture>|<noscript>|</noscript>|<style>|</style>|<svg>|<p |<iframe srcdoc=|<amp-img |<object data=|<meta property=og:image content=|<script type=application/ld\\+json>|</script>|\\{\"@type\":\"Article\",\"image\":\"|\"\\}|&quot;|&lt;|data-bg=|data-bgset=|\\||src=|srcset=|data-src=|data-srcset=|style=|background:url\\(|a\\.png|,|'|\"|>|\\)|&amp;| |图|1x){0,30}",
        index in 0..4_usize,
    ) {
        let charset = [UTF_8, GBK, UTF_16LE, ISO_2022_JP][index];
        let bytes = if charset == UTF_16LE { html.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { charset.encode(&html).0.into_owned() };
        check_laws(&page(&bytes, charset));
    }
}

fn check_laws(document: &Document) {
    let mut end = 0;
    for reference in find(document) {
        assert!(
            end <= reference.span.start && reference.span.start < reference.span.end,
            "{reference:?}"
        );
        end = reference.span.end;
        let mut renamed = 0;
        for rename in reference
            .promotion
            .iter()
            .flat_map(|promotion| &promotion.renames)
        {
            assert!(
                renamed <= rename.start
                    && rename.start < rename.end
                    && rename.end <= document.bytes.len()
            );
            renamed = rename.end;
        }
    }
    assert!(end <= document.bytes.len());
}
