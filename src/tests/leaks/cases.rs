//! What the walk sends to each route. **A new route needs a line here**: whose record its address names, and a body that gets
//! past the form's own checks, so that it is the record that is missing and nothing else.

/// What stands in a route's address.
#[derive(Clone, Copy, Debug)]
pub enum At {
    /// Nothing of anybody's.
    Nothing,
    /// A record of this kind in `{id}`.
    A(&'static str),
    /// A record of this kind in `{id}`, to be ended: one that is over and one that never was are the same.
    Gone(&'static str),
    /// A record of this kind in `{id}`, and each of these words in the other place.
    AWith(&'static str, &'static [&'static str]),
    /// The key of a link.
    Link,
    /// A file of the program's own: it needs no company.
    File,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub enum Sent {
    /// Only the address.
    Nothing,
    /// A form; `{partner}` and the like become ids.
    Form(&'static [(&'static str, &'static str)]),
    /// JSON; `{partner}` and the like become ids.
    Json(&'static str),
}

/// One route: method, path, what stands in its address, what is sent.
pub type Case = (&'static str, &'static str, At, Sent);

use At::{A, AWith, File, Gone, Link, Nothing};
use Sent::{Form, Json};

const NO: Sent = Sent::Nothing;
const PLAIN: Sent = Form(&[]);
const TWO: &str = "quite another name";

/// Every route.
pub const CASES: &[Case] = &[
    // The instance.
    ("GET", "/healthz", Nothing, NO),
    ("GET", "/readyz", Nothing, NO),
    ("GET", "/metrics", Nothing, NO),
    ("GET", "/", Nothing, NO),
    ("GET", "/favicon.ico", Nothing, NO),
    ("GET", "/static/{hash}/{name:.*}", File, NO),
    ("POST", "/theme", Nothing, Form(&[("theme", "dark")])),
    ("GET", "/api/v1/openapi.json", Nothing, NO),
    ("GET", "/api/docs", Nothing, NO),
    ("GET", "/setup", Nothing, NO),
    (
        "POST",
        "/setup",
        Nothing,
        Form(&[("email", "x@acorn.example")]),
    ),
    ("GET", "/login", Nothing, NO),
    (
        "POST",
        "/login",
        Nothing,
        Form(&[("email", "x@acorn.example"), ("password", "x")]),
    ),
    ("POST", "/logout", Nothing, PLAIN),
    ("GET", "/forgot", Nothing, NO),
    (
        "POST",
        "/forgot",
        Nothing,
        Form(&[("email", "nobody@acorn.example")]),
    ),
    ("GET", "/reset", Nothing, NO),
    ("POST", "/reset", Nothing, Form(&[("password", TWO)])),
    ("GET", "/invite", Nothing, NO),
    ("POST", "/invite", Nothing, Form(&[("password", TWO)])),
    ("GET", "/account", Nothing, NO),
    ("POST", "/account/name", Nothing, Form(&[("name", TWO)])),
    (
        "POST",
        "/account/password",
        Nothing,
        Form(&[("current", "x"), ("password", TWO)]),
    ),
    ("POST", "/account/sessions/end-others", Nothing, PLAIN),
    ("POST", "/account/sessions/{id}/end", Gone("session"), PLAIN),
    // The trail, the queue, mails.
    ("GET", "/admin/audit", Nothing, NO),
    ("GET", "/admin/audit.csv", Nothing, NO),
    ("GET", "/api/v1/audit", Nothing, NO),
    ("GET", "/admin/system/jobs", Nothing, NO),
    ("GET", "/admin/system/export", Nothing, NO),
    (
        "POST",
        "/admin/system/jobs/{id}/{verb}",
        AWith("job", &["run", "retry", "cancel"]),
        PLAIN,
    ),
    ("GET", "/admin/mail", Nothing, NO),
    ("GET", "/admin/mail/settings", Nothing, NO),
    (
        "POST",
        "/admin/mail/settings",
        Nothing,
        Form(&[("host", "")]),
    ),
    (
        "POST",
        "/admin/mail/test",
        Nothing,
        Form(&[("to", "test@acorn.example")]),
    ),
    ("GET", "/admin/mail/{id}", A("mail"), NO),
    ("POST", "/admin/mail/{id}/resend", A("mail"), PLAIN),
    // The company, its people and keys.
    ("GET", "/admin/system", Nothing, NO),
    ("GET", "/admin/about/licences", Nothing, NO),
    ("GET", "/admin/settings", Nothing, NO),
    (
        "POST",
        "/admin/settings",
        Nothing,
        Form(&[
            ("name", "Acorn"),
            ("currency", "EUR"),
            ("time_zone", "UTC"),
            ("locale", "en"),
        ]),
    ),
    ("GET", "/admin/people", Nothing, NO),
    (
        "POST",
        "/admin/people",
        Nothing,
        Form(&[
            ("email", "second@acorn.example"),
            ("name", TWO),
            ("role", "viewer"),
        ]),
    ),
    ("GET", "/admin/people/new", Nothing, NO),
    ("GET", "/admin/people/{id}", A("member"), NO),
    (
        "POST",
        "/admin/people/{id}",
        A("member"),
        Form(&[("role", "admin")]),
    ),
    ("GET", "/admin/people/{id}/disable", A("member"), NO),
    ("POST", "/admin/people/{id}/disable", A("member"), PLAIN),
    ("POST", "/admin/people/{id}/enable", A("member"), PLAIN),
    ("POST", "/admin/people/{id}/invite", A("member"), PLAIN),
    ("GET", "/admin/api-keys", Nothing, NO),
    (
        "POST",
        "/admin/api-keys",
        Nothing,
        Form(&[
            ("name", "acorn third"),
            ("scopes", "partners:read"),
            ("expires", "never"),
        ]),
    ),
    ("GET", "/admin/api-keys/new", Nothing, NO),
    ("GET", "/admin/api-keys/{id}/revoke", A("key"), NO),
    ("POST", "/admin/api-keys/{id}/revoke", A("key"), PLAIN),
    ("GET", "/api/v1/me", Nothing, NO),
    ("GET", "/api/v1/members", Nothing, NO),
    (
        "POST",
        "/api/v1/members",
        Nothing,
        Json(r#"{"email":"third@acorn.example","roles":["viewer"]}"#),
    ),
    ("GET", "/api/v1/members/{id}", A("member"), NO),
    (
        "PATCH",
        "/api/v1/members/{id}",
        A("member"),
        Json(r#"{"roles":["admin"]}"#),
    ),
    ("DELETE", "/api/v1/members/{id}", A("member"), NO),
    ("POST", "/api/v1/members/{id}/invite", A("member"), NO),
    ("GET", "/api/v1/roles", Nothing, NO),
    ("GET", "/api/v1/api-keys", Nothing, NO),
    (
        "POST",
        "/api/v1/api-keys",
        Nothing,
        Json(r#"{"name":"acorn fourth","scopes":["partners:read"]}"#),
    ),
    ("GET", "/api/v1/api-keys/{id}", A("key"), NO),
    ("DELETE", "/api/v1/api-keys/{id}", A("key"), NO),
    // Visitors.
    ("GET", "/steading.js", Nothing, NO),
    (
        "POST",
        "/r/identify",
        Nothing,
        Json(r#"{"click":"{click}","customer_id":"somebody"}"#),
    ),
    ("OPTIONS", "/r/identify", Nothing, NO),
    ("GET", "/r/{key}", Link, NO),
    ("HEAD", "/r/{key}", Link, NO),
    // The programme's API.
    ("GET", "/api/v1/programs", Nothing, NO),
    (
        "POST",
        "/api/v1/programs",
        Nothing,
        Json(
            r#"{"name":"acorn two","commission":{"type":"percent","rate":"10"},"destination_url":"https://acorn.example/"}"#,
        ),
    ),
    ("GET", "/api/v1/programs/{id}", A("program"), NO),
    (
        "PATCH",
        "/api/v1/programs/{id}",
        A("program"),
        Json(r#"{"name":"changed"}"#),
    ),
    ("DELETE", "/api/v1/programs/{id}", A("program"), NO),
    ("GET", "/api/v1/partners", Nothing, NO),
    (
        "POST",
        "/api/v1/partners",
        Nothing,
        Json(r#"{"name":"acorn two","email":"two@acorn.example"}"#),
    ),
    ("GET", "/api/v1/partners/{id}", A("partner"), NO),
    (
        "PATCH",
        "/api/v1/partners/{id}",
        A("partner"),
        Json(r#"{"name":"changed"}"#),
    ),
    ("POST", "/api/v1/partners/{id}/approve", A("partner"), NO),
    ("POST", "/api/v1/partners/{id}/decline", A("partner"), NO),
    ("POST", "/api/v1/partners/{id}/suspend", A("partner"), NO),
    ("POST", "/api/v1/partners/{id}/reinstate", A("partner"), NO),
    ("POST", "/api/v1/partners/{id}/archive", A("partner"), NO),
    ("GET", "/api/v1/enrolments", Nothing, NO),
    (
        "POST",
        "/api/v1/enrolments",
        Nothing,
        Json(r#"{"partner_id":"{partner}","program_id":"{program}"}"#),
    ),
    ("GET", "/api/v1/enrolments/{id}", A("enrolment"), NO),
    (
        "PATCH",
        "/api/v1/enrolments/{id}",
        A("enrolment"),
        Json(r#"{"holding_days":3}"#),
    ),
    ("DELETE", "/api/v1/enrolments/{id}", A("enrolment"), NO),
    ("GET", "/api/v1/links", Nothing, NO),
    (
        "POST",
        "/api/v1/links",
        Nothing,
        Json(r#"{"enrolment_id":"{enrolment}","key":"acorn-new"}"#),
    ),
    ("GET", "/api/v1/links/{id}", A("link"), NO),
    (
        "PATCH",
        "/api/v1/links/{id}",
        A("link"),
        Json(r#"{"label":"changed"}"#),
    ),
    ("DELETE", "/api/v1/links/{id}", A("link"), NO),
    ("GET", "/api/v1/clicks", Nothing, NO),
    ("GET", "/api/v1/clicks/{id}", A("click"), NO),
    ("POST", "/api/v1/clicks/{id}/flag", A("click"), NO),
    ("POST", "/api/v1/clicks/{id}/unflag", A("click"), NO),
    (
        "POST",
        "/api/v1/identify",
        Nothing,
        Json(r#"{"click":"{click}","customer_id":"somebody"}"#),
    ),
    ("GET", "/api/v1/events", Nothing, NO),
    (
        "POST",
        "/api/v1/events",
        Nothing,
        Json(
            r#"{"click":"{click}","type":"sale","external_id":"{way}","value":{"amount":100,"currency":"EUR"}}"#,
        ),
    ),
    (
        "POST",
        "/api/v1/events/batch",
        Nothing,
        Json(
            r#"{"events":[{"click":"{click}","type":"sale","external_id":"{way} 2","value":{"amount":100,"currency":"EUR"}}]}"#,
        ),
    ),
    ("GET", "/api/v1/events/{id}", A("event"), NO),
    (
        "POST",
        "/api/v1/refunds",
        Nothing,
        Json(r#"{"event":"{event}","external_id":"{way} 3"}"#),
    ),
    ("GET", "/api/v1/commissions", Nothing, NO),
    (
        "POST",
        "/api/v1/commissions/bulk",
        Nothing,
        Json(r#"{"action":"approve","ids":["{commission}"]}"#),
    ),
    ("GET", "/api/v1/commissions/{id}", A("commission"), NO),
    (
        "POST",
        "/api/v1/commissions/{id}/approve",
        A("commission"),
        NO,
    ),
    (
        "POST",
        "/api/v1/commissions/{id}/reverse",
        A("commission"),
        NO,
    ),
    ("GET", "/api/v1/adjustments", Nothing, NO),
    (
        "POST",
        "/api/v1/adjustments",
        Nothing,
        Json(
            r#"{"partner_id":"{partner}","amount":{"amount":5,"currency":"EUR"},"reason":"thanks"}"#,
        ),
    ),
    ("GET", "/api/v1/adjustments/{id}", A("adjustment"), NO),
    ("GET", "/api/v1/payouts", Nothing, NO),
    ("GET", "/api/v1/payouts/{id}", A("payout"), NO),
    ("GET", "/api/v1/payout-batches", Nothing, NO),
    (
        "POST",
        "/api/v1/payout-batches",
        Nothing,
        Json(r#"{"partner_ids":["{partner}"]}"#),
    ),
    ("GET", "/api/v1/payout-batches/{id}", A("batch"), NO),
    (
        "POST",
        "/api/v1/payout-batches/{id}/approve",
        A("batch"),
        NO,
    ),
    ("POST", "/api/v1/payout-batches/{id}/export", A("batch"), NO),
    (
        "POST",
        "/api/v1/payout-batches/{id}/confirm",
        A("batch"),
        NO,
    ),
    ("POST", "/api/v1/payout-batches/{id}/cancel", A("batch"), NO),
    ("GET", "/api/v1/reports/overview", Nothing, NO),
    ("GET", "/api/v1/reports/timeseries", Nothing, NO),
    // The programme's pages.
    ("GET", "/admin", Nothing, NO),
    ("GET", "/admin/connect", Nothing, NO),
    ("POST", "/admin/demo/load", Nothing, PLAIN),
    ("GET", "/admin/demo/clear", Nothing, NO),
    ("POST", "/admin/demo/clear", Nothing, PLAIN),
    ("GET", "/admin/programs", Nothing, NO),
    ("POST", "/admin/programs", Nothing, Form(PROGRAM)),
    ("GET", "/admin/programs/new", Nothing, NO),
    ("GET", "/admin/programs/{id}", A("program"), NO),
    ("POST", "/admin/programs/{id}", A("program"), Form(PROGRAM)),
    ("GET", "/admin/programs/{id}/edit", A("program"), NO),
    ("GET", "/admin/programs/{id}/archive", A("program"), NO),
    (
        "POST",
        "/admin/programs/{id}/archive",
        A("program"),
        Form(&[("retype", "acorn autumn")]),
    ),
    ("GET", "/admin/partners", Nothing, NO),
    (
        "POST",
        "/admin/partners",
        Nothing,
        Form(&[
            ("name", "acorn three"),
            ("email", "three@acorn.example"),
            ("program_id", "{program}"),
        ]),
    ),
    ("GET", "/admin/partners.csv", Nothing, NO),
    ("GET", "/admin/partners/new", Nothing, NO),
    (
        "POST",
        "/admin/partners/bulk",
        Nothing,
        Form(&[("do", "suspend"), ("sure", "on"), ("ids", "{partner}")]),
    ),
    ("GET", "/admin/partners/{id}", A("partner"), NO),
    (
        "POST",
        "/admin/partners/{id}",
        A("partner"),
        Form(&[("name", "changed"), ("email", "changed@acorn.example")]),
    ),
    ("GET", "/admin/partners/{id}/edit", A("partner"), NO),
    ("GET", "/admin/partners/{id}/payee", A("partner"), NO),
    (
        "POST",
        "/admin/partners/{id}/payee",
        A("partner"),
        Form(&[("method", "none")]),
    ),
    ("GET", "/admin/partners/{id}/enrol", A("partner"), NO),
    (
        "POST",
        "/admin/partners/{id}/enrol",
        A("partner"),
        Form(&[("program_id", "{program}"), ("kind", "program")]),
    ),
    (
        "GET",
        "/admin/partners/{id}/{decision}",
        AWith("partner", DECISIONS),
        NO,
    ),
    (
        "POST",
        "/admin/partners/{id}/{decision}",
        AWith("partner", DECISIONS),
        Form(&[("retype", "acorn Ana")]),
    ),
    (
        "POST",
        "/admin/enrolments/{id}",
        A("enrolment"),
        Form(&[("kind", "program")]),
    ),
    ("GET", "/admin/enrolments/{id}/edit", A("enrolment"), NO),
    ("GET", "/admin/enrolments/{id}/end", A("enrolment"), NO),
    ("POST", "/admin/enrolments/{id}/end", A("enrolment"), PLAIN),
    ("GET", "/admin/links", Nothing, NO),
    (
        "POST",
        "/admin/links",
        Nothing,
        Form(&[("enrolment_id", "{enrolment}"), ("key", "acorn-newer")]),
    ),
    ("GET", "/admin/links.csv", Nothing, NO),
    ("GET", "/admin/links/new", Nothing, NO),
    ("GET", "/admin/links/{id}", A("link"), NO),
    (
        "POST",
        "/admin/links/{id}",
        A("link"),
        Form(&[("label", "changed")]),
    ),
    ("GET", "/admin/links/{id}/edit", A("link"), NO),
    ("GET", "/admin/links/{id}/archive", A("link"), NO),
    ("POST", "/admin/links/{id}/archive", A("link"), PLAIN),
    ("POST", "/admin/clicks/{id}/flag", A("click"), PLAIN),
    ("POST", "/admin/clicks/{id}/unflag", A("click"), PLAIN),
    ("GET", "/admin/commissions", Nothing, NO),
    ("GET", "/admin/commissions.csv", Nothing, NO),
    (
        "POST",
        "/admin/commissions/bulk",
        Nothing,
        Form(&[("do", "approve"), ("sure", "on"), ("ids", "{commission}")]),
    ),
    ("GET", "/admin/commissions/approve-ready", Nothing, NO),
    (
        "POST",
        "/admin/commissions/approve-ready",
        Nothing,
        Form(&[("ids", "{commission}")]),
    ),
    ("GET", "/admin/commissions/{id}", A("commission"), NO),
    (
        "POST",
        "/admin/commissions/{id}/approve",
        A("commission"),
        PLAIN,
    ),
    (
        "GET",
        "/admin/commissions/{id}/reverse",
        A("commission"),
        NO,
    ),
    (
        "POST",
        "/admin/commissions/{id}/reverse",
        A("commission"),
        Form(&[("reason", "no")]),
    ),
    ("GET", "/admin/payouts", Nothing, NO),
    (
        "POST",
        "/admin/payouts",
        Nothing,
        Form(&[("currency", "EUR")]),
    ),
    ("GET", "/admin/payouts/new", Nothing, NO),
    ("GET", "/admin/payouts/{id}", A("batch"), NO),
    ("POST", "/admin/payouts/{id}/export", A("batch"), PLAIN),
    (
        "GET",
        "/admin/payouts/{id}/{step}",
        AWith("batch", &["confirm", "cancel"]),
        NO,
    ),
    (
        "POST",
        "/admin/payouts/{id}/{step}",
        AWith("batch", &["approve", "confirm", "cancel"]),
        PLAIN,
    ),
];

const DECISIONS: &[&str] = &["approve", "decline", "suspend", "reinstate", "archive"];

const PROGRAM: &[(&str, &str)] = &[
    ("name", "acorn spring"),
    ("destination_url", "https://acorn.example/"),
    ("kind", "percent"),
    ("rate", "20"),
    ("attribution_window_days", "30"),
    ("holding_days", "0"),
    ("auto_approve", ""),
];
