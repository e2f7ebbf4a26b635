//! The admin's pages of the partner programme, as the owner's browser meets them without scripts.

mod conflicts;
mod csv;
mod forms;
mod home;
mod lists;
mod money;
mod projects;

use serde_json::{Value, json};

use crate::harness::company::{api_key, owned, owner};
use crate::harness::engine::Engine;
use crate::harness::http::{Client, Reply, attribute};
use crate::harness::process::{Home, Server};

/// A company with its owner signed in and a shop that reports sales.
struct House<'a> {
    owner: Client,
    shop: Client,
    server: &'a Server<'a>,
}

/// Starts an instance of its own and hands it over.
fn in_a_house(engine: Engine, walk: impl FnOnce(&House<'_>)) {
    let home: Home = owned(engine);
    let server = home.serve();
    let key = api_key(&home, "shop", "*");
    walk(&House {
        owner: owner(&server),
        shop: server.client().with_key(&key),
        server: &server,
    });
}

/// A programme's form, filled in. Nothing is held and nothing approves itself.
const PROGRAM: [(&str, &str); 7] = [
    ("name", "Spring launch"),
    ("destination_url", "https://shop.example/"),
    ("kind", "percent"),
    ("rate", "20"),
    ("attribution_window_days", "30"),
    ("holding_days", "0"),
    ("auto_approve", ""),
];

impl House<'_> {
    /// Another browser of the same person.
    fn another_session(&self) -> Client {
        owner(self.server)
    }

    /// A programme by the form; its id.
    #[track_caller]
    fn program(&self) -> String {
        let made = self
            .owner
            .submit_to("/admin/programs/new", "/admin/programs", &PROGRAM);
        last(made.location())
    }

    /// A partner by the form, enrolled with a link; the id.
    #[track_caller]
    fn partner(&self, name: &str, email: &str, program: &str) -> String {
        let fields = [("name", name), ("email", email), ("program_id", program)];
        let made = self
            .owner
            .submit_to("/admin/partners/new", "/admin/partners", &fields);
        let id = last(made.location());
        self.account(&id);
        id
    }

    /// Sets how a partner is paid.
    #[track_caller]
    fn account(&self, partner: &str) {
        let payee = [
            ("method", "bank"),
            ("holder", "Ana Pop"),
            ("account", "GB82WEST12345698765432"),
        ];
        self.owner
            .submit(&format!("/admin/partners/{partner}/payee"), &payee)
            .expect(303);
    }

    /// Takes it away.
    #[track_caller]
    fn no_account(&self, partner: &str) {
        self.owner
            .submit(
                &format!("/admin/partners/{partner}/payee"),
                &[("method", "none")],
            )
            .expect(303);
    }

    /// A visitor follows a link and buys; the sale's answer.
    #[track_caller]
    fn sale(&self, key: &str, order: &str, amount: i64, currency: &str) -> Value {
        let visit = self.server.client().get(&format!("/r/{key}"));
        let click = visit.location().split("st_ref=").nth(1).unwrap();
        let click = click.split('&').next().unwrap();
        let event = json!({
            "type": "sale",
            "external_id": order,
            "click": click,
            "customer_id": format!("customer of {order}"),
            "value": { "amount": amount, "currency": currency },
        });
        let reply = self.shop.json("POST", "/api/v1/events", &event);
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()
    }

    /// What the page after a form says.
    #[track_caller]
    fn said(&self, answer: &Reply) -> String {
        let page = self.owner.get(answer.location()).expect(200).text();
        let toast = page.split("class=\"toast ").nth(1).expect("no message");
        let text = toast.split("<p>").nth(1).unwrap();
        plain(text.split("</p>").next().unwrap())
    }

    /// A page's text.
    #[track_caller]
    fn page(&self, path: &str) -> String {
        self.owner.get(path).expect(200).text()
    }
}

/// The last part of an address.
fn last(address: &str) -> String {
    address.rsplit('/').next().unwrap().to_owned()
}

/// Text without tags, with plain spaces.
fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.replace('\u{a0}', " ")
        .replace("&amp;", "&")
        .replace("&#38;", "&")
        .replace("&#39;", "'")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The rows' names, from top to bottom.
fn names(html: &str) -> Vec<String> {
    html.split("<th scope=\"row\">")
        .skip(1)
        .map(|rest| plain(rest.split("</a>").next().unwrap()))
        .collect()
}

/// The address of the link with this `rel`.
fn rel(html: &str, rel: &str) -> Option<String> {
    html.split("<a ")
        .skip(1)
        .map(|rest| format!(" {}", rest.split('>').next().unwrap()))
        .find(|tag| attribute(tag, "rel").as_deref() == Some(rel))
        .and_then(|tag| attribute(&tag, "href"))
}
