//! `GET /signup`, `POST /signup`: asking for a company. The answer is the same whether the address has an account or not.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::{Guard, LIFETIME, Signup, State, letters, store, welcoming};
use crate::Result;
use crate::actor::{Actor, ActorKind};
use crate::app::App;
use crate::audit::{self, Event};
use crate::config::Signup as Policy;
use crate::crypto::{PlainPassword, PlainToken};
use crate::id::SignupId;
use crate::identity::{Open, acceptable, place, too_many};
use crate::mailing::{self, Mail};
use crate::tenancy::{self, Slug};
use crate::web::form::FormErrors;
use crate::web::page::PageShell;
use crate::web::{Fields, Form, request as facts, shown_in_form};

#[derive(Template)]
#[template(path = "operator/signup.html")]
struct Page {
    shell: PageShell,
    errors: FormErrors,
    typed: Typed,
    /// The address a link was sent to; empty before.
    asked: String,
    hours: u64,
    by_approval: bool,
    addresses: String,
}

#[derive(Debug, Clone, Default)]
struct Typed {
    company: String,
    slug: String,
    name: String,
    email: String,
}

/// Shows the form.
///
/// # Errors
/// [`crate::Error::NotFound`] where companies are not asked for.
pub async fn show(request: HttpRequest) -> Result<HttpResponse> {
    let app = welcoming(&request)?;
    respond(
        &request,
        &app,
        StatusCode::OK,
        Typed::default(),
        FormErrors::none(),
        String::new(),
    )
}

/// Writes the wish down and mails a link.
///
/// # Errors
/// [`crate::Error::NotFound`] where companies are not asked for; what does not fit is shown beside the form.
pub async fn ask(request: HttpRequest, form: Form) -> Result<HttpResponse> {
    let app = welcoming(&request)?;
    let text = |name| form.text(name).to_owned();
    let typed = Typed {
        company: text("company"),
        slug: text("slug"),
        name: text("name"),
        email: text("email"),
    };
    let guard = app.memory.of::<Guard>();
    let from = place(facts::facts(&request).address);
    if let Err(error) = guard.0.take(from, app.clock.now()) {
        let errors = FormErrors::none().with("", error.to_string());
        let status = StatusCode::TOO_MANY_REQUESTS;
        let said = respond(&request, &app, status, typed, errors, String::new())?;
        return Ok(too_many(said, &error));
    }
    let password = PlainPassword::from(form.raw("password"));
    match written(&request, &app, &typed, &password).await {
        Ok(email) => respond(
            &request,
            &app,
            StatusCode::OK,
            Typed::default(),
            FormErrors::none(),
            email,
        ),
        Err(error) => {
            let errors = shown_in_form(error)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            respond(&request, &app, status, typed, errors, String::new())
        }
    }
}

async fn written(
    request: &HttpRequest,
    app: &App,
    typed: &Typed,
    password: &PlainPassword,
) -> Result<String> {
    let mut fields = Fields::default();
    let company = tenancy::company_name(&typed.company).unwrap_or_else(|error| {
        fields.add("company", error.message);
        String::new()
    });
    let slug = if typed.slug.is_empty() {
        suggested(&company)
    } else {
        typed.slug.clone()
    };
    if let Err(why) = Slug::parse(&slug) {
        fields.add("slug", why.to_string());
    }
    let name = fields.text(
        "name",
        &typed.name,
        0..=120,
        "A name has at most 120 characters.",
    );
    let email = fields.email("email", &typed.email);
    if let Err(weak) = acceptable(password, &email, &company) {
        fields.add("password", weak.message);
    }
    let domain = store::domain_of(&email).to_owned();
    let looked_up = slug.clone();
    let (is_taken, is_barred) = app
        .control
        .read(move |c| {
            let is_taken = tenancy::company_by_slug(c, &looked_up)?.is_some()
                || store::is_blocked(c, "slug", &looked_up)?;
            Ok((is_taken, store::is_blocked(c, "domain", &domain)?))
        })
        .await?;
    if is_taken {
        fields.add("slug", "This name is taken. Choose another.");
    }
    if is_barred {
        fields.add(
            "email",
            "No company is opened with an address of this provider. Use one of your company.",
        );
    }
    fields.check()?;

    let hash = app.hasher.hash(password).await?;
    let (now, token) = (app.clock.now(), PlainToken::generate()?);
    let origin = facts::origin(request);
    let new = Signup {
        id: SignupId::new(now),
        company,
        slug,
        name,
        email: email.clone(),
        password: hash.as_str().to_owned(),
        state: State::Asked,
        reason: None,
        address: origin.address.clone(),
        decided_by: None,
        created_at: now,
    };
    let link = format!("{}/signup/confirm?token={}", app.public_url, token.expose());
    let hours = LIFETIME.as_secs() / 3_600;
    let letter = letters::confirm(&new.company, &link, hours)?;
    let mail = Mail::of("signup_confirm", &email, letter).confidential();
    let actor = Actor {
        kind: ActorKind::Public,
        id: None,
        name: "sign-up page".to_owned(),
        origin,
    };
    let (vault, hash) = (app.vault.clone(), token.hash());
    app.control
        .write(move |c| {
            store::insert(c, &new, &hash)?;
            mailing::queue(c, &vault, &mail)?;
            let event = Event::new("signup.asked").product("operator").target(
                "signup",
                &new.id,
                &new.company,
            );
            audit::record(c, &actor, event)
        })
        .await?;
    Ok(email)
}

/// A slug from a company's name: `Northwind Tea Co.` becomes `northwind-tea-co`, and `Ceainăria` `ceainaria`.
fn suggested(company: &str) -> String {
    let mut letters = String::new();
    for c in company.to_lowercase().chars() {
        match c {
            c if c.is_ascii_alphanumeric() => letters.push(c),
            // Marks of a letter that was written in two parts, and what people leave out of an address.
            '\u{300}'..='\u{36f}' | '\'' | '’' => {}
            c => letters.push_str(plain(c)),
        }
    }
    let words: Vec<&str> = letters.split_whitespace().collect();
    let slug: String = words.join("-").chars().take(40).collect();
    slug.trim_end_matches('-').to_owned()
}

/// A letter of the languages written in Latin script, as it is written without its marks.
fn plain(letter: char) -> &'static str {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' | 'ċ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' | 'ģ' | 'ġ' => "g",
        'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => " ",
    }
}

fn respond(
    request: &HttpRequest,
    app: &App,
    status: StatusCode,
    typed: Typed,
    errors: FormErrors,
    asked: String,
) -> Result<HttpResponse> {
    let mut open = Open::new(request, app, "Open your company")?;
    let by_approval = app.config.signup == Policy::Approval;
    if asked.is_empty() {
        open.shell.lead = if by_approval {
            "A link to confirm your address is mailed to you; then somebody here looks at it."
        } else {
            "A link to confirm your address is mailed to you; it opens your company."
        }
        .to_owned();
    }
    let addresses = format!("{}/t/", app.public_url);
    Ok(open.answer(status, |shell| Page {
        shell,
        errors,
        typed,
        asked,
        hours: LIFETIME.as_secs() / 3_600,
        by_approval,
        addresses,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_suggests_a_slug() {
        assert_eq!(suggested("  Northwind Tea Co. "), "northwind-tea-co");
        for (name, slug) in [
            ("Șerban & fiii", "serban-fiii"),
            ("Ceainăria Verde", "ceainaria-verde"),
            ("Țuică și Întâlniri", "tuica-si-intalniri"),
            ("Café Zoé", "cafe-zoe"),
            ("Cafe\u{301} d’Or", "cafe-dor"),
            ("Müller Straße", "muller-strasse"),
            ("Łódź Sør", "lodz-sor"),
            ("İstanbul Çay", "istanbul-cay"),
            ("茶", ""),
        ] {
            assert_eq!(suggested(name), slug, "{name}");
        }
        let long = format!("{} b", "a".repeat(39));
        assert_eq!(suggested(&long), "a".repeat(39));
    }
}
