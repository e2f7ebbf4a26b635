//! No event can be changed or taken away, not even around the program's own code.

use diesel::RunQueryDsl;
use steading::Error;
use steading::actor::Actor;
use steading::audit::{self, Event};
use steading::db::Conn;

use crate::harness::app::TestApp;
use crate::harness::engine::Engine;
use crate::on_both_engines;

const TRIES: [&str; 3] = [
    "UPDATE audit_events SET action = 'nothing.happened'",
    "DELETE FROM audit_events",
    "UPDATE audit_events SET actor_name = 'somebody else' WHERE action = 'thing.done'",
];

/// The statement of each engine that would take a row's place.
fn replace(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "REPLACE INTO audit_events (id, at, actor_kind, actor_name, action) \
             SELECT id, at, 'user', 'x', 'y.z' FROM audit_events"
        }
        Engine::Postgres => {
            "INSERT INTO audit_events (id, at, actor_kind, actor_name, action) \
             SELECT id, at, 'user', 'x', 'y.z' FROM audit_events \
             ON CONFLICT (tenant_id, id) DO UPDATE SET action = excluded.action"
        }
    }
}

on_both_engines! {
    async fn an_event_cannot_be_changed_or_removed(engine: Engine) {
        let house = TestApp::new(engine).await;
        house.record(&Actor::shell(), Event::new("thing.done").target("thing", &"t1", "Thing")).await;
        for attempt in TRIES {
            let refused = match engine {
                Engine::Sqlite => match house.behind() {
                    Conn::Sqlite(mut c) => diesel::sql_query(attempt).execute(&mut c),
                    Conn::Postgres(_) => unreachable!(),
                },
                Engine::Postgres => diesel::sql_query(attempt).execute(&mut house.as_request()),
            };
            let error = refused.unwrap_err().to_string();
            let told = ["append-only", "permission denied"].iter().any(|word| error.contains(word));
            assert!(told, "{attempt}: {error}");
        }
        if engine == Engine::Postgres {
            let refused = diesel::sql_query("TRUNCATE audit_events").execute(&mut house.as_request());
            assert!(refused.unwrap_err().to_string().contains("permission denied"));
        }
        // Nor by the program's own connection, by whatever statement.
        for attempt in TRIES.into_iter().chain([replace(engine)]) {
            let refused = house.scope.write(move |c| Ok(diesel::sql_query(attempt).execute(c.db())?)).await;
            assert!(matches!(refused, Err(Error::Database(_) | Error::Busy)), "{attempt}: {refused:?}");
        }
        let kept = house.scope.read(|c| audit::history_of(c, &"t1")).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].actor_name, "command line");
    }

    async fn an_event_is_rolled_back_with_its_change(engine: Engine) {
        let house = TestApp::new(engine).await;
        let failed = house.scope.write(|c| {
            audit::record(c, &Actor::shell(), Event::new("thing.done").target("thing", &"t2", "Thing"))?;
            Err::<(), _>(steading::Error::NotFound)
        }).await;
        assert!(failed.is_err());
        let kept = house.scope.read(|c| audit::history_of(c, &"t2")).await.unwrap();
        assert!(kept.is_empty());
    }
}
