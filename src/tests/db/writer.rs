//! A write is acknowledged when it is on disk and not before; a bad one falls alone; a bad disk takes nobody with it unsaid.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use steading::db::{Limits, Scope};
use steading::{Error, Result};
use tokio::task::JoinHandle;

use super::samples::{
    count, names, number, put, put_absurd, put_orphan, sampled, sampled_with, sampled_within,
};
use crate::harness::engine::Engine;
use crate::harness::stores::{Gate, TestStores, until};
use crate::on_both_engines;

/// Sends a write on its way; it is answered in its own time.
fn send<T, F>(scope: &Scope, work: F) -> JoinHandle<Result<T>>
where
    T: Send + 'static,
    F: Fn(&mut steading::db::TenantConn) -> Result<T> + Send + 'static,
{
    let scope = scope.clone();
    tokio::spawn(async move { scope.write(work).await })
}

/// Keeps the writer busy, so that what is sent meanwhile becomes one batch.
async fn hold(stores: &TestStores) -> (Gate, JoinHandle<Result<()>>) {
    let gate = Gate::default();
    let at_gate = gate.clone();
    let held = send(&stores.scope, move |_| {
        at_gate.pass();
        Ok(())
    });
    gate.reached().await;
    (gate, held)
}

/// Waits until so many writes are queued or running.
async fn queued(stores: &TestStores, many: u64) {
    let health = stores.stores.tenants.health();
    until("writes in the queue", || health.waiting() >= many).await;
}

fn rule() -> Error {
    Error::conflict("rule", "A rule of ours.")
}

on_both_engines! {
    async fn bad_writes_fall_alone_among_good_ones(engine: Engine) {
        let stores = sampled(engine);
        stores.scope.write(|c| put(c, "taken")).await.unwrap();
        let batches = stores.stores.tenants.health().batches();
        let holding = if stores.engine == Engine::Sqlite { Some(hold(&stores).await) } else { None };
        let mut answers = Vec::new();
        for number in 0..511_usize {
            let scope = &stores.scope;
            answers.push(match number {
                40 => send(scope, |c| { put(c, "by rule")?; Err(rule()) }),
                80 => send(scope, |c| { put(c, "by unique")?; put(c, "taken") }),
                120 => send(scope, |c| { put(c, "by check")?; put_absurd(c) }),
                160 => send(scope, |c| { put(c, "by foreign key")?; put_orphan(c) }),
                200 => send(scope, |c| { put(c, "by panic")?; panic!("planted") }),
                _ => send(scope, move |c| put(c, &format!("good {number:03}"))),
            });
        }
        if let Some((gate, held)) = holding {
            queued(&stores, 512).await;
            gate.open();
            held.await.unwrap().unwrap();
        }
        for (number, answer) in answers.into_iter().enumerate() {
            let answer = answer.await.unwrap();
            match number {
                40 => assert!(matches!(answer, Err(Error::Conflict { code: "rule", .. })), "{answer:?}"),
                80 => assert!(matches!(answer, Err(Error::Duplicate)), "{answer:?}"),
                120 => assert!(matches!(answer, Err(Error::Database(_))), "{answer:?}"),
                160 => assert!(matches!(answer, Err(Error::Conflict { code: "in_use", .. })), "{answer:?}"),
                200 => assert!(matches!(answer, Err(Error::Internal(_))), "{answer:?}"),
                // On PostgreSQL many meet at once; who meets too often is told to come back.
                _ if stores.engine == Engine::Postgres => assert!(matches!(answer, Ok(()) | Err(Error::Busy)), "{answer:?}"),
                _ => assert!(answer.is_ok(), "{number}: {answer:?}"),
            }
        }
        let left = names(&stores.scope).await;
        assert!(left.iter().all(|name| name.starts_with("good ") || name == "taken"), "{left:?}");
        if stores.engine == Engine::Sqlite {
            assert_eq!(left.len(), 507);
            // One for the holder, one or two for the rest: time may have split it.
            let batches = stores.stores.tenants.health().batches() - batches;
            assert!(batches < 40, "{batches} batches");
        }
        let health = stores.stores.tenants.health();
        assert!(!health.is_failing() && health.poisoned() == 0);
    }

    async fn a_single_bad_write_leaves_nothing(engine: Engine) {
        let stores = sampled(engine);
        let bad: [fn(&mut steading::db::TenantConn) -> Result<()>; 5] = [
            |_| Err(rule()),
            |c| put(c, "a"),
            put_absurd,
            put_orphan,
            |_| panic!("planted"),
        ];
        for ending in bad {
            let answer = stores.scope.write(move |c| { put(c, "a")?; ending(c) }).await;
            assert!(answer.is_err());
            assert_eq!(count(&stores.scope).await, 0);
        }
        stores.scope.write(|c| put(c, "a")).await.unwrap();
        assert_eq!(count(&stores.scope).await, 1);
        assert_eq!(stores.stores.tenants.health().poisoned(), 0);
    }

    async fn a_failure_that_is_kept_quiet_is_never_acknowledged_half(engine: Engine) {
        let stores = sampled(engine);
        stores.scope.write(|c| put(c, "taken")).await.unwrap();
        let answer = stores.scope.write(|c| {
            put(c, "before")?;
            let _ = put(c, "taken");
            Ok(())
        }).await;
        // SQLite goes on after it, PostgreSQL cannot; what counts is that the answer tells what is there.
        let expected: &[&str] = if answer.is_ok() { &["before", "taken"] } else { &["taken"] };
        assert_eq!(names(&stores.scope).await, expected, "{answer:?}");
    }

    async fn a_write_whose_client_left_is_committed(engine: Engine) {
        let stores = sampled(engine);
        let gate = Gate::default();
        let at_gate = gate.clone();
        let left = send(&stores.scope, move |c| {
            put(c, "left")?;
            at_gate.pass();
            Ok(())
        });
        gate.reached().await;
        left.abort();
        assert!(left.await.unwrap_err().is_cancelled());
        gate.open();
        let health = stores.stores.tenants.health();
        until("the commit", || health.waiting() == 0).await;
        assert_eq!(names(&stores.scope).await, ["left"]);
    }

    async fn a_write_over_its_budget_is_rolled_back(engine: Engine) {
        let limits = Limits { closure_budget: Duration::ZERO, ..Limits::default() };
        let stores = sampled_within(engine, limits);
        let answer = stores.scope.write(|c| put(c, "slow")).await;
        assert!(matches!(answer, Err(Error::Internal(_))), "{answer:?}");
        assert_eq!(count(&stores.scope).await, 0);
    }

    async fn closures_asked_to_wake_jobs_do_so_once_committed(engine: Engine) {
        let woken = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&woken);
        let stores = sampled_with(engine, Limits::default(), |options| {
            options.after_commit = Arc::new(move |_, is_due| { counter.fetch_add(usize::from(is_due), Ordering::SeqCst); });
        });
        stores.scope.write(|c| put(c, "quiet")).await.unwrap();
        stores.scope.write(|c| { c.wake_jobs(); Err::<(), _>(rule()) }).await.unwrap_err();
        let health = stores.stores.tenants.health();
        until("rest", || health.waiting() == 0).await;
        assert_eq!(woken.load(Ordering::SeqCst), 0);
        stores.scope.write(|c| { c.wake_jobs(); put(c, "loud") }).await.unwrap();
        until("the bell", || woken.load(Ordering::SeqCst) == 1).await;
    }

    async fn a_read_cannot_write(engine: Engine) {
        let stores = sampled(engine);
        let answer = stores.scope.read(|c| put(c, "sneaked")).await;
        assert!(matches!(answer, Err(Error::Database(_))), "{answer:?}");
        let answer = stores.stores.control.read(|c| Ok(c.db().batch_execute("CREATE TABLE sneaked (a bigint)")?)).await;
        assert!(answer.is_err());
        assert_eq!(count(&stores.scope).await, 0);
    }
}

#[tokio::test]
async fn writes_that_wait_share_one_commit() {
    let stores = sampled(Engine::Sqlite);
    let health = stores.stores.tenants.health();
    let (batches, commits) = (health.batches(), health.commits());
    let answers: Vec<_> = (0..256)
        .map(|number| send(&stores.scope, move |c| put(c, &number.to_string())))
        .collect();
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(health.commits() - commits, 256);
    let batches = health.batches() - batches;
    assert!(batches <= 64, "{batches} commits for 256 writes");
    assert_eq!(count(&stores.scope).await, 256);
}

#[tokio::test]
async fn nobody_is_answered_before_the_commit() {
    let stores = sampled(Engine::Sqlite);
    let (first, held) = hold(&stores).await;
    let early = send(&stores.scope, |c| put(c, "early"));
    queued(&stores, 2).await;
    let second = Gate::default();
    let at_gate = second.clone();
    let late = send(&stores.scope, move |c| {
        at_gate.pass();
        put(c, "late")
    });
    queued(&stores, 3).await;
    first.open();
    held.await.unwrap().unwrap();
    // The early one has run, in the batch that now stands at the second gate.
    second.reached().await;
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert!(!early.is_finished());
    assert_eq!(
        number(
            &mut stores.behind(stores.tenant),
            "SELECT count(*) AS value FROM samples"
        ),
        0
    );
    second.open();
    early.await.unwrap().unwrap();
    assert!(
        number(
            &mut stores.behind(stores.tenant),
            "SELECT count(*) AS value FROM samples"
        ) >= 1
    );
    late.await.unwrap().unwrap();
}

/// Fills the file to its last page, which is what a full disk looks like to SQLite.
fn fill(c: &mut steading::db::TenantConn) -> Result<()> {
    let pages = number(c.db(), "SELECT page_count AS value FROM pragma_page_count");
    c.db()
        .batch_execute(&format!("PRAGMA max_page_count = {}", pages + 2))?;
    put(c, &"large".repeat(200_000))
}

#[tokio::test]
async fn a_full_disk_fails_the_whole_batch_and_nothing_of_it_stays() {
    let stores = sampled(Engine::Sqlite);
    let health = stores.stores.tenants.health();
    stores.scope.write(|c| put(c, "old")).await.unwrap();
    let (gate, held) = hold(&stores).await;
    let mut answers = vec![
        send(&stores.scope, |c| put(c, "before")),
        send(&stores.scope, |c| {
            put(c, "with it")?;
            fill(c)
        }),
    ];
    answers.extend(
        (0..100).map(|number| send(&stores.scope, move |c| put(c, &format!("after {number}")))),
    );
    queued(&stores, 103).await;
    gate.open();
    held.await.unwrap().unwrap();
    for answer in answers {
        let answer = answer.await.unwrap();
        assert!(matches!(answer, Err(Error::Busy)), "{answer:?}");
    }
    assert_eq!(names(&stores.scope).await, ["old"]);
    assert!(health.is_failing());
    assert_eq!(health.poisoned(), 1);
    assert_eq!(health.failing_stores(), [stores.tenant]);

    // A write that changes nothing would succeed on a full disk too, and so proves nothing.
    stores
        .scope
        .write(|c| Ok(sql_query("DELETE FROM samples WHERE name = 'nobody'").execute(c.db())?))
        .await
        .unwrap();
    assert!(health.is_failing());
    stores.scope.write(|c| put(c, "new")).await.unwrap();
    assert!(!health.is_failing() && health.failing_stores().is_empty());
    assert_eq!(names(&stores.scope).await, ["new", "old"]);
}

#[tokio::test]
async fn a_full_disk_fails_a_single_write_cleanly() {
    let stores = sampled(Engine::Sqlite);
    let answer = stores
        .scope
        .write(|c| {
            put(c, "with it")?;
            fill(c)
        })
        .await;
    assert!(matches!(answer, Err(Error::Busy)), "{answer:?}");
    assert_eq!(count(&stores.scope).await, 0);
    let health = stores.stores.tenants.health();
    assert!(health.is_failing());
    stores.stores.probe_write().await.unwrap();
    assert!(!health.is_failing());
}

#[tokio::test]
async fn a_commit_that_fails_acknowledges_nobody() {
    let stores = sampled(Engine::Sqlite);
    let (gate, held) = hold(&stores).await;
    let mut answers: Vec<_> = (0..20)
        .map(|number| send(&stores.scope, move |c| put(c, &number.to_string())))
        .collect();
    // A key that is checked at the commit passes its savepoint: the commit is what fails.
    answers.push(send(&stores.scope, |c| {
        c.db().batch_execute("PRAGMA defer_foreign_keys = ON")?;
        put_orphan(c)
    }));
    queued(&stores, 22).await;
    gate.open();
    held.await.unwrap().unwrap();
    for answer in answers {
        let answer = answer.await.unwrap();
        assert!(matches!(answer, Err(Error::Busy)), "{answer:?}");
    }
    assert_eq!(count(&stores.scope).await, 0);
    assert_eq!(stores.stores.tenants.health().poisoned(), 1);
    stores.scope.write(|c| put(c, "next")).await.unwrap();
}

#[tokio::test]
async fn a_full_queue_answers_busy_at_once() {
    let limits = Limits {
        queue: 3,
        ..Limits::default()
    };
    let stores = sampled_within(Engine::Sqlite, limits);
    let (gate, held) = hold(&stores).await;
    let waiting: Vec<_> = (0..3)
        .map(|number| send(&stores.scope, move |c| put(c, &number.to_string())))
        .collect();
    queued(&stores, 4).await;
    // Answered although the writer stands still.
    let refused = stores.scope.write(|c| put(c, "too many")).await;
    assert!(matches!(refused, Err(Error::Busy)), "{refused:?}");
    assert_eq!(stores.stores.tenants.health().refused_full(), 1);
    gate.open();
    held.await.unwrap().unwrap();
    for answer in waiting {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(names(&stores.scope).await, ["0", "1", "2"]);
}

#[tokio::test]
async fn a_batch_ends_when_its_time_is_up() {
    let limits = Limits {
        batch_time: Duration::ZERO,
        ..Limits::default()
    };
    let stores = sampled_within(Engine::Sqlite, limits);
    let health = stores.stores.tenants.health();
    let (gate, held) = hold(&stores).await;
    let answers: Vec<_> = (0..10)
        .map(|number| send(&stores.scope, move |c| put(c, &number.to_string())))
        .collect();
    queued(&stores, 11).await;
    let before = health.batches();
    gate.open();
    held.await.unwrap().unwrap();
    for answer in answers {
        answer.await.unwrap().unwrap();
    }
    assert_eq!(health.batches() - before, 11);
    assert_eq!(count(&stores.scope).await, 10);
}

#[tokio::test]
async fn a_trail_that_cannot_be_changed_fails_its_closure_alone() {
    let stores = sampled(Engine::Sqlite);
    stores.scope.write(|c| {
        c.db().batch_execute("INSERT INTO audit_events (id, at, actor_kind, actor_name, action) VALUES (zeroblob(16), '', 'a', 'a', 'a')")?;
        Ok(())
    }).await.unwrap();
    let (gate, held) = hold(&stores).await;
    let good = send(&stores.scope, |c| put(c, "good"));
    let changing = send(&stores.scope, |c| {
        Ok(sql_query("UPDATE audit_events SET action = 'b'").execute(c.db())?)
    });
    let typed = send(&stores.scope, |c| {
        put(c, "typed")?;
        Ok(sql_query("UPDATE samples SET number = 'seven'").execute(c.db())?)
    });
    queued(&stores, 4).await;
    gate.open();
    held.await.unwrap().unwrap();
    good.await.unwrap().unwrap();
    assert!(matches!(changing.await.unwrap(), Err(Error::Database(_))));
    assert!(matches!(typed.await.unwrap(), Err(Error::Database(_))));
    assert_eq!(names(&stores.scope).await, ["good"]);
}

#[tokio::test]
async fn savepoints_left_open_by_a_panic_do_not_leak_into_the_next_write() {
    use diesel::connection::{Connection, TransactionManager};
    type Transactions = <steading::db::Conn as Connection>::TransactionManager;
    let stores = sampled(Engine::Sqlite);
    let (gate, held) = hold(&stores).await;
    let good = send(&stores.scope, |c| put(c, "good"));
    let panics: JoinHandle<Result<()>> = send(&stores.scope, |c| {
        Transactions::begin_transaction(c.db())?;
        put(c, "bad")?;
        Transactions::begin_transaction(c.db())?;
        panic!("planted")
    });
    let also = send(&stores.scope, |c| put(c, "also good"));
    queued(&stores, 4).await;
    gate.open();
    held.await.unwrap().unwrap();
    good.await.unwrap().unwrap();
    assert!(panics.await.unwrap().is_err());
    also.await.unwrap().unwrap();
    assert_eq!(names(&stores.scope).await, ["also good", "good"]);
}
