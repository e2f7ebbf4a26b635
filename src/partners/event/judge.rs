//! Gives an event to the click that earned it, and makes the commission, all in the event's own transaction.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::Result;
use crate::db::TenantConn;
use crate::id::{AttributionId, CommissionId, EnrolmentId, ProgramId};
use crate::money::Money;
use crate::partners::model::{
    Attribution, Candidate, Commission, CommissionState, Customer, Enrolment, Event, Outcome,
    Program, hold_until, last_click, terms,
};
use crate::partners::store::{commissions, customers, enrolments, events, programs};
use crate::{Error, clock::Timestamp};

/// What came of an event.
pub(super) struct Judged {
    /// The word.
    pub outcome: Outcome,
    /// The click that gets it.
    pub winner: Option<Candidate>,
}

/// Terms that were read in the transaction at hand, where they cannot change: a batch reads each once.
#[derive(Default)]
pub(super) struct Known {
    programs: HashMap<ProgramId, Program>,
    enrolments: HashMap<EnrolmentId, Enrolment>,
}

impl Known {
    /// The programme and the enrolment of a click.
    fn of(
        &mut self,
        c: &mut TenantConn,
        winner: &Candidate,
    ) -> Result<Option<(&Program, &Enrolment)>> {
        if let Entry::Vacant(place) = self.programs.entry(winner.program)
            && let Some(program) = programs::find(c, winner.program)?
        {
            place.insert(program);
        }
        if let Entry::Vacant(place) = self.enrolments.entry(winner.enrolment)
            && let Some(enrolment) = enrolments::find(c, winner.enrolment)?
        {
            place.insert(enrolment);
        }
        let program = self.programs.get(&winner.program);
        Ok(program.zip(self.enrolments.get(&winner.enrolment)))
    }
}

/// Looks for the click that gets an event.
pub(super) fn judge(c: &mut TenantConn, event: &Event) -> Result<Judged> {
    let candidates = match (event.customer_id, event.click_id) {
        (Some(customer), _) => customers::candidates(c, customer)?,
        (None, Some(click)) => customers::candidate_of(c, click)?.into_iter().collect(),
        (None, None) => {
            return Ok(Judged {
                outcome: Outcome::NoCustomer,
                winner: None,
            });
        }
    };
    Ok(match last_click(&candidates, event.occurred_at) {
        Ok(winner) => Judged {
            outcome: Outcome::Attributed,
            winner: Some(winner.clone()),
        },
        Err(outcome) => Judged {
            outcome,
            winner: None,
        },
    })
}

/// Writes an event's attribution and what it earns, and binds its customer where this is their first conversion. The event itself
/// is written before.
pub(super) fn reward(
    c: &mut TenantConn,
    event: &Event,
    customer: Option<&Customer>,
    winner: &Candidate,
    known: &mut Known,
) -> Result<(Attribution, Option<Commission>)> {
    let now = c.now();
    let attribution = Attribution {
        id: AttributionId::new(now),
        event_id: event.id,
        click_id: Some(winner.click),
        link_id: Some(winner.link),
        enrolment_id: winner.enrolment,
        partner_id: winner.partner,
        program_id: winner.program,
    };
    events::attribute(c, &attribution, now)?;
    if let Some(customer) = customer.filter(|customer| customer.enrolment_id.is_none()) {
        customers::bind(c, customer.id, winner.enrolment, event.occurred_at)?;
    }
    let gone = || Error::internal("an attributed programme or enrolment is gone");
    let (program, enrolment) = known.of(c, winner)?.ok_or_else(gone)?;
    let Some(commission) = earned(program, enrolment, event, now) else {
        return Ok((attribution, None));
    };
    let same_currency = event
        .value
        .filter(|value| value.currency == commission.amount.currency);
    commissions::insert(
        c,
        &commission,
        same_currency.map_or(0, |value| value.amount_minor),
    )?;
    Ok((attribution, Some(commission)))
}

/// The commission an event makes on the terms that hold now; nothing where that is no money.
fn earned(
    program: &Program,
    enrolment: &Enrolment,
    event: &Event,
    now: Timestamp,
) -> Option<Commission> {
    if program
        .event_type
        .as_ref()
        .is_some_and(|kind| *kind != event.kind)
    {
        return None;
    }
    let terms = terms(program, enrolment);
    let amount = terms.reward.earned(event.value)?;
    let nothing = Money::new(0, amount.currency);
    Some(Commission {
        id: CommissionId::new(now),
        event_id: event.id,
        enrolment_id: enrolment.id,
        partner_id: enrolment.partner_id,
        program_id: program.id,
        amount,
        reversed: nothing,
        clawed_back: nothing,
        state: CommissionState::Pending,
        hold_until: hold_until(event.occurred_at, terms.holding_days),
        approved_at: None,
        paid_at: None,
        reversed_at: None,
        payout_id: None,
        created_at: now,
        updated_at: now,
        version: 1,
    })
}
