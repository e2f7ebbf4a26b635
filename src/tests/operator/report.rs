//! The report over all companies, the trail and the outbox of the console.

use steading::tenancy::Company;

use crate::harness::engine::Engine;
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
