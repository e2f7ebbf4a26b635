//! A visitor without a browser: keeps cookies, follows no redirect, and posts the form it was shown.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Method, Request, Response, header};

/// One visitor of one server.
pub struct Client {
    agent: Agent,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
    headers: Vec<(String, String)>,
}

/// What came back, whatever its status.
#[derive(Debug)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    /// A visitor with an empty cookie jar.
    pub fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Self {
            agent: Agent::new_with_config(config),
            base: base.to_owned(),
            cookies: Mutex::default(),
            headers: Vec::new(),
        }
    }

    /// The same server with a header on every request and a cookie jar of its own.
    #[must_use]
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.push((name.to_owned(), value.to_owned()));
        Self {
            agent: self.agent.clone(),
            base: self.base.clone(),
            cookies: Mutex::new(self.cookies.lock().unwrap().clone()),
            headers,
        }
    }

    /// The same visitor at another address.
    pub fn at(&self, base: &str) -> Self {
        Self {
            agent: self.agent.clone(),
            base: base.to_owned(),
            cookies: Mutex::new(self.cookies.lock().unwrap().clone()),
            headers: self.headers.clone(),
        }
    }

    /// The same server, asked with an API key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        self.with_header("authorization", &format!("Bearer {key}"))
    }

    /// A cookie by name.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Sets a cookie by hand.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .lock()
            .unwrap()
            .insert(name.to_owned(), value.to_owned());
    }

    /// Sends any request; `None` when no answer came (nobody listens, or the connection broke).
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Option<Reply> {
        let url = if path.starts_with("http://") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(url);
        for (name, value) in self
            .headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .chain(headers.iter().copied())
        {
            request = request.header(name, value);
        }
        let jar = self.cookies.lock().unwrap().clone();
        if !jar.is_empty() {
            let pairs: Vec<String> = jar
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let answer = match method {
            "POST" | "PUT" | "PATCH" => self.agent.run(request.body(body).unwrap()),
            _ if body.is_empty() => self.agent.run(request.body(()).unwrap()),
            _ => self.agent.run(request.body(body).unwrap()),
        };
        let reply = Reply::read(answer.ok()?)?;
        self.keep_cookies(&reply);
        Some(reply)
    }

    /// Sends any request and insists on an answer.
    #[track_caller]
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.try_send(method, path, headers, body)
            .unwrap_or_else(|| panic!("{method} {path}: no answer"))
    }

    /// GET, `None` when no answer came.
    pub fn try_get(&self, path: &str) -> Option<Reply> {
        self.try_send("GET", path, &[], &[])
    }

    /// GET.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], &[])
    }

    /// Any method with a JSON body.
    #[track_caller]
    pub fn json(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.send(
            method,
            path,
            &[("content-type", "application/json")],
            body.to_string().as_bytes(),
        )
    }

    /// POST of form fields as they are, with the Origin a browser would send.
    #[track_caller]
    pub fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let origin = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", self.base.as_str()),
        ];
        self.send("POST", path, &origin, body.as_bytes())
    }

    /// Opens `page`, takes its hidden fields (the CSRF token among them), and posts them with `fields` to `action`.
    #[track_caller]
    pub fn submit_to(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Reply {
        let shown = self.get(page);
        assert_eq!(shown.status, 200, "{page}: {}", shown.text());
        let html = shown.text();
        let form = form_for(&html, action)
            .unwrap_or_else(|| panic!("{page} has no form for {action}:\n{html}"));
        let mut all = hidden_fields(form);
        all.retain(|(name, _)| !fields.iter().any(|(given, _)| given == name));
        all.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let all: Vec<(&str, &str)> = all
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post_form(action, &all)
    }

    /// [`submit_to`](Self::submit_to) for a form that posts to its own page.
    #[track_caller]
    pub fn submit(&self, page: &str, fields: &[(&str, &str)]) -> Reply {
        self.submit_to(page, page.split('?').next().unwrap(), fields)
    }

    fn keep_cookies(&self, reply: &Reply) {
        let mut jar = self.cookies.lock().unwrap();
        for line in reply.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.to_ascii_lowercase().contains("max-age=0") {
                jar.remove(name.trim());
            } else {
                jar.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
    }
}

impl Reply {
    fn read(answer: Response<ureq::Body>) -> Option<Self> {
        let (parts, mut body) = answer.into_parts();
        let body = body.with_config().limit(256 << 20).read_to_vec().ok()?;
        Some(Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    }

    /// A header, or the empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    #[track_caller]
    pub fn location(&self) -> &str {
        assert!(
            (300..400).contains(&self.status),
            "{}: {}",
            self.status,
            self.text()
        );
        self.header("location")
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|why| panic!("{why}: {} {}", self.status, self.text()))
    }

    /// Asserts the status and hands the reply on.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// The text of the form that posts to `action` (a form without an action posts to its own page).
fn form_for<'a>(html: &'a str, action: &str) -> Option<&'a str> {
    html.split("<form")
        .skip(1)
        .filter_map(|rest| rest.split("</form>").next())
        .find(|form| {
            let tag = form.split('>').next().unwrap_or("");
            let target = attribute(tag, "action");
            let posts =
                attribute(tag, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
            posts
                && target.is_none_or(|target| {
                    target.is_empty() || target.split('?').next() == Some(action)
                })
        })
}

fn hidden_fields(form: &str) -> Vec<(String, String)> {
    form.split("<input")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"))
        .filter_map(|tag| {
            Some((
                attribute(tag, "name")?,
                attribute(tag, "value").unwrap_or_default(),
            ))
        })
        .collect()
}

/// The value of an attribute inside one tag, entities undone.
pub fn attribute(tag: &str, name: &str) -> Option<String> {
    let from = tag
        .find(&format!(" {name}=\""))
        .or_else(|| tag.find(&format!("\n{name}=\"")))?
        + name.len()
        + 3;
    let value = tag[from..].split('"').next()?;
    let plain = value
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&");
    Some(
        plain
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}
