//! Last click: of a customer's clicks in the programme's window before an event, the latest one that may earn wins.

use std::time::Duration;

use super::Outcome;
use crate::clock::Timestamp;
use crate::id::{ClickId, EnrolmentId, LinkId, PartnerId, ProgramId};

/// A click counts though it is up to this much later than the event: shop servers' clocks run fast and slow.
const SKEW: Duration = Duration::from_secs(300);

/// A click that may have led to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The click.
    pub click: ClickId,
    /// Through which link.
    pub link: LinkId,
    /// In which enrolment.
    pub enrolment: EnrolmentId,
    /// Of which partner.
    pub partner: PartnerId,
    /// In which programme.
    pub program: ProgramId,
    /// When.
    pub clicked_at: Timestamp,
    /// Days after a click in which the programme pays for it.
    pub window_days: i64,
    /// Not flagged, enrolment active, partner approved, programme active.
    pub earns: bool,
}

impl Candidate {
    /// Whether an event at `occurred_at` is within this click's window.
    fn covers(&self, occurred_at: Timestamp) -> bool {
        let latest_click = occurred_at.plus(SKEW);
        self.clicked_at <= latest_click
            && occurred_at <= self.clicked_at.plus_days(self.window_days)
    }
}

/// The click that gets the event, or why none does.
///
/// # Errors
/// The outcome other than [`Outcome::Attributed`].
pub fn last_click(candidates: &[Candidate], occurred_at: Timestamp) -> Result<&Candidate, Outcome> {
    if candidates.is_empty() {
        return Err(Outcome::NoClick);
    }
    let mut in_time = candidates
        .iter()
        .filter(|c| c.covers(occurred_at))
        .peekable();
    if in_time.peek().is_none() {
        return Err(Outcome::OutsideWindow);
    }
    in_time
        .filter(|candidate| candidate.earns)
        .max_by_key(|candidate| (candidate.clicked_at, candidate.click))
        .ok_or(Outcome::NotEarning)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SALE: i64 = 1_700_000_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn click(seconds_before: i64, window_days: i64, earns: bool) -> Candidate {
        let clicked_at = at(SALE - seconds_before);
        Candidate {
            click: ClickId::new(clicked_at),
            link: LinkId::new(clicked_at),
            enrolment: EnrolmentId::new(clicked_at),
            partner: PartnerId::new(clicked_at),
            program: ProgramId::new(clicked_at),
            clicked_at,
            window_days,
            earns,
        }
    }

    #[test]
    fn outcomes() {
        const DAY: i64 = 86_400;
        for (clicks, expected) in [
            (vec![], Err(Outcome::NoClick)),
            (vec![click(60, 30, true)], Ok(0)),
            (vec![click(60, 30, true), click(30, 30, true)], Ok(1)),
            (vec![click(30, 30, true), click(60, 30, true)], Ok(0)),
            // The latest one that may earn, not the latest.
            (vec![click(60, 30, true), click(30, 30, false)], Ok(0)),
            (vec![click(30, 30, false)], Err(Outcome::NotEarning)),
            (vec![click(31 * DAY, 30, true)], Err(Outcome::OutsideWindow)),
            (vec![click(30 * DAY, 30, true)], Ok(0)),
            (
                vec![click(30 * DAY + 1, 30, true)],
                Err(Outcome::OutsideWindow),
            ),
            // Each click is judged by the window of its own programme.
            (
                vec![click(40 * DAY, 60, true), click(31 * DAY, 30, true)],
                Ok(0),
            ),
            (
                vec![click(40 * DAY, 30, true), click(1, 30, false)],
                Err(Outcome::NotEarning),
            ),
            // Later than the event, within and beyond what clocks differ.
            (vec![click(-300, 30, true)], Ok(0)),
            (vec![click(-301, 30, true)], Err(Outcome::OutsideWindow)),
        ] {
            let found = last_click(&clicks, at(SALE));
            let expected = expected.map(|place: usize| &clicks[place]);
            assert_eq!(found, expected, "{clicks:?}");
        }
    }

    fn any_click() -> impl Strategy<Value = Candidate> {
        (-1_000_i64..10_000_000, 1_i64..120, any::<bool>())
            .prop_map(|(before, window, earns)| click(before, window, earns))
    }

    proptest! {
        #[test]
        fn the_winner_earns_is_in_time_and_nobody_later_does(clicks in prop::collection::vec(any_click(), 0..12)) {
            let sale = at(SALE);
            match last_click(&clicks, sale) {
                Ok(winner) => {
                    prop_assert!(winner.earns && winner.covers(sale));
                    prop_assert!(!clicks.iter().any(|c| c.earns && c.covers(sale) && c.clicked_at > winner.clicked_at));
                }
                Err(_) => prop_assert!(!clicks.iter().any(|c| c.earns && c.covers(sale))),
            }
        }

        #[test]
        fn the_order_of_clicks_does_not_matter(clicks in prop::collection::vec(any_click(), 1..12), turn in 0_usize..12) {
            let mut turned = clicks.clone();
            turned.rotate_left(turn % clicks.len());
            prop_assert_eq!(last_click(&clicks, at(SALE)).map(|c| c.click), last_click(&turned, at(SALE)).map(|c| c.click));
        }
    }
}
