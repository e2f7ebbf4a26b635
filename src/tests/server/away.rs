//! A company's store that is gone or broken is no fault of the visitor's: not ready, 503, and back once the file is.

use std::path::PathBuf;

use crate::harness::company::{owned, owner};
use crate::harness::engine::Engine;
use crate::harness::process::Home;

fn store_of(home: &Home) -> PathBuf {
    let files = std::fs::read_dir(home.data().join("tenants")).unwrap();
    let mut stores = files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "db"));
    stores.next().unwrap()
}

#[test]
fn a_store_that_is_gone_is_not_ready() {
    let home = owned(Engine::Sqlite);
    assert_eq!(home.serve().terminate(), 0);
    let (store, kept) = (store_of(&home), home.path().join("kept.db"));
    std::fs::rename(&store, &kept).unwrap();

    let server = home.start();
    let client = server.client();
    let ready = crate::harness::eventually("the stores were looked at", || {
        let reply = client.try_get("/readyz")?;
        reply.text().contains("store").then_some(reply)
    });
    assert_eq!(ready.status, 503);
    assert_eq!(client.get("/healthz").status, 200);
    let browser = owner(&server);
    let page = browser.get("/admin");
    assert_eq!(page.status, 503, "{}", page.text());
    assert!(page.text().contains("out of reach"), "{}", page.text());
    assert!(!page.header("retry-after").is_empty());
    assert_eq!(server.client().get("/r/anything").status, 503);

    std::fs::rename(&kept, &store).unwrap();
    assert_eq!(client.get("/readyz").status, 200);
    assert_eq!(browser.get("/admin").status, 200);
    assert_eq!(server.terminate(), 0);
}

#[test]
fn a_store_that_goes_while_it_is_open_is_noticed() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let browser = owner(&server);
    assert_eq!(browser.get("/admin").status, 200);
    let store = store_of(&home);
    let kept = home.path().join("kept.db");
    std::fs::rename(&store, &kept).unwrap();
    assert_eq!(browser.get("/readyz").status, 503);
    std::fs::rename(&kept, &store).unwrap();
    assert_eq!(browser.get("/readyz").status, 200);
}

#[test]
fn the_only_companys_broken_store_stops_the_start_by_its_name() {
    let home = owned(Engine::Sqlite);
    assert_eq!(home.serve().terminate(), 0);
    let store = store_of(&home);
    std::fs::write(&store, "no database ".repeat(1_000)).unwrap();
    let failed = home.run(&["serve"]).expect_code(1);
    let name = store.file_stem().unwrap().to_str().unwrap();
    assert!(failed.stderr.contains(name), "{}", failed.stderr);
    assert!(
        failed.stderr.contains("not a database"),
        "{}",
        failed.stderr
    );
}
