//! `GET` and `POST T/admin/partners/{id}/payee`: how a partner is paid. What is set is never shown again, only its hint.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::act;
use crate::id::PartnerId;
use crate::partners::model::{Partner, Payee};
use crate::partners::partner::PartnerChange;
use crate::partners::permissions::WritePartners;
use crate::partners::{api, partner};
use crate::web::form::{Choice, FormErrors};
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form, sent_once};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "partners/payee_form.html")]
struct Page {
    shell: PageShell,
    once: String,
    values: Form,
    method: Vec<String>,
    methods: Vec<Choice>,
    errors: FormErrors,
    hint: String,
    action: String,
    cancel: String,
}

/// The form, empty whatever is set.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn payee(
    allowed: Allowed<WritePartners>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let partner = found(&allowed, api::id(&path)?).await?;
    let values = Form::from_pairs([
        ("method", "bank".to_owned()),
        ("version", partner.version.to_string()),
    ]);
    Ok(show(&allowed, &partner, values, FormErrors::none()))
}

/// Seals the details, or forgets them; or shows the form again.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`].
pub async fn save_payee(
    allowed: Allowed<WritePartners>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: PartnerId = api::id(&path)?;
    let vault = allowed.app.vault.clone();
    let saved = match read(&sent) {
        Ok(payee) => {
            let expected = act::version(&sent)?;
            act::act(&allowed, &sent, move |c, actor| {
                let change = PartnerChange {
                    payee: Some(payee.clone()),
                    ..PartnerChange::default()
                };
                let partner = partner::update(c, actor, &vault, id, expected, &change)?;
                let text = match &partner.payee_hint {
                    Some(hint) => format!("{} is paid by {hint}.", partner.name),
                    None => format!("How {} is paid was forgotten.", partner.name),
                };
                Ok(Done::new(address(id), Toast::good(text)))
            })
            .await
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(answer) => Ok(answer),
        Err(error) => {
            let errors = act::beside_fields(error)?;
            let partner = found(&allowed, id).await?;
            Ok(show(&allowed, &partner, sent, errors))
        }
    }
}

/// The details as typed; `None` forgets what is set.
fn read(sent: &Form) -> Result<Option<Payee>> {
    let text = |name: &str| sent.text(name).to_owned();
    match sent.text("method") {
        "bank" => Ok(Some(Payee::Bank {
            holder: text("holder"),
            account: text("account"),
            bank_code: act::optional(sent, "bank_code"),
        })),
        "paypal" => Ok(Some(Payee::Paypal {
            email: text("email"),
        })),
        "other" => Ok(Some(Payee::Other {
            details: text("details"),
        })),
        "none" => Ok(None),
        _ => Err(Error::invalid("method", "Choose how this partner is paid.")),
    }
}

fn address(id: PartnerId) -> String {
    format!("/admin/partners/{id}")
}

async fn found(allowed: &Allowed<WritePartners>, id: PartnerId) -> Result<Partner> {
    allowed.scope.read(move |c| partner::find(c, id)).await
}

fn show(
    allowed: &Allowed<WritePartners>,
    partner: &Partner,
    values: Form,
    errors: FormErrors,
) -> HttpResponse {
    let mut methods = vec![
        Choice::new("bank", "Bank transfer"),
        Choice::new("paypal", "PayPal"),
        Choice::new("other", "Another way").hint("In the words of the two of you."),
    ];
    if partner.payee_hint.is_some() {
        methods.push(
            Choice::new("none", "Forget what is set")
                .hint("Payouts for them then carry no account."),
        );
    }
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let here = allowed.url(&address(partner.id));
    page::html(
        status,
        &Page {
            shell: allowed
                .shell(Place::Partners, format!("How {} is paid", partner.name))
                .crumb("Partners", "/admin/partners")
                .crumb(&partner.name, &address(partner.id)),
            once: sent_once::number(),
            method: vec![values.text("method").to_owned()],
            values,
            methods,
            errors,
            hint: partner.payee_hint.clone().unwrap_or_default(),
            action: format!("{here}/payee"),
            cancel: here,
        },
    )
}
