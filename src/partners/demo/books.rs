//! The money of the demo: commissions from earning to payment, refunds, bonuses and monthly payouts, kept by the programme's rules.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::time::Duration;

use super::random::Random;
use super::stage::Stage;
use crate::clock::Timestamp;
use crate::id::{CommissionId, EventId, PartnerId, PayoutBatchId};
use crate::money::{Currency, Money};
use crate::partners::model::{
    Adjustment, AdjustmentKind, Attribution, Commission, CommissionState, Event, PartnerState,
    Payout, PayoutBatch, PayoutState, hold_until, terms, to_reverse,
};

/// A commission is approved this long after its hold, when the job comes by.
const JOB_COMES: Duration = Duration::from_secs(47);
/// From drawing up a batch to each of its next steps.
const APPROVED: Duration = Duration::from_secs(26 * 60);
const EXPORTED: Duration = Duration::from_secs(31 * 60);
const PAID: Duration = Duration::from_secs((2 * 24 * 60 + 55) * 60);

/// The books of the year.
pub(super) struct Books<'a> {
    pub(super) commissions: Vec<(Commission, i64)>,
    pub(super) batches: Vec<PayoutBatch>,
    pub(super) payouts: Vec<Payout>,
    pub(super) adjustments: Vec<Adjustment>,
    stage: &'a Stage,
    of_event: HashMap<EventId, usize>,
    /// Pending ones of programmes that approve by themselves, the next one first.
    maturing: BinaryHeap<Reverse<(Timestamp, usize)>>,
    /// The batch that is drawn up and not yet paid.
    open: Option<PayoutBatchId>,
}

impl<'a> Books<'a> {
    /// Empty books.
    pub(super) fn new(stage: &'a Stage) -> Self {
        Self {
            commissions: Vec::new(),
            batches: Vec::new(),
            payouts: Vec::new(),
            adjustments: Vec::new(),
            stage,
            of_event: HashMap::new(),
            maturing: BinaryHeap::new(),
            open: None,
        }
    }

    /// What an attributed event earns.
    pub(super) fn earn(&mut self, random: &mut Random, event: &Event, whose: &Attribution) {
        let program = self
            .stage
            .programs
            .iter()
            .find(|one| one.id == whose.program_id);
        let enrolment = self
            .stage
            .enrolments
            .iter()
            .find(|one| one.id == whose.enrolment_id);
        let (Some(program), Some(enrolment)) = (program, enrolment) else {
            return;
        };
        if program
            .event_type
            .as_ref()
            .is_some_and(|wanted| *wanted != event.kind)
        {
            return;
        }
        let terms = terms(program, enrolment);
        let Some(amount) = terms.reward.earned(event.value) else {
            return;
        };
        let at = event.created_at;
        let number = self.commissions.len();
        let hold_until = hold_until(event.occurred_at, terms.holding_days);
        let commission = Commission {
            id: random.id(at),
            event_id: event.id,
            enrolment_id: whose.enrolment_id,
            partner_id: whose.partner_id,
            program_id: whose.program_id,
            amount,
            reversed: Money::new(0, amount.currency),
            clawed_back: Money::new(0, amount.currency),
            state: CommissionState::Pending,
            hold_until,
            approved_at: None,
            paid_at: None,
            reversed_at: None,
            payout_id: None,
            created_at: at,
            updated_at: at,
            version: 1,
        };
        if program.auto_approve {
            self.maturing
                .push(Reverse((hold_until.plus(JOB_COMES), number)));
        }
        self.of_event.insert(event.id, number);
        let base = event
            .value
            .filter(|value| value.currency == amount.currency);
        self.commissions
            .push((commission, base.map_or(0, |value| value.amount_minor)));
    }

    /// Approves what the job has approved by now.
    pub(super) fn mature(&mut self, now: Timestamp) {
        while let Some(Reverse((at, number))) = self.maturing.peek().copied() {
            if at > now {
                return;
            }
            self.maturing.pop();
            self.change(number, at, |commission| {
                if commission.state != CommissionState::Pending {
                    return false;
                }
                commission.state = CommissionState::Approved;
                commission.approved_at = Some(at);
                true
            });
        }
    }

    /// Approves what is past its hold in programmes that leave it to people.
    pub(super) fn approve_by_hand(&mut self, at: Timestamp) {
        let by_hand = |commission: &Commission| {
            let program = self
                .stage
                .programs
                .iter()
                .find(|one| one.id == commission.program_id);
            program.is_some_and(|program| !program.auto_approve)
        };
        let ready: Vec<usize> = self.numbers(|commission| {
            commission.state == CommissionState::Pending
                && commission.hold_until <= at
                && by_hand(commission)
        });
        for number in ready {
            self.change(number, at, |commission| {
                commission.state = CommissionState::Approved;
                commission.approved_at = Some(at);
                true
            });
        }
    }

    /// Takes back what a partner who was found out has pending.
    pub(super) fn reverse_pending(&mut self, at: Timestamp, partner: PartnerId) {
        let pending = self.numbers(|commission| {
            commission.state == CommissionState::Pending && commission.partner_id == partner
        });
        for number in pending {
            self.change(number, at, |commission| {
                commission.reversed = commission.amount;
                commission.state = CommissionState::Reversed;
                commission.reversed_at = Some(at);
                true
            });
        }
    }

    /// A refund takes its share of the commission back: off what is not paid yet, by an adjustment off what is.
    pub(super) fn take_back(
        &mut self,
        random: &mut Random,
        refund: &Event,
        sale: &Event,
        refunded_and_sale: Option<(i64, i64)>,
    ) {
        let at = refund.created_at;
        let Some(number) = self.of_event.get(&sale.id).copied() else {
            return;
        };
        let mut owed: Option<(CommissionId, PartnerId, Money)> = None;
        self.change(number, at, |commission| {
            let take = to_reverse(
                commission.amount.amount_minor,
                commission.taken_minor(),
                refunded_and_sale,
            );
            if take == 0 {
                return false;
            }
            if commission.payout_id.is_some() {
                commission.clawed_back.amount_minor += take;
                let amount = Money::new(-take, commission.amount.currency);
                owed = Some((commission.id, commission.partner_id, amount));
            } else {
                commission.reversed.amount_minor += take;
                if commission.payable().amount_minor == 0 {
                    commission.state = CommissionState::Reversed;
                    commission.reversed_at = Some(at);
                }
            }
            true
        });
        if let Some((commission, partner, amount)) = owed {
            self.adjustments.push(Adjustment {
                id: random.id(at),
                partner_id: partner,
                commission_id: Some(commission),
                event_id: Some(refund.id),
                amount,
                kind: AdjustmentKind::Refund,
                reason: format!("Refund {} of {}", refund.external_id, sale.external_id),
                payout_id: None,
                created_at: at,
            });
        }
    }

    /// A person adds something.
    pub(super) fn bonus(
        &mut self,
        random: &mut Random,
        at: Timestamp,
        partner: PartnerId,
        amount_minor: i64,
        reason: &str,
    ) {
        self.adjustments.push(Adjustment {
            id: random.id(at),
            partner_id: partner,
            commission_id: None,
            event_id: None,
            amount: Money::new(amount_minor, Currency::EUR),
            kind: AdjustmentKind::Manual,
            reason: reason.to_owned(),
            payout_id: None,
            created_at: at,
        });
    }

    /// Draws up a month's batch. The one before is paid by now; the last one of the year stays a draft.
    pub(super) fn pay(&mut self, random: &mut Random, at: Timestamp) {
        self.settle_open();
        let mut due: BTreeMap<(PartnerId, Currency), i64> = BTreeMap::new();
        for (commission, _) in &self.commissions {
            if is_due(commission) {
                let place = (commission.partner_id, commission.amount.currency);
                *due.entry(place).or_default() += commission.payable().amount_minor;
            }
        }
        for adjustment in self
            .adjustments
            .iter()
            .filter(|one| one.payout_id.is_none())
        {
            let place = (adjustment.partner_id, adjustment.amount.currency);
            *due.entry(place).or_default() += adjustment.amount.amount_minor;
        }
        due.retain(|(partner, _), amount| *amount > 0 && self.is_paid(*partner, at));
        if due.is_empty() {
            return;
        }
        let batch = PayoutBatch {
            id: random.id(at),
            state: PayoutState::Draft,
            note: None,
            approved_at: None,
            exported_at: None,
            paid_at: None,
            cancelled_at: None,
            created_at: at,
            updated_at: at,
            version: 1,
        };
        for ((partner_id, currency), amount) in due {
            let payout = Payout {
                id: random.id(at),
                batch_id: batch.id,
                partner_id,
                amount: Money::new(amount, currency),
                state: PayoutState::Draft,
                created_at: at,
                updated_at: at,
            };
            self.take_up(&payout, at);
            self.payouts.push(payout);
        }
        self.open = Some(batch.id);
        self.batches.push(batch);
    }

    /// Binds what is due to a payout.
    fn take_up(&mut self, payout: &Payout, at: Timestamp) {
        let place = (payout.partner_id, payout.amount.currency);
        let bound = self.numbers(|commission| {
            is_due(commission) && (commission.partner_id, commission.amount.currency) == place
        });
        for number in bound {
            self.change(number, at, |commission| {
                commission.payout_id = Some(payout.id);
                true
            });
        }
        for adjustment in &mut self.adjustments {
            if adjustment.payout_id.is_none()
                && (adjustment.partner_id, adjustment.amount.currency) == place
            {
                adjustment.payout_id = Some(payout.id);
            }
        }
    }

    /// Approves, exports and confirms the batch that is drawn up.
    fn settle_open(&mut self) {
        let Some(open) = self.open.take() else { return };
        let Some(batch) = self.batches.iter_mut().find(|batch| batch.id == open) else {
            return;
        };
        let paid_at = batch.created_at.plus(PAID);
        batch.approved_at = Some(batch.created_at.plus(APPROVED));
        batch.exported_at = Some(batch.created_at.plus(EXPORTED));
        batch.paid_at = Some(paid_at);
        batch.state = PayoutState::Paid;
        batch.updated_at = paid_at;
        batch.version = 4;
        let mut paid = Vec::new();
        for payout in self
            .payouts
            .iter_mut()
            .filter(|payout| payout.batch_id == open)
        {
            payout.state = PayoutState::Paid;
            payout.updated_at = paid_at;
            paid.push(payout.id);
        }
        let bound = self.numbers(|one| one.payout_id.is_some_and(|id| paid.contains(&id)));
        for number in bound {
            self.change(number, paid_at, |commission| {
                commission.state = CommissionState::Paid;
                commission.paid_at = Some(paid_at);
                true
            });
        }
    }

    /// Whether a partner is paid then: suspended ones wait.
    fn is_paid(&self, partner: PartnerId, at: Timestamp) -> bool {
        let found = self
            .stage
            .partners
            .iter()
            .find(|(one, _)| one.id == partner);
        found.is_some_and(|(partner, payee)| {
            payee.is_some() && (partner.state != PartnerState::Suspended || at < partner.updated_at)
        })
    }

    fn numbers(&self, which: impl Fn(&Commission) -> bool) -> Vec<usize> {
        let mut numbers = Vec::new();
        for (number, (commission, _)) in self.commissions.iter().enumerate() {
            if which(commission) {
                numbers.push(number);
            }
        }
        numbers
    }

    /// Changes a commission as a person or job would: its version rises with what was changed.
    fn change(
        &mut self,
        number: usize,
        at: Timestamp,
        change: impl FnOnce(&mut Commission) -> bool,
    ) {
        if let Some((commission, _)) = self.commissions.get_mut(number)
            && change(commission)
        {
            commission.updated_at = commission.updated_at.max(at);
            commission.version += 1;
        }
    }
}

fn is_due(commission: &Commission) -> bool {
    commission.state == CommissionState::Approved && commission.payout_id.is_none()
}
