use encoding_rs::{Encoding, GBK, UTF_16LE};
use proptest::prelude::*;

use super::*;
use crate::document::Kind as DocumentKind;

fn post(bytes: Vec<u8>, charset: &'static Encoding, base: Option<&str>) -> Document {
    let base = base.map(|base| Link::parse(base).unwrap());
    Document {
        bytes,
        kind: DocumentKind::Post,
        syntax: crate::document::Syntax::Html,
        charset,
        address: base.clone(),
        base,
    }
}

/// Checks the texts found, in order; each must be what the document has at its span.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let document = post(text.as_bytes().to_vec(), UTF_8, None);
    let found = crate::refs::find(&document);
    let written: Vec<&str> = found
        .iter()
        .map(|reference| reference.written.as_str())
        .collect();
    assert_eq!(written, expected, "{text:?}");
    for reference in &found {
        assert_eq!(
            reference.written.as_bytes(),
            reference.span.slice(&document.bytes),
            "{text:?}"
        );
    }
}

#[track_caller]
fn check_kind(text: &str, kind: Kind) {
    let found = crate::refs::find(&post(text.as_bytes().to_vec(), UTF_8, None));
    assert_eq!(
        found
            .iter()
            .map(|reference| reference.kind)
            .collect::<Vec<_>>(),
        [kind],
        "{text:?}"
    );
}

#[track_caller]
fn check_target(text: &str, expected: &str) {
    let found = crate::refs::find(&post(
        text.as_bytes().to_vec(),
        UTF_8,
        Some("https://h.test/a/b"),
    ));
    let targets = found
        .iter()
        .map(|reference| reference.target.as_ref().map_or("none", Link::as_str));
    assert_eq!(targets.collect::<Vec<_>>(), [expected], "{text:?}");
}

#[test]
fn inline_images() {
    check("![](a.png)", &["a.png"]);
    check(
        "![x](a.png \"b\") and ![*y*]( <c d.png> 'e' )",
        &["a.png", "c d.png"],
    );
    check(
        "![a](b(c(d)).png)![e](f\\).png)",
        &["b(c(d)).png", "f\\).png"],
    );
    check("[![a](b.png)](c.html)", &["b.png"]);
    check(
        "![a ![b](c.png) ![![f](g) <img src=h>](i) d](e.png)",
        &["e.png"],
    );
    check("![a [x](y) `](z)` d](e.png)", &["e.png"]);
    check("![a\\](b](c.png)", &["c.png"]);
    check("![a\nb](\nc.png\n'd')", &["c.png"]);
    check("> ![a\n> b](\n> c.png)", &["c.png"]);
    check("- ![a\n  b](\n  c.png)", &["c.png"]);
    check(
        "| a |\n|---|\n| ![b](c\\|d.png) `![e](f.png)` |",
        &["c\\|d.png"],
    );
    check("x[^1]\n\n[^1]: ![a](b.png)", &["b.png"]);
    check("# ![a](b.png)\n\n**![c](d.png)**", &["b.png", "d.png"]);
    check(
        "![a]() ![b](<>) !\\[c](d.png) \\![e](f.html) ![g] (h.png) ![i](j k.png)",
        &[],
    );
}

#[test]
fn images_by_reference() {
    check(
        "![a][l] ![b][l] ![l] ![l][]\n\n[l]: <c.png> 'd'",
        &["c.png"],
    );
    check("![L\n  M]\n\n[l m]:\n  c.png", &["c.png"]);
    check("> ![l]\n>\n> [l]:\n> c.png", &["c.png"]);
    check("![a\\]b]\n\n[a\\]b]: c.png", &["c.png"]);
    check("![a]\n\n[a]: b.png\n[a]: c.png", &["b.png"]);
    check("[a]\n\n[a]: b.html", &[]);
    check("![a]\n\n```\n[a]: b.png\n```", &[]);
}

#[test]
fn links_to_images() {
    check("[![a](b.png)](c.png \"d\")", &["b.png", "c.png"]);
    check("[a *b* `](x)` c](<d e.JPG>) [f](g.html)", &["d e.JPG"]);
    check("> [a\n> b](\n> c.png?x=1#y)", &["c.png?x=1#y"]);
    check(
        "[![a][t]][f] [g][f] [f]\n\n[t]: t.jpg\n[f]: f.jpg",
        &["t.jpg", "f.jpg"],
    );
    check("![a [b](c.png)](d.png)", &["d.png"]);
    check(
        "`[a](b.png)` \\[c](d.png) <https://h.test/e.png> https://h.test/f.png",
        &[],
    );
    check("[a](https://wiki.test/File:b.jpg) [c](mailto:d@e.png)", &[]);
    check_kind("[a](b.png)", Kind::MarkdownLinkImage);
    check_kind("[a]\n\n[a]: b.png", Kind::MarkdownLinkImage);
    check_kind("[a] ![a]\n\n[a]: b.png", Kind::MarkdownDefinition);
    check_kind("![a] [a]\n\n[a]: b.png", Kind::MarkdownDefinition);
    check_target("[a](b.png?x&amp;y)", "https://h.test/a/b.png?x&y");
}

#[test]
fn never_in_code() {
    check("`![a](b.png)` ``<img src=c>``", &[]);
    check(
        "~~~~\n![a](b.png)\n~~~\n<img src=c>\n~~~~\n![d](e.png)",
        &["e.png"],
    );
    check(
        "    ![a](b.png)\n    <img src=c>\n\n![d](e.png)",
        &["e.png"],
    );
    check("<!-- ![a](b.png) <img src=c>\n\n![d](e.png) --> ", &[]);
    check("x <!-- ![a](b.png) <img src=c> --> ![d](e.png)", &["e.png"]);
    check(
        "{% raw %}\n![a](b.png)\n\n<img src=c>\n{% endraw %}\n![d](e.png)",
        &["c", "e.png"],
    );
    check(
        "{% codeblock x lang:js %}\n```\n![a](b.png) <img src=c>\n{% endcodeblock %}\n![d](e.png)",
        &["e.png"],
    );
    check("`{% raw %}` ![a](b.png) {% endraw %}", &["b.png"]);
    check("{% raw %} ![a](b.png)", &["b.png"]);
    check("x <script>\"<img src=a>\"</script> ![b](c.png)", &["c.png"]);
}

#[test]
fn never_in_blocks_of_generators() {
    for (opening, closing) in [
        ("{% highlight html linenos %}", "{% endhighlight %}"),
        ("{%- comment -%}", "{%- endcomment -%}"),
        ("{% code lang:js %}", "{% endcode %}"),
        ("{{< highlight html \"linenos=1\" >}}", "{{< /highlight >}}"),
        ("{{<highlight html>}}", "{{</highlight>}}"),
        ("{{% comment %}}", "{{% /comment %}}"),
    ] {
        check(
            &format!(
                "{opening}\n![a](b.png)\n\n<img src=c>\n{{{{< figure src=\"d\" >}}}}\n{closing}\n![e](f.png)"
            ),
            &["f.png"],
        );
        check(&format!("{opening}\n![a](b.png)"), &["b.png"]);
        check(&format!("`{opening}` ![a](b.png) {closing}"), &["b.png"]);
    }
    check(
        "{{< rawhtml >}}\n\n    <img src=a>\n{{< /rawhtml >}}",
        &["a"],
    );
    check("{{/* ![a](b.png) */}} ![c](d.png)", &["b.png", "d.png"]);
}

#[test]
fn figures_of_hugo() {
    check(
        "{{< figure src=\"https://h.test/a.png\" title=\"b c\" >}}",
        &["https://h.test/a.png"],
    );
    check(
        "{{<figure link=\"x.html\" src=`a b.png`>}} {{< image alt=\"src\" src=c.png />}}",
        &["a b.png", "c.png"],
    );
    check(
        "{{% figure src=\"a.png\" %}}\n\n> {{< figure src=\"b.png\" >}}",
        &["a.png", "b.png"],
    );
    check(
        "{{</* figure src=\"a.png\" */>}} {{< figure title=\"src\" >}} {{< tweet src=\"b.png\" >}}",
        &[],
    );
    check(
        "    {{< figure src=\"a.png\" >}}\n\n{{< figure src=\"\" >}} {{< figure src=\"b.png\" ",
        &[],
    );
    check_kind("{{< figure src=\"a.png\" >}}", Kind::HugoFigure);
    check_target(
        "{{< figure src=\"/a.png?x&y\" >}}",
        "https://h.test/a.png?x&y",
    );
}

#[test]
fn tags_of_hexo() {
    check("{% img https://h.test/a.png %}", &["https://h.test/a.png"]);
    check(
        "{% img left top /a.png 300 200 '\"b c\" \"d.png\"' %} {%- asset_img 'x' \"b c.png\" -%}",
        &["/a.png", "b c.png"],
    );
    check(
        "> {% asset_img foo.jpg \"lorem 'ipsum'\" %}\n\n<p>{% img //h.test/a.png %}</p>",
        &["foo.jpg", "//h.test/a.png"],
    );
    check(
        "{% image https://h.test/a.png, width=300px %} {% inlineImg /b 20px %} {% image \"c.svg\" 'd' %}",
        &["https://h.test/a.png", "/b", "c.svg"],
    );
    check(
        "{% asset_path a.png %} {% asset_link a.png b %} {% img a b %} {% img %} {% img '' %} {% img /a.png",
        &[],
    );
    check(
        "`{% img /a.png %}`\n\n    {% img /b.png %}\n\n```\n{% img /c.png %}\n```",
        &[],
    );
    check(
        "x <!-- {% img /a.png %} -->\n\n<div>\n<!-- {% img /b.png %}\n-->{% img /c.png %}\n</div>",
        &["/c.png"],
    );
    check(
        "{% raw %}{% img /a.png %}{% endraw %}{% codeblock %}\n{% img /b.png %}\n{% endcodeblock %}",
        &[],
    );
    check_kind("{% img /a.png %}", Kind::HexoImage);
    check_target("{% asset_img a.png %}", "https://h.test/a/a.png");
    check_target("{% img '/a b.png?x&y' %}", "https://h.test/a%20b.png?x&y");
}

#[test]
fn embeds_of_obsidian() {
    check(
        "![[a.png]] ![[b/c d.JPG|300]]\n- ![[ e.webp|f|300x200 ]]",
        &["a.png", "b/c d.JPG", "e.webp"],
    );
    check(
        "![[https://h.test/a.png?b]] ![[图片/截图 1.png#c]]\n\n| a |\n|---|\n| ![[b.gif\\|300]] |",
        &["https://h.test/a.png?b", "图片/截图 1.png", "b.gif"],
    );
    check(
        "![[a]] ![[a.md]] ![[a#b.png]] ![[a.pdf#page=1]] [[b.png]] ![[]] ![[|a.png]] \\![[c.png]] ![[d.png] ]",
        &[],
    );
    check("![[a.png\n]] ![[b[c].png]] ![[d.png", &[]);
    check(
        "`![[a.png]]`\n\n    ![[b.png]]\n\n```\n![[c.png]]\n```\n\n<!-- ![[d.png]] --> <p>\n\n<p>\n![[e.png]]\n</p>",
        &[],
    );
    check(
        "{% raw %}![[a.png]]{% endraw %} {% codeblock %}![[b.png]]{% endcodeblock %} ![[c.png]]",
        &["c.png"],
    );
    check_kind("![[a.png]]", Kind::ObsidianEmbed);
    check_target("![[b c.png]]", "https://h.test/a/b%20c.png");
}

#[test]
fn html_among_markdown() {
    check(
        "\n---\ntitle: x\n---\n\n<div> \n<p>\n<img src=\"a.png\">\n\n![b](c.png)\n\n<img src='d.png'></div>",
        &["a.png", "c.png", "d.png"],
    );
    check(
        "text <img alt=\"![a](b.png)\" src=c.png> ![d](e.png)",
        &["c.png", "e.png"],
    );
    check(
        "> text <img\n> src=\"a.png\">\n>\n> <p>\n> <img\n>   src=b.png>",
        &["a.png", "b.png"],
    );
    check(
        "<p>\r\n<img src=a.png>\r\n</p>\r\n\r\n![b](c.png)\r\n",
        &["a.png", "c.png"],
    );
    check("<textarea>\n\n<img src=a.png>\n\n</textarea>", &[]);
    check(
        "- <img src=a.png>\n\n  <img src=b.png>",
        &["a.png", "b.png"],
    );
}

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

#[test]
fn kinds_and_targets() {
    check_kind("![a](b.png)", Kind::MarkdownImage);
    check_kind("![a]\n\n[a]: b.png", Kind::MarkdownDefinition);
    check_kind("---\ncover: b.png\n---\n", Kind::FrontMatter);
    check_kind("<img src=b.png>", Kind::ImgSrc);
    check_target(
        "![a](b\\_c.png?x&amp;y&eacute;)",
        "https://h.test/a/b_c.png?x&y%C3%A9",
    );
    check_target("![a](<//i.test/b c.png>)", "https://i.test/b%20c.png");
    check_target("![a]\n\n[a]: /b&#46;png", "https://h.test/b.png");
    check_target("---\ncover: \"/\\x62.png\"\n---\n", "https://h.test/b.png");
    check_target("![a](b\\c.png)", "https://h.test/a/b%5Cc.png");
    check_target("![a](data:image/png,x)", "none");
    check_target("![a]({{site}}/b.png)", "none");
    check_target("<img src='{{ site.url }}/b.png'>", "none");
}

#[test]
fn other_encodings() {
    let text = "\n---\ntitle: 国防部 \ncover: 'http://h.test/中.png'\n---\n乗![防|乗](a.png) <img src=\"中.png\"> 乗";
    for charset in [GBK, UTF_16LE] {
        let bytes: Vec<u8> = if charset == GBK {
            GBK.encode(text).0.into_owned()
        } else {
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        let found = crate::refs::find(&post(bytes.clone(), charset, None));
        let texts = found.iter().map(|reference| {
            charset
                .decode_without_bom_handling(reference.span.slice(&bytes))
                .0
                .into_owned()
        });
        assert_eq!(
            texts.collect::<Vec<_>>(),
            ["http://h.test/中.png", "a.png", "中.png"]
        );
    }
}

#[test]
fn deep_nesting_ends() {
    for mark in [
        "[",
        "![",
        "> ",
        "*",
        "- ",
        "`",
        "<div>",
        "![](",
        "[a]: ",
        "{% raw %}",
        "![a](<",
        "&",
        "<!--",
        "|",
        "[^",
        "((",
        "{{<",
        "{{< figure src=\"",
        "{{< figure >}}",
        "{{% highlight %}}",
        "{{< a b=c d=",
        "{% img ",
        "![[",
    ] {
        let text = mark.repeat(100_000);
        for text in [text.clone(), format!("{text}\n![a](b.png)")] {
            check_law(&post(text.into_bytes(), UTF_8, None)).unwrap();
        }
    }
}

#[test]
fn html_is_written_as_it_stands_over_several_lines() {
    for text in ["<img src=\"---\nimage: \">", "> <img src='a\n> b.png'>"] {
        let document = post(text.as_bytes().to_vec(), UTF_8, Some("https://h.test/"));
        assert_eq!(crate::refs::find(&document).len(), 1, "{text}");
        check_law(&document).unwrap();
    }
}

proptest! {
    #[test]
    fn any_bytes_have_sorted_references_in_range(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for charset in [UTF_8, GBK, UTF_16LE] {
            check_law(&post(bytes.clone(), charset, None))?;
        }
    }

    #[test]
    fn any_markdown_has_sorted_references_in_range(text in "(---\n|image: |a\\.png|!\\[|\\]\\(|\\)|\\[|\\]: ?|<img src=|>|> |[\r\n \"'`\\\\{}%|*é-]|\\{% raw %\\}){0,40}") {
        check_law(&post(text.into_bytes(), UTF_8, Some("https://h.test/")))?;
    }
}

fn check_law(document: &Document) -> Result<(), TestCaseError> {
    let found = crate::refs::find(document);
    for pair in found.windows(2) {
        prop_assert!(pair[0].span.end <= pair[1].span.start);
    }
    for reference in found {
        prop_assert!(
            reference.span.start <= reference.span.end
                && reference.span.end <= document.bytes.len()
        );
        if document.charset == UTF_8 && std::str::from_utf8(&document.bytes).is_ok() {
            prop_assert_eq!(
                reference.written.as_bytes(),
                reference.span.slice(&document.bytes)
            );
        }
    }
    Ok(())
}
