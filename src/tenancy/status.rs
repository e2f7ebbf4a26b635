//! Where a company stands in its life, and where it may go from there. Pure.
//!
//! | From | To | |
//! |---|---|---|
//! | demo | active, archived | bought, or cleared away: nothing in it was anybody's |
//! | trial | active, frozen, archived | bought; over; given up |
//! | active | frozen | a company that worked here reads its data a while before it is gone |
//! | frozen | active, archived | thawed, or gone |
//! | archived | | the way ends: only the trail is left |
//!
//! Beside the table stands the way out: whoever owns a company may close it wherever it stands, short of archived. It is frozen until
//! its day, and stands where it stood before where somebody keeps it ([`Status::closed`]).

use crate::{Error, Result};

/// Where a company stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Shows what the program can do.
    Demo,
    /// Tries it.
    Trial,
    /// Works with it.
    Active,
    /// Reads only; links still lead to their targets.
    Frozen,
    /// Gone from sight.
    Archived,
}

impl Status {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 5] = [
        Self::Demo,
        Self::Trial,
        Self::Active,
        Self::Frozen,
        Self::Archived,
    ];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Trial => "trial",
            Self::Active => "active",
            Self::Frozen => "frozen",
            Self::Archived => "archived",
        }
    }

    /// From the word stored.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Where a company may go from here.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Demo => &[Self::Active, Self::Archived],
            Self::Trial => &[Self::Active, Self::Frozen, Self::Archived],
            Self::Active => &[Self::Frozen],
            Self::Frozen => &[Self::Active, Self::Archived],
            Self::Archived => &[],
        }
    }

    /// Whether a company may go from here to there.
    pub fn may_become(self, to: Self) -> bool {
        self.next().contains(&to)
    }

    /// Where a company stands that is closed from here, until its day.
    ///
    /// # Errors
    /// [`Error::Conflict`] where nothing is left of it.
    pub fn closed(self) -> Result<Self> {
        match self {
            Self::Demo | Self::Trial | Self::Active | Self::Frozen => Ok(Self::Frozen),
            Self::Archived => self.step_to(Self::Frozen),
        }
    }

    /// The step from here to there.
    ///
    /// # Errors
    /// [`Error::Conflict`] naming the steps there are.
    pub fn step_to(self, to: Self) -> Result<Self> {
        if self.may_become(to) {
            return Ok(to);
        }
        let next: Vec<&str> = self.next().iter().map(|one| one.as_str()).collect();
        let ways = if next.is_empty() {
            "It stays as it is.".to_owned()
        } else {
            format!("It can become {}.", next.join(" or "))
        };
        let (from, to) = (self.as_str(), to.as_str());
        let said = if from == to {
            format!("The company is {from} already. {ways}")
        } else {
            format!("A company that is {from} cannot become {to}. {ways}")
        };
        Err(Error::conflict("status_step", said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_in_the_table_or_refused_with_those_that_are() {
        let legal = [
            ("demo", "active"),
            ("demo", "archived"),
            ("trial", "active"),
            ("trial", "frozen"),
            ("trial", "archived"),
            ("active", "frozen"),
            ("frozen", "active"),
            ("frozen", "archived"),
        ];
        for from in Status::ALL {
            for to in Status::ALL {
                let may = legal.contains(&(from.as_str(), to.as_str()));
                assert_eq!(from.may_become(to), may, "{from:?} {to:?}");
                match from.step_to(to) {
                    Ok(reached) => assert!(may && reached == to),
                    Err(error) => {
                        let said = error.to_string();
                        assert!(!may && matches!(error, Error::Conflict { .. }));
                        for next in from.next() {
                            assert!(said.contains(next.as_str()), "{said}");
                        }
                    }
                }
            }
            assert_eq!(Status::read(from.as_str()), Some(from));
            let closed = from.closed().ok();
            assert_eq!(closed, (from != Status::Archived).then_some(Status::Frozen));
        }
    }
}
