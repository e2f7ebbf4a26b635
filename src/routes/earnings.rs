//! The URLs of the partner programme's API: what happened, what it earned, how it is paid.

use actix_web::http::Method;

use crate::partners::model::{Adjustment, Click, Commission, Event, Payout};
use crate::partners::permissions::{
    ReadClicks, ReadCommissions, ReadEvents, ReadPayouts, ReadReports, WriteClicks,
    WriteCommissions, WriteEvents, WritePayouts,
};
use crate::partners::{click, commission, event, payout, report};
use crate::web::route::{Route, api};

const GET: Method = Method::GET;
const POST: Method = Method::POST;

/// The API: what happened and what it earned.
pub(super) fn api_routes() -> Vec<Route> {
    vec![
        api(
            GET,
            "/api/v1/clicks",
            "Clicks",
            "List clicks",
            click::api::get,
        )
        .needs::<ReadClicks>()
        .lists::<Click>(click::api::FILTERS),
        api(
            GET,
            "/api/v1/clicks/{id}",
            "Clicks",
            "Show a click",
            click::api::get_one,
        )
        .needs::<ReadClicks>()
        .gives::<Click>(200),
        api(
            POST,
            "/api/v1/clicks/{id}/flag",
            "Clicks",
            "Flag a click, so that it earns nothing",
            click::api::post_flag,
        )
        .needs::<WriteClicks>()
        .gives::<Click>(200),
        api(
            POST,
            "/api/v1/clicks/{id}/unflag",
            "Clicks",
            "Take a click's flag away",
            click::api::post_unflag,
        )
        .needs::<WriteClicks>()
        .gives::<Click>(200),
        api(
            POST,
            "/api/v1/identify",
            "Tracking",
            "Say which customer a click was",
            event::api::post_identity,
        )
        .needs::<WriteEvents>()
        .takes::<event::NewIdentity>()
        .gives::<event::Identified>(200)
        .problems(&[404]),
        api(
            GET,
            "/api/v1/events",
            "Tracking",
            "List events",
            event::api::get,
        )
        .needs::<ReadEvents>()
        .lists::<Event>(event::api::FILTERS),
        api(
            POST,
            "/api/v1/events",
            "Tracking",
            "Report an event",
            event::api::post,
        )
        .needs::<WriteEvents>()
        .takes::<event::NewEvent>()
        .gives::<event::EventView>(201)
        .also(&[200]),
        api(
            POST,
            "/api/v1/events/batch",
            "Tracking",
            "Report up to 1,000 events",
            event::api::post_batch,
        )
        .needs::<WriteEvents>()
        .takes::<event::NewBatch>()
        .gives::<event::BatchAnswer>(200),
        api(
            GET,
            "/api/v1/events/{id}",
            "Tracking",
            "Show an event",
            event::api::get_one,
        )
        .needs::<ReadEvents>()
        .gives::<event::EventView>(200),
        api(
            POST,
            "/api/v1/refunds",
            "Tracking",
            "Report a refund",
            event::api::post_refund,
        )
        .needs::<WriteEvents>()
        .takes::<event::NewRefund>()
        .gives::<event::EventView>(201)
        .also(&[200])
        .problems(&[404]),
        api(
            GET,
            "/api/v1/commissions",
            "Commissions",
            "List commissions",
            commission::api::get,
        )
        .needs::<ReadCommissions>()
        .lists::<Commission>(commission::api::FILTERS),
        api(
            POST,
            "/api/v1/commissions/bulk",
            "Commissions",
            "Approve or take back many",
            commission::api::post_bulk,
        )
        .needs::<WriteCommissions>()
        .takes::<commission::Bulk>()
        .gives::<commission::BulkAnswer>(200),
        api(
            GET,
            "/api/v1/commissions/{id}",
            "Commissions",
            "Show a commission",
            commission::api::get_one,
        )
        .needs::<ReadCommissions>()
        .gives::<Commission>(200),
        api(
            POST,
            "/api/v1/commissions/{id}/approve",
            "Commissions",
            "Approve a commission",
            commission::api::post_approve,
        )
        .needs::<WriteCommissions>()
        .gives::<Commission>(200)
        .problems(&[409, 412]),
        api(
            POST,
            "/api/v1/commissions/{id}/reverse",
            "Commissions",
            "Take a commission back",
            commission::api::post_reverse,
        )
        .needs::<WriteCommissions>()
        .may_take::<commission::NewReversal>()
        .gives::<Commission>(200)
        .problems(&[412]),
        api(
            GET,
            "/api/v1/adjustments",
            "Commissions",
            "List adjustments",
            commission::api::get_adjustments,
        )
        .needs::<ReadCommissions>()
        .lists::<Adjustment>(commission::api::ADJUSTMENT_FILTERS),
        api(
            POST,
            "/api/v1/adjustments",
            "Commissions",
            "Correct what a partner is paid",
            commission::api::post_adjustment,
        )
        .needs::<WriteCommissions>()
        .takes::<commission::NewAdjustment>()
        .gives::<Adjustment>(201)
        .problems(&[404]),
        api(
            GET,
            "/api/v1/adjustments/{id}",
            "Commissions",
            "Show an adjustment",
            commission::api::get_adjustment,
        )
        .needs::<ReadCommissions>()
        .gives::<Adjustment>(200),
        api(
            GET,
            "/api/v1/payouts",
            "Payouts",
            "List payouts",
            payout::api::get,
        )
        .needs::<ReadPayouts>()
        .lists::<Payout>(payout::api::FILTERS),
        api(
            GET,
            "/api/v1/payouts/{id}",
            "Payouts",
            "Show a payout",
            payout::api::get_one,
        )
        .needs::<ReadPayouts>()
        .gives::<Payout>(200),
        api(
            GET,
            "/api/v1/payout-batches",
            "Payouts",
            "List payout batches",
            payout::api::get_batches,
        )
        .needs::<ReadPayouts>()
        .lists::<payout::BatchView>(payout::api::BATCH_FILTERS),
        api(
            POST,
            "/api/v1/payout-batches",
            "Payouts",
            "Draw up a batch of all that is owed",
            payout::api::post,
        )
        .needs::<WritePayouts>()
        .may_take::<payout::NewBatch>()
        .gives::<payout::BatchView>(201),
        api(
            GET,
            "/api/v1/payout-batches/{id}",
            "Payouts",
            "Show a batch",
            payout::api::get_batch,
        )
        .needs::<ReadPayouts>()
        .gives::<payout::BatchView>(200),
        steps(
            "/api/v1/payout-batches/{id}/approve",
            "Approve a batch",
            payout::api::post_approve,
        ),
        api(
            POST,
            "/api/v1/payout-batches/{id}/export",
            "Payouts",
            "Take the file for the bank (CSV)",
            payout::api::post_export,
        )
        .needs::<WritePayouts>()
        .gives_file("text/csv")
        .problems(&[409, 412]),
        steps(
            "/api/v1/payout-batches/{id}/confirm",
            "Confirm that a batch was paid",
            payout::api::post_confirm,
        ),
        steps(
            "/api/v1/payout-batches/{id}/cancel",
            "Give a batch up",
            payout::api::post_cancel,
        ),
        api(
            GET,
            "/api/v1/reports/overview",
            "Reports",
            "The figures of a stretch of time",
            report::api::get_overview,
        )
        .needs::<ReadReports>()
        .gives::<report::Overview>(200)
        .query(report::api::PARAMETERS),
        api(
            GET,
            "/api/v1/reports/timeseries",
            "Reports",
            "A figure day by day",
            report::api::get_timeseries,
        )
        .needs::<ReadReports>()
        .gives::<report::Timeseries>(200)
        .query(report::api::TIMESERIES_PARAMETERS),
    ]
}

/// A step of a batch.
fn steps<F, Args>(path: &'static str, summary: &'static str, handler: F) -> Route
where
    F: actix_web::Handler<Args> + Send + Sync + Clone,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    api(POST, path, "Payouts", summary, handler)
        .needs::<WritePayouts>()
        .gives::<payout::BatchView>(200)
        .problems(&[409, 412])
}
