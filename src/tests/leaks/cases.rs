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
    /// A company in `{slug}`, or a request for one in `{id}`, and each of these words: an operator's business, closed to all else.
    Shut(&'static [&'static str]),
    /// The key of a link.
    Link,
    /// A file of the program's own: it needs no company.
    File,
}

impl At {
    /// The kind of record that `{id}` names.
    pub fn kind(self) -> Option<&'static str> {
        match self {
            Self::A(kind) | Self::Gone(kind) | Self::AWith(kind, _) => Some(kind),
            _ => None,
        }
    }
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

use super::programme::PROGRAMME;
use At::{A, AWith, File, Gone, Link, Nothing, Shut};
use Sent::{Form, Json};

pub const NO: Sent = Sent::Nothing;
pub const PLAIN: Sent = Form(&[]);
const TWO: &str = "quite another name";

/// Every route but those of the programme.
const CASES: &[Case] = &[
    // The instance.
    ("GET", "/healthz", Nothing, NO),
    ("GET", "/readyz", Nothing, NO),
    ("GET", "/metrics", Nothing, NO),
    ("GET", "/domains/ask", Nothing, NO),
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
    // Operators and sign-up: nobody of a company is one.
    ("GET", "/companies", Nothing, NO),
    (
        "POST",
        "/companies",
        Nothing,
        Form(&[
            ("company", "quibble-co"),
            ("slug", "quibble-co"),
            ("tenant", "quibble-co"),
        ]),
    ),
    ("GET", "/admin/usage", Nothing, NO),
    ("GET", "/api/v1/usage", Nothing, NO),
    ("GET", "/api/v1/operator/tenants", Shut(&[""]), NO),
    (
        "POST",
        "/api/v1/operator/tenants",
        Shut(&[""]),
        Json(r#"{"slug":"acorn-two"}"#),
    ),
    ("GET", "/api/v1/operator/tenants/{slug}", Shut(&[""]), NO),
    (
        "PATCH",
        "/api/v1/operator/tenants/{slug}",
        Shut(&[""]),
        Json(r#"{"name":"changed"}"#),
    ),
    (
        "POST",
        "/api/v1/operator/tenants/{slug}/activate",
        Shut(&[""]),
        NO,
    ),
    (
        "POST",
        "/api/v1/operator/tenants/{slug}/freeze",
        Shut(&[""]),
        NO,
    ),
    (
        "POST",
        "/api/v1/operator/tenants/{slug}/archive",
        Shut(&[""]),
        NO,
    ),
    (
        "POST",
        "/api/v1/operator/tenants/{slug}/keep",
        Shut(&[""]),
        NO,
    ),
    (
        "PUT",
        "/api/v1/operator/tenants/{slug}/products/{product}",
        Shut(&["partners"]),
        Json(r#"{"is_enabled":false}"#),
    ),
    ("DELETE", "/api/v1/operator/tenants/{slug}", Shut(&[""]), NO),
    ("GET", "/operator/login", Nothing, NO),
    (
        "POST",
        "/operator/login",
        Nothing,
        Form(&[("email", "x@acorn.example"), ("password", "x")]),
    ),
    ("POST", "/operator/logout", Nothing, PLAIN),
    ("GET", "/signup", Nothing, NO),
    (
        "POST",
        "/signup",
        Nothing,
        Form(&[("slug", "quibble-co"), ("email", "x@acorn.example")]),
    ),
    ("GET", "/signup/confirm", Nothing, NO),
    ("POST", "/signup/confirm", Nothing, PLAIN),
    ("GET", "/operator", Shut(&[""]), NO),
    ("GET", "/operator/companies/new", Shut(&[""]), NO),
    ("GET", "/operator/companies/{slug}", Shut(&[""]), NO),
    ("GET", "/operator/companies/{slug}/edit", Shut(&[""]), NO),
    ("GET", "/operator/signups", Shut(&[""]), NO),
    ("GET", "/operator/signups/{id}/decline", Shut(&[""]), NO),
    ("GET", "/operator/report", Shut(&[""]), NO),
    ("GET", "/operator/mail", Shut(&[""]), NO),
    ("GET", "/operator/mail/{id}", Shut(&[""]), NO),
    ("GET", "/operator/trail", Shut(&[""]), NO),
    (
        "POST",
        "/operator/jobs/{id}/{verb}",
        Shut(&["retry", "cancel"]),
        PLAIN,
    ),
    ("POST", "/operator/companies", Shut(&[""]), PLAIN),
    (
        "POST",
        "/operator/companies/{slug}/edit",
        Shut(&[""]),
        PLAIN,
    ),
    (
        "POST",
        "/operator/companies/{slug}/products/{product}",
        Shut(&["partners"]),
        PLAIN,
    ),
    ("POST", "/operator/signups/block", Shut(&[""]), PLAIN),
    ("POST", "/operator/signups/unblock", Shut(&[""]), PLAIN),
    ("POST", "/operator/signups/{id}/approve", Shut(&[""]), PLAIN),
    ("POST", "/operator/signups/{id}/decline", Shut(&[""]), PLAIN),
    (
        "GET",
        "/operator/companies/{slug}/{step}",
        Shut(&["freeze", "archive", "delete", "keep"]),
        NO,
    ),
    (
        "POST",
        "/operator/companies/{slug}/{step}",
        Shut(&["freeze", "archive", "delete", "keep"]),
        PLAIN,
    ),
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
    ("GET", "/admin/domains", Nothing, NO),
    (
        "POST",
        "/admin/domains",
        Nothing,
        Form(&[("host", "partners.acorn.example")]),
    ),
    ("POST", "/admin/domains/{id}/check", A("domain"), PLAIN),
    ("GET", "/admin/domains/{id}/remove", A("domain"), NO),
    ("POST", "/admin/domains/{id}/remove", A("domain"), PLAIN),
    ("GET", "/admin/settings", Nothing, NO),
    ("GET", "/admin/settings/close", Nothing, NO),
    (
        "POST",
        "/admin/settings/close",
        Nothing,
        Form(&[("retype", "quibble-co")]),
    ),
    ("POST", "/admin/settings/keep", Nothing, PLAIN),
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
    ("GET", "/admin/settings/projects", Nothing, NO),
    (
        "POST",
        "/admin/settings/projects",
        Nothing,
        Form(&[("slug", "acorn-three"), ("name", "acorn three")]),
    ),
    ("GET", "/admin/settings/projects/{id}", A("project"), NO),
    (
        "POST",
        "/admin/settings/projects/{id}",
        A("project"),
        Form(&[("name", "changed")]),
    ),
    (
        "GET",
        "/admin/settings/projects/{id}/archive",
        A("project"),
        NO,
    ),
    (
        "POST",
        "/admin/settings/projects/{id}/archive",
        A("project"),
        PLAIN,
    ),
    (
        "POST",
        "/admin/settings/projects/{id}/reopen",
        A("project"),
        PLAIN,
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
        Json(r#"{"name":"acorn fourth","scopes":["partners:read"],"project_id":"{project}"}"#),
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
    // Projects.
    ("GET", "/api/v1/projects", Nothing, NO),
    (
        "POST",
        "/api/v1/projects",
        Nothing,
        Json(r#"{"slug":"acorn-two","name":"acorn two"}"#),
    ),
    ("GET", "/api/v1/projects/{id}", A("project"), NO),
    (
        "PATCH",
        "/api/v1/projects/{id}",
        A("project"),
        Json(r#"{"name":"changed"}"#),
    ),
];

/// Every route's case.
pub fn cases() -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(PROGRAMME)
}
