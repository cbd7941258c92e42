//! Is whatever comes closed, and can it be undone?

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const SOUP: &[&str] = &[
    "<img src=a.png>",
    "<img src='missing.png' onerror=x>",
    "<svg>",
    "</svg>",
    "<use href=a.svg />",
    "<use xlink:href='missing.svg#x' />",
    "<p style='mask:url(a.png);content:url(missing)'>",
    "<body>",
    "<math>",
    "<mtext>",
    "<style>",
    "</style>",
    "<script>",
    "</script>",
    "<noscript>",
    "</noscript>",
    "<template>",
    "</template>",
    "<select>",
    "</select>",
    "<option>",
    "<xmp>",
    "</xmp>",
    "<textarea>",
    "</textarea>",
    "<title>",
    "</title>",
    "<table>",
    "<td>",
    "</table>",
    "<a href=javascript:x>",
    "</a>",
    "<p onclick=x",
    ">",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<iframe src=x>",
    "</iframe>",
    "<object data=x>",
    "</object>",
    "<video>",
    "</video>",
    "<foreignObject>",
    "</foreignObject>",
    "<base href=//x>",
    "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=x>",
    "url(//x)",
    "a{b:url(x)}",
    "@import 'x';",
    "<p style='a:url(",
    ")'>",
    "\"",
    "'",
    "`",
    "=",
    " ",
    "/",
    "&#39;",
    "&quot;",
    "中",
    "<frameset>",
    "<frame src=x>",
    "<body>",
    "<head>",
    "<html>",
    "<!doctype html>",
    "<plaintext>",
    "<desc>",
    "<mglyph>",
    "<br>",
    "</p>",
    "<img srcset='a.png 1x, x 2x'>",
    "<img data-src=a.png src=x>",
    "<form action=x>",
    "<image href=x>",
    "<use href=x#y>",
    "text",
    "<annotation-xml encoding='text/html'>",
    "<noembed>",
    "</noembed>",
    "<noframes>",
    "</noframes>",
    "<svg/onload=x>",
    "</br>",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_soup_is_closed_and_can_be_undone(parts in vec(prop::sample::select(SOUP), 0..40)) {
        let page = parts.concat();
        let file = rendered(page.as_bytes(), "text/html; charset=utf-8");
        prop_assert_eq!(closed::leaks(&file.bytes), []);
        prop_assert_eq!(splice::unsplice(&file.bytes, &file.done.unwrap()).unwrap(), page.into_bytes());
    }

    #[test]
    fn any_bytes_are_rendered(
        bytes in vec(any::<u8>(), 0..200),
        header in prop::sample::select(vec!["text/html", "text/html; charset=gbk", "text/html; charset=utf-16be", "text/html; charset=iso-2022-jp"]),
    ) {
        let file = rendered(&bytes, header);
        prop_assert_eq!(closed::leaks(&file.bytes), []);
        prop_assert_eq!(splice::unsplice(&file.bytes, &file.done.unwrap()).unwrap(), bytes);
    }

    #[test]
    fn any_post_is_rendered(parts in vec(prop::sample::select(SOUP), 0..20), text in ".{0,60}") {
        let post = format!("---\ntitle: x\n---\n{text}\n{}", parts.concat());
        let document = document(post.as_bytes(), Kind::Post, "text/markdown; charset=utf-8");
        let view = render(&capture(&document), post.as_bytes(), &blob);
        prop_assert_eq!(closed::leaks(&view.files[0].bytes), []);
        prop_assert_eq!(splice::unsplice(&view.files[1].bytes, view.files[1].done.as_ref().unwrap()).unwrap(), post.into_bytes());
    }
}
