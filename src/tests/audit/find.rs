//! Filters find exactly what was planted, newest first, in pages that neither miss nor repeat.

use futures_util::StreamExt;
use steading::actor::Actor;
use steading::audit::export::chunks;
use steading::audit::{self, Event, Filter};

use super::person;
use crate::harness::app::TestApp;
use crate::harness::engine::Engine;
use crate::on_both_engines;

async fn planted(engine: Engine) -> TestApp {
    let house = TestApp::new(engine).await;
    let ana = person("ana", "198.51.100.7", "req-1");
    let bo = person("bo", "203.0.113.9", "req-2");
    let key = Actor {
        kind: steading::actor::ActorKind::ApiKey,
        id: Some("key_1".to_owned()),
        name: "shop".to_owned(),
        ..Actor::shell()
    };
    let on = |action, id: &str, name: &str| {
        Event::new(action)
            .product("partners")
            .target("partner", &id, name)
    };
    house
        .record(&ana, on("partner.created", "p1", "Slow Kettle"))
        .await;
    house
        .record(&bo, on("partner.approved", "p1", "Slow Kettle"))
        .await;
    house
        .record(&ana, on("partner.created", "p2", "100%_Tea"))
        .await;
    house.clock.advance(std::time::Duration::from_secs(86_400));
    house
        .record(
            &key,
            Event::new("event.recorded")
                .product("partners")
                .target("event", &"e1", "order 17"),
        )
        .await;
    house
        .record(
            &Actor::system("jobs"),
            Event::new("commission.matured")
                .product("partners")
                .target("commission", &"c1", ""),
        )
        .await;
    house
}

on_both_engines! {
    async fn filters_return_exactly_the_planted_events_newest_first(engine: Engine) {
        let house = planted(engine).await;
        let all = ["commission.matured", "event.recorded", "partner.created", "partner.approved", "partner.created"];
        for limit in [1, 2, 3, 50] {
            assert_eq!(house.found("q=&product=partners", limit).await, all, "pages of {limit}");
        }
        let cases: &[(&str, &[&str])] = &[
            ("actor=usr_ana&product=partners", &["partner.created", "partner.created"]),
            ("actor=bo@example.com", &["partner.approved"]),
            ("actor=api_key", &["event.recorded"]),
            ("actor=system&product=partners", &["commission.matured"]),
            ("action=partner.approved", &["partner.approved"]),
            ("action=partner", &["partner.created", "partner.approved", "partner.created"]),
            ("action=part", &[]),
            ("target=p1", &["partner.approved", "partner.created"]),
            ("target=commission", &["commission.matured"]),
            ("product=partners&since=2026-03-02", &["commission.matured", "event.recorded"]),
            ("product=partners&until=2026-03-01", &["partner.created", "partner.approved", "partner.created"]),
            ("product=partners&since=2026-03-01T12:00:00.000001Z&until=2026-03-01T12:00:00.000002Z", &["partner.approved"]),
            ("q=KETTLE", &["partner.approved", "partner.created"]),
            ("q=%25_t", &["partner.created"]),
            ("q=203.0.113", &["partner.approved"]),
            ("q=req-1&action=partner.created", &["partner.created", "partner.created"]),
            ("q=nothing+like+it", &[]),
            ("actor=usr_ana&target=p2&action=partner.created&product=partners", &["partner.created"]),
        ];
        for (query, wanted) in cases {
            assert_eq!(house.found(query, 2).await, *wanted, "{query}");
        }
    }

    async fn the_companys_trail_takes_in_its_accounts(engine: Engine) {
        let house = planted(engine).await;
        let actor = person("ana", "198.51.100.7", "req-3");
        house.app.control.write(move |c| {
            audit::record(c, &actor, Event::new("api_key.created").product("identity").target("api_key", &"key_2", "shop"))
        }).await.unwrap();
        assert_eq!(house.found("actor=usr_ana", 1).await, ["api_key.created", "partner.created", "partner.created"]);
    }

    async fn an_export_is_the_filtered_set(engine: Engine) {
        let house = planted(engine).await;
        house.clock.advance(std::time::Duration::from_secs(1));
        let filter = Filter { action: Some("partner".to_owned()), ..Filter::default() };
        let parts: Vec<String> = chunks(&house.app, Some(&house.scope), filter)
            .map(|chunk| chunk.unwrap())
            .collect()
            .await;
        let text = parts.concat();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
        let names: Vec<(&str, &str)> = rows.iter().map(|row| (&row[5], &row[8])).collect();
        assert_eq!(names, [
            ("partner.created", "100%_Tea"),
            ("partner.approved", "Slow Kettle"),
            ("partner.created", "Slow Kettle"),
        ]);
        assert_eq!(&rows[0][4], "ana@example.com");
    }

    async fn changes_name_fields_and_hide_secrets(engine: Engine) {
        let house = TestApp::new(engine).await;
        let event = Event::new("thing.changed").target("thing", &"t", "Thing")
            .before_after(&serde_json::json!({"name": "A", "days": 30}), &serde_json::json!({"name": "B", "days": 30}))
            .secret("smtp_password");
        house.record(&Actor::shell(), event).await;
        let history = house.scope.read(|c| audit::history_of(c, &"t")).await.unwrap();
        let changes = history[0].changed(&steading::web::format::Format::default());
        assert_eq!(changes.len(), 2);
        assert_eq!((changes[0].field.as_str(), changes[0].before.as_deref(), changes[0].after.as_deref()), ("Name", Some("A"), Some("B")));
        assert_eq!(changes[1].after.as_deref(), Some("[redacted]"));
        assert_eq!(history[0].words(), "Thing changed");
    }
}
