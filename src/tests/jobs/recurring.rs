//! Work that comes back by itself comes back once.

use steading::actor::Actor;
use steading::jobs::{self, Filter};
use steading::{Error, app::App};

use super::{kinds, stand};
use crate::harness::app::TestApp;
use crate::on_both_engines;

async fn waiting(house: &TestApp) -> Vec<jobs::Job> {
    let wanted = Filter {
        kind: Some(kinds::HOURLY.to_owned()),
        ..Filter::default()
    };
    house
        .scope
        .read(move |c| jobs::page(c, &wanted, None, 10))
        .await
        .unwrap()
}

on_both_engines! {
    async fn an_hourly_job_runs_once_an_hour_however_often_it_is_planned(engine: Engine) {
        let house = stand(engine).await;
        let tenant = house.scope.tenant();
        let done = || kinds::done(&tenant.to_string());
        let look = |app: App| async move { jobs::run_due(&app, Some(tenant)).await.unwrap() };
        tokio::join!(look(house.again()), look(house.again()), look(house.again()));
        assert_eq!(done(), 1);
        assert_eq!(waiting(&house).await.len(), 1);
        house.pass(1_800);
        look(house.again()).await;
        assert_eq!(done(), 1);
        house.pass(1_800);
        look(house.again()).await;
        assert_eq!(done(), 2);
        let next = waiting(&house).await;
        assert_eq!(next.len(), 1);
        assert_eq!(next[0].run_at, house.clock.now().plus(std::time::Duration::from_secs(3_600)));

        let (app, actor, id) = (house.app.clone(), Actor::shell(), next[0].id);
        let refused = house.scope.write(move |c| jobs::cancel(c, &app, &actor, id)).await;
        assert!(matches!(refused, Err(Error::Conflict { code: "job_recurs", .. })));
    }

    async fn of_the_runs_before_the_last_one_is_kept(engine: Engine) {
        let house = stand(engine).await;
        let tenant = house.scope.tenant();
        for _ in 0..5 {
            jobs::run_due(&house.again(), Some(tenant)).await.unwrap();
            house.pass(3_600);
        }
        let all = Filter { kind: Some(kinds::HOURLY.to_owned()), all: true, ..Filter::default() };
        let kept = house.scope.read(move |c| jobs::page(c, &all, None, 10)).await.unwrap();
        let states: Vec<_> = kept.iter().map(|job| job.state.as_str()).collect();
        assert_eq!(states, ["ready", "done"]);
    }
}
