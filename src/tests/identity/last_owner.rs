//! However many try at once, somebody who can sign in owns the company.

use std::sync::Arc;

use steading::identity::{Role, shell};
use tokio::task::JoinSet;

use super::House;
use crate::harness::engine::{Engine, wait};
use crate::on_both_engines;

on_both_engines! {
    fn a_hundred_who_leave_at_once_leave_an_owner(engine: Engine) {
        let house = House::empty(engine);
        let emails: Vec<String> = (0..10).map(|n| format!("owner{n}@example.com")).collect();
        for email in &emails {
            house.user(email, Role::Owner);
        }
        let (app, tenant) = (house.app().clone(), house.test.scope.tenant());
        let emails = Arc::new(emails);
        let disabled = wait(async {
            let mut tries = JoinSet::new();
            for n in 0..100 {
                let (app, emails) = (app.clone(), Arc::clone(&emails));
                tries.spawn(async move { shell::set_disabled(&app, tenant, &emails[n % 10], true).await.is_ok() });
            }
            tries.join_all().await
        });
        assert!(disabled.iter().any(|done| *done));
        let left = wait(shell::users(house.app(), tenant)).unwrap();
        let active = left.iter().filter(|user| user.state == "active").count();
        assert!(active >= 1, "{active}");
        if engine == Engine::Sqlite {
            assert_eq!(active, 1);
        }
    }
}
