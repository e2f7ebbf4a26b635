//! A year of visits: how many on which day through which link, when, from where and with what.

use std::collections::BTreeMap;

use super::cast::{BROWSER_WEIGHTS, BROWSERS, CRAWLERS, ELSEWHERE, QUERIES, ROLES};
use super::random::Random;
use super::season;
use super::stage::{OnStage, Stage};
use crate::clock::Timestamp;
use crate::id::{ClickId, LinkId};
use crate::partners::model::{ClickFlag, PartnerState};

/// Visits in the year, within what chance makes of it.
const VISITS: i64 = 84_000;
/// Days of the year that is shown.
pub(super) const DAYS: i64 = 365;
const DAY_SECONDS: i64 = 86_400;
/// Of a thousand visits so many are crawlers' and floods.
const CRAWLED: u64 = 26;
const FLOODED: u64 = 4;
/// For so long before they were suspended a partner bought visits.
const BOUGHT_DAYS: i64 = 9;

/// A visit, lean: what it says of itself is one of few texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The click's id, made at its time.
    pub id: ClickId,
    /// When.
    pub at: Timestamp,
    /// Through which link.
    pub link: LinkId,
    /// Who, as a hash.
    pub visitor: [u8; 16],
    /// From which page.
    pub referrer: Option<&'static str>,
    /// With which browser.
    pub user_agent: &'static str,
    /// With which query.
    pub query: Option<&'static str>,
    /// Why it earns nothing.
    pub flag: Option<ClickFlag>,
    /// Its link's number on the stage.
    pub(super) number: usize,
}

/// A day's visits through one link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitDay {
    /// The UTC day.
    pub day: String,
    /// The link.
    pub link: LinkId,
    /// All.
    pub visits: i64,
    /// Those flagged.
    pub flagged: i64,
}

/// All visits before `until`, in the order of time.
pub(super) fn visits(random: &mut Random, stage: &Stage, until: Timestamp) -> Vec<Visit> {
    let last = until.as_seconds().div_euclid(DAY_SECONDS);
    let first = last - DAYS + 1;
    let mut wishes: Vec<(i64, usize, i64)> = Vec::new();
    for day in first..=last {
        let weight = season::weight(date(day), day - first, DAYS);
        for (number, on_stage) in stage.links.iter().enumerate() {
            let wish = wish(random, on_stage, day, weight);
            if wish > 0 {
                wishes.push((day, number, wish));
            }
        }
    }
    let all: i64 = wishes.iter().map(|(_, _, wish)| wish).sum();
    let mut visits = Vec::with_capacity(usize::try_from(VISITS).unwrap_or(0) + 1_000);
    // What is cut off at one day and link is carried to the next, so that the year comes to the sum.
    let mut carried = 0;
    for (day, number, wish) in wishes {
        let Some(on_stage) = stage.links.get(number) else {
            continue;
        };
        carried += wish * VISITS;
        let many = carried / all.max(1);
        carried -= many * all;
        for _ in 0..many {
            let at = moment(random, day);
            if at < until && on_stage.closed_at.is_none_or(|closed| at < closed) {
                visits.push(visit(random, on_stage, number, at));
            }
        }
    }
    visits.sort_by_key(|visit| visit.id);
    visits
}

/// The same by day and link, as the daily figures keep them.
pub(super) fn by_day(visits: &[Visit]) -> Vec<VisitDay> {
    let mut days: BTreeMap<(i64, LinkId), (i64, i64)> = BTreeMap::new();
    for visit in visits {
        let day = visit.at.as_seconds().div_euclid(DAY_SECONDS);
        let (all, flagged) = days.entry((day, visit.link)).or_default();
        *all += 1;
        *flagged += i64::from(visit.flag.is_some());
    }
    days.into_iter()
        .map(|((day, link), (visits, flagged))| VisitDay {
            day: start_of(day).day(),
            link,
            visits,
            flagged,
        })
        .collect()
}

/// How much of the year's visits a day brings to a link, against the others.
fn wish(random: &mut Random, on_stage: &OnStage, day: i64, weight: i64) -> i64 {
    let age = day
        - on_stage
            .link
            .created_at
            .as_seconds()
            .div_euclid(DAY_SECONDS);
    if age < 0 {
        return 0;
    }
    // A link becomes known over two months.
    let known = 250 + 750 * age.min(60) / 60;
    let noise = random.between(650, 1_350);
    // Now and then something new stands beside it.
    let burst = if random.chance(25) {
        random.between(2, 4)
    } else {
        1
    };
    let seasonal = match on_stage.link.label.as_deref() {
        Some("Advent calendar") if !matches!(date(day).month(), 11 | 12) => 8,
        _ => 100,
    };
    let bought = if is_bought(on_stage, start_of(day)) {
        3
    } else {
        1
    };
    on_stage.pull * weight / 100 * known / 1_000 * noise / 1_000 * burst * seasonal / 100 * bought
}

/// Whether a link's visits were bought then.
fn is_bought(on_stage: &OnStage, at: Timestamp) -> bool {
    let is_theirs = ROLES
        .get(on_stage.role)
        .is_some_and(|role| role.state == PartnerState::Suspended);
    let close = |closed: Timestamp| at <= closed && closed <= at.plus_days(BOUGHT_DAYS);
    is_theirs && on_stage.closed_at.is_some_and(close)
}

fn visit(random: &mut Random, on_stage: &OnStage, number: usize, at: Timestamp) -> Visit {
    let flag = if is_bought(on_stage, at) && random.chance(450) {
        Some(ClickFlag::Manual)
    } else if random.chance(CRAWLED) {
        Some(ClickFlag::Bot)
    } else if random.chance(FLOODED) {
        Some(ClickFlag::Flood)
    } else {
        None
    };
    let user_agent = match flag {
        Some(ClickFlag::Bot) => random.pick(&CRAWLERS),
        _ => {
            let place = random.weighted(&BROWSER_WEIGHTS);
            BROWSERS.get(place).copied().unwrap_or_default()
        }
    };
    let website = ROLES.get(on_stage.role).map(|role| role.website);
    Visit {
        id: random.id(at),
        at,
        link: on_stage.link.id,
        visitor: random.bytes(),
        referrer: match random.below(10) {
            0..=5 => website,
            6 | 7 => Some(random.pick(&ELSEWHERE)),
            _ => None,
        },
        user_agent,
        query: random.chance(120).then(|| random.pick(&QUERIES)),
        flag,
        number,
    }
}

/// A time of a day, when people are awake.
pub(super) fn moment(random: &mut Random, day: i64) -> Timestamp {
    let hour = i64::try_from(random.weighted(&season::HOURS)).unwrap_or(12);
    let within = random.between(0, 3_599_999_999);
    let seconds = day * DAY_SECONDS + hour * 3_600;
    Timestamp::from_micros(seconds.saturating_mul(1_000_000).saturating_add(within))
}

/// The first instant of a UTC day, by its number since 1970.
pub(super) fn start_of(day: i64) -> Timestamp {
    Timestamp::from_micros(day.saturating_mul(DAY_SECONDS).saturating_mul(1_000_000))
}

/// The date of a UTC day.
pub(super) fn date(day: i64) -> jiff::civil::Date {
    start_of(day)
        .to_jiff()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
}
