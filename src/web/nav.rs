//! The admin's navigation, in one place: sections, names, addresses, in the order shown.

/// A page the navigation leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The dashboard.
    Home,
    /// Partner programmes.
    Programs,
    /// Partners and their enrolments.
    Partners,
    /// What partners earned.
    Commissions,
    /// Payouts and their batches.
    Payouts,
    /// Tracking links.
    Links,
    /// How a shop reports its sales.
    Connect,
    /// Mail settings and the outbox.
    Mail,
    /// Members and invitations.
    People,
    /// API keys.
    ApiKeys,
    /// The audit trail.
    Audit,
    /// Versions, store, jobs, checks.
    System,
    /// What the company uses of its plan.
    Usage,
    /// The company's own domains, where many are served.
    Domains,
    /// The company's settings.
    Settings,
}

/// A heading of the navigation and what stands under it. The first has no heading.
const SECTIONS: &[(&str, &[Place])] = &[
    ("", &[Place::Home]),
    (
        "Partners",
        &[
            Place::Programs,
            Place::Partners,
            Place::Commissions,
            Place::Payouts,
            Place::Links,
        ],
    ),
    ("Connections", &[Place::Connect, Place::Mail]),
    (
        "Company",
        &[
            Place::People,
            Place::ApiKeys,
            Place::Audit,
            Place::System,
            Place::Usage,
            Place::Domains,
            Place::Settings,
        ],
    ),
];

impl Place {
    /// The name in the navigation.
    pub fn label(self) -> &'static str {
        match self {
            Self::Home => "Home",
            Self::Programs => "Programmes",
            Self::Partners => "Partners",
            Self::Commissions => "Commissions",
            Self::Payouts => "Payouts",
            Self::Links => "Links",
            Self::Connect => "Shop",
            Self::Mail => "Mail",
            Self::People => "People",
            Self::ApiKeys => "API keys",
            Self::Audit => "Audit trail",
            Self::System => "System",
            Self::Usage => "Usage",
            Self::Domains => "Domains",
            Self::Settings => "Settings",
        }
    }

    /// The place an address below the tenant's prefix belongs to: its list, its record, its forms. Home is only itself.
    pub fn of(path: &str) -> Option<Self> {
        let belongs = |place: &Self| {
            path.strip_prefix(place.path()).is_some_and(|rest| {
                rest.is_empty() || (*place != Self::Home && rest.starts_with(['/', '.']))
            })
        };
        SECTIONS
            .iter()
            .flat_map(|(_, places)| places.iter().copied())
            .find(belongs)
    }

    /// The address below the tenant's prefix.
    pub fn path(self) -> &'static str {
        match self {
            Self::Home => "/admin",
            Self::Programs => "/admin/programs",
            Self::Partners => "/admin/partners",
            Self::Commissions => "/admin/commissions",
            Self::Payouts => "/admin/payouts",
            Self::Links => "/admin/links",
            Self::Connect => "/admin/connect",
            Self::Mail => "/admin/mail",
            Self::People => "/admin/people",
            Self::ApiKeys => "/admin/api-keys",
            Self::Audit => "/admin/audit",
            Self::System => "/admin/system",
            Self::Usage => "/admin/usage",
            Self::Domains => "/admin/domains",
            Self::Settings => "/admin/settings",
        }
    }
}

/// A rendered section.
#[derive(Clone, Debug)]
pub struct Section {
    /// The heading; empty for the first.
    pub heading: &'static str,
    /// Its entries.
    pub items: Vec<Item>,
}

/// What waits is counted on every page, so no further than this: beyond it nobody reads the digits.
pub const COUNTED: u64 = 1_000;

/// A rendered entry.
#[derive(Clone, Debug)]
pub struct Item {
    /// Which page of the admin; none for a console's own.
    pub place: Option<Place>,
    /// The name shown.
    pub label: &'static str,
    /// Where it leads.
    pub href: String,
    /// Is this where we are?
    pub current: bool,
    /// How many wait there, [`COUNTED`] at most; 0 shows nothing.
    pub count: u64,
}

impl Item {
    /// The count as it is shown.
    pub fn badge(&self) -> String {
        if self.count < COUNTED {
            self.count.to_string()
        } else {
            format!("{}+", COUNTED - 1)
        }
    }
}

/// Builds the navigation a person may use: `allowed` hides what would only answer 403.
pub fn build(
    base: &str,
    current: Option<Place>,
    counts: &[(Place, u64)],
    allowed: impl Fn(Place) -> bool,
) -> Vec<Section> {
    SECTIONS
        .iter()
        .map(|(heading, places)| Section {
            heading,
            items: places
                .iter()
                .copied()
                .filter(|place| allowed(*place))
                .map(|place| Item {
                    place: Some(place),
                    label: place.label(),
                    href: format!("{base}{}", place.path()),
                    current: current == Some(place),
                    count: counts
                        .iter()
                        .find(|(p, _)| *p == place)
                        .map_or(0, |(_, n)| *n),
                })
                .collect(),
        })
        .filter(|section| !section.items.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_ends_where_nobody_reads_on() {
        for (count, badge) in [(1, "1"), (999, "999"), (1_000, "999+"), (40_000, "999+")] {
            let shown = build("", None, &[(Place::Partners, count)], |_| true);
            let mut items = shown.iter().flat_map(|section| &section.items);
            let item = items
                .find(|item| item.place == Some(Place::Partners))
                .unwrap();
            assert_eq!(item.badge(), badge);
        }
    }

    #[test]
    fn an_address_belongs_to_its_list() {
        for (path, place) in [
            ("/admin", Some(Place::Home)),
            ("/admin/partners", Some(Place::Partners)),
            ("/admin/partners/prt_1/edit", Some(Place::Partners)),
            ("/admin/commissions.csv", Some(Place::Commissions)),
            ("/admin/nope", None),
            ("/admin/partnership", None),
            ("/nope", None),
        ] {
            assert_eq!(Place::of(path), place, "{path}");
        }
    }
}
