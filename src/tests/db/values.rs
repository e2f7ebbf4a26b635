//! What is written is what is read, on both engines, in the same order.

use diesel::prelude::*;
use diesel::sql_query;
use steading::clock::Timestamp;
use steading::db::Scope;
use steading::db::portable::{Portable, Target, day_of, each, on_conflict};
use steading::db::schema::control::users;
use steading::db::types::{Instant, Key};
use steading::id::{Id, UserId};
use uuid::Uuid;

use super::samples::{Sample, SampleId, State, another, count, names, sampled, samples};
use crate::on_both_engines;

/// An id from anywhere in the whole range, not from the present.
fn anywhere() -> SampleId {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    Id::from_uuid(Uuid::from_bytes(bytes))
}

async fn insert(scope: &Scope, rows: Vec<Sample>) {
    let written = rows.len();
    let write = scope.write(move |c| {
        Ok(each!(c.db(), |conn| diesel::insert_into(samples::table)
            .values(&rows)
            .execute(conn))?)
    });
    assert_eq!(write.await.unwrap(), written);
}

on_both_engines! {
    async fn rows_come_back_as_they_went_in(engine: Engine) {
        let stores = sampled(engine);
        let now = stores.clock.now();
        let full = Sample {
            name: "Größe, 値段, 🐑 '; DROP TABLE samples --".to_owned(),
            state: State::Shut,
            flag: true,
            number: i64::MIN,
            maybe: Some(i64::MAX),
            currency: "JPY".parse().unwrap(),
            seen_at: Some(now.plus_days(1)),
            bytes: Some(vec![0, 255, 10, 39]),
            ..Sample::new("", now)
        };
        let mut rows = vec![full.clone(), Sample::new("", now)];
        // The first and the last instants there are, and those around the turn of a second.
        for micros in [i64::MIN, -1_000_001, -1, 0, 1, 999_999, i64::MAX] {
            let at = Timestamp::from_micros(micros);
            rows.push(Sample {
                id: anywhere(),
                seen_at: Some(at),
                parent_id: Some(full.id),
                bytes: Some(Vec::new()),
                ..Sample::new(&micros.to_string(), at)
            });
        }
        for row in rows {
            let written = row.clone();
            let returned: Sample = stores.scope.write(move |c| {
                let insert = diesel::insert_into(samples::table).values(written.clone());
                Ok(insert.returning(samples::all_columns).get_result(c.db())?)
            }).await.unwrap();
            assert_eq!(returned, row);
            let id = row.id;
            let read: Sample = stores.scope.read(move |c| {
                Ok(samples::table.find(id).select(Sample::as_select()).first(c.db())?)
            }).await.unwrap();
            assert_eq!(read, row);
        }
    }

    async fn nothing_and_something_are_told_apart(engine: Engine) {
        let stores = sampled(engine);
        let now = stores.clock.now();
        let later = now.plus_days(1);
        let with = Sample { maybe: Some(0), seen_at: Some(later), ..Sample::new("with", now) };
        let child = Sample { parent_id: Some(with.id), ..Sample::new("child", now) };
        let parent = with.id;
        insert(&stores.scope, vec![with, Sample::new("without", now), child]).await;
        stores.scope.read(move |c| {
            let none: Vec<String> = samples::table.filter(samples::seen_at.is_null())
                .select(samples::name).order(samples::name).load(c.db())?;
            assert_eq!(none, ["child", "without"]);
            let seen: i64 = samples::table.filter(samples::seen_at.le(later)).count().get_result(c.db())?;
            assert_eq!(seen, 1);
            let latest: Option<Timestamp> = samples::table.select(diesel::dsl::max(samples::seen_at)).first(c.db())?;
            assert_eq!(latest, Some(later));
            let children: Vec<String> =
                samples::table.filter(samples::parent_id.eq(parent)).select(samples::name).load(c.db())?;
            assert_eq!(children, ["child"]);
            let zero: Vec<String> = samples::table.filter(samples::maybe.eq(0)).select(samples::name).load(c.db())?;
            assert_eq!(zero, ["with"]);
            Ok(())
        }).await.unwrap();
    }

    async fn ids_and_times_keep_their_order(engine: Engine) {
        let stores = sampled(engine);
        let mut ids: Vec<SampleId> = (0..200).map(|_| anywhere()).collect();
        for days in [-10_000, -1, 0, 1, 40_000] {
            ids.push(Id::new(stores.clock.now().plus_days(days)));
        }
        ids.extend([Id::from_uuid(Uuid::nil()), Id::from_uuid(Uuid::max())]);
        let mut times: Vec<Timestamp> = (0..ids.len()).map(|n| {
            // Across years, and within one second.
            let n = i64::try_from(n).unwrap() - 100;
            Timestamp::from_micros(if n % 2 == 0 { n * 31_557_600_000_000 } else { n })
        }).collect();
        let rows = ids.iter().zip(&times)
            .map(|(id, at)| Sample { id: *id, ..Sample::new(&id.to_string(), *at) })
            .collect();
        insert(&stores.scope, rows).await;
        ids.sort();
        times.sort();
        stores.scope.read(move |c| {
            let found: Vec<SampleId> = samples::table.select(samples::id).order(samples::id).load(c.db())?;
            assert_eq!(found, ids);
            let above: Vec<SampleId> = samples::table.filter(samples::id.gt(ids[100]))
                .select(samples::id).order(samples::id).load(c.db())?;
            assert_eq!(above, ids[101..]);
            let some: Vec<SampleId> = samples::table.filter(samples::id.eq_any(vec![ids[3], ids[7]]))
                .select(samples::id).order(samples::id).load(c.db())?;
            assert_eq!(some, [ids[3], ids[7]]);
            let found: Vec<Timestamp> = samples::table.select(samples::at).order(samples::at).load(c.db())?;
            assert_eq!(found, times);
            for (place, at) in times.iter().enumerate() {
                let before: i64 = samples::table.filter(samples::at.lt(*at)).count().get_result(c.db())?;
                assert_eq!(before, i64::try_from(place).unwrap(), "{at}");
            }
            Ok(())
        }).await.unwrap();
    }

    async fn text_of_our_own_speaks_of_the_same_values(engine: Engine) {
        let stores = sampled(engine);
        let now = stores.clock.now();
        let row = Sample::new("a", now);
        let id = row.id;
        insert(&stores.scope, vec![row, Sample::new("b", now.plus_days(1))]).await;
        stores.scope.read(move |c| {
            #[derive(QueryableByName)]
            struct Day {
                #[diesel(sql_type = diesel::sql_types::Text)]
                day: String,
                #[diesel(sql_type = Instant)]
                at: Timestamp,
            }
            let day = day_of(c.db(), "at");
            let found: Day = sql_query(format!("SELECT {day} AS day, at FROM samples WHERE id = $1 AND at <= $2"))
                .bind::<Key, _>(id)
                .bind::<Instant, _>(now)
                .get_result(c.db())?;
            assert_eq!((found.day, found.at), (now.day(), now));
            Ok(())
        }).await.unwrap();
    }

    async fn an_unknown_word_is_a_failure_and_no_guess(engine: Engine) {
        let stores = sampled(engine);
        insert(&stores.scope, vec![Sample::new("ajar", stores.clock.now())]).await;
        let read = stores.scope.read(|c| Ok(samples::table.select(samples::name).first::<State>(c.db())?)).await;
        assert!(matches!(read, Err(steading::Error::Database(_))), "{read:?}");
    }

    async fn an_upsert_of_the_control_plane_is_one_statement(stores: TestStores) {
        let (id, now) = (UserId::new(stores.clock.now()), stores.clock.now());
        let row = move |id: UserId, name: &'static str| (
            users::id.eq(id), users::email.eq("a@example.com"), users::name.eq(name),
            users::created_at.eq(now), users::updated_at.eq(now),
        );
        for name in ["Ada", "Grace"] {
            let after: String = stores.stores.control.write(move |c| {
                let upsert = diesel::insert_into(users::table).values(row(id, name)).on_conflict(users::email)
                    .do_update().set(users::name.eq(name)).returning(users::name);
                Ok(Portable(upsert).get_result(c.db())?)
            }).await.unwrap();
            assert_eq!(after, name);
        }
        let ignored = stores.stores.control.write(move |c| {
            let insert = diesel::insert_into(users::table).values(row(UserId::new(now), "Late"));
            Ok(Portable(insert.on_conflict_do_nothing()).execute(c.db())?)
        }).await.unwrap();
        assert_eq!(ignored, 0);
        let found: Vec<String> = stores.stores.control.read(|c| {
            let both = users::table.filter(users::name.eq("Grace")).select(users::name)
                .union(users::table.filter(users::name.eq("Late")).select(users::name));
            Ok(Portable(both).load(c.db())?)
        }).await.unwrap();
        assert_eq!(found, ["Grace"]);
    }

    async fn a_conflict_names_the_key_of_the_engine(engine: Engine) {
        let stores = sampled(engine);
        let (_, other) = another(&stores);
        for (scope, number) in [(&stores.scope, 1), (&stores.scope, 2), (&other, 3)] {
            scope.write(move |c| {
                let now = c.now();
                let tail = on_conflict(c.db(), Target::Tenant, "name", "DO UPDATE SET number = excluded.number");
                sql_query(format!(
                    "INSERT INTO samples (id, name, state, flag, number, currency, at) VALUES ($1, 'a', 'open', $2, $3, 'EUR', $4){tail}"
                ))
                    .bind::<Key, _>(SampleId::new(now))
                    .bind::<diesel::sql_types::Bool, _>(true)
                    .bind::<diesel::sql_types::BigInt, _>(number)
                    .bind::<Instant, _>(now)
                    .execute(c.db())?;
                Ok(())
            }).await.unwrap();
        }
        let numbers = |c: &mut steading::db::TenantConn| Ok(samples::table.select(samples::number).load::<i64>(c.db())?);
        assert_eq!(stores.scope.read(numbers).await.unwrap(), [2]);
        assert_eq!(other.read(numbers).await.unwrap(), [3]);
    }

    async fn a_batch_is_one_statement(engine: Engine) {
        let stores = sampled(engine);
        let now = stores.clock.now();
        insert(&stores.scope, (0..1_000).map(|n| Sample::new(&format!("{n:04}"), now)).collect()).await;
        assert_eq!(count(&stores.scope).await, 1_000);
        assert_eq!(names(&stores.scope).await.last().unwrap(), "0999");
    }
}
