//! Sums for reports. Clicks come from their daily figures; currencies are never added up.

use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{BigInt, Nullable, Text};

use super::project;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::portable::day_of;
use crate::db::schema::tenant::{click_days, enrolments, links, partners};
use crate::db::types::{Instant, Key};
use crate::db::{MultiBackend, TenantConn};
use crate::id::{CommissionId, LinkId, PartnerId, ProgramId, ProjectId};
use crate::money::{Currency, Money};
use crate::partners::model::{CommissionState, EnrolmentState, PartnerState};

/// One figure of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFigure {
    /// The UTC day, `2026-10-31`.
    pub day: String,
    /// How many.
    pub many: i64,
    /// What they come to, where they are money.
    pub amount: Option<Money>,
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

impl From<DayRow> for DayFigure {
    fn from(row: DayRow) -> Self {
        Self {
            day: row.day,
            many: row.many,
            amount: row
                .currency
                .map(|currency| Money::new(row.amount, currency)),
        }
    }
}

/// Clicks by day that earn, in days `from..=until`, of one programme where given.
pub fn clicks_by_day(
    c: &mut TenantConn,
    from: &str,
    until: &str,
    program: Option<ProgramId>,
) -> Result<Vec<DayFigure>> {
    let mut query = click_days::table
        .filter(click_days::day.between(from.to_owned(), until.to_owned()))
        .select((click_days::day, click_days::clicks - click_days::flagged))
        .order(click_days::day.asc())
        .into_boxed::<MultiBackend>();
    if let Some(program) = program {
        query = query.filter(
            click_days::link_id.eq_any(
                links::table
                    .filter(links::program_id.eq(program))
                    .select(links::id),
            ),
        );
    }
    if let Some(project) = project(c) {
        let theirs = links::table
            .filter(links::program_id.eq_any(programs_of!(project)))
            .select(links::id);
        query = query.filter(click_days::link_id.eq_any(theirs));
    }
    let rows = query.load::<(String, i64)>(c.db())?;
    let mut days: Vec<DayFigure> = Vec::new();
    for (day, many) in rows {
        match days.last_mut() {
            Some(last) if last.day == day => last.many += many,
            _ => days.push(DayFigure {
                day,
                many,
                amount: None,
            }),
        }
    }
    Ok(days)
}

/// Events by day and currency, refunds apart from the rest, in `since..until` by when they happened.
pub fn events_by_day(
    c: &mut TenantConn,
    since: Timestamp,
    until: Timestamp,
    refunds: bool,
) -> Result<Vec<DayFigure>> {
    let day = day_of(c.db(), "occurred_at");
    let which = if refunds { "IS NOT NULL" } else { "IS NULL" };
    let limit = project(c);
    let within = limit.map_or("", |_| {
        "AND COALESCE(refunds_event_id, id) IN (SELECT event_id FROM attributions WHERE program_id IN \
         (SELECT id FROM programs WHERE project_id = $3))"
    });
    let query = diesel::sql_query(format!(
        "SELECT {day} AS day, COUNT(*) AS many, CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS amount, currency FROM events \
         WHERE occurred_at >= $1 AND occurred_at < $2 AND refunds_event_id {which} {within} GROUP BY 1, currency ORDER BY 1, currency"
    ))
    .into_boxed::<MultiBackend>()
    .bind::<Instant, _>(since)
    .bind::<Instant, _>(until);
    days(c, query, limit)
}

/// Runs a query over days; a project is its last value.
fn days(
    c: &mut TenantConn,
    mut query: BoxedSqlQuery<'static, MultiBackend, SqlQuery>,
    limit: Option<ProjectId>,
) -> Result<Vec<DayFigure>> {
    if let Some(project) = limit {
        query = query.bind::<Key, _>(project);
    }
    let rows: Vec<DayRow> = query.load(c.db())?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Commissions by day and currency in `since..until` by when they were earned, less what was taken back.
pub fn commissions_by_day(
    c: &mut TenantConn,
    since: Timestamp,
    until: Timestamp,
) -> Result<Vec<DayFigure>> {
    let day = day_of(c.db(), "created_at");
    let limit = project(c);
    let within = limit.map_or(
        "",
        |_| "AND program_id IN (SELECT id FROM programs WHERE project_id = $3)",
    );
    let query = diesel::sql_query(format!(
        "SELECT {day} AS day, COUNT(*) AS many, CAST(SUM(amount_minor - reversed_minor - clawed_back_minor) AS BIGINT) AS amount, \
         currency FROM commissions WHERE id >= $1 AND id < $2 {within} GROUP BY 1, currency ORDER BY 1, currency"
    ))
    .into_boxed::<MultiBackend>()
    .bind::<Key, _>(CommissionId::floor(since))
    .bind::<Key, _>(CommissionId::floor(until));
    days(c, query, limit)
}

/// Partners by state.
pub fn partners_by_state(c: &mut TenantConn) -> Result<Vec<(PartnerState, i64)>> {
    let mut rows = partners::table
        .group_by(partners::state)
        .select((partners::state, diesel::dsl::count_star()))
        .into_boxed::<MultiBackend>();
    if let Some(project) = project(c) {
        let enrolled = enrolments::table
            .filter(enrolments::program_id.eq_any(programs_of!(project)))
            .select(enrolments::partner_id);
        rows = rows.filter(partners::id.eq_any(enrolled));
    }
    Ok(rows.load::<(PartnerState, i64)>(c.db())?)
}

/// Active enrolments.
pub fn enrolments_active(c: &mut TenantConn) -> Result<i64> {
    let active = enrolments::table
        .filter(enrolments::state.eq(EnrolmentState::Active))
        .into_boxed::<MultiBackend>();
    Ok(in_project!(active, enrolments::program_id, project(c))
        .count()
        .get_result(c.db())?)
}

/// Clicks that earn, by link, of some links over all time. Links without any are left out.
pub fn clicks_of_links(c: &mut TenantConn, ids: &[LinkId]) -> Result<Vec<(LinkId, i64)>> {
    #[derive(diesel::QueryableByName)]
    struct Sum {
        #[diesel(sql_type = Key)]
        link_id: LinkId,
        #[diesel(sql_type = BigInt)]
        many: i64,
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let mut query = diesel::sql_query(format!(
        "SELECT link_id, CAST(SUM(clicks - flagged) AS BIGINT) AS many FROM click_days WHERE link_id IN ({}) GROUP BY link_id",
        places.join(", ")
    ))
    .into_boxed::<MultiBackend>();
    for id in ids {
        query = query.bind::<Key, _>(*id);
    }
    let sums: Vec<Sum> = query.load(c.db())?;
    Ok(sums
        .into_iter()
        .map(|sum| (sum.link_id, sum.many))
        .collect())
}

/// What one partner brought and has coming, by currency and state.
pub fn partner_commissions(
    c: &mut TenantConn,
    partner: PartnerId,
) -> Result<Vec<(CommissionState, i64, Money)>> {
    #[derive(diesel::QueryableByName)]
    struct Sum {
        #[diesel(sql_type = Text)]
        state: CommissionState,
        #[diesel(sql_type = BigInt)]
        many: i64,
        #[diesel(sql_type = BigInt)]
        amount: i64,
        #[diesel(sql_type = Text)]
        currency: Currency,
    }
    let sums: Vec<Sum> = diesel::sql_query(
        "SELECT state, COUNT(*) AS many, CAST(SUM(amount_minor - reversed_minor) AS BIGINT) AS amount, currency FROM commissions \
         WHERE partner_id = $1 GROUP BY state, currency ORDER BY state, currency",
    )
    .bind::<crate::db::types::Key, _>(partner)
    .load(c.db())?;
    Ok(sums
        .into_iter()
        .map(|sum| (sum.state, sum.many, Money::new(sum.amount, sum.currency)))
        .collect())
}
