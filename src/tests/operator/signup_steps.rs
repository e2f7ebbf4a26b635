//! Whatever step of opening a sign-up's company fails, nothing of it is left, and the same link or answer ends it. What was blocked since
//! somebody asked opens nothing.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use steading::db::Conn;

use super::signup::{link, wish};
use crate::harness::http::Client;
use crate::identity::{House, PASSWORD, login};
use crate::on_both_engines;

/// Writes of the opening, each with what is refused of it.
const STEPS: [(&str, &str, &str); 7] = [
    ("tenants", "INSERT", "true"),
    ("data_keys", "INSERT", "true"),
    ("users", "INSERT", "true"),
    ("memberships", "INSERT", "true"),
    ("signups", "UPDATE", "NEW.state = 'opened'"),
    ("audit_events", "INSERT", "NEW.action = 'signup.opened'"),
    ("audit_events", "INSERT", "NEW.action = 'company.opened'"),
];

fn run(house: &House, sqlite: &str, postgres: &str) {
    match &mut house.test.behind_control() {
        Conn::Sqlite(conn) => conn.batch_execute(sqlite),
        Conn::Postgres(conn) => conn.batch_execute(postgres),
    }
    .unwrap();
}

/// While `work` runs, one write is refused by the store.
fn without(house: &House, (table, verb, when): (&str, &str, &str), work: impl FnOnce()) {
    run(
        house,
        &format!("CREATE TRIGGER trap BEFORE {verb} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, 'trap'); END"),
        &format!(
            "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trap'; END $$;
             CREATE TRIGGER trap BEFORE {verb} ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION trap()"
        ),
    );
    work();
    run(
        house,
        "DROP TRIGGER trap",
        &format!("DROP TRIGGER trap ON {table}; DROP FUNCTION trap()"),
    );
}

fn count(house: &House, from: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Many {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        many: i64,
    }
    let query = diesel::sql_query(format!("SELECT COUNT(*) AS many FROM {from}"));
    let mut behind = house.test.behind_control();
    query.get_result::<Many>(&mut behind).unwrap().many
}

/// Companies of that slug, sign-ups that are over and let go of the password, mails and events that say so.
fn left(house: &House) -> [i64; 5] {
    [
        "tenants WHERE slug = 'acme'",
        "signups WHERE state = 'opened'",
        "signups WHERE password_hash = ''",
        "mails WHERE kind = 'signup_approved'",
        "audit_events WHERE action IN ('signup.opened', 'company.opened')",
    ]
    .map(|from| count(house, from))
}

fn stores(house: &House) -> usize {
    std::fs::read_dir(house.test.data_dir().join("tenants"))
        .map(|entries| {
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            names
                .filter(|name| name.ends_with(".db") && !name.starts_with('.'))
                .count()
        })
        .unwrap_or_default()
}

/// Asks for the company `acme` and confirms nothing.
fn asked(house: &House, op: &Client) -> String {
    let _ = house
        .visitor()
        .submit("/signup", &wish("Acme", "acme", "ana@spam.example"))
        .expect(200);
    link(house, op, "Acme")
}

/// Where operators answer the one sign-up that waits.
fn answer(op: &Client, verb: &str) -> String {
    let list = op.get("/operator/signups?state=waiting").expect(200).text();
    let at = list.find("/operator/signups/sup_").unwrap();
    let path = list[at..].split('"').next().unwrap();
    format!("{}/{verb}", path.rsplit_once('/').unwrap().0)
}

fn block(op: &Client, verb: &str, kind: &str, value: &str) {
    let action = format!("/operator/signups/{verb}");
    let done = op.submit_to(
        "/operator/signups",
        &action,
        &[("kind", kind), ("value", value)],
    );
    assert_eq!(done.location(), "/operator/signups", "{}", done.text());
}

on_both_engines! {
    fn whatever_step_fails_the_link_ends_it(engine: Engine) {
        let house = House::of_many(engine, &[("STEADING_SIGNUP", "open"), ("STEADING_TRIAL_DAYS", "30")]);
        house.operator("op@example.com");
        let path = asked(&house, &house.operating("op@example.com"));
        let (before, held, visitor) = (left(&house), stores(&house), house.visitor());
        for step in STEPS {
            without(&house, step, || {
                let failed = visitor.submit(&path, &[]);
                assert!(failed.status >= 500, "{step:?}: {}", failed.text());
            });
            assert_eq!((left(&house), stores(&house)), (before, held), "{step:?}");
        }
        let opened = visitor.submit(&path, &[]);
        assert_eq!(opened.location(), "/login?next=%2Ft%2Facme%2Fadmin", "{}", opened.text());
        assert_eq!(left(&house), [1, 1, 1, 0, before[4] + 2]);
        // Whoever lost the answer finds it by the same link.
        let again = house.visitor().get(&path).expect(410).text();
        assert!(again.contains("It opened Acme.") && again.contains("/login?next="), "{again}");
        let ana = house.visitor();
        assert_eq!(login(&ana, "ana@spam.example", PASSWORD).location(), "/t/acme/admin");
        let home = ana.get("/t/acme/admin").expect(200).text();
        assert!(home.contains("The trial ends in 30 days."), "{home}");
    }

    fn whatever_step_fails_the_operators_answer_ends_it(engine: Engine) {
        let house = House::of_many(engine, &[("STEADING_SIGNUP", "approval")]);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let path = asked(&house, &op);
        let _ = house.visitor().submit(&path, &[]).expect(200);
        let again = house.visitor().get(&path).expect(200).text();
        assert!(again.contains("Somebody looks at it now"), "{again}");
        let (approve, before, held) = (answer(&op, "approve"), left(&house), stores(&house));
        for step in STEPS.into_iter().chain([("mails", "INSERT", "true")]) {
            without(&house, step, || {
                let failed = op.submit_to("/operator/signups", &approve, &[]);
                assert!(failed.status >= 500, "{step:?}: {}", failed.text());
            });
            assert_eq!((left(&house), stores(&house)), (before, held), "{step:?}");
        }
        assert_eq!(op.submit_to("/operator/signups", &approve, &[]).location(), "/operator/signups");
        assert_eq!(left(&house), [1, 1, 1, 1, before[4] + 2]);
        assert_eq!(login(&house.visitor(), "ana@spam.example", PASSWORD).location(), "/t/acme/admin");
    }

    fn of_two_who_answer_at_once_one_opens_it(engine: Engine) {
        let house = House::of_many(engine, &[("STEADING_SIGNUP", "open")]);
        house.operator("op@example.com");
        let path = asked(&house, &house.operating("op@example.com"));
        let token = path.split("token=").nth(1).unwrap();
        let ready: Vec<(Client, String)> = (0..4).map(|_| {
            let visitor = house.visitor();
            let page = visitor.get(&path).expect(200).text();
            let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
            (visitor, rest.split('"').next().unwrap().to_owned())
        }).collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let press = |(visitor, csrf): (Client, String)| {
                scope.spawn(move || visitor.post_form("/signup/confirm", &[("csrf", csrf.as_str()), ("token", token)]).status)
            };
            let all: Vec<_> = ready.into_iter().map(press).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let opened = statuses.iter().filter(|status| **status == 303).count();
        let late = statuses.iter().filter(|status| **status == 410).count();
        assert_eq!((opened, late), (1, 3), "{statuses:?}");
        assert_eq!(left(&house)[..3], [1, 1, 1]);
    }

    fn what_is_blocked_meanwhile_opens_nothing(engine: Engine) {
        for (kind, value) in [("domain", "spam.example"), ("slug", "acme")] {
            let house = House::of_many(engine, &[("STEADING_SIGNUP", "open")]);
            house.operator("op@example.com");
            let op = house.operating("op@example.com");
            let path = asked(&house, &op);
            let before = left(&house);
            block(&op, "block", kind, value);
            let said = house.visitor().get(&path).expect(403).text();
            assert!(said.contains("This company is not opened"), "{said}");
            assert_eq!(left(&house), before);
            block(&op, "unblock", kind, value);
            assert_eq!(house.visitor().submit(&path, &[]).status, 303, "{kind}");
        }
    }

    fn what_is_blocked_meanwhile_is_not_approved(engine: Engine) {
        let house = House::of_many(engine, &[("STEADING_SIGNUP", "approval")]);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let path = asked(&house, &op);
        let _ = house.visitor().submit(&path, &[]).expect(200);
        let (approve, before) = (answer(&op, "approve"), left(&house));
        for (kind, value) in [("domain", "spam.example"), ("slug", "acme")] {
            block(&op, "block", kind, value);
            let back = op.submit_to("/operator/signups", &approve, &[]);
            assert_eq!(back.location(), "/operator/signups", "{}", back.text());
            let list = op.get("/operator/signups").expect(200).text();
            assert!(list.contains(&format!("The {kind} {value} is blocked, so Acme is not opened.")), "{list}");
            assert_eq!(left(&house), before, "{kind}");
            block(&op, "unblock", kind, value);
        }
        let _ = op.submit_to("/operator/signups", &approve, &[]).expect(303);
        assert_eq!(left(&house)[..4], [1, 1, 1, 1]);
    }
}
