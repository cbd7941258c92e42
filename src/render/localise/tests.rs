use super::*;
use crate::render::tests::{blob, capture, document};

const PREFIX: &str = "/offprint/";

/// The address of the one blob that every capture of the tests keeps.
fn place(extension: &str) -> String {
    format!(
        "{PREFIX}{}",
        relink::hashed(&Digest::of(b"blob"), extension)
    )
}

fn localised(text: &str, lost: &[Digest]) -> Localised {
    let document = document(text.as_bytes(), Kind::Post, "text/markdown");
    let lost = lost.iter().copied().collect();
    let snapshot = capture(&document);
    localise(&snapshot, text.as_bytes(), PREFIX, &blob, &lost).unwrap()
}

#[test]
fn every_image_at_hand_is_shown_from_the_site() {
    let text = "---\ncover: 'https://h.test/1.png'\n---\n![](2.png \"t\") <img srcset='3.png 2x' src=missing.png>\n";
    let post = localised(text, &[]);
    let png = place("png");
    assert_eq!(
        String::from_utf8(post.bytes.clone()).unwrap(),
        format!(
            "---\ncover: '{png}'\n---\n![]({png} \"t\") <img srcset='{png} 2x' src=missing.png>\n"
        )
    );
    assert_eq!(
        splice::unsplice(&post.bytes, &post.done).unwrap(),
        text.as_bytes()
    );
    assert_eq!(post.images.len(), 1);
    assert_eq!(post.images[0].path, png[PREFIX.len()..]);
    assert_eq!(post.left.len(), 1);
    assert_eq!(post.left[0].url, "https://h.test/a/missing.png");
    assert!(post.left[0].why.contains("404"), "{:?}", post.left);
}

#[test]
fn an_asset_of_hexo_stays_in_the_folder_of_its_post() {
    let text = "{% asset_img 1.png %} {% img https://h.test/2.png 300 %} ![[3.png|400]] [a](4.png)";
    let post = localised(text, &[]);
    let png = place("png");
    assert_eq!(
        String::from_utf8(post.bytes).unwrap(),
        format!("{{% asset_img 1.png %}} {{% img {png} 300 %}} ![[{png}|400]] [a]({png})")
    );
    assert_eq!((post.images.len(), post.left.len()), (1, 0));
}

#[test]
fn an_svg_is_sealed() {
    let post = localised("![](1.svg)", &[]);
    let Held::Made(svg) = &post.images[0].bytes else {
        panic!("{:?}", post.images)
    };
    assert!(!String::from_utf8_lossy(svg).contains("script"));
    let path = relink::hashed(&Digest::of(svg), "svg");
    assert_eq!(post.images[0].path, path);
    assert_eq!(post.bytes, format!("![]({PREFIX}{path})").as_bytes());
}

#[test]
fn what_is_lost_stays_as_it_was() {
    let post = localised("![](1.png)", &[Digest::of(b"blob")]);
    assert_eq!(post.bytes, b"![](1.png)");
    assert_eq!((post.images.len(), post.left.len()), (0, 1));
}

#[test]
fn a_page_is_no_post() {
    let document = document(b"<img src=1.png>", Kind::Page, "text/html");
    let snapshot = capture(&document);
    let lost = BTreeSet::new();
    assert_eq!(
        localise(&snapshot, &document.bytes, PREFIX, &blob, &lost),
        None
    );
}
