//! What does the Markdown of this post look like as HTML? Not safe to show by itself: a view seals it. Pure.

use std::ops::Range;

use pulldown_cmark::{Parser, html};

use super::kept::{self, Content, Figure, Kept};
use super::options;
use crate::refs::Kind;

/// Returns the HTML of `text`, the Markdown of a post without its front matter. The HTML in it stays as it is; so does
/// the content of `{% raw %}`, that of code blocks is shown as code, and that of comments is not. What Hugo's figures,
/// Hexo's tags and Obsidian's embeds show is shown.
#[must_use]
pub fn to_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 2);
    let mut markdown = String::new();
    let mut read = 0;
    let Kept { blocks, figures } = kept::kept(text, 0);
    let mut figures = figures.into_iter().peekable();
    let mut push_text = |markdown: &mut String, range: Range<usize>| {
        let mut read = range.start;
        while let Some(figure) = figures.next_if(|figure| figure.range.end <= range.end) {
            markdown.push_str(&text[read..figure.range.start]);
            markdown.push_str(&shown(&figure, text));
            read = figure.range.end;
        }
        markdown.push_str(&text[read..range.end]);
    };
    for block in blocks {
        push_text(&mut markdown, read..block.range.start);
        read = block.range.end;
        let content = &text[block.inner];
        if block.content == Content::Comment {
            continue;
        }
        if !begins_line(&markdown) {
            markdown.push_str(content);
            continue;
        }
        push(&mut html, &markdown);
        markdown.clear();
        if block.content == Content::Html {
            html.push_str(content);
        } else {
            let code = pulldown_cmark::Event::Code(content.trim_matches('\n').into());
            html.push_str("<pre>");
            html::push_html(&mut html, std::iter::once(code));
            html.push_str("</pre>\n");
        }
    }
    push_text(&mut markdown, read..text.len());
    push(&mut html, &markdown);
    html
}

/// A figure as HTML, all of it within one block of Markdown.
fn shown(figure: &Figure, text: &str) -> String {
    let words = &figure.words;
    let mut image = format!("<img src=\"{}\"", escaped(&text[figure.source.clone()]));
    for (name, value) in [
        ("alt", &words.alt),
        ("title", &words.title),
        ("width", &words.width),
        ("height", &words.height),
    ] {
        if name == "alt" || !value.is_empty() {
            image.extend([" ", name, "=\"", &escaped(value), "\""]);
        }
    }
    image.push('>');
    if figure.kind != Kind::HugoFigure {
        return image;
    }
    let caption = escaped(&words.caption);
    let under = if caption.is_empty() {
        String::new()
    } else {
        format!("<figcaption>{caption}</figcaption>")
    };
    format!("<figure>{image}{under}</figure>")
}

/// A blank line would end the block that the HTML stands in.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
        .replace(['\r', '\n'], " ")
}

fn push(html: &mut String, markdown: &str) {
    html::push_html(html, Parser::new_ext(markdown, options()));
}

fn begins_line(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(markdown: &str, expected: &str) {
        assert_eq!(to_html(markdown), expected);
    }

    #[test]
    fn writes_what_generators_write() {
        check(
            "# A\n\nb *c* ![d](e.png)",
            "<h1>A</h1>\n<p>b <em>c</em> <img src=\"e.png\" alt=\"d\" /></p>\n",
        );
        check("<div>\n*a*\n</div>", "<div>\n*a*\n</div>");
        check(
            "|a|\n|-|\n|b|",
            "<table><thead><tr><th>a</th></tr></thead><tbody>\n<tr><td>b</td></tr>\n</tbody></table>\n",
        );
    }

    #[test]
    fn what_hexo_keeps_from_markdown_is_kept() {
        check(
            "a\n\n{% raw %}<b>*x*</b>{% endraw %}\n\nb",
            "<p>a</p>\n<b>*x*</b><p>b</p>\n",
        );
        check(
            "{% codeblock %}\n<b>*x*\n{% endcodeblock %}",
            "<pre><code>&lt;b&gt;*x*</code></pre>\n",
        );
        check("a {% raw %}{{ x }}{% endraw %} b", "<p>a {{ x }} b</p>\n");
        check(
            "{{< highlight html >}}\n<b>*x*\n{{< /highlight >}}",
            "<pre><code>&lt;b&gt;*x*</code></pre>\n",
        );
        check("a {% comment %}*x*{% endcomment %}b", "<p>a b</p>\n");
    }

    #[test]
    fn figures_are_shown() {
        check(
            "a\n\n{{< figure src=\"b.png?c&d\" title=\"*e* \" >}}\n\n*f*",
            "<p>a</p>\n<figure><img src=\"b.png?c&amp;d\" alt=\"*e* \"><figcaption>*e* </figcaption></figure>\n<p><em>f</em></p>\n",
        );
        check(
            "`{{< figure src=\"b.png\" >}}`",
            "<p><code>{{&lt; figure src=\"b.png\" &gt;}}</code></p>\n",
        );
    }

    #[test]
    fn tags_of_hexo_are_shown() {
        check(
            "a {% img left /b.png 300 200 '\"c & d\" \"e\"' %} *f*",
            "<p>a <img src=\"/b.png\" alt=\"e\" title=\"c &amp; d\" width=\"300\" height=\"200\"> <em>f</em></p>\n",
        );
        check(
            "{% asset_img ../../b.png 'c\n\nd' %}\n\n*e*",
            "<img src=\"../../b.png\" alt=\"\" title=\"c  d\">\n<p><em>e</em></p>\n",
        );
        check("{% asset_path b.png %}", "<p>{% asset_path b.png %}</p>\n");
    }

    #[test]
    fn embeds_of_obsidian_are_shown() {
        check(
            "a ![[b/c_d_e.png#f|g|300x200]] *h*",
            "<p>a <img src=\"b/c_d_e.png\" alt=\"g\" width=\"300\" height=\"200\"> <em>h</em></p>\n",
        );
        check(
            "|a|\n|-|\n|![[b.png\\|300]]|",
            "<table><thead><tr><th>a</th></tr></thead><tbody>\n<tr><td><img src=\"b.png\" alt=\"\" width=\"300\"></td></tr>\n</tbody></table>\n",
        );
        check("`![[b.png]]`", "<p><code>![[b.png]]</code></p>\n");
    }
}
