//! The report over all companies, the trail and the outbox of the console.

use steading::identity::shell;
use steading::tenancy::Company;

use crate::harness::engine::{Engine, wait};
use crate::identity::House;
use crate::on_both_engines;

/// Takes a company's store away, as a broken disk would.
fn break_store(house: &House, company: &Company) {
    let path = house
        .test
        .data_dir()
        .join("tenants")
        .join(format!("{}.db", company.id));
    std::fs::write(path, b"this is no database, however long one looks at it").unwrap();
}

/// One more partner of a company.
fn add_partner(house: &House, company: &Company) {
    let name = format!("key {}", house.app().clock.now());
    let key = wait(shell::create_key(
        house.app(),
        company.id,
        &name,
        vec!["*".to_owned()],
        None,
        None,
    ))
    .unwrap()
    .key;
    let partner = serde_json::json!({ "name": name, "email": format!("p{}@example.com", house.app().clock.now().as_micros()) });
    let made = house.visitor().with_key(&key).json(
        "POST",
        &format!("/t/{}/api/v1/partners", company.slug),
        &partner,
    );
    assert_eq!(made.status, 201, "{}", made.text());
}

on_both_engines! {
    fn the_report_sums_all_and_the_trail_names_who_did_what(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        house.company("acme", "ana@example.com");
        house.company("brick", "bo@example.com");
        let op = house.operating("op@example.com");
        let report = op.get("/operator/report").expect(200).text();
        assert!(report.contains("Acme") && report.contains("Brick") && report.contains(">All<"), "{report}");
        let _ = op.submit("/operator/companies/brick/freeze", &[]).expect(303);
        let trail = op.get("/operator/trail?actor=operator").expect(200).text();
        assert!(trail.contains("Company frozen") && trail.contains("op@example.com"), "{trail}");
        assert!(!trail.contains("Company opened"), "{trail}");
        let _ = op.get("/operator/mail").expect(200);
    }
}

on_both_engines! {
    fn figures_are_kept_for_a_minute_and_read_again_on_request(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        let acme = house.company("acme", "ana@example.com");
        let op = house.operating("op@example.com");
        let partners = |address: &str| {
            let page = op.get(address).expect(200).text();
            let row = page.split("<tr>").find(|row| row.contains(">Acme</a>")).unwrap().to_owned();
            row.split("</td>").next().unwrap().rsplit('>').next().unwrap().to_owned()
        };
        let at = |seconds: u64| format!("2026-03-01T12:{:02}:{:02}Z", seconds / 60, seconds % 60);
        assert_eq!(partners("/operator/report"), "0");
        add_partner(&house, &acme);
        house.later(59);
        assert_eq!(partners("/operator/report"), "0", "kept");
        assert!(op.get("/operator/report").text().contains(&at(0)), "since when it stands");
        assert_eq!(partners("/operator/report?again=1"), "1");
        assert!(op.get("/operator/report").text().contains(&at(59)));
        add_partner(&house, &acme);
        house.later(60);
        assert_eq!(partners("/operator/report"), "2", "a minute is over");
        // A company that was opened since is read beside the kept ones.
        house.company("brick", "bo@example.com");
        assert!(op.get("/operator/report").text().contains("Brick"));
    }
}

#[test]
fn a_broken_store_is_named_and_fails_nothing() {
    let house = House::of_many(Engine::Sqlite, &[]);
    house.operator("op@example.com");
    house.company("acme", "ana@example.com");
    let broken = house.company("brick", "bo@example.com");
    house.test.app.tenants.close_all();
    break_store(&house, &broken);
    let op = house.operating("op@example.com");
    let report = op.get("/operator/report").expect(200).text();
    assert!(
        report.contains("is missing") && report.contains("Acme"),
        "{report}"
    );
    let list = op.get("/operator").expect(200).text();
    assert!(
        list.contains("Acme") && list.contains("Its store"),
        "{list}"
    );
    let _ = op.get("/operator/companies/brick").expect(200);
}

#[test]
fn a_file_that_goes_while_it_is_open_is_named() {
    let house = House::of_many(Engine::Sqlite, &[]);
    house.operator("op@example.com");
    house.company("acme", "ana@example.com");
    let lost = house.company("brick", "bo@example.com");
    let op = house.operating("op@example.com");
    // Its file is open, and its figures are kept.
    let whole = op.get("/operator/report").expect(200).text();
    assert!(!whole.contains("is missing"), "{whole}");
    let name = format!("tenants/{}.db", lost.id);
    std::fs::remove_file(house.test.data_dir().join(&name)).unwrap();
    let report = op.get("/operator/report").expect(200).text();
    assert!(
        report.contains(&name) && report.contains("Acme"),
        "{report}"
    );
    assert!(op.get("/operator").expect(200).text().contains(&name));
    let page = op.get("/operator/companies/brick").expect(200).text();
    let said = format!("Its file {name} is missing.");
    assert_eq!(page.matches(&said).count(), 7, "{page}");
    assert!(
        !page.contains("busy or out of reach") && !page.contains("Something went wrong"),
        "{page}"
    );
    let lines =
        crate::harness::engine::wait(steading::server::doctor::inside(house.app())).unwrap();
    assert!(
        lines
            .iter()
            .any(|line| line.company.as_deref() == Some("brick") && line.finding.contains(&name)),
        "{lines:?}"
    );
}
