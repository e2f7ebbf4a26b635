//! How a company stands with whoever runs the instance: what its plan allows, which products it has, until when it tries them.

use crate::clock::Timestamp;
use crate::{Error, Result};

/// What a plan counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// People who may sign in, those who were invited among them.
    Members,
    /// Partners who take part, apply or are suspended.
    Partners,
    /// Links in use.
    Links,
    /// Events reported in a calendar month (UTC).
    EventsPerMonth,
}

impl Counted {
    /// All of them, in the order shown.
    pub const ALL: [Self; 4] = [
        Self::Members,
        Self::Partners,
        Self::Links,
        Self::EventsPerMonth,
    ];

    /// The word of knobs and of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Partners => "partners",
            Self::Links => "links",
            Self::EventsPerMonth => "events_per_month",
        }
    }

    /// From that word.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// In a sentence, after a number.
    fn words(self, many: u64) -> &'static str {
        match (self, many) {
            (Self::Members, 1) => "member",
            (Self::Members, _) => "members",
            (Self::Partners, 1) => "partner",
            (Self::Partners, _) => "partners",
            (Self::Links, 1) => "link",
            (Self::Links, _) => "links",
            (Self::EventsPerMonth, 1) => "event per month",
            (Self::EventsPerMonth, _) => "events per month",
        }
    }
}

/// How many of each a company may have. None of a thing means as many as it likes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// People who may sign in.
    pub members: Option<u64>,
    /// Partners.
    pub partners: Option<u64>,
    /// Links in use.
    pub links: Option<u64>,
    /// Events reported in a month.
    pub events_per_month: Option<u64>,
}

impl Limits {
    /// Without any: for the shell of the machine, and for whatever the operator does.
    pub const NONE: Self = Self {
        members: None,
        partners: None,
        links: None,
        events_per_month: None,
    };

    /// Of one thing.
    pub fn of(self, what: Counted) -> Option<u64> {
        match what {
            Counted::Members => self.members,
            Counted::Partners => self.partners,
            Counted::Links => self.links,
            Counted::EventsPerMonth => self.events_per_month,
        }
    }

    /// The same with another limit of one thing.
    #[must_use]
    pub fn with(mut self, what: Counted, limit: Option<u64>) -> Self {
        let place = match what {
            Counted::Members => &mut self.members,
            Counted::Partners => &mut self.partners,
            Counted::Links => &mut self.links,
            Counted::EventsPerMonth => &mut self.events_per_month,
        };
        *place = limit;
        self
    }

    /// Whether one more fits. Called in the transaction that makes it, so that two who come at once cannot both be the last.
    /// `held` counts what is there, no further than the number it is given; without a limit it is not asked.
    ///
    /// # Errors
    /// [`Error::PlanLimit`] where the plan is used up, and what `held` returns.
    pub fn one_more(self, what: Counted, held: impl FnOnce(u64) -> Result<u64>) -> Result<()> {
        match self.of(what) {
            Some(limit) if held(limit)? >= limit => Err(used_up(what, limit, None)),
            _ => Ok(()),
        }
    }
}

impl Limits {
    /// Whether so many fit that come all at once. As [`Limits::one_more`].
    ///
    /// # Errors
    /// [`Error::PlanLimit`] where they do not, and what `held` returns.
    pub fn so_many_more(
        self,
        what: Counted,
        more: usize,
        held: impl FnOnce(u64) -> Result<u64>,
    ) -> Result<()> {
        let Some(limit) = self.of(what) else {
            return Ok(());
        };
        let (held, more) = (held(limit)?, u64::try_from(more).unwrap_or(u64::MAX));
        if held.saturating_add(more) <= limit {
            return Ok(());
        }
        Err(Error::PlanLimit {
            message: format!(
                "This company’s plan allows {limit} {}: {held} are there, and {more} more would come. Nothing was changed. Ask for a larger plan.",
                what.words(limit)
            ),
            retry_after_seconds: None,
        })
    }
}

/// What is answered where a plan is used up; `retry_after_seconds` where that passes by itself.
pub fn used_up(what: Counted, limit: u64, retry_after_seconds: Option<u64>) -> Error {
    let advice = match (what, retry_after_seconds) {
        (_, Some(_)) => "Events are taken again when the next month begins, or with a larger plan.",
        (Counted::Members, _) => {
            "Disable somebody who no longer needs to enter, or ask for a larger plan."
        }
        _ => "Archive what is no longer needed, or ask for a larger plan.",
    };
    Error::PlanLimit {
        message: format!(
            "This company’s plan allows {limit} {}, and they are used up. {advice}",
            what.words(limit)
        ),
        retry_after_seconds,
    }
}

/// What a company may use of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitled {
    /// The product: the name of its slice.
    pub product: String,
    /// Whether it is switched on.
    pub is_on: bool,
    /// Until when; for good where there is none.
    pub until: Option<Timestamp>,
}

/// How a company stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many of each it may have.
    pub limits: Limits,
    /// When its trial ends, while it is on trial.
    pub trial_ends_at: Option<Timestamp>,
    /// The products that something was decided about; any other is on.
    pub products: Vec<Entitled>,
}

impl Standing {
    /// Whether the company may use a product at this time.
    pub fn has(&self, product: &str, now: Timestamp) -> bool {
        self.products
            .iter()
            .find(|one| one.product == product)
            .is_none_or(|one| one.is_on && one.until.is_none_or(|until| now < until))
    }

    /// Days until the trial ends, begun ones as whole; nothing where the company is on no trial.
    pub fn trial_days_left(&self, now: Timestamp) -> Option<u64> {
        let left = self.trial_ends_at?.since(now).as_secs();
        Some(left.div_ceil(86_400))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_on_until_somebody_decides_otherwise() {
        let at = Timestamp::from_micros;
        let standing = |is_on, until: Option<i64>| Standing {
            products: vec![Entitled {
                product: "partners".to_owned(),
                is_on,
                until: until.map(at),
            }],
            ..Standing::default()
        };
        for (standing, product, now, has) in [
            (Standing::default(), "partners", 10, true),
            (standing(true, None), "partners", 10, true),
            (standing(false, None), "partners", 10, false),
            (standing(false, None), "books", 10, true),
            (standing(true, Some(11)), "partners", 10, true),
            (standing(true, Some(10)), "partners", 10, false),
            (standing(false, Some(11)), "partners", 10, false),
        ] {
            assert_eq!(standing.has(product, at(now)), has, "{standing:?} {now}");
        }
    }

    #[test]
    fn a_limit_is_asked_for_only_where_there_is_one() {
        let limits = Limits::NONE.with(Counted::Links, Some(2));
        assert!(
            limits
                .one_more(Counted::Partners, |_| Err(Error::Busy))
                .is_ok()
        );
        assert!(limits.one_more(Counted::Links, |_| Ok(1)).is_ok());
        let refused = limits.one_more(Counted::Links, Ok).unwrap_err().to_string();
        assert!(refused.contains("2 links"), "{refused}");
    }

    #[test]
    fn days_of_a_trial_are_counted_as_people_do() {
        let day = 86_400 * 1_000_000;
        let standing = Standing {
            trial_ends_at: Some(Timestamp::from_micros(10 * day)),
            ..Standing::default()
        };
        for (now, days) in [
            (7 * day, 3),
            (7 * day + 1, 3),
            (9 * day + 1, 1),
            (10 * day, 0),
            (12 * day, 0),
        ] {
            assert_eq!(
                standing.trial_days_left(Timestamp::from_micros(now)),
                Some(days)
            );
        }
    }
}
