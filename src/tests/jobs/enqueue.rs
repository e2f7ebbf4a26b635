//! Enqueueing joins the caller's transaction; a unique key lets one wait.

use steading::{Error, jobs};

use super::{kinds, stand};
use crate::harness::engine::Engine;
use crate::on_both_engines;

on_both_engines! {
    async fn a_job_is_rolled_back_with_its_transaction(engine: Engine) {
        let house = stand(engine).await;
        let failed = house.scope.write(|c| {
            jobs::enqueue(c, kinds::COUNT, &serde_json::json!({}), c.now(), None)?;
            Err::<(), _>(Error::conflict("test", "No."))
        }).await;
        assert!(matches!(failed, Err(Error::Conflict { .. })));
        assert_eq!(house.counts().await.waiting, 0);
        assert!(house.enqueue(kinds::COUNT, "rolled-back").await.is_some());
        assert_eq!(house.counts().await.due, 1);
    }

    async fn one_job_waits_under_a_key_at_the_earlier_time(engine: Engine) {
        let house = stand(engine).await;
        let first = house.enqueue_in(kinds::COUNT, "k", 60, Some("one")).await.unwrap();
        assert_eq!(house.enqueue_in(kinds::COUNT, "k", 90, Some("one")).await, None);
        assert_eq!(house.enqueue_in(kinds::COUNT, "k", 30, Some("one")).await, Some(first));
        assert_eq!(house.counts().await.waiting, 1);
        let waits = house.job(first).await;
        assert_eq!(waits.run_at, waits.created_at.plus(std::time::Duration::from_secs(30)));
        assert!(house.enqueue_in(kinds::COUNT, "k", 60, Some("other")).await.is_some());
    }

    async fn a_running_job_does_not_swallow_a_new_one_of_its_key(engine: Engine) {
        let house = stand(engine).await;
        let key = if engine == Engine::Sqlite { "swallow-lite" } else { "swallow-pg" };
        let first = house.enqueue_in(kinds::GATED, key, 0, Some("same")).await.unwrap();
        let running = house.run_due();
        let meanwhile = async {
            crate::harness::stores::until("the first runs", || kinds::done(key) == 1).await;
            let second = house.enqueue_in(kinds::GATED, key, 0, Some("same")).await.unwrap();
            assert_ne!(first, second);
            // While one of a key runs, the next waits.
            assert!(super::run_due(&house.again(), house.scope.tenant()).await.is_empty());
            kinds::gate(key).add_permits(2);
        };
        let (ran, ()) = tokio::join!(running, meanwhile);
        assert_eq!(ran.len(), 2);
        assert_eq!(kinds::done(key), 2);
    }
}
