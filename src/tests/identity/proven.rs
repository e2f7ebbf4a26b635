//! Whoever is known here is known to nobody else: an address is no way into another company until its mailbox has spoken.

use serde_json::{Value, json};
use steading::actor::Actor;
use steading::app::App;
use steading::config::Tenancy;
use steading::identity::{self, CarriedMember, NewOwner, Opened, open_with_link, shell};
use steading::mailing::{self, Filter};
use steading::tenancy::{Company, NewCompany, Slug};

use super::{House, OTHER, PASSWORD, is_in, login};
use crate::harness::engine::wait;
use crate::harness::http::Client;
use crate::on_both_engines;
use crate::operator::signup;

const VICTIM: &str = "victim@corp.test";

/// Opens a company as an operator does, its owner without a password.
fn opened(house: &House, slug: &str, owner: &str) -> Opened {
    let owner = NewOwner {
        email: owner.to_owned(),
        name: Some("Typed by somebody".to_owned()),
        password: None,
    };
    let new = NewCompany::named(Slug::parse(slug).unwrap());
    wait(open_with_link(
        house.app(),
        &Actor::shell(),
        new,
        Some(owner),
    ))
    .unwrap()
}

fn path_of(link: &str) -> String {
    link[link
        .find("/t/")
        .or(link.find("/invite"))
        .or(link.find("/reset"))
        .unwrap()..]
        .to_owned()
}

/// Somebody who is not the victim holds an account with the victim's address: an operator handed them the link.
fn thief(house: &House) -> Client {
    let link = opened(house, "trap", VICTIM).invitation.unwrap().url;
    let thief = house.visitor();
    let entered = thief.submit(
        &path_of(&link),
        &[("name", "Thief"), ("password", PASSWORD)],
    );
    assert_eq!(entered.location(), "/t/trap/admin");
    house.later(1);
    thief
}

/// Somebody signed in asks to enter a company, whether or not a page offers it.
fn asks_to_enter(client: &Client, slug: &str) -> u16 {
    let page = client.get("/account").expect(200).text();
    let at = page.find("name=\"csrf\" value=\"").unwrap() + 19;
    let token = page[at..].split('"').next().unwrap();
    client
        .post_form("/companies", &[("csrf", token), ("slug", slug)])
        .status
}

/// The link of the newest mail of a kind to an address, and nothing where there is none.
fn mailed(house: &House, kind: &str, to: &str) -> Option<String> {
    let app: App = house.app().clone();
    let filter = Filter {
        kind: Some(kind.to_owned()),
        q: Some(to.to_owned()),
        ..Filter::default()
    };
    let found = house.app().control.read(move |c| {
        let Some(newest) = mailing::page(c, &filter, None, 1)?.into_iter().next() else {
            return Ok(None);
        };
        Ok(mailing::show(c, &app, newest.id)?.link().map(path_of))
    });
    wait(found).unwrap()
}

fn key(house: &House, company: &Company) -> Client {
    let made = shell::create_key(
        house.app(),
        company.id,
        "tests",
        vec!["*".to_owned()],
        None,
        None,
    );
    house.visitor().with_key(&wait(made).unwrap().key)
}

fn add(program: &Client, slug: &str, email: &str) -> Value {
    let body = json!({ "email": email, "name": "Cy", "roles": ["admin"] });
    program
        .json("POST", &format!("/t/{slug}/api/v1/members"), &body)
        .expect(201)
        .json()
}

/// Whoever holds the account may not enter `slug`; whoever reads the mail may, and the thief is out everywhere.
fn only_the_mailbox_opens(house: &House, thief: &Client, slug: &str) {
    let enters = |client: &Client| client.get(&format!("/t/{slug}/admin")).status == 200;
    let shut = |client: &Client| {
        assert!(!enters(client));
        assert_eq!(asks_to_enter(client, slug), 404);
        assert!(
            !client.get("/companies").expect(200).text().contains(slug),
            "not even named"
        );
    };
    shut(thief);
    let again = house.visitor();
    assert_eq!(login(&again, VICTIM, PASSWORD).location(), "/t/trap/admin");
    shut(&again);

    let link = mailed(house, "invitation", VICTIM).unwrap();
    let victim = house.visitor();
    assert!(
        victim
            .get(&link)
            .expect(200)
            .text()
            .contains("There is an account with this address")
    );
    let entered = victim.submit(&link, &[("name", "Vic"), ("password", OTHER)]);
    assert_eq!(entered.location(), format!("/t/{slug}/admin"));
    assert!(enters(&victim) && !is_in(thief) && !is_in(&again));
    let _ = login(&house.visitor(), VICTIM, PASSWORD).expect(422);
    let _ = login(&house.visitor(), VICTIM, OTHER).expect(303);
    let _ = house.visitor().get(&link).expect(410);
}

on_both_engines! {
    fn a_company_that_adds_a_known_address_lets_no_stranger_in(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let beta = house.company("beta", "bo@example.com");
        let thief = thief(&house);
        let program = key(&house, &beta);
        let plain = |mut made: Value| {
            for field in ["id", "email", "joined_at"] {
                made[field] = Value::Null;
            }
            made
        };
        let known = add(&program, "beta", VICTIM);
        let proven = { house.company("delta", "di@example.com"); add(&program, "beta", "di@example.com") };
        let fresh = add(&program, "beta", "nobody@corp.test");
        assert_eq!((&known["state"], &known["name"]), (&json!("invited"), &json!("")));
        assert!(!known.to_string().contains("token="), "{known}");
        assert_eq!(plain(known.clone()), plain(fresh.clone()));
        assert_eq!(plain(proven), plain(fresh.clone()));
        // Not even the id tells since when somebody is known.
        let made_at = |made: &Value| made["id"].as_str().unwrap().parse::<steading::id::UserId>().unwrap().made_at();
        assert!(house.app().clock.now().since(made_at(&known)).as_secs() > 3_600 || made_at(&known) > house.app().clock.now());
        only_the_mailbox_opens(&house, &thief, "beta");
        let id = known["id"].as_str().unwrap();
        let now = program.get(&format!("/t/beta/api/v1/members/{id}")).expect(200).json();
        assert_eq!((&now["state"], &now["name"]), (&json!("active"), &json!("Vic")));
    }

    fn operators_give_a_known_address_no_company_of_a_strangers(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        let thief = thief(&house);
        let gamma = opened(&house, "gamma", VICTIM);
        assert!(gamma.invitation.is_none() && gamma.is_known);
        only_the_mailbox_opens(&house, &thief, "gamma");
        // With a password of the operator's as little, and as an owner of a company that had none as little.
        let other = House::of_many(engine, &[]);
        other.operator("op@example.com");
        let thief = self::thief(&other);
        other.company_unproven("gamma", VICTIM);
        let link = mailed(&other, "invitation", VICTIM).unwrap();
        assert_eq!(login(&other.visitor(), VICTIM, PASSWORD).location(), "/t/trap/admin");
        other.later(1);
        let op = other.operating("op@example.com");
        let new = [("slug", "lone"), ("name", "Lone"), ("kind", "customer"), ("plan", "starter"), ("status", "active")];
        let _ = op.submit_to("/operator/companies/new", "/operator/companies", &new).expect(303);
        let fields = [("name", "Lone"), ("kind", "customer"), ("plan", "starter"), ("owner_email", VICTIM)];
        let given = op.submit("/operator/companies/lone/edit", &fields);
        assert!(!given.text().contains("token="), "{}", given.text());
        let _ = other.visitor().get(&link).expect(410);
        only_the_mailbox_opens(&other, &thief, "lone");
    }

    fn a_sign_up_gives_no_company_to_a_stranger(engine: Engine) {
        let house = House::of_many(engine, &[("STEADING_SIGNUP", "open")]);
        house.operator("op@example.com");
        let op = house.operating("op@example.com");
        let thief = thief(&house);
        let _ = thief.submit("/signup", &signup::wish("Epsilon", "epsilon", VICTIM)).expect(200);
        // The mailbox may say yes to what somebody else asked for, and even then the password is nobody's word.
        let _ = house.visitor().submit(&signup::link(&house, &op, "Epsilon"), &[]).expect(303);
        only_the_mailbox_opens(&house, &thief, "epsilon");

        // Nor does a yes make the mailbox speak for the password that was typed.
        let _ = thief.submit("/signup", &signup::wish("Zeta", "zeta", "vi@corp.test")).expect(200);
        let _ = house.visitor().submit(&signup::link(&house, &op, "Zeta"), &[]).expect(303);
        let beta = house.company("beta", "bo@example.com");
        add(&key(&house, &beta), "beta", "vi@corp.test");
        let thief = house.visitor();
        assert_eq!(login(&thief, "vi@corp.test", PASSWORD).location(), "/t/zeta/admin");
        assert_ne!(thief.get("/t/beta/admin").status, 200);
    }

    fn a_file_gives_no_company_to_a_stranger(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let thief = thief(&house);
        let beta = house.company("beta", "bo@example.com");
        let one = |email: &str| CarriedMember {
            id: steading::id::UserId::new(house.app().clock.now()),
            email: email.to_owned(), name: "Vic".to_owned(), roles: "owner".to_owned(), disabled_at: None,
            joined_at: house.app().clock.now(), password_hash: None,
        };
        let (all, id) = ([one(VICTIM)], beta.id);
        let entered = house.app().control.write(move |c| identity::enter_members(c, id, &all, Tenancy::Multi));
        assert_eq!(wait(entered).unwrap().known, 1);
        assert_eq!(asks_to_enter(&thief, "beta"), 404);
        // Somebody who did not come leaves with nothing but the address.
        let gone = wait(house.app().control.read(move |c| identity::carried_members(c, id))).unwrap();
        let victim = gone.iter().find(|one| one.email == VICTIM).unwrap();
        assert_eq!((victim.name.as_str(), &victim.password_hash), ("", &None));
        assert!(gone.iter().any(|one| one.email == "bo@example.com" && one.password_hash.is_some()));
        // A link of the shell is the operators' own word; the mailed one is the mailbox's.
        let link = wait(shell::reset_link(house.app(), &Actor::shell(), VICTIM)).unwrap();
        let _ = house.visitor().submit(&path_of(&link), &[("password", OTHER)]).expect(303);
        assert_eq!(login(&house.visitor(), VICTIM, OTHER).location(), "/t/trap/admin");
        let _ = house.visitor().submit("/forgot", &[("email", VICTIM)]).expect(200);
        let link = mailed(&house, "password_reset", VICTIM).unwrap();
        let _ = house.visitor().submit(&link, &[("password", PASSWORD)]).expect(303);
        assert_eq!(login(&house.visitor(), VICTIM, PASSWORD).location(), "/companies");
    }

    fn whoever_proved_their_address_comes_when_they_like_and_is_not_watched_elsewhere(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.company("acme", "ana@example.com");
        let beta = house.company("beta", "bo@example.com");
        let program = key(&house, &beta);
        let ana = house.signed_in("ana@example.com");
        let _ = ana.submit_to("/account", "/account/name", &[("name", "Ana Private")]).expect(303);
        let id = add(&program, "beta", "ana@example.com")["id"].as_str().unwrap().to_owned();
        let seen = || program.get(&format!("/t/beta/api/v1/members/{id}")).expect(200).json();
        let page = || house.signed_in("bo@example.com").get(&format!("/t/beta/admin/people/{id}")).expect(200).text();
        house.later(3_600);
        let elsewhere = house.visitor();
        let _ = elsewhere.submit("/login?next=%2Ft%2Facme%2Fadmin", &[("email", "ana@example.com"), ("password", PASSWORD)]).expect(303);
        let before = seen();
        assert_eq!((&before["state"], &before["name"], &before["last_sign_in_at"]), (&json!("invited"), &json!(""), &Value::Null));
        assert!(!page().contains("Ana Private") && !page().contains("Account changed"), "{}", page());
        let _ = program.json("POST", &format!("/t/beta/api/v1/members/{id}/invite"), &json!({})).expect(200);

        let _ = elsewhere.submit_to("/companies", "/companies", &[("slug", "beta")]).expect(303);
        let after = seen();
        assert_eq!((&after["state"], &after["name"]), (&json!("active"), &json!("Ana Private")));
        assert_eq!(after["last_sign_in_at"], json!(house.app().clock.now()));
        assert_eq!(program.json("POST", &format!("/t/beta/api/v1/members/{id}/invite"), &json!({})).status, 409);
        house.later(3_600);
        let again = house.visitor();
        let _ = again.submit("/login?next=%2Ft%2Facme%2Fadmin", &[("email", "ana@example.com"), ("password", PASSWORD)]).expect(303);
        assert_eq!(seen()["last_sign_in_at"], after["last_sign_in_at"]);
        assert!(!page().contains("Session started"), "{}", page());
    }

    fn a_company_cannot_take_anothers_invitation_away(engine: Engine) {
        let house = House::of_many(engine, &[]);
        let (acme, beta) = (house.company("acme", "ana@example.com"), house.company("beta", "bo@example.com"));
        let (ours, theirs) = (key(&house, &acme), key(&house, &beta));
        let id = add(&ours, "acme", "cy@example.com")["id"].as_str().unwrap().to_owned();
        house.later(1);
        add(&theirs, "beta", "cy@example.com");
        let link = mailed(&house, "invitation", "cy@example.com").unwrap();
        assert_eq!(ours.send("DELETE", &format!("/t/acme/api/v1/members/{id}"), &[], &[]).status, 204);
        let cy = house.visitor().submit(&link, &[("name", "Cy"), ("password", OTHER)]);
        assert_eq!(cy.location(), "/t/beta/admin");
    }

    fn ones_own_pages_are_counted_for_the_person(engine: Engine) {
        let house = House::of_many(engine, &[("STEADING_LIMITS__REQUESTS_PER_SECOND", "5")]);
        house.company("acme", "ana@example.com");
        house.company("beta", "bo@example.com");
        let (ana, bo) = (house.signed_in("ana@example.com"), house.signed_in("bo@example.com"));
        house.later(60);
        let statuses: Vec<u16> = (0..60).map(|n| match n % 2 {
            0 => ana.get("/account").status,
            _ => ana.post_form("/account/name", &[("name", "A")]).status,
        }).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 50, "{statuses:?}");
        let over = ana.get("/companies");
        assert_eq!(over.status, 429);
        assert!(over.header("retry-after").parse::<u64>().unwrap() >= 1);
        let _ = bo.get("/account").expect(200);
        house.later(2);
        let _ = ana.get("/account").expect(200);
    }
}
