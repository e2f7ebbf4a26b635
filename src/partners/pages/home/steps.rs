//! How to begin, ticked by what is really there; and, once begun, what waits for somebody.

use super::super::words;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::mailing;
use crate::partners::model::PayoutState;
use crate::partners::permissions::ReadReports;
use crate::partners::store::pages::{self, Begun};
use crate::partners::store::payouts;
use crate::web::format::Format;
use crate::web::{Allowed, Paging};

/// A step of the beginning.
pub(super) struct Step {
    pub(super) is_done: bool,
    pub(super) label: &'static str,
    pub(super) verb: &'static str,
    pub(super) href: String,
}

/// Something that waits.
pub(super) struct Waiting {
    pub(super) label: String,
    pub(super) verb: &'static str,
    pub(super) href: String,
}

/// What there is.
pub(super) struct Found {
    begun: Begun,
    mailed: bool,
    applied: i64,
    ready: i64,
    drafts: usize,
    exported: usize,
}

impl Found {
    /// Reads it.
    pub(super) fn of(c: &mut TenantConn, now: Timestamp) -> Result<Self> {
        // A test that only went to the log shows that nothing is set up yet.
        let tests = mailing::Filter {
            state: Some(mailing::State::Sent),
            kind: Some("test".to_owned()),
            ..mailing::Filter::default()
        };
        let few = Paging {
            limit: 20,
            ..Paging::default()
        };
        let mut batches = |state| -> Result<usize> {
            Ok(payouts::list_batches(c, Some(state), &few)?.rows.len())
        };
        let (drafts, exported) = (
            batches(PayoutState::Draft)?,
            batches(PayoutState::Exported)?,
        );
        Ok(Self {
            begun: pages::begun(c)?,
            mailed: !mailing::page(c, &tests, None, 1)?.is_empty(),
            applied: pages::applied(c)?,
            ready: pages::ready(c, now)?.iter().map(|(many, _)| many).sum(),
            drafts,
            exported,
        })
    }

    /// Whether nothing was made yet.
    pub(super) fn is_new(&self) -> bool {
        !(self.begun.program || self.begun.partner || self.begun.event)
    }

    /// The beginning; empty once everything is done.
    pub(super) fn steps(&self, allowed: &Allowed<ReadReports>) -> Vec<Step> {
        let step = |is_done, label, verb, path: &str| Step {
            is_done,
            label,
            verb,
            href: allowed.url(path),
        };
        let begun = self.begun;
        let steps = vec![
            step(
                begun.program,
                "Make a programme",
                "Make",
                "/admin/programs/new",
            ),
            step(begun.partner, "Add a partner", "Add", "/admin/partners/new"),
            step(begun.link, "Give them a link", "Create", "/admin/links/new"),
            step(
                begun.event,
                "Report a first sale from your shop",
                "See how",
                "/admin/connect",
            ),
            step(
                self.mailed,
                "Send a test mail",
                "Set up",
                "/admin/mail/settings",
            ),
            step(
                begun.paid,
                "Pay a first partner",
                "Prepare",
                "/admin/payouts/new",
            ),
        ];
        if steps.iter().all(|step| step.is_done) {
            Vec::new()
        } else {
            steps
        }
    }

    /// What waits, the most pressing first.
    pub(super) fn waiting(&self, allowed: &Allowed<ReadReports>, format: &Format) -> Vec<Waiting> {
        let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
        let waits = |many: i64, one: &str, more: &str, verb, path: &str| {
            (many > 0).then(|| Waiting {
                label: words::many(many, one, more, format),
                verb,
                href: allowed.url(path),
            })
        };
        [
            waits(
                self.applied,
                "partner waits for your answer",
                "partners wait for your answer",
                "Look",
                "/admin/partners?state=applied",
            ),
            waits(
                self.ready,
                "commission is ready to approve",
                "commissions are ready to approve",
                "Look",
                "/admin/commissions?state=ready",
            ),
            waits(
                count(self.drafts),
                "payout waits for approval",
                "payouts wait for approval",
                "Look",
                "/admin/payouts?state=draft",
            ),
            waits(
                count(self.exported),
                "payout waits for its payment",
                "payouts wait for their payment",
                "Look",
                "/admin/payouts?state=exported",
            ),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
