//! What does the head of a page refer to: what it loads ahead, its picture, its JSON-LD?

use super::*;

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
