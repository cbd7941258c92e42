//! Is what came still the article?

use super::*;

/// An article with a menu, as most are.
const ARTICLE: &str = "<title>How tides work</title><nav><a href=/>Home</a> <a href=/login>Log in</a></nav><h1>How tides work</h1>\
    <img src=moon.png><p>Twice a day the sea rises and falls, and the moon has most to do with it, though not all of it.\
    <p>The sun has a part in it as well, and where both pull together the tide is higher than on other days of the month.\
    <p>Along a coast the shape of the bottom decides how high the water gets, so that two harbours side by side may differ.\
    <p>In the open ocean nobody would notice anything, as the water rises by less than a metre there, and does so slowly.\
    <p>Tables of the tides have been printed for three hundred years, and are right to within a few minutes nearly always.";

#[track_caller]
fn check_lost(address: &str, html: &str, expected: Option<(Standing, &str)>) {
    let (before, now) = (Page::new(ARTICLE), Page::at(address, html));
    let content = Content::of(&now.document);
    let references = refs::find(&now.document);
    let seen = Seen {
        asked: &Link::parse("https://a.test/post").unwrap(),
        address: now.document.address.as_ref(),
        title: now.snapshot.article.title.as_deref(),
        content: &content,
        references: &references,
    };
    let loss = lost((&before.snapshot, &Content::of(&before.document)), seen);
    let loss = loss
        .as_ref()
        .map(|loss| (loss.standing, loss.because.as_str()));
    assert_eq!(loss, expected, "{html}");
}

const POST: &str = "https://a.test/post";

#[test]
fn what_is_no_article_any_more_is_lost() {
    let nav = "<nav><a href=/>Home</a> <a href=/login>Log in</a></nav>";
    let gone = |because| Some((Standing::Gone, because));
    let blocked = |because| Some((Standing::Blocked, because));
    let error = format!("<title>Page not found - Tides</title>{nav}<p>Try the search.");
    check_lost(POST, &error, gone("says \"Page not found - Tides\""));
    let plain = format!("<title>Tides</title>{nav}<h1>404</h1>");
    check_lost(POST, &plain, gone("says \"404\""));
    check_lost(
        POST,
        "<title>提示</title><p>抱歉，该文章已被删除",
        gone("says \"抱歉，该文章已被删除\""),
    );
    check_lost(
        POST,
        "<p>お探しのページは見つかりませんでした。",
        gone("says \"お探しのページは見つかりませんでした。\""),
    );
    check_lost(
        POST,
        "<p>الصفحة غير موجودة",
        gone("says \"الصفحة غير موجودة\""),
    );
    check_lost(
        POST,
        "<form><input type=password></form>",
        blocked("asks for a password"),
    );
    check_lost(
        POST,
        "<title>Just a moment...</title>",
        blocked("says \"Just a moment...\""),
    );
    check_lost(
        "https://a.test/wp-login.php?next=/post",
        "<p>Welcome",
        blocked("leads to https://a.test/wp-login.php?next=/post, where one logs in"),
    );
    check_lost(
        "https://a.test/",
        "<p>All our articles, and much more that is on this site",
        gone("leads to the front page, https://a.test/"),
    );
    let sale = "<p>This domain is for sale";
    check_lost(
        POST,
        sale,
        Some((Standing::Changed, "says \"This domain is for sale\"")),
    );
    let empty = Some((Standing::Changed, "has next to nothing of the article"));
    check_lost(POST, &format!("<title>Tides</title>{nav}"), empty);
}

#[test]
fn a_part_of_a_text_is_an_excerpt() {
    let lines: Vec<String> = (0..10)
        .map(|number| {
            format!("<p>Line {number} says something that is long enough to be told from others.")
        })
        .collect();
    let check = |before: usize, now: &[String], expected: bool| {
        let (before, now) = (
            Page::new(&lines[..before].concat()),
            Page::new(&now.concat()),
        );
        let contents = [&before, &now].map(|page| Content::of(&page.document));
        let seen = Seen {
            asked: &Link::parse(POST).unwrap(),
            address: None,
            title: None,
            content: &contents[1],
            references: &[],
        };
        let loss = excerpted((&before.snapshot, &contents[0]), seen);
        assert_eq!(
            loss.is_some(),
            expected,
            "{before:?}",
            before = before.document.bytes.len()
        );
    };
    check(10, &lines[..4], true);
    check(10, &lines[..6], false);
    // A text that is written anew, and as long, is another version; and of a short one nothing is remarkable.
    let other: Vec<String> = lines
        .iter()
        .map(|line| line.replace("says", "tells"))
        .collect();
    check(10, &other, false);
    check(5, &lines[..1], false);
}

#[test]
fn what_may_be_the_article_is_not_lost() {
    check_lost(POST, ARTICLE, None);
    check_lost("https://a.test/", ARTICLE, None);
    check_lost("https://a.test/login/post", ARTICLE, None);
    let longer = format!("{ARTICLE}<p>Error 404: page not found<form><input type=password></form>");
    check_lost(POST, &longer, None);
    let rewritten = "<title>How tides work, again</title><img src=moon.png><p>A short text that says the same in fewer words.";
    check_lost(POST, rewritten, None);
    let other = "<title>Tides</title><p>".to_owned()
        + &"A text as long as the other, of which not one word is the same. ".repeat(4);
    check_lost(POST, &other, None);
}

#[test]
fn a_status_that_may_pass_says_nothing() {
    let standing = |status| refused(status).map(|loss| loss.standing);
    assert_eq!([404, 410].map(standing), [Some(Standing::Gone); 2]);
    assert_eq!(
        [401, 402, 403, 451].map(standing),
        [Some(Standing::Blocked); 4]
    );
    assert_eq!([200, 400, 407, 408, 429, 500, 503].map(standing), [None; 7]);
}
