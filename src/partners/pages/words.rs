//! States in words and tones, the same on every page.

use crate::clock::Timestamp;
use crate::partners::model::{
    ClickFlag, Commission, CommissionState, EnrolmentState, LinkState, PartnerState, PayoutState,
    ProgramState, Reward, is_mature,
};
use crate::web::form::Choice;
use crate::web::format::Format;
use crate::web::parts::{State, Tone};

/// A programme's state.
pub(super) fn program(state: ProgramState) -> State {
    match state {
        ProgramState::Active => State::new(Tone::Good, "Running"),
        ProgramState::Archived => State::new(Tone::Quiet, "Archived"),
    }
}

/// A partner's state.
pub(super) fn partner(state: PartnerState) -> State {
    match state {
        PartnerState::Applied => State::new(Tone::Warn, "Waits for your answer"),
        PartnerState::Approved => State::new(Tone::Good, "Approved"),
        PartnerState::Declined => State::new(Tone::Quiet, "Declined"),
        PartnerState::Suspended => State::new(Tone::Bad, "Suspended"),
        PartnerState::Archived => State::new(Tone::Quiet, "Archived"),
    }
}

/// An enrolment's state.
pub(super) fn enrolment(state: EnrolmentState) -> State {
    match state {
        EnrolmentState::Active => State::new(Tone::Good, "Takes part"),
        EnrolmentState::Ended => State::new(Tone::Quiet, "Ended"),
    }
}

/// A link's state.
pub(super) fn link(state: LinkState) -> State {
    match state {
        LinkState::Active => State::new(Tone::Good, "Leads on"),
        LinkState::Archived => State::new(Tone::Quiet, "Archived"),
    }
}

/// A commission's state as of now.
pub(super) fn commission(commission: &Commission, now: Timestamp, format: &Format) -> State {
    match commission.state {
        CommissionState::Pending if is_mature(commission.state, commission.hold_until, now) => {
            State::new(Tone::Good, "Ready to approve")
        }
        CommissionState::Pending => {
            let (until, today) = (format.day_of(commission.hold_until), format.day_of(now));
            let until = if until.year() == today.year() {
                format.day_month(until)
            } else {
                format.date(until)
            };
            State::new(Tone::Warn, format!("On hold until {until}"))
        }
        CommissionState::Approved if commission.payout_id.is_some() => {
            State::new(Tone::Info, "In a payout")
        }
        CommissionState::Approved => State::new(Tone::Info, "Approved, to be paid"),
        CommissionState::Paid if commission.clawed_back.amount_minor > 0 => {
            State::new(Tone::Bad, "Refunded after payout")
        }
        CommissionState::Paid => State::new(Tone::Quiet, "Paid"),
        CommissionState::Reversed => State::new(Tone::Bad, "Reversed"),
    }
}

/// A payout's or batch's state.
pub(super) fn payout(state: PayoutState) -> State {
    match state {
        PayoutState::Draft => State::new(Tone::Warn, "Draft, waits for approval"),
        PayoutState::Approved => State::new(Tone::Info, "Approved, to be exported"),
        PayoutState::Exported => State::new(Tone::Warn, "Exported, waits for the payment"),
        PayoutState::Paid => State::new(Tone::Good, "Paid"),
        PayoutState::Cancelled => State::new(Tone::Quiet, "Cancelled"),
    }
}

/// Why a click earns nothing; nothing to say of one that may earn.
pub(super) fn flag(flag: Option<ClickFlag>) -> State {
    match flag {
        None => State::new(Tone::Quiet, "Counts"),
        Some(ClickFlag::Flood) => State::new(Tone::Bad, "Too many in a minute"),
        Some(ClickFlag::Bot) => State::new(Tone::Bad, "A program"),
        Some(ClickFlag::Manual) => State::new(Tone::Bad, "Flagged by hand"),
    }
}

/// What an event earns: `20% of each sale`, `€5.00 for each event`.
pub(super) fn reward(reward: Reward, format: &Format) -> String {
    match reward {
        Reward::Percent { rate } => format!("{} of the value", format.rate(rate)),
        Reward::Fixed { value } => format!("{} each time", format.money(value)),
    }
}

/// `1 day`, `30 days`.
pub(super) fn days(days: i64, format: &Format) -> String {
    many(days, "day", "days", format)
}

/// A count with its noun.
pub(super) fn many(count: i64, one: &str, more: &str, format: &Format) -> String {
    let noun = if count == 1 { one } else { more };
    format!("{}\u{a0}{noun}", format.number(count))
}

/// Partner states to filter by.
pub(super) fn partner_choices() -> Vec<Choice> {
    PartnerState::ALL
        .iter()
        .map(|state| Choice::new(state.as_str(), partner(*state).label))
        .collect()
}

/// Commission states to filter by, pending ones apart by their hold.
pub(super) fn commission_choices() -> Vec<Choice> {
    [
        ("ready", "Ready to approve"),
        ("hold", "On hold"),
        ("approved", "Approved"),
        ("paid", "Paid"),
        ("reversed", "Reversed"),
    ]
    .map(|(value, label)| Choice::new(value, label))
    .to_vec()
}

/// The first few of some names, and how many more: `Ana, Ion and 12 more`.
pub(super) fn some(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<&str> = names.iter().take(SHOWN).copied().collect();
    match (shown.split_last(), more) {
        (None, _) => "Nobody".to_owned(),
        (Some(_), 1..) => format!("{} and {more} more", shown.join(", ")),
        (Some((last, [])), 0) => (*last).to_owned(),
        (Some((last, others)), 0) => format!("{} and {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_people_say_them() {
        assert_eq!(some(&[]), "Nobody");
        assert_eq!(some(&["Ana"]), "Ana");
        assert_eq!(some(&["Ana", "Ion", "Eva"]), "Ana, Ion and Eva");
        assert_eq!(some(&["x"; 10]), "x, x, x, x, x, x, x, x and 2 more");
    }
}
