//! Which images do the tags of generators and editors name, and what do their blocks hide?

use super::*;

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
