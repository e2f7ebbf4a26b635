//! Work that fails comes back later each time, is given up in the end, and can be retried.

use steading::actor::Actor;
use steading::jobs::{self, Filter, MAX_ATTEMPTS, State};
use steading::{Error, audit};

use super::{kinds, stand};
use crate::harness::engine::Engine;
use crate::on_both_engines;

/// Longer than any wait between attempts.
const LONG: u64 = 5 * 3_600;

on_both_engines! {
    async fn a_job_is_dead_after_its_last_attempt_and_lives_again_when_retried(engine: Engine) {
        let house = stand(engine).await;
        let key: &'static str = if engine == Engine::Sqlite { "dead-lite" } else { "dead-pg" };
        let id = house.enqueue(kinds::FAIL, key).await.unwrap();
        for attempt in 1..=MAX_ATTEMPTS {
            assert_eq!(house.run_due().await.len(), 1, "attempt {attempt}");
            let job = house.job(id).await;
            assert_eq!(job.attempts, attempt);
            assert_eq!(job.last_error.as_deref(), Some("The other side said no."));
            if attempt < MAX_ATTEMPTS {
                assert_eq!(job.state, "ready");
                assert!(job.run_at > house.clock.now());
            }
            house.pass(LONG);
        }
        assert!(house.run_due().await.is_empty());
        let wanted = Filter { state: Some(State::Dead), ..Filter::default() };
        let dead = house.scope.read(move |c| jobs::page(c, &wanted, None, 10)).await.unwrap();
        assert_eq!(dead.iter().map(|job| job.id).collect::<Vec<_>>(), [id]);
        assert_eq!(house.counts().await.dead, 1);

        let actor = Actor::shell();
        let again = house.scope.write(move |c| jobs::retry(c, &actor, id)).await.unwrap();
        assert_eq!((again.state.as_str(), again.attempts), ("ready", 0));
        assert_eq!(house.run_due().await.len(), 1);
        let events = house.scope.read(move |c| audit::history_of(c, &id)).await.unwrap();
        assert_eq!(events[0].action, "job.retried");
        assert!(events[0].changes.as_deref().unwrap().contains("dead"));
    }

    async fn a_panic_is_a_failed_attempt_and_an_unknown_kind_is_dead(engine: Engine) {
        let house = stand(engine).await;
        let panicking = house.enqueue(kinds::PANIC, "panic").await.unwrap();
        let unknown = house.enqueue("test.from_a_newer_version", "unknown").await.unwrap();
        assert_eq!(house.run_due().await.len(), 2);
        let job = house.job(panicking).await;
        assert_eq!((job.state.as_str(), job.last_error.as_deref()), ("ready", Some("It panicked.")));
        let job = house.job(unknown).await;
        assert_eq!((job.state.as_str(), job.attempts), ("dead", 0));
    }

    async fn a_waiting_job_runs_now_or_is_called_off(engine: Engine) {
        let house = stand(engine).await;
        let soon = house.enqueue_in(kinds::COUNT, "later", 3_600, None).await.unwrap();
        let never = house.enqueue_in(kinds::COUNT, "never", 3_600, None).await.unwrap();
        let (app, actor) = (house.app.clone(), Actor::shell());
        house.scope.write(move |c| {
            jobs::run_now(c, &actor, soon)?;
            jobs::cancel(c, &app, &actor, never)
        }).await.unwrap();
        let ran = house.run_due().await;
        assert_eq!(ran.iter().map(|ran| ran.job).collect::<Vec<_>>(), [soon]);
        assert_eq!(house.job(never).await.state, "cancelled");
        let actor = Actor::shell();
        let over = house.scope.write(move |c| jobs::run_now(c, &actor, soon)).await;
        assert!(matches!(over, Err(Error::Conflict { code: "job_state", .. })));
    }
}
