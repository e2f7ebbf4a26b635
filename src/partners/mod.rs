//! The partner programme: programmes, partners, enrolments, links, clicks, customers, events, commissions, payouts.
//!
//! A visitor follows a partner's link ([`redirect`]) and becomes a customer; what the customer does is reported as events. The last
//! click within its programme's window gets the event, the enrolment's terms make the commission, and payouts pay it.
//!
//! Each action is a function over a [`TenantConn`](crate::db::TenantConn) that writes its change and its event of the trail in one
//! transaction; pages and the API's handlers (`api` in each module) call the same ones. Whoever changes a programme, partner,
//! enrolment or link calls [`links_changed`] after the commit.

mod api;
pub mod click;
pub mod commission;
pub mod demo;
pub mod enrolment;
pub mod event;
pub mod link;
pub mod model;
pub mod pages;
pub mod partner;
pub mod payout;
pub mod permissions;
pub mod program;
pub mod redirect;
pub mod report;
mod store;
mod usage;

use crate::app::App;
use crate::id::TenantId;

/// What this slice offers the whole.
pub const SLICE: crate::slice::Slice = crate::slice::Slice {
    name: "partners",
    permissions: permissions::PERMISSIONS,
    jobs: &[commission::MATURE, click::ROLL_UP],
    tables: &[
        "programs",
        "partners",
        "enrolments",
        "links",
        "clicks",
        "click_days",
        "customers",
        "identities",
        "events",
        "attributions",
        "payout_batches",
        "payouts",
        "commissions",
        "adjustments",
    ],
    supports_projects: true,
    checks: None,
    waiting: Some(pages::waiting),
    usage: Some(usage::count),
    reset_demo: Some(demo::reset),
};

/// Where sealed values stand.
pub const SEALED: &[crate::slice::SealedColumn] = &[partner::PAYEE];

/// Lets redirects see a change of programmes, partners, enrolments or links at once. Called after its commit.
pub fn links_changed(app: &App, tenant: TenantId) {
    app.memory.of::<redirect::Ways>().forget(tenant);
}
