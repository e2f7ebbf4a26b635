//! What is written is what is read, on both engines, in the same order.

use diesel::prelude::*;
use diesel::sql_query;
use steading::clock::Timestamp;
use steading::db::Scope;
use steading::db::portable::{Portable, Target, each, on_conflict};
use steading::db::schema::control::users;
use steading::db::schema::tenant::{clicks, events, jobs, programs, settings};
use steading::db::types::{Instant, Word, word};
use steading::id::{ClickId, CustomerId, EventId, Id, JobId, LinkId, ProgramId, UserId};
use steading::money::Currency;
use uuid::Uuid;

use crate::on_both_engines;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Active,
    Archived,
}

impl Word for State {
    fn word(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }
    fn read(text: &str) -> Option<Self> {
        [Self::Active, Self::Archived]
            .into_iter()
            .find(|state| state.word() == text)
    }
}
word!(State);

#[derive(Debug, Clone, PartialEq, Queryable, Insertable, Selectable)]
#[diesel(table_name = programs)]
struct Program {
    id: ProgramId,
    name: String,
    state: State,
    commission_kind: String,
    rate_ppm: Option<i64>,
    fixed_minor: Option<i64>,
    currency: Currency,
    attribution_window_days: i64,
    holding_days: i64,
    destination_url: String,
    is_demo: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: i64,
}

/// An id from anywhere in the whole range, not from the present.
fn random() -> Uuid {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    Uuid::from_bytes(bytes)
}

fn program(at: Timestamp) -> Program {
    Program {
        id: ProgramId::new(at),
        name: "Größe, 値段, 🐑 '; DROP TABLE programs --".to_owned(),
        state: State::Active,
        commission_kind: "percent".to_owned(),
        rate_ppm: Some(125_000),
        fixed_minor: None,
        currency: "JPY".parse().unwrap(),
        attribution_window_days: i64::MAX,
        holding_days: i64::MIN,
        destination_url: String::new(),
        is_demo: true,
        created_at: at,
        updated_at: at,
        version: 1,
    }
}

on_both_engines! {
    async fn rows_come_back_as_they_went_in(stores: TestStores) {
        let now = stores.clock.now();
        let mut rows = vec![program(now)];
        for (micros, demo, state) in [
            (0, false, State::Archived),
            (-1, true, State::Active),
            (1, false, State::Active),
            // The first and the last instants RFC 3339 can write.
            (i64::MIN, true, State::Archived),
            (i64::MAX, false, State::Active),
        ] {
            let at = Timestamp::from_micros(micros);
            rows.push(Program {
                id: ProgramId::from_uuid(random()),
                state,
                is_demo: demo,
                commission_kind: "fixed".to_owned(),
                rate_ppm: None,
                fixed_minor: Some(micros),
                currency: "EUR".parse().unwrap(),
                ..program(at)
            });
        }
        for row in rows {
            let written = row.clone();
            let returned: Program = stores
                .scope
                .write(move |c| {
                    let insert = diesel::insert_into(programs::table).values(written.clone());
                    Ok(insert.returning(programs::all_columns).get_result(c.db())?)
                })
                .await
                .unwrap();
            assert_eq!(returned, row);
            let id = row.id;
            let read: Program = stores
                .scope
                .read(move |c| Ok(programs::table.find(id).select(Program::as_select()).first(c.db())?))
                .await
                .unwrap();
            assert_eq!(read, row);
        }
    }

    async fn nothing_and_something_are_told_apart(stores: TestStores) {
        let now = stores.clock.now();
        let (job, leased) = (JobId::new(now), JobId::new(now));
        let (bare, full, customer_event) = (ClickId::new(now), ClickId::new(now), EventId::new(now));
        stores.scope.write(move |c| {
            for (id, lease) in [(job, None), (leased, Some(now))] {
                diesel::insert_into(jobs::table)
                    .values((
                        jobs::id.eq(id), jobs::kind.eq("k"), jobs::payload.eq("{}"), jobs::state.eq("ready"),
                        jobs::run_at.eq(now), jobs::attempts.eq(0), jobs::max_attempts.eq(1), jobs::fence.eq(0),
                        jobs::lease_until.eq(lease), jobs::created_at.eq(now), jobs::updated_at.eq(now),
                    ))
                    .execute(c.db())?;
            }
            for (id, visitor) in [(bare, None), (full, Some(vec![0_u8, 255, 10, 39]))] {
                diesel::insert_into(clicks::table)
                    .values((clicks::id.eq(id), clicks::link_id.eq(LinkId::new(now)), clicks::visitor.eq(visitor)))
                    .execute(c.db())?;
            }
            diesel::insert_into(events::table)
                .values((
                    events::id.eq(customer_event), events::kind.eq("sale"), events::customer_id.eq(None::<CustomerId>),
                    events::click_id.eq(Some(full)), events::external_id.eq("1"), events::currency.eq(None::<Currency>),
                    events::occurred_at.eq(now), events::fingerprint.eq("f"), events::outcome.eq("o"), events::created_at.eq(now),
                ))
                .execute(c.db())?;
            Ok(())
        }).await.unwrap();

        stores.scope.read(move |c| {
            let leases: Vec<(JobId, Option<Timestamp>)> =
                jobs::table.select((jobs::id, jobs::lease_until)).load(c.db())?;
            assert!(leases.contains(&(job, None)) && leases.contains(&(leased, Some(now))));
            let late: i64 = jobs::table.filter(jobs::lease_until.le(now)).count().get_result(c.db())?;
            assert_eq!(late, 1);
            let latest: Option<Timestamp> = jobs::table.select(diesel::dsl::max(jobs::lease_until)).first(c.db())?;
            assert_eq!(latest, Some(now));
            let visitor: Option<Vec<u8>> = clicks::table.find(full).select(clicks::visitor).first(c.db())?;
            assert_eq!(visitor, Some(vec![0, 255, 10, 39]));
            let visitor: Option<Vec<u8>> = clicks::table.find(bare).select(clicks::visitor).first(c.db())?;
            assert_eq!(visitor, None);
            type Found = (Option<CustomerId>, Option<ClickId>, Option<i64>, Option<Currency>);
            let event: Found = events::table
                .select((events::customer_id, events::click_id, events::amount_minor, events::currency))
                .first(c.db())?;
            assert_eq!(event, (None, Some(full), None, None));
            Ok(())
        }).await.unwrap();
    }

    async fn ids_and_times_keep_their_order(stores: TestStores) {
        let mut ids: Vec<ClickId> = (0..200).map(|_| ClickId::from_uuid(random())).collect();
        for days in [-30_000, -1, 0, 1, 40_000] {
            ids.push(ClickId::new(stores.clock.now().plus_days(days)));
        }
        ids.push(Id::from_uuid(Uuid::nil()));
        ids.push(Id::from_uuid(Uuid::max()));
        let times: Vec<Timestamp> = [i64::MIN, -86_400_000_001, -1_000_000, -999_999, -1, 0, 1, 999_999, 1_000_000, i64::MAX]
            .map(Timestamp::from_micros)
            .to_vec();
        insert(&stores.scope, ids.clone(), times.clone()).await;
        ids.sort();
        let mut sorted = times.clone();
        sorted.sort();
        stores.scope.read(move |c| {
            let found: Vec<ClickId> = clicks::table.select(clicks::id).order(clicks::id).load(c.db())?;
            assert_eq!(found, ids);
            let middle = ids[100];
            let above: Vec<ClickId> =
                clicks::table.filter(clicks::id.gt(middle)).select(clicks::id).order(clicks::id).load(c.db())?;
            assert_eq!(above, ids[101..]);
            let some: Vec<ClickId> =
                clicks::table.filter(clicks::id.eq_any(vec![ids[3], ids[7]])).select(clicks::id).order(clicks::id).load(c.db())?;
            assert_eq!(some, [ids[3], ids[7]]);
            let found: Vec<Timestamp> =
                settings::table.select(settings::updated_at).order(settings::updated_at).load(c.db())?;
            assert_eq!(found, sorted);
            for (place, at) in sorted.iter().enumerate() {
                let before: i64 = settings::table.filter(settings::updated_at.lt(*at)).count().get_result(c.db())?;
                assert_eq!(before, i64::try_from(place).unwrap(), "{at}");
            }
            Ok(())
        }).await.unwrap();
    }

    async fn an_unknown_word_is_a_failure_and_no_guess(stores: TestStores) {
        let now = stores.clock.now();
        stores.scope.write(move |c| Ok(diesel::insert_into(programs::table).values(program(now)).execute(c.db())?))
            .await
            .unwrap();
        let read = stores.scope.read(|c| Ok(programs::table.select(programs::name).first::<State>(c.db())?)).await;
        assert!(matches!(read, Err(steading::Error::Database(_))), "{read:?}");
    }

    async fn an_upsert_of_the_control_plane_is_one_statement(stores: TestStores) {
        let (id, now) = (UserId::new(stores.clock.now()), stores.clock.now());
        for (name, seen) in [("Ada", "Ada"), ("Grace", "Grace")] {
            let after: String = stores.stores.control.write(move |c| {
                let row = (
                    users::id.eq(id), users::email.eq("a@example.com"), users::name.eq(name),
                    users::created_at.eq(now), users::updated_at.eq(now),
                );
                let upsert = diesel::insert_into(users::table).values(row).on_conflict(users::email)
                    .do_update().set(users::name.eq(name)).returning(users::name);
                Ok(Portable(upsert).get_result(c.db())?)
            }).await.unwrap();
            assert_eq!(after, seen);
        }
        let ignored = stores.stores.control.write(move |c| {
            let row = (
                users::id.eq(UserId::new(now)), users::email.eq("a@example.com"), users::name.eq("Late"),
                users::created_at.eq(now), users::updated_at.eq(now),
            );
            Ok(Portable(diesel::insert_into(users::table).values(row).on_conflict_do_nothing()).execute(c.db())?)
        }).await.unwrap();
        assert_eq!(ignored, 0);
        let names: Vec<String> =
            stores.stores.control.read(|c| Ok(users::table.select(users::name).load(c.db())?)).await.unwrap();
        assert_eq!(names, ["Grace"]);
    }

    async fn a_conflict_names_the_key_of_the_engine(stores: TestStores) {
        let (_, other) = stores.another_tenant();
        for (scope, value) in [(&stores.scope, "1"), (&stores.scope, "2"), (&other, "3")] {
            scope.write(move |c| {
                let now = c.now();
                let tail = on_conflict(c.db(), Target::Tenant, "name", "DO UPDATE SET value = excluded.value");
                sql_query(format!("INSERT INTO settings (name, value, updated_at) VALUES ('a', $1, $2){tail}"))
                    .bind::<diesel::sql_types::Text, _>(value)
                    .bind::<Instant, _>(now)
                    .execute(c.db())?;
                Ok(())
            }).await.unwrap();
        }
        assert_eq!(values(&stores.scope).await, ["2"]);
        assert_eq!(values(&other).await, ["3"]);
    }

    async fn a_batch_is_one_statement(stores: TestStores) {
        let times = vec![stores.clock.now(); 1_000];
        insert(&stores.scope, Vec::new(), times).await;
        assert_eq!(super::rows::count(&stores.scope).await, 1_000);
    }
}

/// Writes ids as clicks and times as settings, each in one statement.
async fn insert(scope: &Scope, ids: Vec<ClickId>, times: Vec<Timestamp>) {
    scope
        .write(move |c| {
            let now = c.now();
            let rows: Vec<_> = ids
                .iter()
                .map(|id| (clicks::id.eq(*id), clicks::link_id.eq(LinkId::new(now))))
                .collect();
            if !rows.is_empty() {
                let written = each!(c.db(), |conn| diesel::insert_into(clicks::table)
                    .values(&rows)
                    .execute(conn))?;
                assert_eq!(written, rows.len());
            }
            let rows: Vec<_> = times
                .iter()
                .enumerate()
                .map(|(number, at)| {
                    (
                        settings::name.eq(format!("{number:06}")),
                        settings::value.eq(""),
                        settings::updated_at.eq(*at),
                    )
                })
                .collect();
            if !rows.is_empty() {
                let written = each!(c.db(), |conn| diesel::insert_into(settings::table)
                    .values(&rows)
                    .execute(conn))?;
                assert_eq!(written, rows.len());
            }
            Ok(())
        })
        .await
        .unwrap();
}

async fn values(scope: &Scope) -> Vec<String> {
    scope
        .read(|c| Ok(settings::table.select(settings::value).load(c.db())?))
        .await
        .unwrap()
}
