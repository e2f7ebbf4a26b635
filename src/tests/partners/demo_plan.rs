//! What `demo load` would write: judged by the programme's own rules, without a store.

use std::collections::{BTreeMap, HashMap, HashSet};

use steading::clock::Timestamp;
use steading::id::{CommissionId, EventId, PartnerId};
use steading::money::Currency;
use steading::partners::demo::Plan;
use steading::partners::model::{
    AdjustmentKind, Candidate, CommissionState, Event, Outcome, PartnerState, PayoutState, Program,
    hold_until, last_click, refund_amount, terms, to_reverse,
};

/// The first of March, the middle of a summer, the day after a leap day.
const DAYS: [&str; 3] = [
    "2026-03-01T12:00:00Z",
    "2026-07-18T23:59:59Z",
    "2028-03-01T00:00:30Z",
];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn plans() -> impl Iterator<Item = (Plan, Timestamp)> {
    DAYS.iter()
        .zip([1, 77, u64::MAX])
        .map(|(day, seed)| (Plan::new(seed, at(day)), at(day)))
}

#[test]
fn the_same_seed_and_time_make_the_same_business() {
    let until = at(DAYS[0]);
    let (one, again, other) = (
        Plan::new(5, until),
        Plan::new(5, until),
        Plan::new(6, until),
    );
    assert_eq!(format!("{one:?}"), format!("{again:?}"));
    assert_ne!(one.visits, other.visits);
}

#[test]
fn it_is_as_large_as_a_business_that_is_looked_at_gladly() {
    for (plan, _) in plans() {
        let figures = plan.figures();
        assert_eq!((figures.programs, figures.partners), (3, 24));
        assert!((35..=45).contains(&figures.links), "{figures:?}");
        assert!((60_000..=120_000).contains(&figures.clicks), "{figures:?}");
        assert!((2_000..=3_200).contains(&figures.customers), "{figures:?}");
        assert!((4_000..=6_500).contains(&figures.events), "{figures:?}");
        assert!(figures.commissions > 1_000, "{figures:?}");
        assert!((100..=400).contains(&figures.payouts), "{figures:?}");
        let states: HashSet<&str> = plan
            .commissions
            .iter()
            .map(|(one, _)| one.state.as_str())
            .collect();
        assert_eq!(states.len(), CommissionState::ALL.len(), "{states:?}");
        let outcomes: HashSet<&str> = plan
            .events
            .iter()
            .filter_map(|e| Some(e.outcome?.as_str()))
            .collect();
        for outcome in [
            Outcome::Attributed,
            Outcome::NoClick,
            Outcome::OutsideWindow,
        ] {
            assert!(outcomes.contains(outcome.as_str()), "{outcomes:?}");
        }
        let currencies: HashSet<&str> = plan
            .commissions
            .iter()
            .map(|(one, _)| one.amount.currency.code())
            .collect::<HashSet<_>>();
        assert_eq!(currencies, HashSet::from(["EUR", "RON"]));
        let kinds: HashSet<&str> = plan
            .adjustments
            .iter()
            .map(|one| one.kind.as_str())
            .collect();
        assert!(
            kinds.contains("refund") && kinds.contains("manual"),
            "{kinds:?}"
        );
        let ready = plan
            .commissions
            .iter()
            .filter(|(one, _)| one.state == CommissionState::Pending);
        assert!(ready.count() > 20);
    }
}

#[test]
fn the_year_is_full_before_the_holidays_and_quiet_in_summer() {
    for (plan, _) in plans() {
        let mut months: BTreeMap<String, i64> = BTreeMap::new();
        for day in &plan.days {
            *months.entry(day.day[5..7].to_owned()).or_default() += day.visits;
        }
        assert!(
            months["11"] + months["12"] > 3 * (months["07"] + months["08"]) / 2,
            "{months:?}"
        );
        let whole: i64 = months.values().sum();
        assert_eq!(usize::try_from(whole).unwrap(), plan.visits.len());
    }
}

#[test]
fn nothing_is_later_than_now_and_ids_carry_their_time() {
    for (plan, until) in plans() {
        let since = until.plus_days(-366);
        let close = |made: Timestamp, created: Timestamp| {
            created.since(made).as_millis() <= 1 && made <= created
        };
        assert!(plan.visits.windows(2).all(|pair| pair[0].id < pair[1].id));
        for visit in &plan.visits {
            assert!(visit.at >= since && visit.at < until && close(visit.id.made_at(), visit.at));
        }
        for event in &plan.events {
            assert!(event.occurred_at <= event.created_at && event.created_at < until);
            assert!(close(event.id.made_at(), event.created_at));
        }
        for (one, _) in &plan.commissions {
            assert!(close(one.id.made_at(), one.created_at));
            assert!(one.created_at <= one.updated_at && one.updated_at <= until);
            assert!(
                one.approved_at
                    .is_none_or(|approved| approved >= one.hold_until && approved <= until)
            );
            assert!(one.paid_at.is_none_or(|paid| paid <= until));
            assert_eq!(one.paid_at.is_some(), one.state == CommissionState::Paid);
        }
        for customer in &plan.customers {
            assert!(
                customer.created_at < until && customer.converted_at.is_none_or(|at| at < until)
            );
            assert_eq!(
                customer.converted_at.is_some(),
                customer.enrolment_id.is_some()
            );
        }
        for one in &plan.identities {
            assert!(one.clicked_at < one.created_at && one.created_at < until);
        }
        assert!(plan.batches.iter().all(|batch| batch.updated_at <= until));
    }
}

#[test]
fn what_is_unique_is_unique_and_begins_with_demo() {
    for (plan, _) in plans() {
        let mut seen = HashSet::new();
        let names = plan.events.iter().map(|event| &event.external_id);
        let names = names.chain(plan.customers.iter().map(|customer| &customer.external_id));
        let names = names.chain(plan.links.iter().map(|link| &link.key));
        for name in names.chain(plan.partners.iter().map(|(partner, _)| &partner.email)) {
            assert!(name.starts_with("demo-") && seen.insert(name), "{name}");
        }
        let pairs: HashSet<_> = plan
            .identities
            .iter()
            .map(|one| (one.customer_id, one.click_id))
            .collect();
        assert_eq!(pairs.len(), plan.identities.len());
        let clicks: HashSet<_> = plan.visits.iter().map(|visit| visit.id).collect();
        assert_eq!(clicks.len(), plan.visits.len());
    }
}

/// Who gets an event, worked out again from what was known when it was reported.
fn winner(plan: &Plan, event: &Event) -> Result<Candidate, Outcome> {
    let links: HashMap<_, _> = plan.links.iter().map(|link| (link.id, link)).collect();
    let mut candidates = Vec::new();
    for one in &plan.identities {
        if Some(one.customer_id) != event.customer_id || one.created_at > event.created_at {
            continue;
        }
        let link = links[&one.link_id];
        let program = plan
            .programs
            .iter()
            .find(|program| program.id == link.program_id)
            .unwrap();
        let (partner, _) = plan
            .partners
            .iter()
            .find(|(partner, _)| partner.id == link.partner_id)
            .unwrap();
        let place = plan
            .visits
            .binary_search_by_key(&one.click_id, |visit| visit.id)
            .unwrap();
        let took_part = match partner.state {
            PartnerState::Approved => true,
            PartnerState::Suspended => event.occurred_at < partner.updated_at,
            _ => false,
        };
        candidates.push(Candidate {
            click: one.click_id,
            link: link.id,
            enrolment: link.enrolment_id,
            partner: link.partner_id,
            program: program.id,
            clicked_at: one.clicked_at,
            window_days: program.attribution_window_days,
            earns: took_part && plan.visits[place].flag.is_none(),
        });
    }
    last_click(&candidates, event.occurred_at).cloned()
}

fn is_paid_for(program: &Program, event: &Event) -> bool {
    program
        .event_type
        .as_ref()
        .is_none_or(|kind| *kind == event.kind)
}

#[test]
fn every_event_earned_what_the_rules_give() {
    let (plan, _) = plans().next().unwrap();
    let attributed: HashMap<EventId, _> = plan
        .attributions
        .iter()
        .map(|(one, _)| (one.event_id, one))
        .collect();
    let earned: HashMap<EventId, _> = plan
        .commissions
        .iter()
        .map(|(one, base)| (one.event_id, (one, *base)))
        .collect();
    assert_eq!(attributed.len(), plan.attributions.len());
    assert_eq!(earned.len(), plan.commissions.len());
    for event in &plan.events {
        if event.refunds_event_id.is_some() {
            assert!(event.outcome.is_none() && !attributed.contains_key(&event.id));
            continue;
        }
        let winner = winner(&plan, event);
        assert_eq!(
            event.outcome,
            Some(
                winner
                    .as_ref()
                    .map_or_else(|why| *why, |_| Outcome::Attributed)
            )
        );
        let Ok(winner) = winner else {
            assert!(!attributed.contains_key(&event.id) && !earned.contains_key(&event.id));
            continue;
        };
        let attribution = attributed[&event.id];
        assert_eq!(
            (attribution.click_id, attribution.enrolment_id),
            (Some(winner.click), winner.enrolment)
        );
        let program = plan
            .programs
            .iter()
            .find(|one| one.id == winner.program)
            .unwrap();
        let enrolment = plan
            .enrolments
            .iter()
            .find(|one| one.id == winner.enrolment)
            .unwrap();
        let terms = terms(program, enrolment);
        let wanted = terms
            .reward
            .earned(event.value)
            .filter(|_| is_paid_for(program, event));
        let got = earned.get(&event.id);
        assert_eq!(got.map(|(one, _)| one.amount), wanted, "{event:?}");
        if let Some((one, base)) = got {
            assert_eq!(
                one.hold_until,
                hold_until(event.occurred_at, terms.holding_days)
            );
            assert_eq!(*base, event.value.map_or(0, |value| value.amount_minor));
        }
    }
}

#[test]
fn refunds_take_back_what_the_rules_say() {
    for (plan, _) in plans() {
        let mut refunds: BTreeMap<EventId, Vec<&Event>> = BTreeMap::new();
        for event in &plan.events {
            if let Some(sale) = event.refunds_event_id {
                refunds.entry(sale).or_default().push(event);
            }
        }
        assert!(refunds.len() > 50 && refunds.values().any(|parts| parts.len() > 1));
        for sale in plan.events.iter().filter(|event| event.kind == "sale") {
            let parts = refunds.get(&sale.id).map_or(&[][..], Vec::as_slice);
            let mut refunded = 0;
            for (before, part) in parts.iter().enumerate() {
                let fits = refund_amount(sale.value, refunded, before, part.value);
                assert_eq!(fits, Ok(part.value));
                refunded += part.value.unwrap().amount_minor;
            }
            let Some((one, _)) = plan
                .commissions
                .iter()
                .find(|(one, _)| one.event_id == sale.id)
            else {
                continue;
            };
            let by_rule = match refunded {
                0 => 0,
                _ => to_reverse(
                    one.amount.amount_minor,
                    0,
                    Some((refunded, sale.value.unwrap().amount_minor)),
                ),
            };
            let by_hand = one.state == CommissionState::Reversed && one.reversed == one.amount;
            assert!(one.taken_minor() == by_rule || by_hand, "{one:?} {by_rule}");
            let back: i64 = plan
                .adjustments
                .iter()
                .filter(|adjustment| adjustment.commission_id == Some(one.id))
                .map(|adjustment| -adjustment.amount.amount_minor)
                .sum();
            assert_eq!(back, one.clawed_back.amount_minor);
        }
    }
}

#[test]
fn the_money_adds_up_for_every_partner_and_currency() {
    for (plan, _) in plans() {
        type Sums = BTreeMap<(PartnerId, Currency), i64>;
        let mut bound: BTreeMap<_, i64> = BTreeMap::new();
        let (mut earned, mut standing): (Sums, Sums) = Default::default();
        for (one, _) in &plan.commissions {
            let place = (one.partner_id, one.amount.currency);
            *earned.entry(place).or_default() += one.amount.amount_minor;
            *standing.entry(place).or_default() +=
                one.payable().amount_minor + one.reversed.amount_minor;
            assert_eq!(
                one.state == CommissionState::Reversed,
                one.payable().amount_minor == 0
            );
            if let Some(payout) = one.payout_id {
                *bound.entry(payout).or_default() += one.payable().amount_minor;
            }
        }
        assert_eq!(earned, standing);
        let of: HashMap<CommissionId, _> = plan
            .commissions
            .iter()
            .map(|(one, _)| (one.id, one))
            .collect();
        for one in &plan.adjustments {
            if let Some(payout) = one.payout_id {
                *bound.entry(payout).or_default() += one.amount.amount_minor;
            }
            assert_eq!(
                one.kind == AdjustmentKind::Manual,
                one.commission_id.is_none()
            );
            if let Some(commission) = one.commission_id {
                assert_eq!(of[&commission].amount.currency, one.amount.currency);
            }
        }
        for payout in &plan.payouts {
            assert!(payout.amount.amount_minor > 0);
            assert_eq!(bound.remove(&payout.id), Some(payout.amount.amount_minor));
            let batch = plan
                .batches
                .iter()
                .find(|batch| batch.id == payout.batch_id)
                .unwrap();
            assert_eq!(payout.state, batch.state);
            for (one, _) in plan
                .commissions
                .iter()
                .filter(|(one, _)| one.payout_id == Some(payout.id))
            {
                assert_eq!(
                    (one.partner_id, one.amount.currency),
                    (payout.partner_id, payout.amount.currency)
                );
                assert_eq!(
                    one.state == CommissionState::Paid,
                    payout.state == PayoutState::Paid
                );
            }
        }
        assert!(bound.is_empty());
        let (last, paid) = plan.batches.split_last().unwrap();
        assert!(paid.len() >= 10 && paid.iter().all(|batch| batch.state == PayoutState::Paid));
        assert_eq!(last.state, PayoutState::Draft);
    }
}
