//! The runner: hears the bell, keeps appointments, tells the control plane, stops.

use std::time::Duration;

use steading::actor::Actor;
use steading::audit::{self, Event};
use steading::clock::Timestamp;
use steading::db::schema::control::tenants;
use steading::jobs;
use tokio::sync::watch;

use super::{kinds, stand};
use crate::harness::app::TestApp;
use crate::harness::engine::Engine;
use crate::harness::stores::until;
use crate::on_both_engines;

async fn hint(house: &TestApp) -> Option<Timestamp> {
    use diesel::prelude::*;
    let id = house.scope.tenant();
    let read = house.app.control.read(move |c| {
        Ok(tenants::table
            .find(id)
            .select(tenants::jobs_due_at)
            .first::<Option<Timestamp>>(c.db())?)
    });
    read.await.unwrap()
}

on_both_engines! {
    async fn work_is_done_when_the_bell_rings_and_when_its_time_comes(engine: Engine) {
        let house = stand(engine).await;
        let (now_key, later_key): (&'static str, &'static str) = if engine == Engine::Sqlite {
            ("bell-lite", "later-lite")
        } else {
            ("bell-pg", "later-pg")
        };
        let (stop, stopped) = watch::channel(false);
        let test = async {
            until("the runner has planned its own work", || kinds::done(&house.scope.tenant().to_string()) == 1).await;
            house.enqueue(kinds::COUNT, now_key).await;
            until("work is done on the bell", || kinds::done(now_key) == 1).await;
            house.enqueue_in(kinds::COUNT, later_key, 1_800, None).await;
            let due = house.clock.now().plus(Duration::from_secs(1_800));
            // Never later than the truth; earlier is fine, and put right when it is followed.
            while hint(&house).await.is_none_or(|at| at > due) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            assert_eq!(kinds::done(later_key), 0);
            house.pass(1_801);
            until("work is done in its time", || kinds::done(later_key) == 1).await;
            while hint(&house).await.is_none_or(|at| at <= house.clock.now()) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            stop.send(true).unwrap();
        };
        tokio::join!(jobs::run(house.app.clone(), stopped), test);
        assert_eq!(house.counts().await.running, 0);
    }

    async fn recurring_work_waits_only_where_there_is_something_for_it(engine: Engine) {
        let house = stand(engine).await;
        let key = format!("wished {}", house.scope.tenant());
        let next = || async {
            let wanted = jobs::Filter { kind: Some(kinds::WISHED.to_owned()), ..jobs::Filter::default() };
            house.scope.read(move |c| jobs::page(c, &wanted, None, 10)).await.unwrap()
        };
        let (stop, stopped) = watch::channel(false);
        let test = async {
            until("the runner has planned its own work", || kinds::done(&house.scope.tenant().to_string()) == 1).await;
            assert!(next().await.is_empty(), "nobody wished for anything");
            for wishes in 1..=2 {
                house.scope.write(|c| audit::record(c, &Actor::shell(), Event::new(kinds::WISH))).await.unwrap();
                // The runner notes the write, and asks a minute later.
                while kinds::done(&key) < wishes {
                    house.pass(10);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            while !next().await.is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            let left = house.clock.now();
            // Nothing is left to do: however long it runs, nothing is written.
            let (health, mut quiet) = (house.app.tenants.health(), 0);
            let mut commits = health.commits();
            while quiet < 20 {
                house.pass(61);
                tokio::time::sleep(Duration::from_millis(100)).await;
                quiet = if health.commits() == commits { quiet + 1 } else { 0 };
                commits = health.commits();
                assert!(house.clock.now().since(left) < Duration::from_secs(100 * 61), "it is never at rest");
            }
            assert_eq!(kinds::done(&key), 2);
            stop.send(true).unwrap();
        };
        tokio::join!(jobs::run(house.app.clone(), stopped), test);
    }

    async fn what_a_dead_process_held_is_done_by_the_next(engine: Engine) {
        let house = stand(engine).await;
        let key: &'static str = if engine == Engine::Sqlite { "crash-lite" } else { "crash-pg" };
        let id = house.enqueue(kinds::GATED, key).await.unwrap();
        {
            // A process that dies in the middle: its future is dropped, its claim stays.
            let dying = house.run_due();
            tokio::select! {
                _ = dying => panic!("it should not end"),
                () = until("it has begun", || kinds::done(key) == 1) => {}
            }
        }
        assert_eq!(house.job(id).await.state, "running");
        kinds::gate(key).add_permits(1);
        if engine == Engine::Postgres {
            // Others may live there, so the claim must end first.
            house.pass(120);
        }
        let (stop, stopped) = watch::channel(false);
        let test = async {
            for _ in 0..3_000 {
                let job = house.job(id).await;
                if job.state == "done" {
                    break;
                }
                // Once it is taken up, time stands still: the new claim must not end, too.
                if job.attempts < 2 {
                    house.pass(60);
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            stop.send(true).unwrap();
        };
        tokio::join!(jobs::run(house.again(), stopped), test);
        let job = house.job(id).await;
        assert_eq!((job.state.as_str(), job.attempts), ("done", 2));
    }
}
