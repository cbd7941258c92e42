//! What may a person decide about the network, and does the program do so?

use crate::killed::interrupt;
use crate::origin::Reply;
use crate::ran::Ran;
use crate::test::{Test, page_with};

#[test]
fn a_pause_holds_up_its_host_alone_and_ends_with_ctrl_c() {
    let test = Test::new();
    test.serve_image("b.test/2.png", "plain.png");
    test.serve_image("a.test/1.png", "plain.png");
    let page = page_with(["https://a.test/1.png", "https://b.test/2.png"]);
    test.serve("a.test/x", Reply::ok("text/html", page));
    let paused = ["--delay", "1h", "--timeout", "1s"];
    let child = test
        .adding(&paused)
        .arg("https://a.test/x")
        .spawn()
        .unwrap();
    test.wait_for("b.test/2.png");
    interrupt(&child);
    let ran = Ran::end(child);
    ran.expect_code(130, &["interrupted; "]);
    assert_eq!(test.requested(), ["a.test/x", "b.test/2.png"]);
}

#[test]
fn a_pause_is_kept_and_does_not_count_in_the_time_out() {
    let test = Test::new();
    let images = ["https://a.test/1.png", "https://a.test/2.png"];
    for image in images {
        test.serve_image(image.trim_start_matches("https://"), "plain.png");
    }
    test.write(
        "post.md",
        format!("![]({})\n![]({})\n", images[0], images[1]),
    );
    let begun = std::time::Instant::now();
    let ran = test.add(&["--delay", "1200ms", "--timeout", "1s", "post.md"]);
    ran.expect_code(0, &["2 kept"]);
    assert!(begun.elapsed().as_millis() >= 1200);
}
