//! What is read inside an element that holds a page or text of its own: a frame, a template, `<noscript>`, a script?

use super::*;

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
