//! Who plays in the demo: a tea shop's programmes, its partners and their links. Every name and address is made up; addresses lead
//! to `.example`, which nobody can own, and what has to be unique begins with `demo-`.

use crate::partners::model::PartnerState::{
    self, Applied, Approved, Archived, Declined, Suspended,
};

/// A programme.
pub(super) struct Programme {
    pub(super) name: &'static str,
    pub(super) pays: Pays,
    pub(super) currency: &'static str,
    pub(super) window_days: i64,
    pub(super) holding_days: i64,
    pub(super) auto_approve: bool,
    pub(super) event_type: &'static str,
    pub(super) destination: &'static str,
}

/// What a programme pays.
#[derive(Clone, Copy)]
pub(super) enum Pays {
    /// A share, in parts per million.
    Share(u32),
    /// Minor units of the programme's currency.
    Fixed(i64),
}

/// The programmes; places of partners name them by their number.
pub(super) const PROGRAMMES: [Programme; 3] = [
    Programme {
        name: "Friends of the Teahouse",
        pays: Pays::Share(120_000),
        currency: "EUR",
        window_days: 30,
        holding_days: 14,
        auto_approve: true,
        event_type: SALE,
        destination: "https://teahouse.example/",
    },
    Programme {
        name: "Tasting club",
        pays: Pays::Fixed(400),
        currency: "EUR",
        window_days: 14,
        holding_days: 7,
        auto_approve: false,
        event_type: SIGN_UP,
        destination: "https://teahouse.example/club",
    },
    Programme {
        name: "Ceainăria",
        pays: Pays::Share(100_000),
        currency: "RON",
        window_days: 45,
        holding_days: 30,
        auto_approve: true,
        event_type: SALE,
        destination: "https://teahouse.example/ro/",
    },
];

/// Everybody's favourite.
pub(super) const FRIENDS: usize = 0;
/// Pays for sign-ups.
pub(super) const CLUB: usize = 1;
/// Sells in lei.
pub(super) const ROMANIA: usize = 2;

/// The type of a sale.
pub(super) const SALE: &str = "sale";
/// The type of a sign-up.
pub(super) const SIGN_UP: &str = "signup";
/// The type of a refund.
pub(super) const REFUND: &str = "refund";

/// A partner.
pub(super) struct Role {
    pub(super) name: &'static str,
    pub(super) company: &'static str,
    /// Their address.
    pub(super) email: &'static str,
    /// Their website.
    pub(super) website: &'static str,
    /// What their links' keys begin with.
    pub(super) key: &'static str,
    pub(super) state: PartnerState,
    /// Days before today on which they came.
    pub(super) came: i64,
    /// How many people follow them.
    pub(super) pull: i64,
    /// Of ten thousand clicks so many become customers.
    pub(super) wins: u64,
    /// How they are paid.
    pub(super) paid: Paid,
    pub(super) places: &'static [Place],
}

/// How a partner is paid.
#[derive(Clone, Copy)]
pub(super) enum Paid {
    /// By bank, in this country.
    Bank(&'static str),
    /// By PayPal.
    Paypal,
    /// They have not said yet.
    Unknown,
}

/// A partner's place in a programme.
pub(super) struct Place {
    pub(super) program: usize,
    /// A share of their own, in parts per million.
    pub(super) share: Option<u32>,
    /// Their links: the end of the key, what they call it, where it leads below the programme's destination.
    pub(super) links: &'static [(&'static str, &'static str, &'static str)],
}

const fn place(
    program: usize,
    links: &'static [(&'static str, &'static str, &'static str)],
) -> Place {
    Place {
        program,
        share: None,
        links,
    }
}

const HOME: (&str, &str, &str) = ("", "Everywhere", "");
const BIO: (&str, &str, &str) = ("-bio", "Profile", "");
const LETTER: (&str, &str, &str) = ("-letter", "Newsletter", "letter");
const ADVENT: (&str, &str, &str) = ("-advent", "Advent calendar", "gifts/advent");
const MATCHA: (&str, &str, &str) = ("-matcha", "Matcha guide", "matcha");
const POTS: (&str, &str, &str) = ("-pots", "Teapots compared", "teapots");
const VIDEO: (&str, &str, &str) = ("-video", "Below the videos", "");
const CLUB_LINK: (&str, &str, &str) = ("-club", "Tasting club", "");
const RO_LINK: (&str, &str, &str) = ("-ro", "Ceai", "");

macro_rules! role {
    ($name:literal, $company:literal, $site:literal, $home:ident, $state:ident, $came:literal, $pull:literal, $wins:literal, $paid:expr, $places:expr) => {
        Role {
            name: $name,
            company: $company,
            email: concat!("demo-", $site, "@", stringify!($home), ".example"),
            website: concat!("https://", $site, ".", stringify!($home), ".example/"),
            key: concat!("demo-", $site),
            state: $state,
            came: $came,
            pull: $pull,
            wins: $wins,
            paid: $paid,
            places: $places,
        }
    };
}

/// The partner who bought clicks and was found out.
pub(super) const SUSPENDED_DAYS_AGO: i64 = 41;

/// The partners, the largest first.
#[rustfmt::skip]
pub(super) const ROLES: [Role; 24] = [
    role!("Marieke de Boer", "Slow Kettle Magazine", "slowkettle", blog, Approved, 420, 150, 300, Paid::Bank("NL"),
        &[Place { program: FRIENDS, share: Some(150_000), links: &[HOME, LETTER, ADVENT, POTS] }, place(CLUB, &[CLUB_LINK])]),
    role!("Jonas Lindqvist", "Leaf & Lore", "leafandlore", video, Approved, 400, 130, 240, Paid::Bank("SE"),
        &[place(FRIENDS, &[VIDEO, MATCHA]), place(CLUB, &[CLUB_LINK])]),
    role!("Ioana Munteanu", "Ceai la Ora Cinci", "ceailaora5", blog, Approved, 380, 110, 310, Paid::Bank("RO"),
        &[place(ROMANIA, &[RO_LINK, LETTER, ADVENT])]),
    role!("Hannah Vogt", "Teezeit", "teezeit", blog, Approved, 372, 95, 280, Paid::Bank("DE"),
        &[Place { program: FRIENDS, share: Some(140_000), links: &[HOME, POTS] }, place(CLUB, &[CLUB_LINK])]),
    role!("Camille Laurent", "L’Heure du Thé", "heureduthe", blog, Approved, 390, 84, 260, Paid::Bank("FR"),
        &[place(FRIENDS, &[HOME, ADVENT])]),
    role!("Radu Ionescu", "Bucătăria lui Radu", "bucatarialuiradu", video, Approved, 300, 80, 220, Paid::Bank("RO"),
        &[place(ROMANIA, &[RO_LINK, VIDEO]), place(FRIENDS, &[HOME])]),
    role!("Giulia Ferraro", "Foglie", "foglie", social, Approved, 340, 72, 210, Paid::Paypal,
        &[place(FRIENDS, &[BIO, MATCHA])]),
    role!("Tom Ashworth", "Proper Cuppa", "propercuppa", blog, Approved, 366, 66, 230, Paid::Bank("GB"),
        &[place(FRIENDS, &[HOME]), place(CLUB, &[CLUB_LINK])]),
    role!("Emil Bratu", "Reduceri de Weekend", "reduceriweekend", deals, Suspended, 210, 120, 60, Paid::Bank("RO"),
        &[place(ROMANIA, &[RO_LINK]), place(FRIENDS, &[HOME])]),
    role!("Aiko Tanaka", "Matcha Notes", "matchanotes", blog, Approved, 260, 58, 320, Paid::Paypal,
        &[place(FRIENDS, &[MATCHA])]),
    role!("Lukas Brandner", "Der Teeladen-Kompass", "teekompass", blog, Approved, 280, 50, 250, Paid::Bank("AT"),
        &[place(FRIENDS, &[HOME])]),
    role!("Sofia Marques", "Chá das Cinco", "chadascinco", social, Approved, 230, 44, 200, Paid::Bank("PT"),
        &[place(FRIENDS, &[BIO])]),
    role!("Elena Dobre", "Zile cu Ceai", "zilecuceai", social, Approved, 190, 48, 270, Paid::Bank("RO"),
        &[place(ROMANIA, &[RO_LINK]), place(CLUB, &[CLUB_LINK])]),
    role!("Niamh Kelleher", "The Steeping Room", "steepingroom", podcast, Approved, 320, 36, 290, Paid::Bank("IE"),
        &[place(FRIENDS, &[HOME])]),
    role!("Piotr Zieliński", "Herbaciarnia", "herbaciarnia", blog, Approved, 170, 34, 240, Paid::Bank("PL"),
        &[place(FRIENDS, &[HOME])]),
    role!("Clara Jensen", "Hygge Hours", "hyggehours", social, Approved, 150, 40, 190, Paid::Paypal,
        &[place(FRIENDS, &[BIO])]),
    role!("Matei Popa", "Ghidul Cadourilor", "ghidulcadourilor", blog, Approved, 120, 38, 230, Paid::Bank("RO"),
        &[place(ROMANIA, &[RO_LINK])]),
    role!("Ines Ruiz", "Tarde de Té", "tardedete", blog, Approved, 95, 30, 220, Paid::Bank("ES"),
        &[place(FRIENDS, &[HOME])]),
    role!("Viktor Halász", "Teafű", "teafu", video, Approved, 60, 26, 210, Paid::Unknown,
        &[place(FRIENDS, &[VIDEO])]),
    role!("Freya Sinclair", "Oat & Assam", "oatandassam", podcast, Archived, 430, 0, 0, Paid::Bank("GB"),
        &[]),
    role!("Bogdan Rusu", "", "bogdanrusu", social, Applied, 6, 0, 0, Paid::Unknown, &[]),
    role!("Lea Morel", "Petites Infusions", "petitesinfusions", blog, Applied, 3, 0, 0, Paid::Unknown, &[]),
    role!("Daniel Okafor", "Desk Tea", "desktea", podcast, Applied, 1, 0, 0, Paid::Unknown, &[]),
    role!("Cheap Clicks", "Traffic Boost", "trafficboost", deals, Declined, 88, 0, 0, Paid::Unknown, &[]),
];

/// What browsers call themselves.
pub(super) const BROWSERS: [&str; 6] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
];
/// How common each is.
pub(super) const BROWSER_WEIGHTS: [u64; 6] = [34, 26, 18, 12, 6, 4];
/// What crawlers call themselves.
pub(super) const CRAWLERS: [&str; 2] = [
    "Mozilla/5.0 (compatible; Leafbot/2.1; +https://crawler.example/)",
    "Mozilla/5.0 (compatible; previewbot/1.0)",
];
/// Pages that lead to links besides the partners' own.
pub(super) const ELSEWHERE: [&str; 3] = [
    "https://search.example/",
    "https://social.example/",
    "https://mail.example/",
];
/// What visitors bring along.
pub(super) const QUERIES: [&str; 3] = [
    "utm_source=newsletter&utm_medium=email",
    "utm_source=social",
    "utm_campaign=advent",
];
/// Prices of what is sold, in euro cents.
pub(super) const PRICES: [i64; 9] = [590, 790, 890, 1_150, 1_290, 1_490, 1_990, 2_490, 3_900];
/// What a basket in lei costs for one in euros, in hundredths.
pub(super) const LEI: i64 = 495;
/// What the company paid on top: days ago, who by their number, how much, why.
pub(super) const BONUSES: [(i64, usize, i64, &str); 4] = [
    (318, 0, 5_000, "Bonus: best newsletter of the winter"),
    (203, 3, 3_500, "Bonus: teapot comparison"),
    (120, 1, 5_000, "Bonus: matcha guide"),
    (64, 13, 2_000, "Travel costs to the tasting"),
];
