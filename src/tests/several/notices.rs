//! What one process says it changed, the others hear over a connection of their own, past the pooler that serves their requests.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use diesel::prelude::*;
use steading::db::{Heard, Listening, Stores};

use super::pooler::pooled;
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;

/// Longer than any notice takes; nobody waits for it where all is well.
const PATIENCE: Duration = Duration::from_secs(30);

fn listen(stores: &Stores) -> (Listening, Receiver<Heard>) {
    let (said, hear) = channel();
    let listening = stores
        .control
        .listen(move |heard| said.send(heard).unwrap());
    let listening = listening.unwrap().unwrap();
    // Whoever begins to listen may have missed anything.
    assert_eq!(hear.recv_timeout(PATIENCE), Ok(Heard::Anything));
    assert!(stores.control.hears_others());
    (listening, hear)
}

#[test]
fn what_one_says_the_others_hear_and_it_does_not() {
    let direct = TestStores::new(Engine::Postgres);
    let folder = tempfile::Builder::new()
        .prefix("steading-tests-notices-")
        .tempdir()
        .unwrap()
        .keep();
    let url = direct.options.database_url.clone().unwrap();
    let (_pooler, behind) = pooled(&url, &folder);
    let process = || {
        let mut options = direct.options.clone();
        options.database_url = Some(behind.clone());
        options.listen_url = Some(url.clone());
        options.statement_cache = false;
        Stores::open(&options).unwrap()
    };
    let (one, two, brief) = (process(), process(), process());
    let (_one, at_one) = listen(&one);
    let (_two, at_two) = listen(&two);
    one.control.tell(Some(direct.tenant));
    assert_eq!(
        at_two.recv_timeout(PATIENCE),
        Ok(Heard::Companies(vec![direct.tenant]))
    );
    one.control.tell(None);
    assert_eq!(at_two.recv_timeout(PATIENCE), Ok(Heard::Anything));
    // A command ends before a listener would have had its turn.
    brief.control.tell(Some(direct.tenant));
    brief.control.send_notices().unwrap();
    for hear in [&at_one, &at_two] {
        assert_eq!(
            hear.recv_timeout(PATIENCE),
            Ok(Heard::Companies(vec![direct.tenant]))
        );
    }

    // A connection that broke is made anew, and whatever was missed is looked for.
    let mut other = PgConnection::establish(&url).unwrap();
    diesel::sql_query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()",
    )
    .execute(&mut other)
    .unwrap();
    for hear in [&at_one, &at_two] {
        assert_eq!(hear.recv_timeout(PATIENCE), Ok(Heard::Anything));
    }
    two.control.tell(Some(direct.tenant));
    assert_eq!(
        at_one.recv_timeout(PATIENCE),
        Ok(Heard::Companies(vec![direct.tenant]))
    );
}
