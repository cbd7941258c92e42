//! Are images shown that are at hand, and do those say so that are missing?

use super::*;

#[test]
fn images_at_hand_are_shown() {
    check("<img src=a.png alt=x>", "<img src=@ alt=x>");
    check(
        "<img src='a.png?a=1&amp;b' crossorigin>",
        "<img src='@' data-offprint-crossorigin>",
    );
    check(
        "<img data-src='a.png' src='data:image/gif;base64,R0'>",
        "<img data-offprint-lazy src='@' data-offprint-src='data:image/gif;base64,R0'>",
    );
    check(
        "<div style=\"background:url(a.png)\">",
        "<div style=\"background:url(@)\">",
    );
    check(
        "<style>a{b:url('a.png')}</style>",
        "<style>a{b:url('@')}</style>",
    );
    check("<td background=a.png>", "<td background=@>");
}

#[test]
fn a_hundred_thousand_missing_images_stay_small() {
    let page = "<img src=missing.png>".repeat(missing::TOLD_MAX + 2);
    let view = rendered(page.as_bytes(), "text/html; charset=utf-8");
    let view = String::from_utf8(view.bytes).unwrap();
    assert_eq!(view.matches("h.test%2Fa").count(), missing::TOLD_MAX);
    assert_eq!(
        view.matches(&missing::struck_out(missing::Size::Own))
            .count(),
        2
    );
    assert_eq!(closed::leaks(view.as_bytes()), []);
}

#[test]
fn images_that_are_missing_say_so() {
    check_drawing(
        "<img src=missing.png>",
        "<img src=",
        "the server refused it",
    );
    check_drawing("<img src='forgotten.png'>", "<img src='", "not recorded");
    check_drawing(
        "<img src='forgotten.png'>",
        "<img src='",
        "h.test%2Fa%2Fforgotten.png",
    );
    check_drawing(
        "<img data-src='missing.png'>",
        "<img data-offprint-lazy src='",
        "the server refused it",
    );
    check_drawing(
        "<img data-src=\"missing.png\" src='data:image/gif;base64,R0'>",
        "<img data-offprint-lazy src=\"",
        "404",
    );
    check_drawing(
        "<img/srcset='missing.png 1x, missing2.png 2x'>",
        "<img src=\"",
        "a%2Fmissing.png",
    );
    check_drawing(
        "<img data-srcset=missing.png src='data:image/gif;base64,R0'>",
        "<img data-offprint-lazy data-srcset=missing.png src='",
        "404",
    );
    check_drawing("<img data-srcset=missing.png src=\"\">", "src=\"", "404");
    check_drawing("<p style='background:url(missing.png)'>", "url(", "404");
    check_drawing("<td background=missing.png>", "background=", "404");
}

#[test]
fn what_is_missing_in_css_is_drawn_where_it_would_be_seen() {
    let letter = missing::struck_out(missing::Size::Letter);
    let mask = missing::struck_out(missing::Size::Box);
    check(
        "<p style='content:url(missing)'>",
        &format!("<p style='content:url({letter})'>"),
    );
    for property in ["mask-image", "-webkit-mask", "--icon"] {
        check(
            &format!("<p style='{property}:url(missing)'>"),
            &format!("<p style='{property}:url({mask})'>"),
        );
    }
    for property in ["cursor", "shape-outside", "fill", "behavior"] {
        check(
            &format!("<p style='{property}:url(missing#x)'>"),
            &format!("<p style='{property}:url(data:,)'>"),
        );
    }
}

#[test]
fn what_browsers_refuse_from_disk_stands_in_the_page() {
    let svg = "data:image/svg+xml,%3Csvg%20xmlns%3D%22http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg%22%3E%3C%2Fsvg%3E";
    for property in ["mask", "clip-path", "filter", "--icon"] {
        check(
            &format!("<p style='{property}:url(a.svg#b)'>"),
            &format!("<p style='{property}:url({svg}#b)'>"),
        );
    }
    check(
        "<svg><g filter='url(a.svg#b)' mask=url(#c) fill='url(forgotten)'/></svg>",
        &format!("<svg><g filter='url({svg}#b)' mask=url(#c) fill='url(data:,)'/></svg>"),
    );
    let png = "data:image/png;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjxzY3JpcHQ%2BMTwvc2NyaXB0Pjwvc3ZnPg";
    let png = png.replace("%2B", "+");
    check(
        "<p style='mask-image:linear-gradient(red,red),url( a.png )'>",
        &format!("<p style='mask-image:linear-gradient(red,red),url( {png} )'>"),
    );
}

#[test]
fn a_set_shows_what_is_at_hand() {
    check(
        "<img srcset='a.png 1x, missing.png 2x'>",
        "<img srcset='@ 1x, @ 2x'>",
    );
    check(
        "<img srcset='forgotten.png 1x,a.png 2x'>",
        "<img srcset='@ 1x,@ 2x'>",
    );
    check(
        "<img src=a.png srcset=missing.png>",
        "<img src=@ data-offprint-srcset=missing.png>",
    );
    check(
        "<picture><source srcset='missing.png'><img src=a.png></picture>",
        "<picture><source data-offprint-srcset='missing.png'><img src=@></picture>",
    );
    check("<source src=a.mp4>", "<source data-offprint-src=a.mp4>");
    check(
        "<img data-srcset='missing.png 1x, a.png 2x' srcset='data:image/gif;base64,R0'>",
        "<img data-offprint-lazy srcset='@ 1x, @ 2x' data-offprint-srcset='data:image/gif;base64,R0'>",
    );
    check(
        "<picture><source data-srcset='missing.png 1x, a.png 2x'></picture>",
        "<picture><source srcset='@ 1x, @ 2x'></picture>",
    );
}

#[test]
fn an_svg_is_shown_as_its_sealed_copy() {
    let document = document(b"<img src=a.svg><img src=b.svg>", Kind::Page, "text/html");
    let view = render(&capture(&document), &document.bytes, &blob);
    let sealed = b"<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>";
    assert_eq!(
        view.derived,
        [Derived {
            digest: Digest::of(sealed),
            extension: "svg",
            bytes: sealed.to_vec()
        }]
    );
    let page = String::from_utf8(view.files[0].bytes.clone()).unwrap();
    assert_eq!(
        page.matches(&place("derived", sealed, "svg")).count(),
        2,
        "{page}"
    );
    let view = render(&capture(&document), &document.bytes, &|_| None);
    assert!(view.derived.is_empty());
    assert!(
        String::from_utf8(view.files[0].bytes.clone())
            .unwrap()
            .contains("bytes%20are%20lost")
    );
}
