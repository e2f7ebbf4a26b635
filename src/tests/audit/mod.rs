//! The trail: nothing changes it, everything can be found in it.

mod append_only;
mod find;
mod page;

use steading::actor::{Actor, ActorKind, Origin};
use steading::audit::{self, AuditEvent, Event, Filter};
use steading::web::Query;

use crate::harness::app::TestApp;

fn person(name: &str, address: &str, request: &str) -> Actor {
    Actor {
        kind: ActorKind::User,
        id: Some(format!("usr_{name}")),
        name: format!("{name}@example.com"),
        origin: Origin {
            address: Some(address.to_owned()),
            user_agent: Some("test".to_owned()),
            request_id: Some(request.to_owned()),
        },
    }
}

impl TestApp {
    async fn record(&self, actor: &Actor, event: Event) {
        let actor = actor.clone();
        self.scope
            .write(move |c| audit::record(c, &actor, event.clone()))
            .await
            .unwrap();
        self.clock.advance(std::time::Duration::from_micros(1));
    }

    /// The actions found by a query, page by page of `limit`.
    async fn found(&self, query: &str, limit: usize) -> Vec<String> {
        let filter = Filter::read(&Query::parse(query), &jiff::tz::TimeZone::UTC).unwrap();
        let mut found: Vec<AuditEvent> = Vec::new();
        loop {
            let after = found.last().map(|event| event.id);
            let most = i64::try_from(limit).unwrap();
            let page = audit::read(&self.app, &self.scope, &filter, after, most)
                .await
                .unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        let newest_first = found.windows(2).all(|pair| pair[0].at >= pair[1].at);
        assert!(newest_first, "{query}");
        found.into_iter().map(|event| event.action).collect()
    }
}
