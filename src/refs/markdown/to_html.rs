//! What does the Markdown of this post look like as HTML? Not safe to show by itself: a view seals it. Pure.

use pulldown_cmark::{Parser, html};

use super::{hexo, options};

/// Returns the HTML of `text`, the Markdown of a post without its front matter. The HTML in it stays as it is; so does
/// the content of Hexo's `{% raw %}`, and that of its code blocks is shown as code.
#[must_use]
pub fn to_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 2);
    let mut markdown = String::new();
    let mut read = 0;
    for block in hexo::blocks(text, 0) {
        markdown.push_str(&text[read..block.range.start]);
        read = block.range.end;
        let content = &text[block.content];
        if !begins_line(&markdown) {
            markdown.push_str(content);
            continue;
        }
        push(&mut html, &markdown);
        markdown.clear();
        if block.is_html {
            html.push_str(content);
        } else {
            let code = pulldown_cmark::Event::Code(content.trim_matches('\n').into());
            html.push_str("<pre>");
            html::push_html(&mut html, std::iter::once(code));
            html.push_str("</pre>\n");
        }
    }
    markdown.push_str(&text[read..]);
    push(&mut html, &markdown);
    html
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
    }
}
