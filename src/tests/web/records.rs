//! Gallery pages of forms and single records.

use actix_web::HttpRequest;
use askama::Template;
use steading::web::confirm::Confirm;
use steading::web::form::{Choice, FormErrors};
use steading::web::format::Format;
use steading::web::nav::Place;
use steading::web::page::{ErrorPage, PageShell};
use steading::web::parts::{Change, HistoryEntry, Link, State, Tone};

use super::gallery::{at, shell};

#[derive(Template)]
#[template(path = "../src/tests/web/pages/form.html")]
pub struct Form {
    shell: PageShell,
    errors: FormErrors,
    kinds: Vec<Choice>,
    scopes: Vec<Choice>,
    chosen: Vec<String>,
}

#[derive(Template)]
#[template(path = "../src/tests/web/pages/record.html")]
pub struct Record {
    shell: PageShell,
    state: State,
    tabs: Vec<Link>,
    history: Vec<HistoryEntry>,
}

#[derive(Template)]
#[template(path = "../src/tests/web/pages/setup.html")]
pub struct Setup {
    shell: PageShell,
    errors: FormErrors,
    currencies: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "../src/tests/web/pages/secret.html")]
pub struct Secret {
    shell: PageShell,
}

pub fn form(request: &HttpRequest) -> Form {
    Form {
        shell: shell(request, Some(Place::Programs))
            .titled("New programme")
            .crumb("Programmes", "/admin/programs"),
        errors: FormErrors::none()
            .with(
                "name",
                "Give the programme a name, as partners will read it.",
            )
            .with("rate", "Write a percentage from 0 to 100, such as 12.5.")
            .with("scopes", "Choose at least one."),
        kinds: vec![
            Choice::new("percent", "Part of the sale")
                .hint("The same percentage of every sale, before tax and shipping."),
            Choice::new("fixed", "Fixed amount").hint("The same amount for every sale."),
        ],
        scopes: vec![
            Choice::new("partners:read", "See partners"),
            Choice::new("events:write", "Send events"),
        ],
        chosen: vec!["percent".to_owned()],
    }
}

pub fn record(request: &HttpRequest) -> Record {
    let change = |field: &str, before: Option<&str>, after: Option<&str>| Change {
        field: field.into(),
        before: before.map(Into::into),
        after: after.map(Into::into),
    };
    let entry = |action: &str, who: &str, when: &str, changes| HistoryEntry {
        action: action.into(),
        who: who.into(),
        when: Format::default().when(at(when)),
        address: "203.0.113.7".into(),
        request_id: "01jb3k9y6w0000000000000000".into(),
        changes,
    };
    Record {
        shell: shell(request, Some(Place::Partners))
            .titled("Slow Kettle")
            .crumb("Partners", "/admin/partners")
            .lead("Partner since 3 March, in two programmes."),
        state: State::new(Tone::Good, "Active"),
        tabs: vec![
            Link::new("Overview", "/record"),
            Link::new("Commissions", "/list"),
            Link::new("History", "/record#h"),
        ],
        history: vec![
            entry(
                "Terms changed",
                "Ana Pop",
                "2026-10-12T09:14:00Z",
                vec![
                    change("Rate", Some("10%"), Some("12.5%")),
                    change(
                        "Note",
                        None,
                        Some("Agreed by telephone, runs until the end of the spring launch."),
                    ),
                    change("Tax number", Some("RO123456"), None),
                ],
            ),
            entry(
                "Partner approved",
                "API key “shop”",
                "2026-03-03T12:00:00Z",
                vec![],
            ),
        ],
    }
}

pub fn confirm(request: &HttpRequest) -> Confirm {
    let shell = shell(request, Some(Place::Partners))
        .titled("Archive Slow Kettle?")
        .crumb("Partners", "/admin/partners");
    Confirm::new(shell, "Archive partner", "/echo", "/record")
        .consequence("Their 3 links stop counting at once and lead to your home page.")
        .consequence("€36.00 on hold is still paid when its hold ends.")
        .consequence("You can bring the partner back at any time.")
        .field("reason", "asked")
        .destructive()
        .retype("Slow Kettle")
}

pub fn setup(request: &HttpRequest) -> Setup {
    Setup {
        shell: PageShell::new(request, "")
            .titled("Make it yours")
            .lead("This instance has no owner yet. The link you followed works once, until 10:42."),
        errors: FormErrors::none(),
        currencies: vec![
            Choice::new("EUR", "EUR, Euro"),
            Choice::new("RON", "RON, Romanian leu"),
        ],
    }
}

pub fn error(request: &HttpRequest) -> ErrorPage {
    ErrorPage {
        shell: PageShell::new(request, "").titled("This page is not here"),
        status: 404,
        sentence: "The address may be old or mistyped. Nothing was changed.".into(),
        request_id: "01jb3k9y6w0000000000000000".into(),
        back: Link::new("Back to the start", "/home"),
    }
}

pub fn secret(request: &HttpRequest) -> Secret {
    Secret {
        shell: shell(request, Some(Place::ApiKeys))
            .titled("Key created")
            .crumb("API keys", "/admin/api-keys"),
    }
}
