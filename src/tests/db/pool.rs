//! PostgreSQL: a connection carries nothing from one request to the next, writes that meet are run again, and a server that goes away
//! is told apart from a write that is wrong. Writes that depend on what they read hold on both engines.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{PgConnection, sql_query};
use steading::db::{Limits, Stores};
use steading::{Error, Result};

use super::samples::{Sample, another, count, names, number, put, sampled, sampled_with, samples};
use crate::harness::engine::Engine;
use crate::harness::stores::{Gate, TestStores, until};
use crate::on_both_engines;

fn superuser(stores: &TestStores) -> PgConnection {
    PgConnection::establish(&stores.database.as_ref().unwrap().superuser).unwrap()
}

/// Ends every connection of requests to this test's database, as a restart of the server would.
fn cut(conn: &mut PgConnection) {
    conn.batch_execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'steading_request'",
    )
    .unwrap();
}

on_both_engines! {
    async fn parallel_increments_are_never_lost(engine: Engine) {
        let stores = sampled(engine);
        stores.scope.write(|c| put(c, "counter")).await.unwrap();
        let attempts: Vec<_> = (0..100).map(|_| {
            let scope = stores.scope.clone();
            tokio::spawn(async move {
                scope.write(|c| {
                    let before: i64 = samples::table.select(samples::number).first(c.db())?;
                    diesel::update(samples::table).set(samples::number.eq(before + 1)).execute(c.db())?;
                    Ok(before)
                }).await
            })
        }).collect();
        // On PostgreSQL they meet; one that has met another runs again alone, so none is turned away.
        let mut seen = Vec::new();
        for attempt in attempts {
            seen.push(attempt.await.unwrap().unwrap());
        }
        seen.sort_unstable();
        let expected: Vec<i64> = (0..100).collect();
        assert_eq!(seen, expected);
        let last: i64 = stores.scope.read(|c| Ok(samples::table.select(samples::number).first(c.db())?)).await.unwrap();
        assert_eq!(last, 100);
        assert!(!stores.stores.tenants.health().is_failing());
    }

    async fn a_rule_over_several_rows_holds_under_parallel_attempts(engine: Engine) {
        // "One of them must stay": each attempt reads all rows and deletes another one.
        let stores = sampled(engine);
        stores.scope.write(|c| (0..100).try_for_each(|n| put(c, &format!("{n:03}")))).await.unwrap();
        let attempts: Vec<_> = (0..100).map(|n| {
            let scope = stores.scope.clone();
            tokio::spawn(async move {
                loop {
                    let name = format!("{n:03}");
                    let done = scope.write(move |c| {
                        let left: i64 = samples::table.count().get_result(c.db())?;
                        if left <= 1 {
                            return Err(Error::conflict("last", "The last one stays."));
                        }
                        diesel::delete(samples::table.filter(samples::name.eq(&name))).execute(c.db())?;
                        Ok(())
                    }).await;
                    match done {
                        Err(Error::Busy) => {}
                        Ok(()) | Err(Error::Conflict { .. }) => return done.is_ok(),
                        Err(error) => panic!("{error:?}"),
                    }
                }
            })
        }).collect();
        let mut deleted = 0;
        for attempt in attempts {
            deleted += usize::from(attempt.await.unwrap());
        }
        assert_eq!(deleted, 99);
        assert_eq!(count(&stores.scope).await, 1);
    }
}

#[tokio::test]
async fn a_connection_never_carries_another_company() {
    let stores = sampled_with(Engine::Postgres, Limits::default(), |options| {
        options.pool = 1
    });
    let (_, other) = another(&stores);
    for (scope, name) in [(&stores.scope, "mine"), (&other, "theirs")] {
        scope.write(move |c| put(c, name)).await.unwrap();
    }
    let mut panics = 0;
    for round in 0..1_000_i64 {
        for (scope, own) in [(&stores.scope, "mine"), (&other, "theirs")] {
            // Each ends in its own way: kept, refused by us, refused by the database, panicked; read or written.
            let ending = round % 10;
            let work = move |c: &mut steading::db::TenantConn| -> Result<()> {
                let seen: Vec<String> = samples::table.select(samples::name).load(c.db())?;
                assert_eq!(seen, [own]);
                match ending {
                    0 => panic!("planted"),
                    1 => Err(Error::NotFound),
                    2 => put(c, own),
                    3 => Ok(sql_query("SELECT nonsense").execute(c.db()).map(drop)?),
                    _ => Ok(()),
                }
            };
            let ended = if round % 3 == 0 {
                scope.write(work).await
            } else {
                scope.read(work).await
            };
            panics += usize::from(ending == 0);
            assert_eq!(ended.is_ok(), ending > 3, "{round}: {ended:?}");
        }
        if round % 50 == 0 {
            let system: i64 = stores
                .stores
                .control
                .read(|c| {
                    use steading::db::schema::control::users;
                    Ok(users::table.count().get_result(c.db())?)
                })
                .await
                .unwrap();
            assert_eq!(system, 0);
        }
    }
    assert_eq!(panics, 200);
    assert_eq!(
        (names(&stores.scope).await, names(&other).await),
        (vec!["mine".to_owned()], vec!["theirs".to_owned()])
    );
}

#[tokio::test]
async fn a_connection_whose_prologue_failed_is_dropped() {
    let stores = sampled(Engine::Postgres);
    let urls = stores.database.clone().unwrap();
    let mut superuser = superuser(&stores);
    // A login that may connect but may not yet become the role of requests.
    let database = urls.owner.rsplit('/').next().unwrap();
    let stranger = format!("stranger_{database}");
    superuser.batch_execute(&format!("CREATE ROLE {stranger} LOGIN NOINHERIT PASSWORD 'p'; GRANT CONNECT ON DATABASE {database} TO {stranger}")).unwrap();
    let mut options = stores.options.clone();
    let address = urls.request.split_once('@').unwrap().1;
    options.database_url = Some(format!("postgres://{stranger}:p@{address}"));
    options.pool = 1;
    let strange = Stores::open(&options).unwrap();
    let scope = strange.tenants.scope(stores.tenant).unwrap();
    for _ in 0..3 {
        assert!(matches!(
            scope.write(|c| put(c, "a")).await,
            Err(Error::Busy)
        ));
        assert!(matches!(scope.read(|_| Ok(())).await, Err(Error::Busy)));
    }
    assert!(strange.tenants.health().is_failing());
    let mut behind = stores.behind(stores.tenant);
    let open =
        format!("SELECT count(*) AS value FROM pg_stat_activity WHERE usename = '{stranger}'");
    until("the end of the connections", || {
        number(&mut behind, &open) == 0
    })
    .await;
    superuser
        .batch_execute(&format!(
            "GRANT steading_app, steading_control TO {stranger}"
        ))
        .unwrap();
    scope.write(|c| put(c, "a")).await.unwrap();
    assert!(!strange.tenants.health().is_failing());
}

#[tokio::test]
async fn a_server_that_was_restarted_is_not_noticed_by_the_next_request() {
    let stores = sampled(Engine::Postgres);
    let mut superuser = superuser(&stores);
    for number in 0..5 {
        // Several connections, so that several are dead.
        let some: Vec<_> = (0..6)
            .map(|_| {
                let scope = stores.scope.clone();
                tokio::spawn(async move {
                    scope
                        .read(|c| Ok(sql_query("SELECT pg_sleep(0.05)").execute(c.db())?))
                        .await
                })
            })
            .collect();
        for read in some {
            read.await.unwrap().unwrap();
        }
        cut(&mut superuser);
        if number % 2 == 0 {
            assert!(count(&stores.scope).await >= 0);
        }
        stores
            .scope
            .write(move |c| put(c, &number.to_string()))
            .await
            .unwrap();
    }
    assert_eq!(count(&stores.scope).await, 5);
}

#[tokio::test]
async fn a_server_that_goes_away_acknowledges_nothing() {
    let stores = sampled(Engine::Postgres);
    let url = stores.database.clone().unwrap().superuser;
    let before_commit = url.clone();
    let lost = stores
        .scope
        .write(move |c| {
            put(c, "lost")?;
            cut(&mut PgConnection::establish(&before_commit).unwrap());
            Ok(())
        })
        .await;
    assert!(matches!(lost, Err(Error::Busy)), "{lost:?}");
    assert!(stores.stores.tenants.health().is_failing());
    let lost = stores
        .scope
        .write(move |c| {
            cut(&mut PgConnection::establish(&url).unwrap());
            put(c, "lost")
        })
        .await;
    assert!(matches!(lost, Err(Error::Busy)), "{lost:?}");
    assert_eq!(count(&stores.scope).await, 0);
    stores.stores.probe_write().await.unwrap();
    assert!(!stores.stores.tenants.health().is_failing());
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_no_fault_of_the_writer() {
    let stores = sampled(Engine::Postgres);
    let mut superuser = superuser(&stores);
    let database = stores.options.database_url.clone().unwrap();
    let database = database.rsplit('/').next().unwrap();
    superuser
        .batch_execute(&format!(
            "ALTER DATABASE {database} SET default_transaction_read_only = on"
        ))
        .unwrap();
    cut(&mut superuser);
    let refused = stores.scope.write(|c| put(c, "a")).await;
    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    assert!(stores.stores.probe_write().await.is_err());
    assert!(stores.stores.tenants.health().is_failing());
    assert_eq!(count(&stores.scope).await, 0);
    superuser
        .batch_execute(&format!(
            "ALTER DATABASE {database} RESET default_transaction_read_only"
        ))
        .unwrap();
    cut(&mut superuser);
    stores.stores.probe_write().await.unwrap();
    stores.scope.write(|c| put(c, "a")).await.unwrap();
}

#[tokio::test]
async fn no_connection_to_be_had_is_busy_and_soon() {
    let limits = Limits {
        patience: std::time::Duration::from_millis(50),
        ..Limits::default()
    };
    let stores = sampled_with(Engine::Postgres, limits, |options| options.pool = 1);
    let gate = crate::harness::stores::Gate::default();
    let (scope, at_gate) = (stores.scope.clone(), gate.clone());
    let held = tokio::spawn(async move {
        scope
            .read(move |_| {
                at_gate.pass();
                Ok(())
            })
            .await
    });
    gate.reached().await;
    let refused = stores
        .scope
        .write(|c| {
            let row = Sample::new("a", c.now());
            Ok(diesel::insert_into(samples::table)
                .values(row)
                .execute(c.db())?)
        })
        .await;
    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    gate.open();
    held.await.unwrap().unwrap();
}

/// The pool makes a connection while it is asked for one, and whoever waits has asked before the one there was broke.
#[tokio::test]
async fn whoever_waits_for_a_connection_that_breaks_gets_another() {
    let stores = sampled_with(Engine::Postgres, Limits::default(), |options| {
        options.pool = 1;
    });
    let counting = |gate: &Gate| {
        let (scope, gate) = (stores.scope.clone(), gate.clone());
        tokio::spawn(async move {
            scope
                .read(move |c| {
                    gate.pass();
                    Ok(samples::table.count().get_result::<i64>(c.db())?)
                })
                .await
        })
    };
    let mut behind = superuser(&stores);
    for _ in 0..5 {
        let (shut, open) = (Gate::default(), Gate::default());
        open.open();
        let holds = counting(&shut);
        shut.reached().await;
        let waits: Vec<_> = (0..3).map(|_| counting(&open)).collect();
        tokio::task::yield_now().await;
        cut(&mut behind);
        shut.open();
        assert!(holds.await.unwrap().is_err());
        for waits in waits {
            assert_eq!(waits.await.unwrap().unwrap(), 0);
        }
    }
}
