//! Which companies a list shows, and in which order: the same words in the console's address and at the API.

use std::cmp::Ordering;

use crate::app::App;
use crate::tenancy::{self, Company, Status};
use crate::web::{Cursor, Page, Query};
use crate::{Error, Result};

/// The filters of the list, besides `q`.
pub const FILTERS: &[&str] = &["status"];
/// The columns that sort.
const SORTS: [&str; 5] = ["name", "slug", "status", "plan", "opened"];

/// The page of companies a query asks for.
pub(in crate::operator) async fn page(app: &App, query: &Query) -> Result<Page<Company>> {
    query.only(FILTERS)?;
    let paging = query.paging()?;
    let status = match query.get("status") {
        "" => None,
        word => Some(Status::read(word).ok_or_else(|| {
            Error::invalid(
                "status",
                "A status is demo, trial, active, frozen or archived.",
            )
        })?),
    };
    let (column, is_down) = match query.get("sort") {
        "" => ("name", false),
        sort => sort
            .strip_prefix('-')
            .map_or((sort, false), |column| (column, true)),
    };
    if !SORTS.contains(&column) {
        return Err(Error::invalid(
            "sort",
            format!(
                "Sort by {}, a minus in front turns it around.",
                SORTS.join(", ")
            ),
        ));
    }
    let q = query.get("q").to_lowercase();
    let mut all = app.control.read(tenancy::companies).await?;
    all.retain(|one| status.is_none_or(|status| one.status == status) && matches(one, &q));
    let place = |one: &Company| (key(one, column), one.slug.to_string());
    let order = |a: &(String, String), b: &(String, String)| -> Ordering {
        if is_down { b.cmp(a) } else { a.cmp(b) }
    };
    all.sort_by(|a, b| order(&place(a), &place(b)));
    let total = i64::try_from(all.len()).ok().filter(|_| paging.total);
    if let Some(cursor) = &paging.cursor {
        let after = (cursor.value.clone(), cursor.id.clone());
        all.retain(|one| order(&place(one), &after) == Ordering::Greater);
    }
    let mut page = paging.page(all, |one| {
        Cursor::after(key(one, column), one.slug.as_str())
    });
    page.total = total;
    Ok(page)
}

fn matches(company: &Company, q: &str) -> bool {
    let texts = [
        Some(&company.settings.name),
        company.legal_name.as_ref(),
        company.tax_id.as_ref(),
        company.erp_customer_id.as_ref(),
        company.stripe_customer_id.as_ref(),
    ];
    company.slug.as_str().contains(q)
        || texts
            .into_iter()
            .flatten()
            .any(|text| text.to_lowercase().contains(q))
}

fn key(company: &Company, column: &str) -> String {
    match column {
        "slug" => company.slug.to_string(),
        "status" => Status::ALL
            .iter()
            .position(|status| *status == company.status)
            .unwrap_or_default()
            .to_string(),
        "plan" => company.plan.clone(),
        "opened" => company.created_at.to_string(),
        _ => company.settings.name.to_lowercase(),
    }
}
