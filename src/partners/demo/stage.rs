//! The cast as records: programmes, partners with how they are paid, enrolments and links, each made on the day it came.

use std::time::Duration;

use super::cast::{PROGRAMMES, Paid, Pays, ROLES, Role, SUSPENDED_DAYS_AGO};
use super::random::Random;
use crate::clock::Timestamp;
use crate::money::{Currency, Money, Rate};
use crate::partners::model::{
    Enrolment, EnrolmentState, Link, LinkState, Partner, PartnerState, Payee, Program,
    ProgramState, Reward,
};

/// The company's programmes are this old.
const PROGRAMMES_CAME: i64 = 440;
/// Seconds between two steps of one partner's beginning.
const STEP: Duration = Duration::from_secs(1_260);

/// The records everything else hangs on.
#[derive(Debug, Default)]
pub(super) struct Stage {
    pub(super) programs: Vec<Program>,
    pub(super) partners: Vec<(Partner, Option<Payee>)>,
    pub(super) enrolments: Vec<Enrolment>,
    pub(super) links: Vec<OnStage>,
}

/// A link with what its visits depend on.
#[derive(Debug)]
pub(super) struct OnStage {
    pub(super) link: Link,
    /// The role it belongs to, by number.
    pub(super) role: usize,
    /// How many follow it, against the others.
    pub(super) pull: i64,
    /// From when on nobody can.
    pub(super) closed_at: Option<Timestamp>,
}

impl Stage {
    /// The cast, as seen at `now`.
    pub(super) fn new(random: &mut Random, now: Timestamp) -> Self {
        let programs = PROGRAMMES
            .iter()
            .map(|programme| {
                let at = morning(random, now, PROGRAMMES_CAME);
                let currency = currency(programme.currency);
                Program {
                    project_id: None,
                    id: random.id(at),
                    name: programme.name.to_owned(),
                    state: ProgramState::Active,
                    commission: match programme.pays {
                        Pays::Share(ppm) => Reward::Percent {
                            rate: Rate::from_ppm(ppm),
                        },
                        Pays::Fixed(amount) => Reward::Fixed {
                            value: Money::new(amount, currency),
                        },
                    },
                    currency,
                    attribution_window_days: programme.window_days,
                    holding_days: programme.holding_days,
                    auto_approve: programme.auto_approve,
                    event_type: Some(programme.event_type.to_owned()),
                    destination_url: programme.destination.to_owned(),
                    is_demo: true,
                    created_at: at,
                    updated_at: at,
                    version: 1,
                }
            })
            .collect();
        let mut stage = Self {
            programs,
            ..Self::default()
        };
        for (number, role) in ROLES.iter().enumerate() {
            stage.enter(random, now, number, role);
        }
        stage
    }

    fn enter(&mut self, random: &mut Random, now: Timestamp, number: usize, role: &Role) {
        let at = morning(random, now, role.came);
        let suspended_at = (role.state == PartnerState::Suspended)
            .then(|| morning(random, now, SUSPENDED_DAYS_AGO));
        let changed_at = match role.state {
            PartnerState::Applied => at,
            PartnerState::Approved | PartnerState::Declined => at.plus(STEP),
            PartnerState::Suspended | PartnerState::Archived => {
                suspended_at.unwrap_or_else(|| at.plus_days(60))
            }
        };
        let payee = payee(random, role);
        let partner = Partner {
            id: random.id(at),
            name: role.name.to_owned(),
            email: role.email.to_owned(),
            company: (!role.company.is_empty()).then(|| role.company.to_owned()),
            website: Some(role.website.to_owned()),
            state: role.state,
            note: note(role.state).map(ToOwned::to_owned),
            payee_hint: payee.as_ref().map(Payee::hint),
            is_demo: true,
            created_at: at,
            updated_at: changed_at,
            version: match role.state {
                PartnerState::Applied => 1,
                PartnerState::Approved | PartnerState::Declined => 2,
                PartnerState::Suspended | PartnerState::Archived => 3,
            },
        };
        let mut begins = at.plus(STEP);
        for place in role.places {
            let (Some(program), Some(programme)) = (
                self.programs.get(place.program),
                PROGRAMMES.get(place.program),
            ) else {
                continue;
            };
            begins = begins.plus(STEP);
            let enrolment = Enrolment {
                id: random.id(begins),
                partner_id: partner.id,
                program_id: program.id,
                state: EnrolmentState::Active,
                commission: place.share.map(|ppm| Reward::Percent {
                    rate: Rate::from_ppm(ppm),
                }),
                holding_days: None,
                created_at: begins,
                updated_at: begins,
                version: 1,
            };
            // The first link of a place gets most visits.
            let mut pull = role.pull * 3;
            for (end, label, path) in place.links {
                begins = begins.plus(STEP);
                let link = Link {
                    id: random.id(begins),
                    enrolment_id: enrolment.id,
                    partner_id: partner.id,
                    program_id: program.id,
                    key: format!("{}{end}", role.key),
                    destination_url: (!path.is_empty())
                        .then(|| format!("{}{path}", programme.destination)),
                    label: Some((*label).to_owned()),
                    state: LinkState::Active,
                    created_at: begins,
                    updated_at: begins,
                    version: 1,
                };
                self.links.push(OnStage {
                    link,
                    role: number,
                    pull,
                    closed_at: suspended_at,
                });
                pull = pull * 45 / 100;
            }
            self.enrolments.push(enrolment);
        }
        self.partners.push((partner, payee));
    }
}

/// A time in the morning, whole days before `now`.
fn morning(random: &mut Random, now: Timestamp, days_ago: i64) -> Timestamp {
    const DAY: i64 = 86_400;
    let midnight = now.as_seconds().div_euclid(DAY) - days_ago;
    let seconds = midnight * DAY + random.between(7 * 3_600, 11 * 3_600);
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}

fn currency(code: &str) -> Currency {
    code.parse().unwrap_or(Currency::EUR)
}

fn note(state: PartnerState) -> Option<&'static str> {
    match state {
        PartnerState::Suspended => {
            Some("Bought visits that never looked at a page. Asked for an explanation.")
        }
        PartnerState::Declined => Some("Sells clicks."),
        PartnerState::Archived => Some("Ended her programme."),
        PartnerState::Applied | PartnerState::Approved => None,
    }
}

/// Bank details in the form of their country with check digits that fit, of banks that do not exist.
fn payee(random: &mut Random, role: &Role) -> Option<Payee> {
    let wanted = match role.paid {
        Paid::Unknown => return None,
        Paid::Paypal => Payee::Paypal {
            email: role.email.to_owned(),
        },
        Paid::Bank(country) => {
            let digits = random.below(10_000_000_000);
            let basic = match country {
                "RO" => format!("DEMO000000{digits:010}"),
                "NL" => format!("DEMO{digits:010}"),
                "GB" | "IE" => format!("DEMO0000{digits:010}"),
                _ => format!("00000000{digits:010}"),
            };
            Payee::Bank {
                holder: role.name.to_owned(),
                account: iban(country, &basic),
                bank_code: None,
            }
        }
    };
    wanted.checked().ok()
}

/// An IBAN with its check digits (ISO 13616).
fn iban(country: &str, basic: &str) -> String {
    let left = basic
        .chars()
        .chain(country.chars())
        .chain("00".chars())
        .filter_map(|c| c.to_digit(36))
        .fold(0_u32, |left, digit| {
            let shift = if digit > 9 { 100 } else { 10 };
            (left * shift + digit) % 97
        });
    format!("{country}{:02}{basic}", 98 - left)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_record_is_one_a_person_could_have_made() {
        let now = Timestamp::from_micros(1_772_366_400_000_000);
        let stage = Stage::new(&mut Random::new(1), now);
        assert_eq!((stage.programs.len(), stage.partners.len()), (3, 24));
        assert!(
            (35..=45).contains(&stage.links.len()),
            "{} links",
            stage.links.len()
        );
        let mut keys = HashSet::new();
        for OnStage { link, .. } in &stage.links {
            assert!(link.key.parse::<crate::partners::model::LinkKey>().is_ok());
            assert!(link.key.starts_with("demo-") && keys.insert(link.key.clone()));
            assert!(link.created_at < now);
        }
        let mut addresses = HashSet::new();
        for ((partner, payee), role) in stage.partners.iter().zip(&ROLES) {
            assert!(partner.email.starts_with("demo-") && addresses.insert(partner.email.clone()));
            assert!(partner.updated_at <= now && partner.created_at <= partner.updated_at);
            assert_eq!(
                payee.is_none(),
                matches!(role.paid, Paid::Unknown),
                "{}",
                partner.name
            );
            assert_eq!(partner.payee_hint, payee.as_ref().map(Payee::hint));
        }
    }

    #[test]
    fn check_digits_are_those_of_the_standard() {
        assert_eq!(iban("GB", "WEST12345698765432"), "GB82WEST12345698765432");
        assert_eq!(
            iban("RO", "AAAA1B31007593840000"),
            "RO49AAAA1B31007593840000"
        );
    }
}
