//! As what a company begins: a customer, a trial with an end, or a demo. Pure.

use super::model::{Company, Kind, NewCompany};
use super::status::Status;
use crate::clock::Timestamp;
use crate::{Error, Result};

impl NewCompany {
    /// The same, begun where somebody said or where its kind begins. A demo is one by status and by kind.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a demo that would begin as something else.
    pub fn beginning(mut self, status: Option<Status>) -> Result<Self> {
        self.status = match (status, self.kind) {
            (None, Kind::Customer) => Status::Active,
            (None, Kind::Demo) | (Some(Status::Demo), _) => Status::Demo,
            (Some(status), _) => status,
        };
        if self.status == Status::Demo {
            self.kind = Kind::Demo;
        }
        self.judge_demo().map(|()| self)
    }

    /// That nobody works in what is reset every night.
    pub(super) fn judge_demo(&self) -> Result<()> {
        if self.kind == Kind::Demo && self.status != Status::Demo {
            return Err(Error::invalid(
                "kind",
                "A company of the kind demo begins as a demo, and is reset every night. Choose customer, or let it begin as a demo.",
            ));
        }
        Ok(())
    }
}

impl Company {
    /// The same where no trial goes on for ever: one without an end lasts so many days from now.
    #[must_use]
    pub(super) fn with_trial_end(mut self, now: Timestamp, days: u32) -> Self {
        if self.status == Status::Trial && self.trial_ends_at.is_none() {
            self.trial_ends_at = Some(now.plus_days(i64::from(days)));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TenantId;
    use crate::tenancy::Slug;

    fn begun(kind: Kind, status: Option<Status>) -> Option<(Status, Kind)> {
        let new = NewCompany {
            kind,
            ..NewCompany::named(Slug::parse("acme").unwrap())
        };
        let begun = new.beginning(status).ok()?;
        Some((begun.status, begun.kind))
    }

    #[test]
    fn a_demo_is_one_by_status_and_by_kind() {
        let (customer, demo) = (Kind::Customer, Kind::Demo);
        for (kind, status, as_what) in [
            (customer, None, Some((Status::Active, customer))),
            (
                customer,
                Some(Status::Trial),
                Some((Status::Trial, customer)),
            ),
            (customer, Some(Status::Demo), Some((Status::Demo, demo))),
            (demo, None, Some((Status::Demo, demo))),
            (demo, Some(Status::Demo), Some((Status::Demo, demo))),
            (demo, Some(Status::Active), None),
            (demo, Some(Status::Trial), None),
        ] {
            assert_eq!(begun(kind, status), as_what, "{kind:?} {status:?}");
        }
        let new = NewCompany {
            kind: demo,
            ..NewCompany::named(Slug::parse("acme").unwrap())
        };
        let (id, now) = (
            TenantId::from_uuid(uuid::Uuid::nil()),
            Timestamp::from_micros(0),
        );
        assert!(matches!(new.into_company(id, now), Err(Error::Invalid(_))));
    }

    #[test]
    fn a_trial_ends_and_nothing_else_does() {
        let now = Timestamp::from_micros(0);
        for (status, given, end) in [
            (Status::Trial, None, Some(now.plus_days(14))),
            (
                Status::Trial,
                Some(now.plus_days(3)),
                Some(now.plus_days(3)),
            ),
            (Status::Active, None, None),
        ] {
            let new = NewCompany {
                status,
                trial_ends_at: given,
                ..NewCompany::named(Slug::parse("acme").unwrap())
            };
            let id = TenantId::from_uuid(uuid::Uuid::nil());
            let company = new.into_company(id, now).unwrap();
            assert_eq!(company.with_trial_end(now, 14).trial_ends_at, end);
        }
    }
}
