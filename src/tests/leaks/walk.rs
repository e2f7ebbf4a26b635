//! The walk over every route of the program.

use std::collections::{BTreeMap, BTreeSet};

use steading::routes;
use steading::web::request::is_of_the_instance;
use steading::web::route::{Reach, Route};

use super::cases::{At, Case, Sent, cases};
use super::companies::{Company, MARK, OTHER, OWN, furnished, home};
use crate::harness::http::{Client, Reply};
use crate::on_both_engines;

/// What answers one's own ids as nobody's, too: whoever claims a click is told nothing, and what could be approved was approved by
/// the queue before anybody asks (the API's answer tells them apart).
const SAME_FOR_OWN: [&str; 3] = [
    "/r/identify",
    "/admin/commissions/bulk",
    "/admin/commissions/approve-ready",
];

/// The cookie of a form's message.
const FLASH: &str = "st_flash";

/// Ids by kind.
pub type Ids = BTreeMap<&'static str, String>;

/// A request as the walk sends it, with these ids.
pub struct Sending<'a> {
    route: &'a Route,
    pub case: &'a Case,
    word: Option<&'static str>,
}

/// Who sends.
pub struct Sender<'a> {
    pub client: &'a Client,
    pub csrf: &'a str,
    pub prefix: String,
}

impl Sending<'_> {
    pub fn by(&self, sender: &Sender<'_>, ids: &Ids) -> Reply {
        let path = format!("{}{}", sender.prefix, self.path(ids));
        let method = self.route.method.as_str();
        // The same id for every request, so that answers can be compared.
        let id = ("x-request-id", "the-walk");
        match self.case.3 {
            Sent::Json(body) => {
                let json = ("content-type", "application/json");
                sender
                    .client
                    .send(method, &path, &[id, json], named(body, ids).as_bytes())
            }
            Sent::Form(fields) => {
                let fields: Vec<(String, String)> =
                    std::iter::once(("csrf".to_owned(), sender.csrf.to_owned()))
                        .chain(
                            fields
                                .iter()
                                .map(|(name, value)| ((*name).to_owned(), named(value, ids))),
                        )
                        .collect();
                let body = serde_urlencoded::to_string(fields).unwrap();
                let form = ("content-type", "application/x-www-form-urlencoded");
                let same = ("sec-fetch-site", "same-origin");
                sender
                    .client
                    .send(method, &path, &[id, form, same], body.as_bytes())
            }
            Sent::Nothing => sender.client.send(method, &path, &[id], &[]),
        }
    }

    fn path(&self, ids: &Ids) -> String {
        let path = match self.case.2 {
            At::Nothing => self.route.path.to_owned(),
            At::Shut(_) => self
                .route
                .path
                .replace("{slug}", &ids["slug"])
                .replace("{id}", &ids["mail"]),
            At::File => "/static/x/steading.css".to_owned(),
            At::Link => self.route.path.replace("{key}", &ids["link_key"]),
            At::A(thing) | At::Gone(thing) | At::AWith(thing, _) => {
                self.route.path.replace("{id}", &ids[thing])
            }
        };
        let word = self.word.unwrap_or_default();
        ["{verb}", "{decision}", "{step}", "{product}"]
            .iter()
            .fold(path, |path, place| path.replace(place, word))
    }
}

/// A text with ids in their places.
fn named(text: &str, ids: &Ids) -> String {
    ids.iter().fold(text.to_owned(), |text, (thing, id)| {
        text.replace(&format!("{{{thing}}}"), id)
    })
}

/// An answer as it can be compared: what was asked for, ids and times of what was made, and tokens are masked.
pub fn masked(reply: &Reply, ids: &Ids, csrf: &str) -> String {
    let mut text = reply.text();
    if !csrf.is_empty() {
        text = text.replace(csrf, "TOKEN");
    }
    text = text
        .replace(&ids["way"], "WAY")
        .replace(&ids["slug"], "SLUG");
    let mut masked = String::new();
    for word in text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || "_-:.".contains(c))) {
        let end =
            word.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || "_-:.".contains(c)));
        let rest = &word[end.len()..];
        let is_id = end.len() == 30 && end.as_bytes()[3] == b'_';
        let is_time = end.len() >= 20 && end.starts_with("20") && end.as_bytes()[10] == b'T';
        let is_drawn = end.len() == 24 && end.bytes().all(|b| b.is_ascii_hexdigit());
        masked.push_str(if is_id {
            "ID"
        } else if is_time {
            "TIME"
        } else if is_drawn {
            "NUMBER"
        } else {
            end
        });
        masked.push_str(rest);
    }
    format!("{} {} {masked}", reply.status, reply.header("content-type"))
}

/// Everything that only the other company has: its mark and its ids.
pub fn tells_of(text: &str, other: &Ids, sent: &BTreeSet<&str>) -> Option<String> {
    let text = text
        .to_lowercase()
        .replace("quibble-link", "")
        .replace("quibble-way", "")
        .replace(OTHER, "");
    if let Some(at) = text.find(MARK) {
        let from = text.floor_char_boundary(at.saturating_sub(60));
        let to = text.ceil_char_boundary((at + 60).min(text.len()));
        return Some(text[from..to].to_owned());
    }
    let told = other
        .iter()
        .find(|(_, id)| text.contains(id.as_str()) && !sent.contains(id.as_str()));
    told.map(|(thing, id)| format!("{thing} {id}"))
}

pub fn with_link_key(ids: &Ids, key: &str) -> Ids {
    let mut all = ids.clone();
    all.insert("way", key.replace("-link", "-way"));
    all.insert("link_key", key.to_owned());
    all.insert(
        "slug",
        if key.starts_with(MARK) { OTHER } else { OWN }.to_owned(),
    );
    all
}

/// An id of the same kind as each of these, that names nothing anywhere.
pub fn of_nobody(ids: &Ids) -> Ids {
    let strange = |id: &String| match id.rsplit_once('_') {
        Some((kind, _)) => format!("{kind}_01h455vb4pex5vsknk084sn02q"),
        None => "01h455vb4pex5vsknk084sn02q".to_owned(),
    };
    ids.iter()
        .map(|(thing, id)| (*thing, strange(id)))
        .collect()
}

pub fn case_of(route: &Route) -> Option<&'static Case> {
    cases().find(|case| case.0 == route.method.as_str() && case.1 == route.path)
}

pub fn is_api(route: &Route) -> bool {
    route.path.starts_with("/api/v1/")
}

/// Every request the walk makes of a route.
pub fn sendings<'a>(route: &'a Route, case: &'a Case) -> Vec<Sending<'a>> {
    match case.2 {
        At::AWith(_, words) | At::Shut(words) => words
            .iter()
            .map(|word| Sending {
                route,
                case,
                word: Some(*word),
            })
            .collect(),
        _ => vec![Sending {
            route,
            case,
            word: None,
        }],
    }
}

/// Everything of the instance comes last, and what ends sessions after that.
fn in_order(mut routes: Vec<Route>) -> Vec<Route> {
    routes.sort_by_key(|route| {
        (
            route.reach == Reach::Instance,
            route.path.contains("sessions"),
            route.path == "/logout",
        )
    });
    routes
}

pub struct Walk<'a> {
    own: &'a Company,
    /// Before a path of the company: nothing where its host names it.
    prefix: String,
    /// The ids of the other company, of this one, and of nobody.
    theirs: Ids,
    ours: Ids,
    nobodys: Ids,
    pub wrong: Vec<String>,
    tried: usize,
}

impl Walk<'_> {
    fn sender(&self, route: &Route) -> Sender<'_> {
        let instance = route.reach == Reach::Instance;
        let (client, csrf) = match (is_api(route), instance) {
            (true, _) => (&self.own.program, ""),
            (_, true) => (&self.own.spare, self.own.spare_csrf.as_str()),
            _ => (&self.own.owner, self.own.csrf.as_str()),
        };
        Sender {
            client,
            csrf,
            prefix: if instance {
                String::new()
            } else {
                self.prefix.clone()
            },
        }
    }

    pub fn visit(&mut self, route: &Route) {
        let what = format!("{} {}", route.method, route.path);
        let Some(case) = case_of(route) else {
            self.wrong
                .push(format!("{what} has no case in leaks/cases.rs"));
            return;
        };
        for sending in sendings(route, case) {
            self.tried += 1;
            let sender = self.sender(route);
            // What the last form had to say is not this answer's.
            sender.client.set_cookie(FLASH, "");
            let found = self.compare(&sending, &sender);
            let what = format!("{what} {}", sending.word.unwrap_or_default());
            self.wrong
                .extend(found.into_iter().map(|wrong| format!("{what}: {wrong}")));
        }
    }

    fn compare(&self, sending: &Sending<'_>, sender: &Sender<'_>) -> Vec<String> {
        let mut wrong = Vec::new();
        let reply = sending.by(sender, &self.theirs);
        let names_somebody = matches!(
            sending.case.2,
            At::A(_) | At::Gone(_) | At::AWith(..) | At::Link
        );
        let sent: BTreeSet<&str> = self.theirs.values().map(String::as_str).collect();
        let says = masked(&reply, &self.theirs, sender.csrf);
        // What was sent may be said back; nothing else of theirs may.
        if let Some(told) = tells_of(&reply.text(), &self.theirs, &sent) {
            wrong.push(format!("tells of the other company: {told}"));
        }
        if names_somebody && !matches!(sending.case.2, At::Gone(_)) && reply.status != 404 {
            wrong.push(format!(
                "answers {} to the other company's id: {}",
                reply.status,
                brief(&reply)
            ));
        }
        let sends_ids = match sending.case.3 {
            Sent::Json(body) => body.contains("\"{"),
            Sent::Form(fields) => fields.iter().any(|(_, value)| value.starts_with('{')),
            Sent::Nothing => false,
        };
        let is_shut = matches!(sending.case.2, At::Shut(_));
        if is_shut && !matches!(reply.status, 303 | 401 | 403 | 404) {
            wrong.push(format!(
                "answers {} to somebody who is no operator",
                reply.status
            ));
        }
        if names_somebody || sends_ids || is_shut {
            sender.client.set_cookie(FLASH, "");
            let nothing = sending.by(sender, &self.nobodys);
            let unknown = masked(&nothing, &self.nobodys, sender.csrf);
            let said = sender.client.cookie(FLASH);
            if unknown != says {
                wrong.push(format!(
                    "tells an id of the other company from one of nobody: {}",
                    difference(&says, &unknown)
                ));
            }
            // A body that is refused for another reason would prove nothing.
            if sends_ids && !names_somebody && !SAME_FOR_OWN.contains(&sending.case.1) {
                sender.client.set_cookie(FLASH, "");
                let own = sending.by(sender, &self.ours);
                let is_taken = matches!(own.status, 200..=303 | 409);
                let differs = own.status != nothing.status || sender.client.cookie(FLASH) != said;
                let tells = masked(&own, &self.ours, sender.csrf) != unknown;
                if !is_taken || !(differs || tells) {
                    wrong.push(format!(
                        "does not take the company's own ids: {} {}",
                        own.status,
                        brief(&own)
                    ));
                }
            }
        } else if reply.status >= 500 {
            wrong.push(format!("answers {}", reply.status));
        }
        // The case would prove nothing if it also missed one's own record.
        if sending.case.0 == "GET" && names_somebody {
            let own = sending.by(sender, &self.ours);
            if own.status == 404 {
                wrong.push("does not even find the company's own record".to_owned());
            }
        }
        wrong
    }
}

/// The first line that differs.
pub fn difference(one: &str, other: &str) -> String {
    let differing = one.lines().zip(other.lines()).find(|(a, b)| a != b);
    let cut = |line: &str| line.chars().take(300).collect::<String>();
    differing.map_or_else(
        || "one is longer".to_owned(),
        |(a, b)| format!("{} | {}", cut(a), cut(b)),
    )
}

fn brief(reply: &Reply) -> String {
    reply.text().chars().take(200).collect()
}

impl<'a> Walk<'a> {
    pub fn between(own: &'a Company, other: &Company) -> Self {
        let mut nobodys = of_nobody(&other.ids);
        nobodys.insert("link_key", "nobodys-link".to_owned());
        nobodys.insert("way", "nobodys-way".to_owned());
        nobodys.insert("slug", "nobodys-co".to_owned());
        Self {
            ours: with_link_key(&own.ids, "acorn-link"),
            theirs: with_link_key(&other.ids, &format!("{MARK}-link")),
            prefix: format!("/t/{}", own.slug),
            own,
            nobodys,
            wrong: Vec::new(),
            tried: 0,
        }
    }

    /// The company is asked by its own host, where its clients stand.
    pub fn by_host(own: &'a Company, other: &Company) -> Self {
        Self {
            prefix: String::new(),
            ..Self::between(own, other)
        }
    }
}

on_both_engines! {
    fn no_route_tells_one_company_of_another(engine: Engine) {
        let home = home(engine);
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        let before = other.everything();
        let mut walk = Walk::between(&own, &other);
        for route in in_order(routes::all()) {
            walk.visit(&route);
        }
        assert!(walk.wrong.is_empty(), "{} of {}:\n{}", walk.wrong.len(), walk.tried, walk.wrong.join("\n"));
        assert!(walk.tried > 150, "only {} requests were made", walk.tried);
        assert_eq!(other.everything(), before, "something of the other company changed");
    }

    fn no_credential_opens_another_companys_address(engine: Engine) {
        let home = home(engine);
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        let before = other.everything();
        let (wrong, tried) = opened(&own, &other, |_| true);
        assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(tried > 120, "only {tried} requests were made");
        assert_eq!(other.everything(), before, "something of the other company changed");
    }
}

/// Which of these routes one company's credentials open at the other's address, or answer there otherwise than where nobody is; and
/// how many requests were made.
pub fn opened(own: &Company, other: &Company, these: fn(&Route) -> bool) -> (Vec<String>, usize) {
    let theirs = with_link_key(&other.ids, &format!("{MARK}-link"));
    let open = [
        "/steading.js",
        "/r/identify",
        "/r/{key}",
        "/api/v1/openapi.json",
    ];
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for route in routes::all() {
        if route.reach != Reach::Tenant || open.contains(&route.path) || !these(&route) {
            continue;
        }
        let Some(case) = case_of(&route) else {
            continue;
        };
        for sending in sendings(&route, case) {
            let (client, csrf) = if is_api(&route) {
                (&own.program, "")
            } else {
                (&own.owner, own.csrf.as_str())
            };
            let at = |slug: &str| {
                let sender = Sender {
                    client,
                    csrf,
                    prefix: format!("/t/{slug}"),
                };
                let reply = sending.by(&sender, &theirs);
                let to = reply.header("location").replace(slug, "SLUG");
                (
                    reply.status,
                    to,
                    masked(&reply, &theirs, csrf).replace(slug, "SLUG"),
                )
            };
            let (there, nowhere) = (at(OTHER), at("nobody-co"));
            tried += 1;
            if there != nowhere
                || !matches!(there.0, 303 | 401 | 403 | 404)
                || there.2.contains(MARK)
            {
                wrong.push(format!(
                    "{} {}: {} {} {} {}",
                    route.method,
                    route.path,
                    there.0,
                    nowhere.0,
                    there.1,
                    difference(&there.2, &nowhere.2)
                ));
            }
        }
    }
    (wrong, tried)
}

#[test]
fn every_case_is_a_route() {
    let all = routes::all();
    for case in cases() {
        let is_there = all
            .iter()
            .any(|route| route.method.as_str() == case.0 && route.path == case.1);
        assert!(is_there, "{} {} is no route any more", case.0, case.1);
    }
}

#[test]
fn what_belongs_to_the_instance_is_told_by_its_path() {
    for route in routes::all() {
        let of_instance = route.reach == Reach::Instance;
        assert_eq!(
            is_of_the_instance(route.path),
            of_instance,
            "{} {}",
            route.method,
            route.path
        );
        assert!(
            !is_of_the_instance(&format!("/t/acme{}", route.path)),
            "{}",
            route.path
        );
    }
}
