//! The console's navigation.

use crate::web::nav::{Item, Section};

/// A page the console's navigation leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Every company.
    Companies,
    /// Companies somebody asked for.
    Signups,
    /// Totals over all companies.
    Report,
    /// Mails about accounts.
    Mail,
    /// What operators did.
    Trail,
}

const ALL: [Place; 5] = [
    Place::Companies,
    Place::Signups,
    Place::Report,
    Place::Mail,
    Place::Trail,
];

impl Place {
    /// Its address.
    pub fn path(self) -> &'static str {
        match self {
            Self::Companies => "/operator",
            Self::Signups => "/operator/signups",
            Self::Report => "/operator/report",
            Self::Mail => "/operator/mail",
            Self::Trail => "/operator/trail",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Companies => "Companies",
            Self::Signups => "Sign-ups",
            Self::Report => "Report",
            Self::Mail => "Mail",
            Self::Trail => "Trail",
        }
    }
}

/// The navigation, with how many sign-ups wait.
pub(super) fn navigation(current: Place, waiting: u64) -> Vec<Section> {
    let items = ALL.into_iter().map(|place| Item {
        place: None,
        label: place.label(),
        href: place.path().to_owned(),
        current: place == current,
        count: if place == Place::Signups { waiting } else { 0 },
    });
    vec![Section {
        heading: "",
        items: items.collect(),
    }]
}
