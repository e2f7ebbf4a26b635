//! A company's own domain, and what a look at its record does to it. Pure.

use std::time::Duration;

use serde::Serialize;

use super::host::record_name;
use crate::clock::Timestamp;
use crate::dns::{Texts, Trouble};
use crate::id::{DomainId, TenantId};

/// A verified name whose record is gone serves so long.
pub(super) const GRACE: Duration = Duration::from_secs(3 * 86_400);
/// Texts of other records that are told of.
const TOLD: usize = 3;
/// Letters told of each.
const TOLD_LETTERS: usize = 80;

/// A host name that a company wants to answer under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its id.
    pub id: DomainId,
    /// The company.
    pub tenant: TenantId,
    /// The name, in its one form.
    pub host: String,
    /// What its record must hold.
    pub token: String,
    /// Since when it is known to be the company's.
    pub verified_at: Option<Timestamp>,
    /// When its record was last looked for.
    pub checked_at: Option<Timestamp>,
    /// Since when a verified name's record is missing.
    pub failing_since: Option<Timestamp>,
    /// What was wrong the last time; nothing where all was well.
    pub last_error: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// How a domain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Waits for its record; serves nothing.
    Pending,
    /// Serves.
    Verified,
    /// Serves, but its record is missing.
    Failing,
}

impl Standing {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Failing => "failing",
        }
    }
}

/// A domain as people and programs see it.
#[derive(Debug, Clone, Serialize)]
pub struct DomainView {
    /// Its id.
    pub id: DomainId,
    /// The name.
    pub host: String,
    /// `pending`, `verified` or `failing`.
    pub state: Standing,
    /// Where its record stands.
    pub record_name: String,
    /// What the record must hold.
    pub record_value: String,
    /// Since when it is known to be the company's.
    pub verified_at: Option<Timestamp>,
    /// When its record was last looked for.
    pub checked_at: Option<Timestamp>,
    /// Until when it serves without its record.
    pub serves_until: Option<Timestamp>,
    /// What was wrong the last time.
    pub last_error: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// What a look at a domain's record found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// The record is there.
    Right,
    /// It is not: what is there instead.
    Missing(String),
    /// Nobody could say.
    Unknown(String),
}

/// What a look changed, as the trail calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Verified,
    Failing,
    Recovered,
    Unverified,
}

impl Step {
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::Verified => "domain.verified",
            Self::Failing => "domain.failing",
            Self::Recovered => "domain.recovered",
            Self::Unverified => "domain.unverified",
        }
    }
}

impl Domain {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        match (self.verified_at, self.failing_since) {
            (None, _) => Standing::Pending,
            (Some(_), None) => Standing::Verified,
            (Some(_), Some(_)) => Standing::Failing,
        }
    }

    /// The name at which its record stands.
    pub fn record_name(&self) -> String {
        record_name(&self.host)
    }

    /// What the record must hold.
    pub fn record_value(&self) -> String {
        format!("steading-verify={}", self.token)
    }

    /// As people and programs see it.
    pub fn view(&self) -> DomainView {
        DomainView {
            id: self.id,
            host: self.host.clone(),
            state: self.standing(),
            record_name: self.record_name(),
            record_value: self.record_value(),
            verified_at: self.verified_at,
            checked_at: self.checked_at,
            serves_until: self.failing_since.map(|since| since.plus(GRACE)),
            last_error: self.last_error.clone(),
            created_at: self.created_at,
        }
    }

    /// What a name server's answer says of it.
    pub(super) fn seen(&self, answer: Result<Texts, Trouble>) -> Seen {
        let name = self.record_name();
        match answer {
            Ok(Texts::At(texts)) => {
                let wanted = self.record_value();
                if texts.iter().any(|text| text.trim() == wanted) {
                    return Seen::Right;
                }
                let others: Vec<String> = texts.iter().take(TOLD).map(|text| told(text)).collect();
                Seen::Missing(if others.is_empty() {
                    format!("There is no TXT record at {name} yet.")
                } else {
                    format!(
                        "The TXT record at {name} holds {} and not the value below.",
                        others.join(" and ")
                    )
                })
            }
            Ok(Texts::NoSuchName) => Seen::Missing(format!(
                "The name {name} does not exist (yet): its name servers know nothing of it."
            )),
            Err(trouble) => Seen::Unknown(format!("{trouble}, so nothing is known of {name}.")),
        }
    }

    /// This domain after such a look, and what that changed. `is_taken`: another company has the name verified.
    pub(super) fn after(
        &self,
        seen: &Seen,
        is_taken: bool,
        now: Timestamp,
    ) -> (Self, Option<Step>) {
        let mut after = self.clone();
        after.checked_at = Some(now);
        after.last_error = None;
        let step = match (seen, self.standing()) {
            (Seen::Right, Standing::Pending) if is_taken => {
                after.last_error = Some(
                    "The record is there, but another company of this instance answers under this name. It has to let go of it first."
                        .to_owned(),
                );
                None
            }
            (Seen::Right, Standing::Pending) => {
                after.verified_at = Some(now);
                Some(Step::Verified)
            }
            (Seen::Right, Standing::Verified) => None,
            (Seen::Right, Standing::Failing) => {
                after.failing_since = None;
                Some(Step::Recovered)
            }
            (Seen::Unknown(why), _) => {
                after.last_error = Some(why.clone());
                None
            }
            (Seen::Missing(why), standing) => {
                after.last_error = Some(why.clone());
                match (standing, self.failing_since) {
                    (Standing::Pending, _) => None,
                    (_, Some(since)) if now.since(since) >= GRACE => {
                        (after.verified_at, after.failing_since) = (None, None);
                        Some(Step::Unverified)
                    }
                    (_, Some(_)) => None,
                    (_, None) => {
                        after.failing_since = Some(now);
                        Some(Step::Failing)
                    }
                }
            }
        };
        (after, step)
    }
}

/// Somebody else's text, short and without what a terminal would obey.
fn told(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_control())
        .take(TOLD_LETTERS)
        .collect();
    format!("“{plain}”")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 1;

    fn now() -> Timestamp {
        Timestamp::from_micros(1_772_366_400_000_000)
    }

    fn domain(verified: bool, failing_days: Option<i64>) -> Domain {
        Domain {
            id: DomainId::new(now()),
            tenant: TenantId::new(now()),
            host: "partners.acme.test".to_owned(),
            token: "abc".to_owned(),
            verified_at: verified.then(now),
            checked_at: None,
            failing_since: failing_days.map(|days| now().plus_days(-days)),
            last_error: Some("before".to_owned()),
            created_at: now(),
        }
    }

    #[test]
    fn a_look_changes_what_the_table_says() {
        use Standing::{Failing, Pending, Verified};
        let missing = Seen::Missing("gone".to_owned());
        let unknown = Seen::Unknown("silent".to_owned());
        let nearly = domain(true, None).failing_since;
        assert_eq!(nearly, None);
        for (before, seen, taken, standing, step, error) in [
            (
                domain(false, None),
                &Seen::Right,
                false,
                Verified,
                Some(Step::Verified),
                false,
            ),
            (domain(false, None), &Seen::Right, true, Pending, None, true),
            (domain(false, None), &missing, false, Pending, None, true),
            (domain(false, None), &unknown, false, Pending, None, true),
            (
                domain(true, None),
                &Seen::Right,
                false,
                Verified,
                None,
                false,
            ),
            (
                domain(true, None),
                &missing,
                false,
                Failing,
                Some(Step::Failing),
                true,
            ),
            (domain(true, None), &unknown, false, Verified, None, true),
            (
                domain(true, Some(2 * DAY)),
                &missing,
                false,
                Failing,
                None,
                true,
            ),
            (
                domain(true, Some(3 * DAY)),
                &missing,
                false,
                Pending,
                Some(Step::Unverified),
                true,
            ),
            (
                domain(true, Some(30 * DAY)),
                &unknown,
                false,
                Failing,
                None,
                true,
            ),
            (
                domain(true, Some(30 * DAY)),
                &Seen::Right,
                false,
                Verified,
                Some(Step::Recovered),
                false,
            ),
        ] {
            let (after, changed) = before.after(seen, taken, now());
            let what = format!("{:?} {seen:?}", before.standing());
            assert_eq!((after.standing(), changed), (standing, step), "{what}");
            assert_eq!(after.last_error.is_some(), error, "{what}");
            assert_eq!(after.checked_at, Some(now()), "{what}");
            assert!(
                after.failing_since.is_none() || after.verified_at.is_some(),
                "{what}"
            );
        }
    }

    #[test]
    fn what_a_name_server_says_is_told_apart() {
        let domain = domain(false, None);
        let texts = |texts: &[&str]| {
            Ok(Texts::At(
                texts.iter().map(|text| (*text).to_owned()).collect(),
            ))
        };
        assert_eq!(
            domain.seen(texts(&["v=spf1", "steading-verify=abc"])),
            Seen::Right
        );
        assert_eq!(domain.seen(texts(&[" steading-verify=abc "])), Seen::Right);
        let says = |answer| match domain.seen(answer) {
            Seen::Missing(why) => ("missing", why),
            Seen::Unknown(why) => ("unknown", why),
            Seen::Right => ("right", String::new()),
        };
        for (answer, what, words) in [
            (
                texts(&[]),
                "missing",
                "no TXT record at _steading.partners.acme.test",
            ),
            (
                texts(&["steading-verify=abd"]),
                "missing",
                "“steading-verify=abd”",
            ),
            (texts(&["\u{1b}[2Jx"]), "missing", "“[2Jx”"),
            (texts(&["STEADING-VERIFY=abc"]), "missing", "holds"),
            (Ok(Texts::NoSuchName), "missing", "does not exist"),
            (Err(Trouble::Silent), "unknown", "did not answer in time"),
            (Err(Trouble::Failed("SERVFAIL")), "unknown", "SERVFAIL"),
        ] {
            let (is, said) = says(answer);
            assert_eq!(is, what, "{said}");
            assert!(said.contains(words), "{said}");
        }
    }
}
