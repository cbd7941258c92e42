//! Are images found that a script would show, and what of their tags would show them without it?

use super::*;

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
