//! The whole demo, worked out before anything is written: pure, from a seed and the time. What events earn, when it is approved,
//! what refunds take back and what is paid follow from the programme's own rules.

use super::books::Books;
use super::random::Random;
use super::shoppers::shoppers;
use super::stage::Stage;
use super::story;
use super::traffic::{self, Visit, VisitDay};
use crate::clock::Timestamp;
use crate::partners::model::{
    Adjustment, Attribution, Commission, Customer, Enrolment, Event, Identity, Link, Partner,
    Payee, Payout, PayoutBatch, Program,
};

/// Everything `demo load` writes.
#[derive(Debug)]
pub struct Plan {
    /// Programmes.
    pub programs: Vec<Program>,
    /// Partners, and how they are paid.
    pub partners: Vec<(Partner, Option<Payee>)>,
    /// Their places in programmes.
    pub enrolments: Vec<Enrolment>,
    /// Their links.
    pub links: Vec<Link>,
    /// Clicks, in the order of time.
    pub visits: Vec<Visit>,
    /// The same by day and link.
    pub days: Vec<VisitDay>,
    /// Customers.
    pub customers: Vec<Customer>,
    /// Which clicks were theirs.
    pub identities: Vec<Identity>,
    /// What they did, in the order it was reported.
    pub events: Vec<Event>,
    /// Whose work that was, and when it was worked out.
    pub attributions: Vec<(Attribution, Timestamp)>,
    /// What partners earned, and the minor units it was worked out on.
    pub commissions: Vec<(Commission, i64)>,
    /// Monthly payouts.
    pub batches: Vec<PayoutBatch>,
    /// Partners' shares of them.
    pub payouts: Vec<Payout>,
    /// Corrections.
    pub adjustments: Vec<Adjustment>,
}

impl Plan {
    /// The year before `until`, from a seed.
    pub fn new(seed: u64, until: Timestamp) -> Self {
        let mut random = Random::new(seed);
        let stage = Stage::new(&mut random, until);
        let visits = traffic::visits(&mut random, &stage, until);
        let shoppers = shoppers(&mut random, &stage, &visits, until);
        let mut books = Books::new(&stage);
        let told = story::tell(&mut random, &stage, &visits, shoppers, &mut books, until);
        Self {
            days: traffic::by_day(&visits),
            visits,
            customers: told.customers,
            identities: told.identities,
            events: told.events,
            attributions: told.attributions,
            commissions: books.commissions,
            batches: books.batches,
            payouts: books.payouts,
            adjustments: books.adjustments,
            programs: stage.programs,
            partners: stage.partners,
            enrolments: stage.enrolments,
            links: stage
                .links
                .into_iter()
                .map(|on_stage| on_stage.link)
                .collect(),
        }
    }

    /// How much it is.
    pub fn figures(&self) -> Figures {
        Figures {
            programs: self.programs.len(),
            partners: self.partners.len(),
            links: self.links.len(),
            clicks: self.visits.len(),
            customers: self.customers.len(),
            events: self.events.len(),
            commissions: self.commissions.len(),
            payouts: self.payouts.len(),
            adjustments: self.adjustments.len(),
        }
    }
}

/// How much was written or taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Figures {
    /// Programmes.
    pub programs: usize,
    /// Partners.
    pub partners: usize,
    /// Links.
    pub links: usize,
    /// Clicks.
    pub clicks: usize,
    /// Customers.
    pub customers: usize,
    /// Events.
    pub events: usize,
    /// Commissions.
    pub commissions: usize,
    /// Payouts.
    pub payouts: usize,
    /// Adjustments.
    pub adjustments: usize,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} programmes, {} partners, {} links, {} clicks, {} customers, {} events, {} commissions, {} payouts",
            self.programs,
            self.partners,
            self.links,
            self.clicks,
            self.customers,
            self.events,
            self.commissions,
            self.payouts
        )
    }
}
