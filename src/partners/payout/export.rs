//! Makes the file for the bank. It is the only place where payees' details are opened; it is written to the answer and kept nowhere,
//! and each time it is taken the trail says so.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};

use super::list::{BatchView, find_batch};
use super::step;
use crate::actor::Actor;
use crate::crypto::Vault;
use crate::db::TenantConn;
use crate::id::{PartnerId, PayoutBatchId};
use crate::partners::api;
use crate::partners::model::{Partner, Payee, PayoutState};
use crate::partners::partner;
use crate::partners::permissions::WritePayouts;
use crate::partners::store::partners;
use crate::web::{Allowed, answer};
use crate::{Error, Result};

/// The columns, in order.
const HEADER: [&str; 10] = [
    "payout_id",
    "partner_id",
    "partner_name",
    "partner_email",
    "amount",
    "currency",
    "method",
    "account_holder",
    "account",
    "bank_code",
];

/// A file and its name. Holds payees' details: hand it out, keep it nowhere.
pub struct ExportFile {
    /// `payouts-2026-10-31-pob_….csv`.
    pub name: String,
    /// CSV after RFC 4180.
    pub csv: String,
}

/// Makes the file and notes that it was taken. It may be taken again until the batch is paid.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], or a conflict where the batch is not approved or a partner has no account set.
pub fn export(
    c: &mut TenantConn,
    actor: &Actor,
    vault: &Vault,
    id: PayoutBatchId,
    expected: Option<i64>,
) -> Result<ExportFile> {
    step::step(
        c,
        actor,
        id,
        expected,
        PayoutState::Exported,
        "payout_batch.exported",
    )?;
    let view = find_batch(c, id)?;
    let ids: Vec<PartnerId> = view
        .payouts
        .iter()
        .map(|payout| payout.partner_id)
        .collect();
    let people: HashMap<PartnerId, Partner> = partners::find_all(c, &ids)?
        .into_iter()
        .map(|one| (one.id, one))
        .collect();
    let owner = c.owner();
    let mut payees: HashMap<PartnerId, Payee> = HashMap::new();
    for (partner, sealed) in partners::payees(c, &ids)? {
        payees.insert(partner, partner::open(vault, owner, partner, &sealed)?);
    }
    let name = format!("payouts-{}-{id}.csv", c.now().day());
    Ok(ExportFile {
        name,
        csv: write(&view, &people, &payees)?,
    })
}

fn write(
    view: &BatchView,
    people: &HashMap<PartnerId, Partner>,
    payees: &HashMap<PartnerId, Payee>,
) -> Result<String> {
    let failed = |error: csv::Error| Error::Internal(Box::new(error));
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    csv.write_record(HEADER).map_err(failed)?;
    for payout in &view.payouts {
        let person = people.get(&payout.partner_id);
        let payee = payees.get(&payout.partner_id);
        let (holder, account, bank_code) = payee.map(Payee::columns).unwrap_or_default();
        csv.write_record([
            payout.id.to_string(),
            payout.partner_id.to_string(),
            plain(person.map_or("", |person| person.name.as_str())),
            plain(person.map_or("", |person| person.email.as_str())),
            payout.amount.to_decimal(),
            payout.amount.currency.to_string(),
            payee.map_or("", Payee::method).to_owned(),
            plain(holder),
            plain(account),
            plain(bank_code),
        ])
        .map_err(failed)?;
    }
    let bytes = csv
        .into_inner()
        .map_err(|error| Error::Internal(Box::new(error.into_error())))?;
    String::from_utf8(bytes).map_err(|error| Error::Internal(Box::new(error)))
}

/// A text that a spreadsheet takes for text: what begins like a formula gets a quote in front.
fn plain(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if risky {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// `POST /payout-batches/{id}/export`. The file is the answer, so no idempotency key keeps it.
///
/// # Errors
/// As [`export`].
pub async fn post(allowed: Allowed<WritePayouts>, path: web::Path<String>) -> Result<HttpResponse> {
    let (id, expected) = (api::id(&path)?, api::expected(&allowed)?);
    let (actor, vault) = (allowed.actor.clone(), allowed.app.vault.clone());
    let file = allowed
        .scope
        .write(move |c| export(c, &actor, &vault, id, expected))
        .await?;
    Ok(answer::download(
        &file.name,
        "text/csv; charset=utf-8",
        file.csv,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, cell) in [
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("+1", "'+1"),
            ("-2+3", "'-2+3"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\t=1", "'\t=1"),
            ("＝1", "'＝1"),
            ("Ana Pop", "Ana Pop"),
            ("", ""),
        ] {
            assert_eq!(plain(text), cell);
        }
    }
}
