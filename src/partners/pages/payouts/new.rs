//! `GET T/admin/payouts/new`, `POST T/admin/payouts`: shows what would be paid to whom, and draws the batch up.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::super::{act, sums};
use crate::Result;
use crate::id::PartnerId;
use crate::money::Currency;
use crate::partners::model::Partner;
use crate::partners::payout::{self, NewBatch, Owed};
use crate::partners::permissions::WritePayouts;
use crate::partners::store::partners;
use crate::web::form::{Choice, FormErrors};
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Fields, Form, sent_once};

#[derive(Template)]
#[template(path = "partners/payout_new.html")]
struct Page {
    shell: PageShell,
    once: String,
    errors: FormErrors,
    note: String,
    currency: String,
    currencies: Vec<Choice>,
    rows: Vec<Row>,
    carried: Vec<Row>,
    sums: String,
    /// Who is owed something and has no account set.
    without_payee: Vec<Row>,
}

struct Row {
    partner: String,
    href: String,
    amount: String,
    payee: String,
}

/// Shows what would be paid; `?currency=` narrows it.
///
/// # Errors
/// [`crate::Error::Invalid`] for a currency that is none.
pub async fn new(allowed: Allowed<WritePayouts>) -> Result<HttpResponse> {
    let query = crate::web::Query::of(&allowed.request);
    let values = Form::from_pairs([("currency", query.get("currency").to_owned())]);
    show(&allowed, &values, FormErrors::none()).await
}

/// Draws it up, or shows the page again.
///
/// # Errors
/// Where the store fails.
pub async fn create(allowed: Allowed<WritePayouts>, sent: Form) -> Result<HttpResponse> {
    let format = allowed.format();
    let made = match read(&sent) {
        Ok(new) => {
            act::act(&allowed, &sent, move |c, actor| {
                let view = payout::draft(c, actor, &new)?;
                let text = format!(
                    "{} drawn up. Look it through, then approve it.",
                    format.sums(&view.totals)
                );
                Ok(Done::new(
                    format!("/admin/payouts/{}", view.batch.id),
                    Toast::good(text),
                ))
            })
            .await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(answer) => Ok(answer),
        Err(error) => show(&allowed, &sent, act::beside_fields(error)?).await,
    }
}

fn read(sent: &Form) -> Result<NewBatch> {
    let mut fields = Fields::default();
    let note = fields.optional_text(
        "note",
        sent.text("note"),
        500,
        "Use at most 500 characters.",
    );
    let currency = fields.optional("currency", sent.text("currency"));
    fields.check()?;
    Ok(NewBatch {
        note,
        currency,
        partner_ids: None,
    })
}

async fn show(
    allowed: &Allowed<WritePayouts>,
    values: &Form,
    errors: FormErrors,
) -> Result<HttpResponse> {
    let (owed, people) = allowed
        .scope
        .read(move |c| {
            let owed = payout::owed(c)?;
            let ids: Vec<PartnerId> = owed.iter().map(|owed| owed.partner).collect();
            Ok((owed, partners::find_all(c, &ids)?))
        })
        .await?;
    let format = allowed.format();
    let wanted: Option<Currency> = values.text("currency").parse().ok();
    let find = |id: PartnerId| people.iter().find(|partner| partner.id == id);
    let row = |owed: &Owed| {
        let partner: Option<&Partner> = find(owed.partner);
        Row {
            partner: partner.map_or_else(String::new, |partner| partner.name.clone()),
            href: allowed.url(&format!("/admin/partners/{}", owed.partner)),
            amount: format.money(owed.amount),
            payee: partner
                .and_then(|partner| partner.payee_hint.clone())
                .unwrap_or_default(),
        }
    };
    let sorted = |keep: &dyn Fn(&Owed) -> bool| {
        let mut rows: Vec<Row> = owed.iter().filter(|owed| keep(owed)).map(&row).collect();
        rows.sort_by_key(|row| row.partner.to_lowercase());
        rows
    };
    let is_paid = |owed: &Owed| {
        owed.has_payee
            && owed.amount.amount_minor > 0
            && wanted.is_none_or(|currency| owed.amount.currency == currency)
    };
    let rows = sorted(&is_paid);
    let without_payee = sorted(&|owed: &Owed| !owed.has_payee && owed.amount.amount_minor > 0);
    let total = sums::by_currency(
        owed.iter()
            .filter(|owed| is_paid(owed))
            .map(|owed| owed.amount),
    );
    let mut currencies: Vec<Currency> = owed
        .iter()
        .filter(|owed| owed.has_payee && owed.amount.amount_minor > 0)
        .map(|owed| owed.amount.currency)
        .collect();
    currencies.sort();
    currencies.dedup();
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(page::html(
        status,
        &Page {
            shell: allowed
                .shell(Place::Payouts, "Prepare a payout")
                .lead("Everything approved and not yet paid. Nothing leaves your account here: you look it through, approve it, and take a file to your bank.")
                .crumb("Payouts", "/admin/payouts"),
            once: sent_once::number(),
            errors,
            note: values.text("note").to_owned(),
            currency: wanted.map_or_else(String::new, |currency| currency.to_string()),
            currencies: if currencies.len() > 1 {
                currencies
                    .iter()
                    .map(|currency| Choice::new(currency.code(), currency.code()))
                    .collect()
            } else {
                Vec::new()
            },
            without_payee,
            rows,
            carried: sorted(&|owed: &Owed| owed.amount.amount_minor < 0),
            sums: format.sums(&total),
        },
    ))
}
