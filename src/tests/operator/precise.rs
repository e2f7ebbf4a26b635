//! The operators' API is held to what every API of ours promises: a change happens once per key, and on what was seen.

use std::time::Duration;

use serde_json::{Value, json};
use steading::db::replay::kept_answer;
use steading::jobs;
use steading::operator::shell;

use crate::harness::engine::wait;
use crate::harness::http::{Client, Reply};
use crate::identity::House;
use crate::on_both_engines;

const ALL: &str = "/api/v1/operator/tenants";

fn send(program: &Client, path: &str, key: &str, body: &Value) -> Reply {
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    program.send("POST", path, &headers, body.to_string().as_bytes())
}

fn companies(program: &Client) -> Value {
    program.get(&format!("{ALL}?total=true")).json()["total"].clone()
}

on_both_engines! {
    fn the_same_key_and_body_give_the_first_answer_with_its_link(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let (shown, key) = wait(shell::create_key(house.app(), "billing")).unwrap();
        let program = house.visitor().with_key(&key);
        let body = json!({"slug": "acme", "owner_email": "ana@example.com"});
        let first = send(&program, ALL, "order-1", &body).expect(201);
        house.later(60);
        let again = send(&program, ALL, "order-1", &body).expect(201);
        assert_eq!(first.text(), again.text());
        assert_eq!(again.header("idempotent-replayed"), "true");
        let link = again.json()["owner_link"].as_str().unwrap().to_owned();
        house.visitor().get(link.split_once("//").unwrap().1.split_once('/').map(|(_, path)| format!("/{path}")).unwrap().as_str()).expect(200);

        let other = send(&program, ALL, "order-1", &json!({"slug": "brick"})).expect(422).json();
        assert_eq!(other["errors"][0]["pointer"], "/Idempotency-Key", "{other}");
        assert_eq!(companies(&program), json!(2), "acme and default");
        // Another program's key of the same word is its own.
        let (_, key) = wait(shell::create_key(house.app(), "shop")).unwrap();
        send(&house.visitor().with_key(&key), ALL, "order-1", &json!({"slug": "brick"})).expect(201);

        // What is kept does not show the link; the broom takes it after a week.
        let place = format!("{} order-1", shown.id);
        let kept = || { let place = place.clone(); wait(house.app().control.read(move |c| kept_answer(c, &place))).unwrap() };
        let body = kept().unwrap().body;
        assert!(body.starts_with("enc:v1:") && !body.contains("acme"), "{body}");
        house.test.clock.advance(Duration::from_secs(8 * 86_400));
        wait(jobs::run_due(house.app(), None)).unwrap();
        assert!(kept().is_none());
    }

    fn a_refused_opening_leaves_its_key_free_and_a_step_is_taken_once(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let (_, key) = wait(shell::create_key(house.app(), "billing")).unwrap();
        let program = house.visitor().with_key(&key);
        send(&program, ALL, "order-1", &json!({"slug": "Ac me"})).expect(422);
        let made = send(&program, ALL, "order-1", &json!({"slug": "acme"})).expect(201).json();
        // What is told of it is what is kept.
        assert_eq!(made["created_at"], program.get(&format!("{ALL}/acme")).json()["created_at"]);
        let freeze = format!("{ALL}/acme/freeze");
        let first = send(&program, &freeze, "step-1", &json!({})).expect(200);
        program.json("POST", &format!("{ALL}/acme/activate"), &json!({})).expect(200);
        assert_eq!(send(&program, &freeze, "step-1", &json!({})).expect(200).text(), first.text());
        assert_eq!(program.get(&format!("{ALL}/acme")).json()["status"], "active");
    }

    fn many_at_once_with_one_key_open_one(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let (_, key) = wait(shell::create_key(house.app(), "billing")).unwrap();
        let body = json!({"slug": "acme", "owner_email": "ana@example.com"});
        let answers: Vec<(u16, String)> = std::thread::scope(|threads| {
            let all: Vec<_> = (0..8)
                .map(|_| {
                    let (program, body) = (house.visitor().with_key(&key), &body);
                    threads.spawn(move || {
                        let reply = send(&program, ALL, "order-1", body);
                        (reply.status, reply.text())
                    })
                })
                .collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(answers.iter().all(|answer| *answer == answers[0]) && answers[0].0 == 201, "{answers:?}");
    }

    fn a_change_is_made_of_what_was_seen(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let (_, key) = wait(shell::create_key(house.app(), "billing")).unwrap();
        let program = house.visitor().with_key(&key);
        let made = program.json("POST", ALL, &json!({"slug": "acme"})).expect(201);
        let one = format!("{ALL}/acme");
        let tag = program.get(&one).expect(200).header("etag").to_owned();
        assert_eq!(made.header("etag"), tag);
        let change = |tag: &str, body: &Value| {
            let headers = [("content-type", "application/json"), ("if-match", tag)];
            program.send("PATCH", &one, &headers, body.to_string().as_bytes())
        };
        for stale in ["\"x\"", "\"1\"", "W/\"1\""] {
            assert_eq!(change(stale, &json!({"name": "Other"})).expect(412).json()["code"], "stale");
        }
        let changed = change(&tag, &json!({"name": "Acme Teas"})).expect(200);
        assert_ne!(changed.header("etag"), tag);
        assert_eq!(program.get(&one).header("etag"), changed.header("etag"));
        change(&tag, &json!({"name": "Other"})).expect(412);
        change("*", &json!({"industry": "tea"})).expect(200);
        let read = program.get(&one).json();
        assert_eq!((&read["name"], &read["industry"]), (&json!("Acme Teas"), &json!("tea")));
        let document = steading::routes::description();
        assert!(document["paths"]["/operator/tenants/{slug}"]["patch"]["responses"]["412"].is_object());
    }

    fn branding_and_an_owners_name_are_judged_like_the_command_line_does(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let (_, key) = wait(shell::create_key(house.app(), "billing")).unwrap();
        let program = house.visitor().with_key(&key);
        let nameless = program.json("POST", ALL, &json!({"slug": "acme", "owner_name": "Ana"})).expect(422).json();
        assert_eq!(nameless["errors"][0]["pointer"], "/owner_email", "{nameless}");
        let pale = program.json("POST", ALL, &json!({"slug": "acme", "color": "#ffffff"})).expect(422).json();
        assert_eq!(pale["errors"][0]["pointer"], "/color", "{pale}");
        let branded = json!({"slug": "acme", "color": "#2f6b4f", "logo_url": "https://acme.example/logo.svg"});
        let made = program.json("POST", ALL, &branded).expect(201).json();
        assert_eq!((&made["color"], &made["logo_url"]), (&branded["color"], &branded["logo_url"]));
        let plain = program.json("PATCH", &format!("{ALL}/acme"), &json!({"logo_url": ""})).expect(200).json();
        assert_eq!((&plain["color"], &plain["logo_url"]), (&branded["color"], &Value::Null));

        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let fields = [("name", "Acme"), ("kind", "customer"), ("plan", "starter"), ("color", "#123456"), ("logo_url", "")];
        op.submit("/operator/companies/acme/edit", &fields).expect(303);
        assert!(op.get("/operator/companies/acme").text().contains("#123456"));
        let nobody = [("slug", "brick"), ("kind", "customer"), ("plan", "starter"), ("owner_name", "Ana")];
        op.submit_to("/operator/companies/new", "/operator/companies", &nobody).expect(422);
    }
}
