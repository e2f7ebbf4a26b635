//! Where one company ends: nothing of another is seen, changed, referred to or told of, and no door leads from one plane to the other.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{PgConnection, sql_query};
use steading::Error;
use steading::db::schema::control::users;
use steading::db::types::Key;
use steading::db::{Conn, Limits};
use steading::id::{Id, TenantId, UserId};

use super::samples::{
    Sample, SampleId, another, count, names, number, put, sampled, sampled_with, samples,
};
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;
use crate::on_both_engines;

/// An answer of the request login that has become nobody in particular.
fn as_request(stores: &TestStores, before: &str, statement: &str) -> Result<i64, String> {
    let mut conn = PgConnection::establish(&stores.database.as_ref().unwrap().request).unwrap();
    conn.batch_execute(before).map_err(|e| e.to_string())?;
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        value: i64,
    }
    let found: Number = sql_query(statement)
        .get_result(&mut conn)
        .map_err(|e| e.to_string())?;
    Ok(found.value)
}

on_both_engines! {
    async fn companies_share_nothing_but_the_shape(engine: Engine) {
        let stores = sampled(engine);
        let (_, other) = another(&stores);
        let shared: SampleId = Id::new(stores.clock.now());
        // The same name and the same id: a unique key that spoke of another company would refuse them.
        for scope in [&stores.scope, &other] {
            scope.write(move |c| {
                let row = Sample { id: shared, ..Sample::new("same", c.now()) };
                diesel::insert_into(samples::table).values(row).execute(c.db())?;
                Ok(())
            }).await.unwrap();
        }
        stores.scope.write(|c| put(c, "mine")).await.unwrap();
        assert_eq!(names(&stores.scope).await, ["mine", "same"]);
        assert_eq!(names(&other).await, ["same"]);
        let changed = stores.scope.write(|c| Ok(diesel::update(samples::table).set(samples::number.eq(7)).execute(c.db())?)).await;
        assert_eq!(changed.unwrap(), 2);
        let numbers: Vec<i64> = other.read(|c| Ok(samples::table.select(samples::number).load(c.db())?)).await.unwrap();
        assert_eq!(numbers, [0]);
        let gone = other.write(|c| Ok(diesel::delete(samples::table).execute(c.db())?)).await;
        assert_eq!(gone.unwrap(), 1);
        assert_eq!(count(&stores.scope).await, 2);
    }

    async fn a_row_of_another_company_cannot_be_referred_to(engine: Engine) {
        let stores = sampled(engine);
        let (_, other) = another(&stores);
        let theirs = Sample::new("theirs", stores.clock.now());
        let id = theirs.id;
        other.write(move |c| Ok(diesel::insert_into(samples::table).values(theirs.clone()).execute(c.db())?)).await.unwrap();
        let referring = stores.scope.write(move |c| {
            let row = Sample { parent_id: Some(id), ..Sample::new("mine", c.now()) };
            Ok(diesel::insert_into(samples::table).values(row).execute(c.db())?)
        }).await;
        assert!(matches!(referring, Err(Error::Conflict { code: "in_use", .. })), "{referring:?}");
    }

    async fn the_trail_can_only_grow(stores: TestStores) {
        fn add(conn: &mut Conn) -> QueryResult<usize> {
            let id: SampleId = Id::from_uuid(uuid::Uuid::from_u128(7));
            sql_query("INSERT INTO audit_events (id, at, actor_kind, actor_name, action) VALUES ($1, '2026-01-01T00:00:00.000000Z', 'a', 'a', 'a')")
                .bind::<Key, _>(id)
                .execute(conn)
        }
        stores.scope.write(|c| Ok(add(c.db())?)).await.unwrap();
        stores.stores.control.write(|c| Ok(add(c.db())?)).await.unwrap();
        for statement in ["UPDATE audit_events SET action = 'b'", "DELETE FROM audit_events"] {
            let tenant = stores.scope.write(move |c| Ok(sql_query(statement).execute(c.db())?)).await;
            assert!(matches!(tenant, Err(Error::Database(_))), "{statement}: {tenant:?}");
            let control = stores.stores.control.write(move |c| Ok(sql_query(statement).execute(c.db())?)).await;
            assert!(matches!(control, Err(Error::Database(_))), "{statement}: {control:?}");
        }
        assert_eq!(number(&mut stores.behind(stores.tenant), "SELECT count(*) AS value FROM audit_events WHERE action = 'a'"), 1);
    }

    async fn no_door_leads_to_the_other_plane(stores: TestStores) {
        let now = stores.clock.now();
        stores.stores.control.write(move |c| {
            let row = (users::id.eq(UserId::new(now)), users::email.eq("a@example.com"), users::name.eq("A"),
                users::created_at.eq(now), users::updated_at.eq(now));
            Ok(diesel::insert_into(users::table).values(row).execute(c.db())?)
        }).await.unwrap();
        for statement in [
            "SELECT count(*) AS value FROM users", "SELECT count(*) AS value FROM control.users",
            "UPDATE control.users SET name = 'B'", "DELETE FROM control.sessions",
        ] {
            let reached = stores.scope.write(move |c| Ok(sql_query(statement).execute(c.db())?)).await;
            assert!(reached.is_err(), "{statement}");
        }
        for statement in ["SELECT count(*) AS value FROM partners", "DELETE FROM tenant.partners", "SELECT count(*) AS value FROM tenant.clicks"] {
            let reached = stores.stores.control.write(move |c| Ok(sql_query(statement).execute(c.db())?)).await;
            assert!(reached.is_err(), "{statement}");
        }
        let there: i64 = stores.stores.control.read(|c| Ok(users::table.count().get_result(c.db())?)).await.unwrap();
        assert_eq!(there, 1);
    }
}

#[tokio::test]
async fn without_the_prologue_there_are_no_rows() {
    let stores = sampled(Engine::Postgres);
    let (_, other) = another(&stores);
    for scope in [&stores.scope, &other] {
        scope.write(|c| put(c, "a")).await.unwrap();
    }
    let all = "SELECT count(*) AS value FROM tenant.samples";
    assert_eq!(number(&mut stores.behind(stores.tenant), all), 2);
    let refused = as_request(&stores, "SELECT 1", all).unwrap_err();
    assert!(refused.contains("permission denied"), "{refused}");
    for before in [
        "SET ROLE steading_app",
        "SET ROLE steading_app; SET app.tenant_id = ''",
        "SET ROLE steading_app; SET app.tenant_id = '00000000-0000-0000-0000-000000000000'",
        // What a transaction of ours leaves behind on its connection.
        "BEGIN; SET LOCAL ROLE steading_app; SET LOCAL app.tenant_id = '00000000-0000-0000-0000-000000000001'; COMMIT; SET ROLE steading_app",
    ] {
        assert_eq!(as_request(&stores, before, all), Ok(0), "{before}");
    }
    let insert = "INSERT INTO tenant.samples (id, name, state, flag, number, currency, at) \
                  VALUES (gen_random_uuid(), 'n', 'open', true, 0, 'EUR', now()) RETURNING number AS value";
    let refused = as_request(&stores, "SET ROLE steading_app", insert).unwrap_err();
    assert!(
        refused.contains("row-level security") || refused.contains("not-null"),
        "{refused}"
    );
}

#[tokio::test]
async fn rows_cannot_be_given_to_another_company() {
    let stores = sampled(Engine::Postgres);
    let (stranger, other) = another(&stores);
    stores.scope.write(|c| put(c, "mine")).await.unwrap();
    let insert = stores.scope.write(move |c| {
        Ok(sql_query("INSERT INTO samples (tenant_id, id, name, state, flag, number, currency, at) VALUES ($1, $1, 'theirs', 'open', true, 0, 'EUR', '2026-01-01')")
            .bind::<Key, _>(stranger)
            .execute(c.db())?)
    });
    assert!(insert.await.is_err());
    let give = stores.scope.write(move |c| {
        Ok(sql_query("UPDATE samples SET tenant_id = $1")
            .bind::<Key, _>(stranger)
            .execute(c.db())?)
    });
    assert!(give.await.is_err());
    assert_eq!(count(&other).await, 0);
    assert_eq!(count(&stores.scope).await, 1);
}

#[tokio::test]
async fn a_statement_kept_from_one_plane_reads_the_other_rightly() {
    // Both planes have a table of this name, and the statement is prepared once for the one connection there is.
    let stores = sampled_with(Engine::Postgres, Limits::default(), |options| {
        options.pool = 1
    });
    let (_, other) = another(&stores);
    stores.scope.write(|c| {
        sql_query("INSERT INTO mails (id, kind, to_address, subject, body_text, body_html, state, attempts, created_at, updated_at) \
                   VALUES ($1, 'a', 'a', 'a', 'a', 'a', 'sent', 0, '2026-01-01', '2026-01-01')")
            .bind::<Key, _>(TenantId::new(c.now()))
            .execute(c.db())?;
        Ok(())
    }).await.unwrap();
    for _ in 0..10 {
        let mine: i64 = stores
            .scope
            .read(|c| {
                use steading::db::schema::tenant::mails;
                Ok(mails::table.count().get_result(c.db())?)
            })
            .await
            .unwrap();
        let theirs: i64 = other
            .read(|c| {
                use steading::db::schema::tenant::mails;
                Ok(mails::table.count().get_result(c.db())?)
            })
            .await
            .unwrap();
        let system: i64 = stores
            .stores
            .control
            .read(|c| {
                use steading::db::schema::control::mails;
                Ok(mails::table.count().get_result(c.db())?)
            })
            .await
            .unwrap();
        assert_eq!((mine, theirs, system), (1, 0, 0));
    }
}
