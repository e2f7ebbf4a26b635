//! A worker that falls silent loses its job, and cannot complete it any more.

use steading::audit;
use steading::jobs::Outcome;

use super::{kinds, stand};
use crate::harness::engine::Engine;
use crate::harness::stores::until;
use crate::on_both_engines;

on_both_engines! {
    async fn a_paused_worker_cannot_complete_what_another_took_over(engine: Engine) {
        let house = stand(engine).await;
        let key: &'static str = if engine == Engine::Sqlite { "pause-lite" } else { "pause-pg" };
        let job = house.enqueue(kinds::GATED, key).await.unwrap();
        let paused = house.run_due();
        let other = async {
            until("the first worker holds it", || kinds::done(key) == 1).await;
            // Silent past its lease; whoever looks next takes the job back, to be done after its wait.
            house.pass(100);
            let app = house.again();
            assert!(super::run_due(&app, house.scope.tenant()).await.is_empty());
            let taken_back = house.job(job).await;
            assert_eq!(taken_back.state, "ready");
            assert!(taken_back.last_error.unwrap().contains("stopped"));
            house.pass(60);
            let second = super::run_due(&app, house.scope.tenant());
            let release = async {
                until("the second worker holds it", || kinds::done(key) == 2).await;
                // The first one wakes up first.
                kinds::gate(key).add_permits(1);
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                kinds::gate(key).add_permits(1);
            };
            tokio::join!(second, release).0
        };
        let (first, second) = tokio::join!(paused, other);
        assert_eq!(first[0].outcome, Outcome::TakenOver);
        assert_eq!(second[0].outcome, Outcome::Done);
        let ended = house.job(job).await;
        assert_eq!((ended.state.as_str(), ended.attempts, ended.fence), ("done", 2, 2));
        let effects = house.scope.read(move |c| audit::history_of(c, &key)).await.unwrap();
        assert_eq!(effects.len(), 1);
        assert_eq!(effects[0].target_name.as_deref(), Some("2"));
    }

    async fn an_effect_and_its_completion_are_one(engine: Engine) {
        let house = stand(engine).await;
        let job = house.enqueue(kinds::TORN, "torn").await.unwrap();
        let ran = house.run_due().await;
        assert!(matches!(ran[0].outcome, Outcome::Failed(_)));
        assert_eq!(house.job(job).await.state, "ready");
        let effects = house.scope.read(|c| audit::history_of(c, &"torn")).await.unwrap();
        assert!(effects.is_empty());
    }
}
