//! The few WebDriver commands the browser tests need, spoken to one chromedriver per test run.

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use super::guardian::Guardian;

/// One browser window: a WebDriver session of its own; closed when dropped.
pub struct Session {
    agent: Agent,
    url: String,
}

/// The name WebDriver gives to element references.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Session {
    /// Starts a browser with these capabilities.
    pub fn start(capabilities: &Value) -> Self {
        let agent = Agent::new_with_config(
            Agent::config_builder()
                .http_status_as_error(false)
                .proxy(None)
                .timeout_global(Some(Duration::from_secs(180)))
                .build(),
        );
        let wanted = json!({"capabilities": {"alwaysMatch": capabilities}});
        let started = ask(&agent, "POST", &format!("{}/session", driver()), &wanted)
            .unwrap_or_else(|why| panic!("{why}"));
        let id = started["sessionId"].as_str().unwrap();
        Self {
            agent,
            url: format!("{}/session/{id}", driver()),
        }
    }

    /// POST of a command; `Err` is the driver's own words.
    pub fn try_post(&self, command: &str, body: &Value) -> Result<Value, String> {
        ask(
            &self.agent,
            "POST",
            &format!("{}/{command}", self.url),
            body,
        )
    }

    /// POST of a command that must work.
    #[track_caller]
    pub fn post(&self, command: &str, body: &Value) -> Value {
        self.try_post(command, body)
            .unwrap_or_else(|why| panic!("{command} {body}: {why}"))
    }

    /// GET of a command that must work.
    #[track_caller]
    pub fn get(&self, command: &str) -> Value {
        self.try_get(command)
            .unwrap_or_else(|why| panic!("{command}: {why}"))
    }

    /// GET of a command that may fail: the page may have gone on meanwhile.
    pub fn try_get(&self, command: &str) -> Result<Value, String> {
        ask(
            &self.agent,
            "GET",
            &format!("{}/{command}", self.url),
            &Value::Null,
        )
    }

    /// A command of the DevTools protocol.
    #[track_caller]
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post(
            "goog/cdp/execute",
            &json!({"cmd": command, "params": parameters}),
        )
    }

    /// All elements a locator finds, as references for `element/…` commands.
    pub fn find_all(&self, using: &str, locator: &str) -> Vec<String> {
        let found = self.post("elements", &json!({"using": using, "value": locator}));
        found
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e[ELEMENT].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The driver ends what is left when the run ends.
        drop(ask(&self.agent, "DELETE", &self.url, &Value::Null));
    }
}

fn ask(agent: &Agent, method: &str, url: &str, body: &Value) -> Result<Value, String> {
    let answer = match method {
        "POST" => agent
            .post(url)
            .content_type("application/json")
            .send(body.to_string().as_bytes()),
        "DELETE" => agent.delete(url).call(),
        _ => agent.get(url).call(),
    };
    let mut answer = answer.map_err(|why| why.to_string())?;
    let status = answer.status();
    let text = answer
        .body_mut()
        .with_config()
        .limit(256 << 20)
        .read_to_string()
        .map_err(|why| why.to_string())?;
    let mut value: Value = serde_json::from_str(&text).map_err(|why| format!("{why}: {text}"))?;
    if status.is_success() {
        Ok(value["value"].take())
    } else {
        Err(format!(
            "{}: {}",
            value["value"]["error"], value["value"]["message"]
        ))
    }
}

/// Where chromedriver listens; started by the first who asks.
fn driver() -> &'static str {
    static DRIVER: OnceLock<(String, Guardian)> = OnceLock::new();
    let (url, _) = DRIVER.get_or_init(|| {
        let folder = tempfile::Builder::new()
            .prefix("steading-tests-web-")
            .tempdir()
            .unwrap()
            .keep();
        let mut command = std::process::Command::new("chromedriver");
        // Profiles, sockets and crash dumps go into a folder that goes away.
        command
            .arg("--port=0")
            .env("TMPDIR", &folder)
            .env("HOME", &folder);
        let guardian = Guardian::start(&command, "TERM", &folder);
        let port: u16 = guardian.output.wait_for("chromedriver", |line| {
            line.split_once("started successfully on port ")?
                .1
                .trim_end_matches('.')
                .parse()
                .ok()
        });
        (format!("http://127.0.0.1:{port}"), guardian)
    });
    url
}
