//! `GET T/admin/connect`: how a shop reports its sales, ready to copy, and whether anything has arrived.

use actix_web::HttpResponse;
use askama::Template;

use crate::Result;
use crate::partners::permissions::ReadEvents;
use crate::partners::store::events;
use crate::web::Allowed;
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};

#[derive(Template)]
#[template(path = "partners/connect.html")]
struct Page {
    shell: PageShell,
    /// The line for every page of the shop.
    script: String,
    /// The call once the customer is known.
    identify: String,
    /// The request with the sale.
    report: String,
    /// When the shop last reported something; nothing where it never did.
    last: Markup,
}

/// Shows it.
///
/// # Errors
/// Where the store fails.
pub async fn connect(allowed: Allowed<ReadEvents>) -> Result<HttpResponse> {
    let last = allowed.scope.read(events::last_reported).await?;
    let format = allowed.format();
    let home = allowed.home();
    let currency = allowed.company.currency;
    Ok(page::ok(&Page {
        shell: allowed.shell(Place::Connect, "Connect your shop").lead(
            "Three pieces: a line on the shop’s pages, a word once you know the customer, and a request for each sale.",
        ),
        script: format!("<script src=\"{home}/steading.js\" defer></script>"),
        identify: "steading.identify(\"customer-42\")".to_owned(),
        report: format!(
            "curl -X POST {home}/api/v1/events \\\n  -H \"Authorization: Bearer $STEADING_KEY\" \\\n  \
             -H \"Content-Type: application/json\" \\\n  -d '{{\"type\": \"sale\", \"external_id\": \"order-1001\", \
             \"customer_id\": \"customer-42\",\n       \"value\": {{\"amount\": 4990, \"currency\": \"{currency}\"}}}}'"
        ),
        last: last.map_or_else(Markup::default, |at| format.when(at)),
    }))
}
