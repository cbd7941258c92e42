//! What does the browser see and do when it opens a file from disk?

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::chromium::{Chromium, chromium};
use crate::picture::{Picture, from_base64};

/// The size of the window: all specimens of a page fit.
const WIDTH: u32 = 1000;
const HEIGHT: u32 = 1600;

/// The address of the page that stands in the tag of a frame.
const SRCDOC: &str = "about:srcdoc";

/// The facts of a page, asked for from outside: the page itself may run no script. Images that wait to be scrolled to are
/// loaded; those in shadow roots count.
const FACTS: &str = r"(async () => {
  const all = root => [...root.querySelectorAll('*')].flatMap(e => [e, ...(e.shadowRoot ? all(e.shadowRoot) : [])]);
  const elements = document.documentElement ? all(document) : [];
  const images = elements.filter(e => e.matches('img[src], img[srcset], picture img'));
  images.forEach(image => image.loading = 'eager');
  await Promise.all(images.map(image => image.decode().catch(() => {})));
  await document.fonts.ready;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const box = e => { const {x, y, width, height} = e.getBoundingClientRect(); return [x, y, width, height].map(Math.round); };
  return {
    address: document.URL,
    images: images.map(e => ({source: e.currentSrc, width: e.naturalWidth})),
    boxes: elements.filter(e => e.classList.contains('row')).map(e => [e.title, box(e)]),
    marks: typeof canary === 'undefined' ? '' : String(canary),
  };
})()";

/// What came of opening a file.
pub(crate) struct Sight {
    /// The address of each request, in order; the first one is that of the file itself.
    pub(crate) requests: Vec<String>,
    /// What was refused, could not be loaded or was complained of.
    pub(crate) troubles: Vec<String>,
    /// Dialogs, scripts, new windows, downloads: what a page does by itself.
    pub(crate) acts: Vec<String>,
    pub(crate) facts: Facts,
    /// What it looks like, as PNG.
    screenshot: Vec<u8>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Facts {
    /// The address of the page in the end.
    pub(crate) address: String,
    pub(crate) images: Vec<Image>,
    /// The elements of class `row`: their titles and where they are (left, top, width, height).
    pub(crate) boxes: Vec<(String, [u32; 4])>,
    /// What a script of the page left.
    marks: String,
}

/// An `<img>` that has something to show.
#[derive(Debug, Deserialize)]
pub(crate) struct Image {
    /// The address that was chosen.
    pub(crate) source: String,
    /// Its natural width; 0 where it shows nothing.
    pub(crate) width: u32,
}

/// Opens `path` in a tab of its own.
#[track_caller]
pub(crate) fn open(path: &Path) -> Sight {
    let mut browser = chromium();
    browser.events.clear();
    let target = browser.ask(None, "Target.createTarget", &json!({"url": "about:blank"}));
    let target = target["targetId"].clone();
    let attached = json!({"targetId": target, "flatten": true});
    let attached = browser.ask(None, "Target.attachToTarget", &attached);
    let session = attached["sessionId"].as_str().unwrap().to_owned();
    let sight = look(&mut browser, &session, path);
    browser.ask(None, "Target.closeTarget", &json!({"targetId": target}));
    sight
}

#[track_caller]
fn look(browser: &mut Chromium, session: &str, path: &Path) -> Sight {
    let ask = |browser: &mut Chromium, method: &str, params: Value| {
        browser.ask(Some(session), method, &params)
    };
    for room in ["Network", "Page", "Log", "Runtime", "Debugger"] {
        ask(browser, &format!("{room}.enable"), json!({}));
    }
    let size = json!({"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": false});
    ask(browser, "Emulation.setDeviceMetricsOverride", size);
    browser.ask(
        None,
        "Target.setDiscoverTargets",
        &json!({"discover": true}),
    );
    browser.events.clear();
    let address = format!("file://{}", path.display());
    let loaded = ask(browser, "Page.navigate", json!({"url": address}));
    let mut facts = Facts::default();
    // What a browser does not show but would save is no page.
    if loaded.get("errorText").is_none() {
        browser.wait_for(session, "Page.loadEventFired");
        let events = browser.events.len();
        let asked = json!({"expression": FACTS, "awaitPromise": true, "returnByValue": true});
        let mut answer = ask(browser, "Runtime.evaluate", asked);
        facts = serde_json::from_value(answer["result"]["value"].take())
            .unwrap_or_else(|error| panic!("{error}: {answer}"));
        // Our own question is a script, too.
        let own = |event: &Value| {
            event["method"] == "Debugger.scriptParsed" && event["params"]["url"] == ""
        };
        let later = browser.events.split_off(events);
        browser
            .events
            .extend(later.into_iter().filter(|event| !own(event)));
    }
    let shot = json!({"format": "png", "optimizeForSpeed": true});
    let shot = ask(browser, "Page.captureScreenshot", shot);
    let screenshot = from_base64(shot["data"].as_str().unwrap());
    let mut sight = Sight {
        requests: Vec::new(),
        troubles: Vec::new(),
        acts: Vec::new(),
        facts,
        screenshot,
    };
    browser.events.iter().for_each(|event| sight.take(event));
    if !sight.facts.marks.is_empty() {
        sight
            .acts
            .push(format!("a script left {}", sight.facts.marks));
    }
    sight
}

impl Sight {
    /// Returns what it looks like.
    pub(crate) fn picture(&self) -> Picture {
        Picture::read(&self.screenshot)
    }

    /// Writes the screenshot where a person can look at it, and returns its path.
    pub(crate) fn saved(&self, name: &str) -> PathBuf {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        fs::write(&path, &self.screenshot).unwrap();
        path
    }

    fn take(&mut self, event: &Value) {
        let params = &event["params"];
        match event["method"].as_str().unwrap_or_default() {
            "Network.requestWillBeSent" => {
                let address = params["request"]["url"].as_str().unwrap();
                self.requests.push(address.to_owned());
            }
            // The page that stands in the tag of a frame.
            "Page.frameRequestedNavigation" if params["url"] == SRCDOC => {}
            "Network.loadingFailed" => self.troubles.push(params.to_string()),
            "Log.entryAdded" if params["entry"]["level"] != "verbose" => {
                self.troubles.push(params["entry"].to_string());
            }
            "Page.javascriptDialogOpening"
            | "Page.frameRequestedNavigation"
            | "Page.downloadWillBegin"
            | "Debugger.scriptParsed"
            | "Debugger.scriptFailedToParse"
            | "Runtime.consoleAPICalled"
            | "Runtime.exceptionThrown"
            | "Network.webSocketCreated"
            | "Page.windowOpen" => self.acts.push(event.to_string()),
            _ => {}
        }
    }

    /// Checks that the page did nothing by itself and asked for nothing outside `folder`.
    #[track_caller]
    pub(crate) fn expect_closed(&self, folder: &Path) {
        assert_eq!(self.acts, [] as [&str; 0]);
        assert_eq!(self.troubles, [] as [&str; 0]);
        let folder = format!("file://{}/", folder.display());
        let is_inside = |address: &str| {
            address.starts_with(&folder) || address.starts_with("data:") || address == SRCDOC
        };
        let outside: Vec<&String> = self
            .requests
            .iter()
            .filter(|address| !is_inside(address))
            .collect();
        assert!(outside.is_empty(), "{outside:?}");
        assert!(
            self.facts.address.starts_with(&folder),
            "{}",
            self.facts.address
        );
    }
}
