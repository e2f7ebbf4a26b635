//! Every part in a page like those of the product, with figures that stretch it.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::tz::TimeZone;
use steading::clock::Timestamp;
use steading::money::Money;
use steading::web::chart::{Chart, Point, Shape, spark};
use steading::web::confirm::Confirm;
use steading::web::form::{Choice, FormErrors};
use steading::web::format::Format;
use steading::web::list::{ListView, Pager};
use steading::web::locale::Locale;
use steading::web::markup::Markup;
use steading::web::nav::{self, Place};
use steading::web::page::{self, ErrorPage, Notice, PageShell, Person};
use steading::web::parts::{Change, Figure, HistoryEntry, Link, State, Toast, Tone};

/// The pages by name.
pub const PAGES: [&str; 10] = [
    "home",
    "list",
    "list?q=nobody",
    "list?none=1",
    "form",
    "record",
    "confirm",
    "setup",
    "error",
    "secret",
];

#[derive(Template)]
#[template(path = "../src/tests/web/pages/home.html")]
struct Home {
    shell: PageShell,
    figures: Vec<Figure>,
    sales: Markup,
    clicks: Markup,
}

#[derive(Template)]
#[template(path = "../src/tests/web/pages/list.html")]
struct List {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    states: Vec<Choice>,
    rows: Vec<Row>,
    sums: String,
}

struct Row {
    id: String,
    partner: &'static str,
    program: &'static str,
    earned: Markup,
    sale: String,
    commission: String,
    state: State,
}

#[derive(Template)]
#[template(path = "../src/tests/web/pages/form.html")]
struct Form {
    shell: PageShell,
    errors: FormErrors,
    kinds: Vec<Choice>,
    scopes: Vec<Choice>,
    chosen: Vec<String>,
}

#[derive(Template)]
#[template(path = "../src/tests/web/pages/record.html")]
struct Record {
    shell: PageShell,
    state: State,
    tabs: Vec<Link>,
    history: Vec<HistoryEntry>,
}

#[derive(Template)]
#[template(path = "../src/tests/web/pages/setup.html")]
struct Setup {
    shell: PageShell,
    errors: FormErrors,
    currencies: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "../src/tests/web/pages/secret.html")]
struct Secret {
    shell: PageShell,
}

/// Answers one page of the gallery.
pub fn page(request: &HttpRequest, name: &str) -> HttpResponse {
    match name {
        "home" => page::ok(&home(request)),
        "list" => page::ok(&list(request)),
        "form" => page::unprocessable(&form(request)),
        "record" => page::ok(&record(request)),
        "confirm" => page::ok(&confirm(request)),
        "setup" => page::ok(&setup(request)),
        "secret" => page::ok(&Secret {
            shell: shell(request, Some(Place::ApiKeys))
                .titled("Key created")
                .crumb("API keys", "/admin/api-keys"),
        }),
        _ => page::html(actix_web::http::StatusCode::NOT_FOUND, &error(request)),
    }
}

fn shell(request: &HttpRequest, place: Option<Place>) -> PageShell {
    let mut shell = PageShell::new(request, "");
    shell.company = "Northwind Tea".to_owned();
    shell.user = Some(Person {
        name: "Ana Pop".to_owned(),
        email: "ana@northwind.example".to_owned(),
    });
    shell.csrf = "token".to_owned();
    shell.nav = nav::build(
        "",
        place,
        &[(Place::Commissions, 14), (Place::Partners, 2)],
        |_| true,
    );
    shell.format = Format::new(Locale::ENGLISH, TimeZone::UTC);
    shell
}

fn money(minor: i64, code: &str) -> String {
    Format::default().money(Money::new(minor, code.parse().unwrap()))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn home(request: &HttpRequest) -> Home {
    let days: Vec<Point> = (0..30_i64)
        .map(|day| {
            let value = 90_000 + (day * 37_813) % 70_000 + day * 2_500;
            Point::new(format!("{} Oct", day + 1), value, money(value, "EUR"))
        })
        .collect();
    let months: Vec<Point> = [
        "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
    ]
    .iter()
    .zip([
        1_200, 2_810, 1_950, 900, 1_340, 1_600, 1_720, 2_010, 1_890, -200, 1_650, 1_820,
    ])
    .map(|(label, value)| Point::new(*label, value, Format::default().number(value)))
    .collect();
    let chart = |id, title, heads, shape, points: &[Point], scale: i64| {
        Chart {
            id,
            title,
            heads,
            shape,
            points,
        }
        .render(|v| Format::default().number(v / scale))
    };
    let values: Vec<i64> = days.iter().map(|p| p.value).collect();
    Home {
        sales: chart(
            "sales",
            "Sales through partners, euro a day",
            ("Day", "Sales"),
            Shape::Line,
            &days,
            100,
        ),
        clicks: chart(
            "clicks",
            "Clicks a month",
            ("Month", "Clicks"),
            Shape::Bars,
            &months,
            1,
        ),
        figures: vec![
            Figure {
                label: "Partner sales".into(),
                value: money(4_821_040, "EUR"),
                change: "+12.4%".into(),
                tone: Tone::Good,
                note: format!("and {}", money(912_000, "RON")),
                spark: spark(&values),
                ..Figure::default()
            },
            Figure {
                label: "Clicks".into(),
                value: "18,204".into(),
                change: "−3.1%".into(),
                tone: Tone::Bad,
                note: "2.6% became customers".into(),
                spark: spark(&[9, 8, 8, 7, 9, 6, 5]),
                ..Figure::default()
            },
            Figure {
                label: "Commissions to approve".into(),
                value: "14".into(),
                note: format!("{} past their hold", money(120_490, "EUR")),
                href: "/list".into(),
                ..Figure::default()
            },
            Figure {
                label: "Next payout".into(),
                value: money(631_800, "EUR"),
                note: "Monday, 11 partners, 2 below minimum".into(),
                ..Figure::default()
            },
        ],
        shell: {
            let mut shell = shell(request, Some(Place::Home))
                .titled("Good morning")
                .lead("October so far, compared with the same days in September.")
                .toast(
                    Toast::good("3 commissions approved: €67.50 and RON 84.00.")
                        .link("See them", "/list"),
                )
                .toast(Toast::bad(
                    "The mail to Harbour Blog was refused by its server. It stays in the outbox.",
                ));
            shell.notices.push(Notice {
                tone: Tone::Warn,
                text: "This page is served without encryption.".into(),
                link: Some(Link::new("Put a proxy with TLS before it", "/help")),
            });
            shell
        },
    }
}

fn list(request: &HttpRequest) -> List {
    let list = ListView::new("/list", request.query_string()).sorted_by("-earned");
    let empty = !list.get("none").is_empty() || list.get("q") == "nobody";
    let list = if list.get("none").is_empty() {
        list
    } else {
        ListView::new("/list", "")
    };
    let row = |n: u32,
               partner,
               program,
               when: &str,
               (sale, commission): (i64, i64),
               code,
               tone,
               state: &str| Row {
        id: format!("com_{n}"),
        partner,
        program,
        earned: Format::default().when(at(when)),
        sale: money(sale, code),
        commission: money(commission, code),
        state: State::new(tone, state),
    };
    let wanted = list.get("q").to_lowercase();
    let mut rows = vec![
        row(
            1,
            "Slow Kettle",
            "Spring launch",
            "2026-10-12T09:14:00Z",
            (18_000, 3_600),
            "EUR",
            Tone::Warn,
            "On hold until 26 Oct",
        ),
        row(
            2,
            "Tea & Talk",
            "Ambassadors",
            "2026-10-11T21:02:00Z",
            (9_550, 1_910),
            "EUR",
            Tone::Good,
            "Past its hold",
        ),
        row(
            3,
            "North Review",
            "Spring launch",
            "2026-10-11T18:40:00Z",
            (42_000, 8_400),
            "RON",
            Tone::Good,
            "Past its hold",
        ),
        row(
            4,
            "Leafletter",
            "Newsletter",
            "2026-10-10T07:55:00Z",
            (124_000, 12_400),
            "EUR",
            Tone::Info,
            "In review: same address as partner",
        ),
        row(
            5,
            "Slow Kettle",
            "Spring launch",
            "2026-10-09T16:31:00Z",
            (-4_000, -800),
            "EUR",
            Tone::Bad,
            "Refunded after payout",
        ),
        row(
            6,
            "Harbour Blog",
            "Ambassadors",
            "2026-10-09T11:20:00Z",
            (6_200, 1_240),
            "EUR",
            Tone::Quiet,
            "Paid",
        ),
    ];
    rows.retain(|row| !empty && row.partner.to_lowercase().contains(&wanted));
    List {
        shell: shell(request, Some(Place::Commissions))
            .titled("Commissions")
            .lead("What partners have earned, and what waits for you."),
        pager: Pager {
            shown: rows.len() as u64,
            total: Some(if wanted.is_empty() {
                1_214
            } else {
                rows.len() as u64
            }),
            previous: None,
            next: wanted.is_empty().then(|| list.page("abc")),
            ..Pager::default()
        },
        states: vec![
            Choice::new("hold", "On hold"),
            Choice::new("ready", "Past its hold"),
            Choice::new("paid", "Paid"),
        ],
        sums: format!("{} and {}", money(120_490, "EUR"), money(8_400, "RON")),
        list,
        rows,
    }
}

fn form(request: &HttpRequest) -> Form {
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

fn record(request: &HttpRequest) -> Record {
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

fn confirm(request: &HttpRequest) -> Confirm {
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

fn setup(request: &HttpRequest) -> Setup {
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

fn error(request: &HttpRequest) -> ErrorPage {
    ErrorPage {
        shell: PageShell::new(request, "").titled("This page is not here"),
        status: 404,
        sentence: "The address may be old or mistyped. Nothing was changed.".into(),
        request_id: "01jb3k9y6w0000000000000000".into(),
        back: Link::new("Back to the start", "/home"),
    }
}
