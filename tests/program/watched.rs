//! What does somebody see who watches: the bar, and beside it what is waited for? Stderr is a terminal here.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::ffi::OsStringExt as _;
use std::process::Command;

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::origin::Reply;
use crate::ran::Ran;
use crate::test::{Test, page_with};

/// Returns the two ends of a terminal: ours and the program's.
pub(crate) fn terminal() -> (File, File) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    // Else the program would have our end, too.
    fcntl_setfd(&ours, FdFlags::CLOEXEC).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = OsString::from_vec(ptsname(&ours, Vec::new()).unwrap().into_bytes());
    let theirs = File::options().read(true).write(true).open(name).unwrap();
    let size = Winsize {
        ws_row: 24,
        ws_col: 120,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&theirs, size).unwrap();
    (File::from(ours), theirs)
}

/// Runs `command` with a terminal for its stderr, which is then all that was drawn there.
fn watch(mut command: Command) -> Ran {
    let (mut terminal, theirs) = terminal();
    command.env("TERM", "xterm").stderr(theirs);
    let child = command.spawn().unwrap();
    // With it goes our hold on the terminal's other end, so that it ends with the program.
    drop(command);
    let mut drawn = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = terminal.read(&mut piece) {
        drawn.extend_from_slice(&piece[..length]);
    }
    let mut output = child.wait_with_output().unwrap();
    output.stderr = drawn;
    Ran::of(output)
}

/// Returns what a run draws whose image comes after these replies of its host.
fn drawn(replies: impl Into<Vec<Reply>>, flags: &[&str]) -> (Test, Ran) {
    let test = Test::new();
    let page = page_with(["https://b.test/1.png"]);
    test.serve("a.test/x", Reply::ok("text/html", page));
    test.serve_each("b.test/1.png", replies);
    let ran = watch(test.adding(&[flags, &["https://a.test/x"]].concat()));
    (test, ran)
}

fn good() -> Reply {
    Reply::ok("image/png", crate::test::image("plain.png"))
}

#[test]
fn a_host_that_asks_to_wait_is_named_beside_the_bar() {
    let (test, ran) = drawn([Reply::busy(503, Some("1")), good()], &[]);
    ran.expect_code(
        0,
        &[
            "waiting for b.test (Retry-After 1 s)",
            " 0/1 ",
            "images: 1 kept",
        ],
    );
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn a_host_that_is_left_alone_has_a_line_of_its_own() {
    let (test, ran) = drawn([Reply::busy(503, Some("1000"))], &["--max-wait", "1s"]);
    ran.expect_code(
        1,
        &[
            "b.test: ",
            "what is still to come from there is missing (host-resting)\r\n",
            "missing",
        ],
    );
    assert!(!ran.stderr.contains("waiting for"), "{ran:#?}");
    assert_eq!(test.assert_sound(), 1);
}

#[test]
fn who_wants_quiet_sees_no_bar() {
    let (_, ran) = drawn([good()], &["-q"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}
