//! How is a real Chromium driven? One for all tests, over the pipe of its `DevTools` protocol.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

/// How long a test waits for an answer of the browser: far longer than it takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The browser, and what says how it is started. Its pipe is on descriptors 3 and 4. It ends when the pipe does, with the
/// tests; its folder goes with it. No name is resolved, so that what would reach out fails at once.
const START: &str = r#"
dir=$(mktemp -d) || exit
"${CHROMIUM:-chromium-headless-shell}" --no-sandbox --disable-gpu --remote-debugging-pipe --no-first-run \
  --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage \
  --force-color-profile=srgb --host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir="$dir" \
  about:blank 3<&0 4>&1 </dev/null >/dev/null 2>"$dir.log"
[ $? -lt 126 ] || cat "$dir.log" >&2
rm -rf "$dir" "$dir.log"
"#;

/// A running browser.
pub(crate) struct Chromium {
    input: ChildStdin,
    messages: Receiver<Value>,
    asked: u64,
    /// What it told without being asked, in order.
    pub(crate) events: Vec<Value>,
}

/// Returns the one browser of these tests.
pub(crate) fn chromium() -> MutexGuard<'static, Chromium> {
    static ONE: OnceLock<Mutex<Chromium>> = OnceLock::new();
    let one = ONE.get_or_init(|| Mutex::new(Chromium::start()));
    // Each test has a tab of its own: one that failed leaves nothing behind.
    one.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Chromium {
    fn start() -> Self {
        let mut child = Command::new("sh")
            .args(["-c", START])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in output.split(0) {
                let message = serde_json::from_slice(&message.unwrap()).unwrap();
                if sender.send(message).is_err() {
                    break;
                }
            }
            child.wait().unwrap();
        });
        Self {
            input,
            messages,
            asked: 0,
            events: Vec::new(),
        }
    }

    /// Asks for something and returns the answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, session: Option<&str>, method: &str, params: &Value) -> Value {
        let id = self.send(session, method, params);
        loop {
            let mut message = self.receive(method);
            if message["id"] == id {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].take();
            }
            self.note(message);
        }
    }

    /// Waits until it tells of `method` in `session`.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, session: &str, method: &str) {
        let is_it = |event: &Value| event["sessionId"] == session && event["method"] == method;
        while !self.events.iter().any(is_it) {
            let message = self.receive(method);
            self.note(message);
        }
    }

    fn send(&mut self, session: Option<&str>, method: &str, params: &Value) -> u64 {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let sent = self.input.write_all(format!("{message}\0").as_bytes());
        sent.expect("chromium-headless-shell takes commands (Debian package of that name)");
        self.asked
    }

    #[track_caller]
    fn receive(&mut self, awaited: &str) -> Value {
        self.messages
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|error| match error {
                RecvTimeoutError::Timeout => panic!("the browser does not answer: {awaited}"),
                RecvTimeoutError::Disconnected => {
                    panic!("chromium-headless-shell ended, or is not there (Debian package of that name): {awaited}")
                }
            })
    }

    fn note(&mut self, message: Value) {
        // A dialog holds everything up until it is answered.
        if message["method"] == "Page.javascriptDialogOpening" {
            let session = message["sessionId"].as_str().map(str::to_owned);
            self.send(
                session.as_deref(),
                "Page.handleJavaScriptDialog",
                &json!({"accept": false}),
            );
        }
        if message.get("method").is_some() {
            self.events.push(message);
        }
    }
}
