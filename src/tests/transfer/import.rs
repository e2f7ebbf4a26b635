//! What is not taken in, and that a refusal changes nothing.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use steading::actor::Actor;
use steading::config::Secret;
use steading::transfer::{self, Trouble, Wish};

use super::{Instance, PASSPHRASE};
use crate::harness::engine::Engine;
use crate::on_both_engines;

async fn refusal(instance: &Instance, file: &Path, wish: Wish) -> Trouble {
    let app = &instance.test.app;
    let previewed = transfer::preview(app, file, &wish).await.unwrap_err();
    let refused = transfer::import(app, &Actor::shell(), file, &wish)
        .await
        .unwrap_err();
    assert_eq!(previewed.to_string(), refused.to_string());
    refused
}

fn changed(file: &Path, statement: &str) {
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    conn.batch_execute(statement).unwrap();
}

on_both_engines! {
    async fn a_file_that_does_not_hold_is_refused(engine: Engine) {
        let from = Instance::busy(Engine::Sqlite).await;
        let whole = from.file("whole.steading");
        from.export(&whole, Some(PASSPHRASE)).await;
        let into = Instance::empty(engine).await;
        let file = into.file("file.steading");
        let again = || std::fs::copy(&whole, &file).unwrap();

        std::fs::write(&file, b"a letter").unwrap();
        assert!(matches!(refusal(&into, &file, Wish::default()).await, Trouble::Unfit(_)));
        assert!(matches!(refusal(&into, &into.file("absent"), Wish::default()).await, Trouble::Unfit(_)));

        for (statement, said) in [
            ("UPDATE partners SET name = name || '!' WHERE id = (SELECT id FROM partners LIMIT 1)", "partners"),
            ("DELETE FROM clicks WHERE id = (SELECT id FROM clicks LIMIT 1)", "clicks"),
            ("UPDATE _export SET value = '2' WHERE name = 'format'", "newer"),
            ("INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')", "newer"),
            ("DROP TABLE _export", "not an export"),
        ] {
            again();
            changed(&file, statement);
            let trouble = refusal(&into, &file, Wish::default()).await;
            assert!(matches!(&trouble, Trouble::Unfit(why) if why.contains(said)), "{statement}: {trouble}");
        }

        again();
        let wrong = Wish { passphrase: Some(Secret::new("another passphrase")), ..Wish::default() };
        assert!(matches!(refusal(&into, &file, wrong).await, Trouble::Unfit(_)));
        let renamed = Wish { slug: Some("acme".to_owned()), ..Wish::default() };
        assert!(matches!(refusal(&into, &file, renamed).await, Trouble::Refused(_)));

        // Nothing of all that stayed: the company is still empty, so it may come in, even without its secrets.
        let came = into.import(&file, None).await;
        assert_eq!(came.entered.unwrap().without_password, 1);
        let twice = refusal(&into, &file, Wish::default()).await;
        assert!(matches!(&twice, Trouble::Refused(why) if why.contains("not empty")), "{twice}");
    }

    async fn a_preview_counts_and_changes_nothing(engine: Engine) {
        let from = Instance::busy(Engine::Sqlite).await;
        let file = from.file("whole.steading");
        let left = from.export(&file, None).await;
        let into = Instance::empty(engine).await;
        let told = transfer::preview(&into.test.app, &file, &Wish::default()).await.unwrap();
        assert!(!told.done);
        assert_eq!(told.tables, left.tables);
        let empty = into.export(&into.file("empty.steading"), None).await;
        assert_eq!(empty.rows, 0, "{empty:?}");
    }
}
