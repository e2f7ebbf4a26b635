//! What only pages ask: names for ids, figures of a month, what a new company has made so far.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::reports::DayFigure;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::db::portable::day_of;
use crate::db::schema::tenant::{
    click_days, enrolments, events, links, partners, payout_batches, programs,
};
use crate::db::types::{Instant, Key};
use crate::id::{LinkId, PartnerId, PayoutBatchId, ProgramId, ProjectId};
use crate::money::{Currency, Money};
use crate::partners::model::{EnrolmentState, LinkState, PartnerState, PayoutState, ProgramState};

/// Programmes offered in a filter or a form at most.
const MOST_CHOICES: i64 = 200;

/// The names of some partners.
pub fn partner_names(
    c: &mut TenantConn,
    ids: impl IntoIterator<Item = PartnerId>,
) -> Result<HashMap<PartnerId, String>> {
    let ids: Vec<PartnerId> = ids.into_iter().collect();
    let rows = partners::table
        .filter(partners::id.eq_any(ids))
        .select((partners::id, partners::name))
        .load::<(PartnerId, String)>(c.db())?;
    Ok(rows.into_iter().collect())
}

/// The names of some programmes.
pub fn program_names(
    c: &mut TenantConn,
    ids: impl IntoIterator<Item = ProgramId>,
) -> Result<HashMap<ProgramId, String>> {
    let ids: Vec<ProgramId> = ids.into_iter().collect();
    let rows = programs::table
        .filter(programs::id.eq_any(ids))
        .select((programs::id, programs::name))
        .load::<(ProgramId, String)>(c.db())?;
    Ok(rows.into_iter().collect())
}

/// Programmes to choose from, by name; archived ones only for looking back.
pub fn program_choices(c: &mut TenantConn, archived_too: bool) -> Result<Vec<(ProgramId, String)>> {
    let mut query = programs::table
        .select((programs::id, programs::name))
        .order((programs::name.asc(), programs::id.asc()))
        .limit(MOST_CHOICES)
        .into_boxed::<crate::db::MultiBackend>();
    if !archived_too {
        query = query.filter(programs::state.eq(ProgramState::Active));
    }
    Ok(query.load(c.db())?)
}

/// How many active enrolments some programmes have.
pub fn enrolled(c: &mut TenantConn, ids: &[ProgramId]) -> Result<HashMap<ProgramId, i64>> {
    let rows = enrolments::table
        .filter(enrolments::program_id.eq_any(ids.to_vec()))
        .filter(enrolments::state.eq(EnrolmentState::Active))
        .group_by(enrolments::program_id)
        .select((enrolments::program_id, diesel::dsl::count_star()))
        .load::<(ProgramId, i64)>(c.db())?;
    Ok(rows.into_iter().collect())
}

/// How many programmes each project has, archived ones among them.
pub fn in_projects(c: &mut TenantConn) -> Result<HashMap<ProjectId, i64>> {
    let rows = programs::table
        .filter(programs::project_id.is_not_null())
        .group_by(programs::project_id)
        .select((programs::project_id, diesel::dsl::count_star()))
        .load::<(Option<ProjectId>, i64)>(c.db())?;
    Ok(rows
        .into_iter()
        .filter_map(|(project, many)| Some((project?, many)))
        .collect())
}

/// How many active links a programme has.
pub fn open_links(c: &mut TenantConn, program: ProgramId) -> Result<i64> {
    Ok(links::table
        .filter(links::program_id.eq(program))
        .filter(links::state.eq(LinkState::Active))
        .count()
        .get_result(c.db())?)
}

#[derive(diesel::QueryableByName)]
struct DayRow {
    #[diesel(sql_type = Text)]
    day: String,
    #[diesel(sql_type = BigInt)]
    many: i64,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = Nullable<Text>)]
    currency: Option<Currency>,
}

#[derive(diesel::QueryableByName)]
struct SumRow {
    #[diesel(sql_type = BigInt)]
    many: i64,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = Text)]
    currency: Currency,
}

fn sums(rows: Vec<SumRow>) -> Vec<(i64, Money)> {
    rows.into_iter()
        .map(|row| (row.many, Money::new(row.amount, row.currency)))
        .collect()
}

/// Sales that partners brought, by UTC day and currency, in `since..until` by when they happened, before refunds. A sale is what
/// carries an amount: a sign-up does not.
pub fn brought_by_day(
    c: &mut TenantConn,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<DayFigure>> {
    let day = day_of(c.db(), "occurred_at");
    let rows: Vec<DayRow> = diesel::sql_query(format!(
        "SELECT {day} AS day, COUNT(*) AS many, CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS amount, currency FROM events \
         WHERE occurred_at >= $1 AND occurred_at < $2 AND outcome = 'attributed' AND refunds_event_id IS NULL AND amount_minor > 0 \
         GROUP BY 1, currency ORDER BY 1, currency"
    ))
    .bind::<Instant, _>(since)
    .bind::<Instant, _>(until)
    .load(c.db())?;
    Ok(rows
        .into_iter()
        .map(|row| DayFigure {
            day: row.day,
            many: row.many,
            amount: row
                .currency
                .map(|currency| Money::new(row.amount, currency)),
        })
        .collect())
}

/// Commissions that wait for a person: pending with their hold over, by currency.
pub fn ready(c: &mut TenantConn, now: Timestamp) -> Result<Vec<(i64, Money)>> {
    let rows: Vec<SumRow> = diesel::sql_query(
        "SELECT COUNT(*) AS many, CAST(SUM(amount_minor - reversed_minor) AS BIGINT) AS amount, currency FROM commissions \
         WHERE state = 'pending' AND hold_until <= $1 GROUP BY currency ORDER BY currency",
    )
    .bind::<Instant, _>(now)
    .load(c.db())?;
    Ok(sums(rows))
}

/// How many commissions wait for a person, counted up to `most`.
pub fn ready_up_to(c: &mut TenantConn, now: Timestamp, most: u64) -> Result<i64> {
    #[derive(diesel::QueryableByName)]
    struct Many {
        #[diesel(sql_type = BigInt)]
        many: i64,
    }
    let found: Many = diesel::sql_query(
        "SELECT COUNT(*) AS many FROM (SELECT 1 AS one FROM commissions \
         WHERE state = 'pending' AND hold_until <= $1 LIMIT $2) AS found",
    )
    .bind::<Instant, _>(now)
    .bind::<BigInt, _>(i64::try_from(most).unwrap_or(i64::MAX))
    .get_result(c.db())?;
    Ok(found.many)
}

/// What a partner brought, by currency, before refunds: sales given to their enrolments.
pub fn brought_by_partner(c: &mut TenantConn, partner: PartnerId) -> Result<Vec<(i64, Money)>> {
    let rows: Vec<SumRow> = diesel::sql_query(
        "SELECT COUNT(*) AS many, CAST(SUM(events.amount_minor) AS BIGINT) AS amount, events.currency AS currency \
         FROM enrolments JOIN attributions ON attributions.enrolment_id = enrolments.id \
         JOIN events ON events.id = attributions.event_id \
         WHERE enrolments.partner_id = $1 AND events.amount_minor > 0 AND events.refunds_event_id IS NULL \
         GROUP BY events.currency ORDER BY events.currency",
    )
    .bind::<Key, _>(partner)
    .load(c.db())?;
    Ok(sums(rows))
}

/// Clicks that earn, through all links of a partner.
pub fn clicks_of_partner(c: &mut TenantConn, partner: PartnerId) -> Result<i64> {
    #[derive(diesel::QueryableByName)]
    struct Sum {
        #[diesel(sql_type = BigInt)]
        many: i64,
    }
    let sum: Sum = diesel::sql_query(
        "SELECT CAST(COALESCE(SUM(click_days.clicks - click_days.flagged), 0) AS BIGINT) AS many FROM links \
         JOIN click_days ON click_days.link_id = links.id WHERE links.partner_id = $1",
    )
    .bind::<Key, _>(partner)
    .get_result(c.db())?;
    Ok(sum.many)
}

/// Partners who wait for an answer.
pub fn applied(c: &mut TenantConn) -> Result<i64> {
    Ok(partners::table
        .filter(partners::state.eq(PartnerState::Applied))
        .count()
        .get_result(c.db())?)
}

/// Clicks that earn, of one link, by day in `from..=until`.
pub fn clicks_of_link(
    c: &mut TenantConn,
    link: LinkId,
    from: &str,
    until: &str,
) -> Result<Vec<(String, i64)>> {
    Ok(click_days::table
        .filter(click_days::link_id.eq(link))
        .filter(click_days::day.between(from.to_owned(), until.to_owned()))
        .order(click_days::day.asc())
        .select((click_days::day, click_days::clicks - click_days::flagged))
        .load(c.db())?)
}

/// Sales given to a link's clicks, by currency, before refunds.
pub fn brought_by_link(
    c: &mut TenantConn,
    link: LinkId,
    of: PartnerId,
) -> Result<Vec<(i64, Money)>> {
    let rows: Vec<SumRow> = diesel::sql_query(
        "SELECT COUNT(*) AS many, CAST(SUM(events.amount_minor) AS BIGINT) AS amount, events.currency AS currency \
         FROM enrolments JOIN attributions ON attributions.enrolment_id = enrolments.id \
         JOIN events ON events.id = attributions.event_id \
         WHERE enrolments.partner_id = $1 AND attributions.link_id = $2 AND events.amount_minor > 0 \
         AND events.refunds_event_id IS NULL GROUP BY events.currency ORDER BY events.currency",
    )
    .bind::<Key, _>(of)
    .bind::<Key, _>(link)
    .load(c.db())?;
    Ok(sums(rows))
}

/// What of a partner's account is not yet in a payout because it takes away, by currency.
pub fn open_adjustments(c: &mut TenantConn, partner: PartnerId) -> Result<Vec<(i64, Money)>> {
    let rows: Vec<SumRow> = diesel::sql_query(
        "SELECT COUNT(*) AS many, CAST(SUM(amount_minor) AS BIGINT) AS amount, currency FROM adjustments \
         WHERE partner_id = $1 AND payout_id IS NULL GROUP BY currency ORDER BY currency",
    )
    .bind::<Key, _>(partner)
    .load(c.db())?;
    Ok(sums(rows))
}

/// What a company has made so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Begun {
    /// A programme.
    pub program: bool,
    /// A partner.
    pub partner: bool,
    /// A link.
    pub link: bool,
    /// A reported event.
    pub event: bool,
    /// A payout that was paid.
    pub paid: bool,
}

/// What there is at least one of.
pub fn begun(c: &mut TenantConn) -> Result<Begun> {
    macro_rules! any {
        ($table:ident) => {
            $table::table
                .select($table::id)
                .limit(1)
                .load::<crate::id::Id<crate::id::Event>>(c.db())?
                .len()
                == 1
        };
    }
    let paid = payout_batches::table
        .filter(payout_batches::state.eq(PayoutState::Paid))
        .select(payout_batches::id)
        .limit(1)
        .load::<PayoutBatchId>(c.db())?;
    Ok(Begun {
        program: any!(programs),
        partner: any!(partners),
        link: any!(links),
        event: any!(events),
        paid: !paid.is_empty(),
    })
}
