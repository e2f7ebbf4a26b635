//! The queue: durable, once at a time, at least once in all. Kinds of work for tests stand in `kinds`.

mod claim;
mod dead;
mod enqueue;
mod kinds;
mod lease;
mod page;
mod recurring;
mod runner;

use steading::app::App;
use steading::id::{JobId, TenantId};
use steading::jobs::{self, Counts, Job, Ran};

use crate::harness::app::TestApp;
use crate::harness::engine::Engine;

/// A program whose only work is the tests'.
async fn stand(engine: Engine) -> TestApp {
    TestApp::with(engine, kinds::SLICES, true).await
}

impl TestApp {
    async fn enqueue(&self, kind: &'static str, key: &'static str) -> Option<JobId> {
        self.enqueue_in(kind, key, 0, None).await
    }

    async fn enqueue_in(
        &self,
        kind: &'static str,
        key: &'static str,
        seconds: u64,
        unique: Option<&'static str>,
    ) -> Option<JobId> {
        let payload = serde_json::json!({ "key": key });
        let later = std::time::Duration::from_secs(seconds);
        self.scope
            .write(move |c| jobs::enqueue(c, kind, &payload, c.now().plus(later), unique))
            .await
            .unwrap()
    }

    async fn run_due(&self) -> Vec<Ran> {
        run_due(&self.app, self.scope.tenant()).await
    }

    async fn counts(&self) -> Counts {
        self.scope.read(jobs::counts).await.unwrap()
    }

    async fn job(&self, id: JobId) -> Job {
        self.scope
            .read(move |c| jobs::job(c, id))
            .await
            .unwrap()
            .unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(std::time::Duration::from_secs(seconds));
    }
}

/// Without the recurring work every queue has.
async fn run_due(app: &App, tenant: TenantId) -> Vec<Ran> {
    let ran = jobs::run_due(app, Some(tenant)).await.unwrap();
    ran.into_iter()
        .filter(|ran| ran.kind != kinds::HOURLY)
        .collect()
}
