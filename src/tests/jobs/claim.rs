//! No two workers do the same job.

use steading::jobs;

use super::{kinds, stand};
use crate::on_both_engines;

on_both_engines! {
    async fn four_workers_do_400_jobs_once_each(engine: Engine) {
        let house = stand(engine).await;
        let name = format!("claim-{engine:?}");
        let of = |number: usize| format!("{name}-{number}");
        let keys: Vec<String> = (0..400).map(of).collect();
        let planted = keys.clone();
        house.scope.write(move |c| {
            for key in &planted {
                let payload = serde_json::json!({ "key": key });
                jobs::enqueue(c, kinds::COUNT, &payload, c.now(), None)?;
            }
            Ok(())
        }).await.unwrap();
        let worker = || {
            let (app, tenant) = (house.again(), house.scope.tenant());
            async move { super::run_due(&app, tenant).await }
        };
        let (a, b, c, d) = tokio::join!(worker(), worker(), worker(), worker());
        let shares = [a.len(), b.len(), c.len(), d.len()];
        assert_eq!(shares.iter().sum::<usize>(), 400, "{shares:?}");
        assert!(shares.iter().filter(|share| **share > 0).count() >= 2, "{shares:?}");
        for key in &keys {
            assert_eq!(kinds::done(key), 1, "{key}");
        }
        let counts = house.counts().await;
        assert_eq!((counts.due, counts.running, counts.dead), (0, 0, 0));
    }
}
