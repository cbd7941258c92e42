//! Which values of the front matter are images?

use super::*;

#[test]
fn values_of_the_front_matter() {
    check(
        "---\nx: http://h/a.PNG?w=1\ny: 'http://h/b'\nheadimg: 'http://h/c'\n---\n",
        &["http://h/a.PNG?w=1", "http://h/c"],
    );
    check(
        "---\ncover: {src: /a.png, alt: b.png, url: x}\nphotos: [c.png, //h/d.png, e]\n---\n",
        &["/a.png", "c.png", "//h/d.png"],
    );
    check(
        "---\nOG-Image: a.webp\nsub: {banner_img: b.gif}\nimage: false\ntitle: c.png\n---\n",
        &["a.webp", "b.gif"],
    );
    check(
        "---\nimage: data:image/png;base64,AA==\nlogo: ftp://h/a.png\n---\n",
        &["data:image/png;base64,AA=="],
    );
    check("---\nimage: &i a.png\ncover: *i\n---\n", &["a.png"]);
    check(
        "\u{FEFF}---\r\nimage: \"a.png\"\r\n---\r\n![b](c.png)",
        &["a.png", "c.png"],
    );
    check("---\nimage: [a.png\n---\n![b](c.png)", &["c.png"]);
    check(
        "---\n\n![a](b.png)\n\n---\n![b](c.png)",
        &["b.png", "c.png"],
    );
}

/// Checks whether the value of this key is found.
#[track_caller]
fn check_value(key: &str, value: &str, is_image: bool) {
    let text = format!("---\n{key}: '{value}'\n---\n");
    let expected: &[&str] = if is_image { &[value] } else { &[] };
    check(&text, expected);
}

#[test]
fn absolute_addresses_of_images_count_under_any_key() {
    for value in [
        "https://h.test/a.PNG?w=1",
        "http://h.test/b.jpeg#x",
        "//h.test/c.webp",
        "https://h.test/d.jpg!w600",
        "https://h.test/e.png@100w_1c",
        "https://pbs.test/f.jpg:large",
        "https://tou.test/g.jpg~tplv-x:640:0",
        "https://sub.test/image/fetch/w_1456,c_limit/https%3A%2F%2Fbucket.test%2Fa_1.jpeg",
    ] {
        for key in ["cover", "x", "title", "deep", "link"] {
            check_value(key, value, true);
        }
    }
}

#[test]
fn addresses_without_an_ending_count_under_keys_of_images() {
    for value in [
        "https://mmbiz.test/mmbiz_png/abc/640?wx_fmt=png",
        "https://pbs.test/media/abc?format=jpg&name=large",
        "https://res.test/x/image/upload/v1/abc",
        "//h.test/640",
    ] {
        for key in [
            "cover",
            "headimg",
            "og_image",
            "cover_url",
            "封面",
            "画像",
            "صورة",
        ] {
            check_value(key, value, true);
        }
        for key in ["x", "title", "link"] {
            check_value(key, value, false);
        }
    }
    for key in ["cover", "image", "x"] {
        check_value(key, "https://h.test/page.html", false);
        check_value(key, "https://h.test/film.mp4", false);
    }
    let asked = "https://h.test/_next/image?url=%2Fa%2Fb.png&w=640";
    check_value("x", asked, true);
    check_value("link", asked, false);
    check_value("source", "https://wiki.test/File:a.jpg", false);
}

#[test]
fn paths_count_unless_the_key_says_otherwise() {
    for value in ["/a/b.png", "a.webp", "../i/c.svg?x=1", "图/片.jpg"] {
        for key in ["cover", "x", "social_media_card"] {
            check_value(key, value, true);
        }
        for key in [
            "title",
            "image_alt",
            "description",
            "url",
            "permalink",
            "slug",
        ] {
            check_value(key, value, false);
        }
    }
    check_value("cover", "my image.png", true);
    check_value("x", "see a.png", false);
    check_value("x", "a, b.png", false);
    check_value("x", "https://h.test/a b.png", false);
    check_value("cover", "false", false);
    check_value("cover", "post.md", false);
}

#[test]
fn values_of_every_kind_of_front_matter() {
    let toml = "+++\ntitle = 'x.png'\nimages = [\"https://h.test/a.png\", '/b.png']\n[cover]\nimage = 'c.png'\nalt = 'd.png'\n\
        [[resources]]\nsrc = \"\"\"\ne.png\"\"\"\n+++\n![](f.png)";
    check(
        toml,
        &["https://h.test/a.png", "/b.png", "c.png", "e.png", "f.png"],
    );
    let json = "{\n  \"image\": \"https:\\/\\/h.test\\/a.png\",\n  \"x\": [{\"y\": \"b.png\"}]\n}\n\n![](c.png)";
    check(json, &["https:\\/\\/h.test\\/a.png", "b.png", "c.png"]);
    check_target(
        "{\"image\": \"https:\\/\\/h.test\\/a.png\"}",
        "https://h.test/a.png",
    );
    check_target("+++\nimage = \"/\\u0062.png\"\n+++", "https://h.test/b.png");
    check(
        ";;;\n\"photos\": [\"a.png\"],\n\"cover\": {\"src\": \"b.png\"}\n;;;\n![](c.png)",
        &["a.png", "b.png", "c.png"],
    );
    check(
        "title: x\ncover: a.png\n---\n![](b.png)",
        &["a.png", "b.png"],
    );
    check(
        "---\na: &x {src: a.png}\ncover: *x\nb: >-\n  c.png\n---\n",
        &["a.png", "c.png"],
    );
    check(
        "---\ncover: a.png\ncover: b.png\n---\n",
        &["a.png", "b.png"],
    );
    check(
        "---\ntitle: a: b\ncover: a.png\n---\n![](b.png)",
        &["a.png", "b.png"],
    );
    check("---\ncover: a.png\n\n![](b.png)", &["b.png"]);
    check(
        "---\ncover: a.png\n\nText: ![](b.png)\n\n---\n![](c.png)",
        &["a.png", "b.png", "c.png"],
    );
}

#[test]
fn a_fence_inside_code_costs_no_image() {
    check("---\ntitle: x\n\n```\n---\n```\n![a](b.png)", &["b.png"]);
}
