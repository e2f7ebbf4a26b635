//! A real Chromium, for what only a browser can tell: what a person sees, which rules a page broke, whom it called.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use base64::Engine as _;
use serde_json::{Value, json};

use super::eventually;
use super::webdriver::Session;

/// One browser with a profile of its own.
pub struct Browser {
    session: Session,
}

/// Width and height of a small phone.
pub const PHONE: (u32, u32) = (320, 640);
/// Width and height of a laptop.
pub const LAPTOP: (u32, u32) = (1280, 900);

/// The colour scheme the system asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

impl Browser {
    /// A browser as most people have it, laptop-sized.
    pub fn new() -> Self {
        Self::with_preferences(json!({}))
    }

    /// A browser with JavaScript switched off by its owner.
    pub fn without_scripts() -> Self {
        Self::with_preferences(json!({"profile.managed_default_content_settings.javascript": 2}))
    }

    fn with_preferences(mut preferences: Value) -> Self {
        preferences["credentials_enable_service"] = json!(false);
        preferences["profile.password_manager_leak_detection"] = json!(false);
        let session = Session::start(&json!({
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {
                "prefs": preferences,
                "perfLoggingPrefs": {"enableNetwork": true, "enablePage": false},
                "args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                    "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
                    "--disable-sync", "--disable-default-apps", "--disable-domain-reliability", "--no-pings",
                    "--disable-features=OptimizationHints,MediaRouter,Translate", "--lang=en-GB",
                    "--window-size=1280,900",
                ],
            },
        }));
        let browser = Self { session };
        browser.resize(LAPTOP);
        browser
    }

    /// Opens a page and returns when it has loaded.
    #[track_caller]
    pub fn open(&self, url: &str) {
        self.session.post("url", &json!({"url": url}));
    }

    /// The address in the address bar.
    pub fn address(&self) -> String {
        self.session.get("url").as_str().unwrap().to_owned()
    }

    /// Waits until the address bar shows something that contains `part`.
    #[track_caller]
    pub fn wait_for_address(&self, part: &str) -> String {
        eventually(&format!("an address with {part}"), || {
            Some(self.address()).filter(|url| url.contains(part))
        })
    }

    /// The page's title.
    pub fn title(&self) -> String {
        self.session.get("title").as_str().unwrap().to_owned()
    }

    /// The page's HTML as it stands.
    pub fn source(&self) -> String {
        self.session.get("source").as_str().unwrap().to_owned()
    }

    /// How many elements a CSS selector finds.
    pub fn count(&self, css: &str) -> usize {
        self.session.find_all("css selector", css).len()
    }

    /// The visible text of the first element a CSS selector finds; waits for it.
    #[track_caller]
    pub fn text(&self, css: &str) -> String {
        eventually(&format!("the text of {css}"), || {
            let element = self.element("css selector", css);
            let text = self.session.try_get(&format!("element/{element}/text"));
            text.ok()?.as_str().map(ToOwned::to_owned)
        })
    }

    /// Waits until the first element a CSS selector finds contains this text.
    #[track_caller]
    pub fn wait_for_text(&self, css: &str, part: &str) {
        eventually(&format!("{part:?} in {css}"), || {
            let element = self
                .session
                .find_all("css selector", css)
                .into_iter()
                .next()?;
            let command = format!("element/{element}/text");
            // The page may give way to the next between the two questions.
            let text = self.session.try_get(&command).ok()?;
            text.as_str().unwrap().contains(part).then_some(())
        });
    }

    /// An attribute or property of an element, as the page has it now.
    pub fn property(&self, css: &str, name: &str) -> Value {
        let element = self.element("css selector", css);
        self.session
            .get(&format!("element/{element}/property/{name}"))
    }

    /// Clicks the first element a CSS selector finds; waits for it.
    #[track_caller]
    pub fn click(&self, css: &str) {
        let element = self.element("css selector", css);
        self.session
            .post(&format!("element/{element}/click"), &json!({}));
    }

    /// Clicks the link or button a person would call by this name.
    #[track_caller]
    pub fn press(&self, name: &str) {
        let path = format!(
            "//*[self::a or self::button or self::summary][normalize-space()=\"{name}\"] | //input[@type='submit' and @value=\"{name}\"]"
        );
        let element = self.element("xpath", &path);
        self.session
            .post(&format!("element/{element}/click"), &json!({}));
    }

    /// Types into a field in place of what is there.
    #[track_caller]
    pub fn fill(&self, css: &str, text: &str) {
        let element = self.element("css selector", css);
        self.session
            .post(&format!("element/{element}/clear"), &json!({}));
        self.session
            .post(&format!("element/{element}/value"), &json!({"text": text}));
    }

    /// Chooses an option of a select field by its value.
    #[track_caller]
    pub fn choose(&self, css: &str, value: &str) {
        self.click(&format!("{css} option[value=\"{value}\"]"));
    }

    /// Presses keys wherever the focus is; special keys are WebDriver's code points (`\u{E004}` is Tab, `\u{E007}` Enter).
    pub fn keys(&self, text: &str) {
        let actions: Vec<Value> = text
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()}))
            })
            .collect();
        self.session.post(
            "actions",
            &json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}),
        );
    }

    /// Runs a script's body in the page and returns what it returns.
    #[track_caller]
    pub fn run(&self, script: &str) -> Value {
        self.session
            .post("execute/sync", &json!({"script": script, "args": []}))
    }

    /// Sets the size of the page, in CSS pixels; smaller than a window may get, if need be.
    pub fn resize(&self, (width, height): (u32, u32)) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.session
            .devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Sets the colour scheme the system asks for.
    pub fn prefer(&self, scheme: Scheme) {
        let value = if scheme == Scheme::Dark {
            "dark"
        } else {
            "light"
        };
        let features = json!([{"name": "prefers-color-scheme", "value": value}]);
        self.session
            .devtools("Emulation.setEmulatedMedia", &json!({"features": features}));
    }

    /// Sets the browser's time zone.
    pub fn travel_to(&self, time_zone: &str) {
        self.session.devtools(
            "Emulation.setTimezoneOverride",
            &json!({"timezoneId": time_zone}),
        );
    }

    /// How much wider the content is than the page; 0 when nothing scrolls sideways.
    pub fn sideways_scroll(&self) -> i64 {
        let metrics = self.session.devtools("Page.getLayoutMetrics", &json!({}));
        let width = |of: &str, name: &str| metrics[of][name].as_f64().unwrap();
        (width("cssContentSize", "width") - width("cssLayoutViewport", "clientWidth")).max(0.0)
            as i64
    }

    /// Saves what is downloaded from now on in this folder, without asking.
    pub fn save_downloads_in(&self, folder: &Path) {
        self.session.devtools(
            "Browser.setDownloadBehavior",
            &json!({"behavior": "allow", "downloadPath": folder.to_str().unwrap()}),
        );
    }

    /// Keeps a picture of the whole page as `target/screenshots/NAME.png`.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let metrics = self.session.devtools("Page.getLayoutMetrics", &json!({}));
        let mut clip = metrics["cssContentSize"].clone();
        clip["scale"] = json!(1);
        let taken = self.session.devtools(
            "Page.captureScreenshot",
            &json!({"format": "png", "captureBeyondViewport": true, "clip": clip}),
        );
        let picture = base64::engine::general_purpose::STANDARD
            .decode(taken["data"].as_str().unwrap())
            .unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, picture).unwrap();
        path
    }

    /// What the console has to complain about since the last call: broken content security rules, script errors, failed
    /// loads. Empty on a healthy page.
    pub fn complaints(&self) -> Vec<String> {
        let entries = self.session.post("se/log", &json!({"type": "browser"}));
        entries
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["level"] == "SEVERE" || entry["level"] == "WARNING")
            .map(|entry| entry["message"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The addresses loaded since the last call that do not begin with one of these origins. Empty on a page that keeps
    /// to itself.
    pub fn foreign_requests(&self, own: &[&str]) -> Vec<String> {
        let entries = self.session.post("se/log", &json!({"type": "performance"}));
        let messages = entries.as_array().unwrap().iter().map(|entry| {
            serde_json::from_str::<Value>(entry["message"].as_str().unwrap()).unwrap()["message"].take()
        });
        messages
            .filter(|message| message["method"] == "Network.requestWillBeSent")
            .map(|message| {
                message["params"]["request"]["url"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .filter(|url| url.starts_with("http") || url.starts_with("ws"))
            .filter(|url| !own.iter().any(|origin| url.starts_with(origin)))
            .collect()
    }

    /// What axe finds wrong on this page by WCAG 2.2 A and AA, one line each. Empty on an accessible page.
    pub fn barriers(&self) -> Vec<String> {
        static AXE: OnceLock<String> = OnceLock::new();
        let axe = AXE.get_or_init(|| {
            let packed = concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/src/tests/assets/axe.min.js.gz"
            );
            let output = Command::new("gzip").args(["-dc", packed]).output().unwrap();
            assert!(output.status.success(), "{packed} is missing");
            String::from_utf8(output.stdout).unwrap()
        });
        self.run(axe);
        let script = r"
            const done = arguments[arguments.length - 1];
            // Colours on their way from one scheme to the other are nobody's colours. They are brought there at once, since a
            // browser nobody looks at may draw no further frame to end them in; what inherits a colour sets out a round later.
            const ends = motion => motion.effect.getComputedTiming().endTime !== Infinity;
            for (let round = 0; round < 20; round++) {
                document.getAnimations().filter(ends).forEach(motion => motion.finish());
            }
            axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(
                found => done(found.violations.flatMap(rule => rule.nodes.map(
                    node => `${rule.id} (${rule.impact}): ${node.target.join(' ')}: ${node.failureSummary}`))),
                error => done([`axe failed: ${error}`]));";
        let found = self
            .session
            .post("execute/async", &json!({"script": script, "args": []}));
        found
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line.as_str().unwrap().to_owned())
            .collect()
    }

    #[track_caller]
    fn element(&self, using: &str, locator: &str) -> String {
        eventually(&format!("{locator} on {}", self.address()), || {
            self.session.find_all(using, locator).into_iter().next()
        })
    }
}
