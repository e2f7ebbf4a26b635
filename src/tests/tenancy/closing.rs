//! An owner closes the company: frozen at once, kept with one click while there is time, and gone when its day has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::prelude::*;
use steading::actor::Actor;
use steading::db::schema::control::{audit_events, tenants};
use steading::db::schema::tenant::{adjustments, commissions, payouts};
use steading::id::PayoutId;
use steading::identity::{self, Role};
use steading::jobs;
use steading::mailing::{self, Filter};
use steading::tenancy::{self, Status, carry, delete_due};

use super::{create, multi};
use crate::harness::engine::{Engine, wait};
use crate::harness::http::{Client, Reply};
use crate::identity::House;

const SETTINGS: &str = "/t/acme/admin/settings";
const HERE: &str = "/t/acme/admin/settings/close";
const KEEP: &str = "/t/acme/admin/settings/keep";
const DAY: u64 = 86_400;

/// Many companies, one of them Ana's.
fn house(engine: Engine) -> House {
    let house = House::of_many(engine, &[]);
    house.company("acme", "ana@example.com");
    // What happens later has later ids.
    house.later(1);
    house
}

fn close(ana: &Client) -> Reply {
    ana.submit(HERE, &[("retype", "acme"), ("reason", "We sell no tea")])
}

fn find(house: &House, slug: &'static str) -> Option<tenancy::Company> {
    let found = house
        .app()
        .control
        .read(move |c| tenancy::company_by_slug(c, slug));
    wait(found).unwrap()
}

fn status(house: &House) -> Option<Status> {
    find(house, "acme").map(|company| company.status)
}

/// What the registry's trail says, the oldest first.
fn actions(house: &House) -> Vec<String> {
    let all = house.app().control.read(|c| {
        let actions = audit_events::table
            .filter(audit_events::action.like("company.%"))
            .order(audit_events::id)
            .select(audit_events::action);
        Ok(actions.load::<String>(c.db())?)
    });
    let mut all = wait(all).unwrap();
    all.dedup();
    all
}

/// The mails of a kind that wait in the control plane, by address: who they are to, and what they say.
fn mails(house: &House, kind: &'static str) -> Vec<(String, String)> {
    let all = house
        .app()
        .control
        .read(|c| mailing::page(c, &Filter::default(), None, 100));
    let mut all = wait(all).unwrap();
    all.retain(|mail| mail.kind == kind);
    all.sort_by(|one, other| one.to.cmp(&other.to));
    all.into_iter().map(|mail| (mail.to, mail.text)).collect()
}

/// A form's token, as any page has it.
fn token(person: &Client) -> String {
    let page = person.get(SETTINGS).expect(200).text();
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

crate::on_both_engines! {
    fn a_closed_company_is_read_and_kept_until_its_day(engine: Engine) {
        let house = house(engine);
        let ana = house.signed_in("ana@example.com");
        assert!(ana.get(SETTINGS).text().contains("Close the company"));
        let wrong = ana.submit(HERE, &[("retype", "acm"), ("reason", "Of no use")]).expect(422).text();
        assert!(wrong.contains("Type acme as it is written here") && wrong.contains("Of no use"), "{wrong}");
        assert_eq!(status(&house), Some(Status::Active));
        assert_eq!(close(&ana).location(), SETTINGS);
        assert_eq!(status(&house), Some(Status::Frozen));

        // Every page says the day and the way back; reading and the download go on, and nothing else is written.
        let page = ana.get("/t/acme/admin/partners").expect(200).text();
        assert!(page.contains("This company is being closed: on ") && page.contains("Keep this company"), "{page}");
        assert_eq!(ana.get("/t/acme/admin/system/export").status, 200);
        let csrf = token(&ana);
        for path in [SETTINGS, HERE] {
            assert_eq!(ana.post_form(path, &[("csrf", &csrf), ("retype", "acme")]).status, 403, "{path}");
        }

        // Before its day nothing happens; whoever keeps it has it back as it was.
        house.later(29 * DAY);
        assert_eq!(wait(delete_due(house.app())).unwrap(), 0);
        let ana = house.signed_in("ana@example.com");
        assert_eq!(ana.submit_to(HERE, KEEP, &[]).location(), SETTINGS);
        assert_eq!(status(&house), Some(Status::Active));
        assert_eq!(ana.post_form(KEEP, &[("csrf", &token(&ana))]).status, 409);
        house.later(2 * DAY);
        assert_eq!(wait(delete_due(house.app())).unwrap(), 0);
        assert_eq!(status(&house), Some(Status::Active));
        assert_eq!(actions(&house), ["company.opened", "company.closing", "company.kept"]);
    }

    fn its_day_comes_by_itself_and_takes_nobody_elses(engine: Engine) {
        let house = house(engine);
        let other = house.company("other", "ben@example.com").id;
        let ana = house.signed_in("ana@example.com");
        let _ = close(&ana).expect(303);
        let acme = find(&house, "acme").unwrap();
        assert_eq!(acme.closing.as_ref().unwrap().reason.as_deref(), Some("We sell no tea"));
        house.later(30 * DAY + 1);
        let ran = wait(jobs::run_due(house.app(), None)).unwrap();
        assert!(ran.iter().any(|job| job.kind == "tenancy.close"), "{ran:?}");
        assert_eq!(status(&house), None);
        assert!(find(&house, "other").is_some_and(|company| company.id == other));
        assert_eq!(house.signed_in("ben@example.com").get("/t/other/admin").status, 200);
        assert_eq!(house.visitor().get("/t/acme/admin").status, house.visitor().get("/t/nobody/admin").status);
        assert_eq!(actions(&house).last().map(String::as_str), Some("company.deleted"));
        // The trial of another day: nothing is left to delete.
        assert_eq!(wait(delete_due(house.app())).unwrap(), 0);
    }

    fn one_that_cannot_be_deleted_holds_up_no_other(engine: Engine) {
        let house = house(engine);
        let app = house.app();
        for slug in ["brick", "cedar"] {
            house.company(slug, "ana@example.com");
        }
        for slug in ["acme", "brick", "cedar"] {
            let id = find(&house, slug).unwrap().id;
            let _ = wait(identity::close_company(app, &Actor::shell(), id, 1, None)).unwrap();
        }
        // A row that nobody can read.
        let broken = find(&house, "brick").unwrap().id;
        wait(app.control.write(move |c| {
            let row = diesel::update(tenants::table.filter(tenants::id.eq(broken)));
            row.set(tenants::status_before.eq("no status")).execute(c.db())?;
            Ok(())
        })).unwrap();
        house.later(DAY + 1);
        assert!(wait(delete_due(app)).is_err());
        let left = app.control.read(|c| Ok(tenants::table.select(tenants::slug).order(tenants::slug).load::<String>(c.db())?));
        let mut left = wait(left).unwrap();
        left.retain(|slug| slug != "default");
        assert_eq!(left, ["brick"]);
    }

    fn money_that_is_owed_is_named_and_needs_a_tick(engine: Engine) {
        let house = house(engine);
        let ana = house.signed_in("ana@example.com");
        let loaded = ana.submit_to(SETTINGS, "/t/acme/admin/demo/load", &[]);
        assert_eq!(loaded.status, 303, "{}", loaded.text());
        let asked = ana.get(HERE).expect(200).text();
        assert!(asked.contains("even though partners are owed ") && asked.contains("€"), "{asked}");
        let refused = close(&ana).expect(422).text();
        assert!(refused.contains("Pay them first"), "{refused}");
        assert_eq!(status(&house), Some(Status::Active));
        let closed = ana.submit(HERE, &[("retype", "acme"), ("owed", "true")]);
        assert_eq!(closed.location(), SETTINGS, "{}", closed.text());
        assert_eq!(status(&house), Some(Status::Frozen));
    }

    fn money_that_comes_to_be_owed_at_the_last_moment_is_seen(engine: Engine) {
        let house = house(engine);
        let (app, id) = (house.app(), find(&house, "acme").unwrap().id);
        let ana = house.signed_in("ana@example.com");
        let _ = ana.submit_to(SETTINGS, "/t/acme/admin/demo/load", &[]).expect(303);
        let scope = app.tenants.scope(id).unwrap();
        // Nobody is owed anything, until the write that stands open while the owner closes.
        let paid = scope.write(|c| {
            diesel::delete(adjustments::table).execute(c.db())?;
            diesel::update(payouts::table).set(payouts::state.eq("paid")).execute(c.db())?;
            diesel::update(commissions::table).set(commissions::state.eq("pending")).execute(c.db())?;
            Ok(())
        });
        wait(paid).unwrap();
        assert!(!ana.get(HERE).text().contains("are owed"));
        let (is_open, is_answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let closed = std::thread::scope(|threads| {
            let (opened, answered, tenants) = (is_open.clone(), is_answered.clone(), app.tenants.clone());
            threads.spawn(move || {
                let last = scope.write(move |c| {
                    opened.store(true, Ordering::SeqCst);
                    // Until the doors are shut behind it, or the closing went through without a look at them.
                    while tenants.scope(id).is_ok() && !answered.load(Ordering::SeqCst) {
                        std::thread::yield_now();
                    }
                    diesel::update(commissions::table)
                        .set((commissions::state.eq("approved"), commissions::payout_id.eq(None::<PayoutId>)))
                        .execute(c.db())?;
                    Ok(())
                });
                wait(last).unwrap();
            });
            while !is_open.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
            let closed = close(&ana);
            is_answered.store(true, Ordering::SeqCst);
            closed
        });
        assert!(closed.expect(422).text().contains("Pay them first"));
        assert_eq!(status(&house), Some(Status::Active));
        // The doors are open again, and whoever ticks closes.
        let closed = ana.submit(HERE, &[("retype", "acme"), ("owed", "true")]);
        assert_eq!(closed.location(), SETTINGS, "{}", closed.text());
    }

    fn only_owners_close_and_keep(engine: Engine) {
        let house = house(engine);
        let id = find(&house, "acme").unwrap().id;
        let password = crate::identity::PASSWORD.into();
        let made = steading::identity::shell::create_user(
            house.app(), id, "adam@example.com", steading::identity::Roles::one(Role::Admin), &password,
        );
        wait(made).unwrap();
        let adam = house.signed_in("adam@example.com");
        assert!(!adam.get(SETTINGS).text().contains("Close the company"));
        assert_eq!(adam.get(HERE).status, 403);
        let _ = close(&house.signed_in("ana@example.com")).expect(303);
        let page = adam.get("/t/acme/admin").expect(200).text();
        assert!(page.contains("is being closed") && !page.contains("Keep this company"), "{page}");
        assert_eq!(adam.post_form(KEEP, &[("csrf", &token(&adam))]).status, 403);
        assert_eq!(status(&house), Some(Status::Frozen));
    }

    fn a_trial_that_is_kept_is_a_trial_again_and_travels_as_one(engine: Engine) {
        let house = house(engine);
        let (app, id) = (house.app(), find(&house, "acme").unwrap().id);
        wait(app.control.write(move |c| {
            let row = diesel::update(tenants::table.filter(tenants::id.eq(id)));
            row.set(tenants::status.eq("trial")).execute(c.db())?;
            Ok(())
        })).unwrap();
        let _ = wait(identity::close_company(app, &Actor::shell(), id, 30, None)).unwrap();
        let twice = wait(identity::close_company(app, &Actor::shell(), id, 3, None)).unwrap_err();
        assert!(twice.to_string().contains("being closed already"), "{twice}");
        let record = wait(app.control.read(move |c| carry::record(c, id))).unwrap();
        assert_eq!((record.status.as_str(), record.more.frozen_at), ("trial", None));
        let kept = wait(identity::keep_company(app, &Actor::shell(), id)).unwrap();
        assert_eq!((kept.status, kept.frozen_at), (Status::Trial, None));
        // A step of its life ends the closing too.
        let _ = wait(identity::close_company(app, &Actor::shell(), id, 30, None)).unwrap();
        let thawed = wait(tenancy::change_status(app, &Actor::shell(), id, Status::Active)).unwrap();
        assert_eq!(thawed.closing, None);
    }

    fn one_can_leave_from_wherever_a_company_stands(engine: Engine) {
        let house = house(engine);
        let (app, id) = (house.app(), find(&house, "acme").unwrap().id);
        let ana = house.signed_in("ana@example.com");
        for stands in [Status::Demo, Status::Trial, Status::Frozen] {
            wait(app.control.write(move |c| {
                let row = diesel::update(tenants::table.filter(tenants::id.eq(id)));
                row.set(tenants::status.eq(stands.as_str())).execute(c.db())?;
                Ok(())
            })).unwrap();
            wait(app.gate.get().unwrap().company_changed(id)).unwrap();
            assert!(ana.get(SETTINGS).expect(200).text().contains("Close the company"), "{stands:?}");
            let closed = close(&ana);
            assert_eq!(closed.location(), SETTINGS, "{stands:?}: {}", closed.text());
            let company = find(&house, "acme").unwrap();
            let before = company.closing.as_ref().map(|closing| closing.before);
            assert_eq!((company.status, before), (Status::Frozen, Some(stands)));
            // Nothing else is written on the way, and nothing is closed twice.
            for path in [SETTINGS, HERE] {
                let sent = [("csrf", &*token(&ana)), ("retype", "acme")];
                assert_eq!(ana.post_form(path, &sent).status, 403, "{stands:?} {path}");
            }
            assert_eq!(ana.submit_to(HERE, KEEP, &[]).location(), SETTINGS);
            assert_eq!(status(&house), Some(stands));
        }
        // What is archived is gone already.
        let _ = wait(tenancy::change_status(app, &Actor::shell(), id, Status::Archived)).unwrap();
        assert!(wait(identity::close_company(app, &Actor::shell(), id, 30, None)).is_err());
    }

    fn its_owners_hear_who_closed_it_and_who_kept_it(engine: Engine) {
        let house = house(engine);
        let id = find(&house, "acme").unwrap().id;
        let password = crate::identity::PASSWORD.into();
        for (email, role) in [("adam@example.com", Role::Admin), ("olga@example.com", Role::Owner)] {
            let role = identity::Roles::one(role);
            let made = identity::shell::create_user(house.app(), id, email, role, &password);
            wait(made).unwrap();
        }
        house.company("other", "ben@example.com");
        let _ = close(&house.signed_in("ana@example.com")).expect(303);
        let told = mails(&house, "company_closing");
        let to: Vec<&str> = told.iter().map(|(to, _)| to.as_str()).collect();
        assert_eq!(to, ["ana@example.com", "olga@example.com"]);
        let day = find(&house, "acme").unwrap().closing.unwrap().at.to_string();
        for (_, text) in &told {
            assert!(text.contains("ana@example.com closed "), "{text}");
            assert!(text.contains(&format!("{}{HERE}", house.app().public_url.trim_end_matches('/'))), "{text}");
            assert!(text.contains(&day[..4]), "{text} {day}");
        }
        // Whoever has no part in it, and whoever only tried, tells nobody.
        assert!(wait(identity::close_company(house.app(), &Actor::shell(), id, 3, None)).is_err());
        assert_eq!(mails(&house, "company_closing").len(), 2);
        assert_eq!(mails(&house, "company_kept"), []);
        let _ = wait(identity::keep_company(house.app(), &Actor::shell(), id)).unwrap();
        let told = mails(&house, "company_kept");
        assert_eq!(told.len(), 2);
        assert!(told.iter().all(|(_, text)| text.contains("Whoever runs this instance kept ")), "{told:?}");
    }

    fn operators_see_it_and_keep_it(engine: Engine) {
        let house = house(engine);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let _ = close(&house.signed_in("ana@example.com")).expect(303);
        assert!(op.get("/operator").text().contains("Closing"));
        let page = op.get("/operator/companies/acme").expect(200).text();
        assert!(page.contains("We sell no tea") && page.contains("Closing") && page.contains("/acme/keep"), "{page}");
        let asked = op.get("/operator/companies/acme/keep").expect(200).text();
        assert!(asked.contains("goes on as it did before it was closed"), "{asked}");
        assert_eq!(status(&house), Some(Status::Frozen), "asking is not keeping");
        assert_eq!(op.submit("/operator/companies/acme/keep", &[]).location(), "/operator/companies/acme");
        assert_eq!(status(&house), Some(Status::Active));
        assert_eq!(mails(&house, "company_kept").len(), 1);
        assert!(actions(&house).contains(&"company.kept".to_owned()));
        assert_eq!(op.get("/operator/companies/acme/keep").status, 404);
    }

    fn the_command_line_closes_keeps_and_tells(engine: Engine) {
        let home = multi(engine);
        create(&home, "acme");
        let told = home.run(&["tenant", "delete", "acme", "--in-days", "14", "--yes"]).expect_code(0);
        assert!(told.stderr.contains("tenant keep acme"), "{told:?}");
        let shown = home.run(&["tenant", "show", "acme", "--json"]).expect_code(0).json();
        assert_eq!(shown["status"], "frozen");
        assert!(shown["closing_at"].is_string(), "{shown}");
        let _ = home.run(&["tenant", "delete", "acme", "--in-days", "1", "--yes"]).expect_code(1);
        let kept = home.run(&["tenant", "keep", "acme", "--json"]).expect_code(0).json();
        assert_eq!((&kept["status"], &kept["closing_at"]), (&"active".into(), &serde_json::Value::Null));
        let _ = home.run(&["tenant", "keep", "acme"]).expect_code(1);
        let _ = home.run(&["tenant", "delete", "acme", "--yes"]).expect_code(0);
    }

    fn the_one_company_of_an_instance_is_not_closed(engine: Engine) {
        let house = House::owned(engine);
        let ana = house.signed_in("ana@example.com");
        assert!(!ana.get("/admin/settings").text().contains("Close the company"));
        assert_eq!(ana.get("/admin/settings/close").location(), "/admin/settings");
        let id = house.test.scope.tenant();
        assert!(wait(identity::close_company(house.app(), &Actor::shell(), id, 30, None)).is_err());
    }
}
