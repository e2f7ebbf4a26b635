//! `demo load` and `demo clear`, on both engines: labelled, beside real data, gone to the row.

use std::collections::BTreeMap;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use steading::Error;
use steading::actor::Actor;
use steading::db::Conn;
use steading::db::schema::tenant::{clicks, commissions, customers, events, links};
use steading::gate::Limits;
use steading::id::{ClickId, CustomerId, LinkId, PartnerId, ProgramId};
use steading::jobs;
use steading::partners::demo::{self, Figures};
use steading::partners::model::{Outcome, Reward};
use steading::partners::{SLICE, enrolment, event, link, partner, program};

use crate::harness::app::TestApp;
use crate::harness::company::{owned, owner};
use crate::on_both_engines;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct Many {
    #[diesel(sql_type = BigInt)]
    many: i64,
}

fn lines(conn: &mut Conn, statement: &str) -> Vec<String> {
    let rows: Vec<Row> = diesel::sql_query(statement).load(conn).unwrap();
    rows.into_iter().map(|row| row.value).collect()
}

fn many(app: &TestApp, statement: &str) -> i64 {
    let mut conn = app.behind();
    let found: Many = diesel::sql_query(format!("SELECT CAST(({statement}) AS BIGINT) AS many"))
        .get_result(&mut conn)
        .unwrap();
    found.many
}

/// Every row of every table the programme has, as text; of settings only how many.
fn everything(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut conn = app.behind();
    let mut tables: BTreeMap<String, Vec<String>> = SLICE
        .tables
        .iter()
        .map(|table| {
            let row = match &mut conn {
                Conn::Postgres(_) => "t::text".to_owned(),
                Conn::Sqlite(_) => {
                    let columns = format!("SELECT name AS value FROM pragma_table_info('{table}')");
                    let quoted = lines(&mut conn, &columns);
                    let quoted: Vec<String> =
                        quoted.iter().map(|one| format!("quote({one})")).collect();
                    quoted.join(" || ',' || ")
                }
            };
            let statement = format!("SELECT {row} AS value FROM {table} t ORDER BY 1");
            ((*table).to_owned(), lines(&mut conn, &statement))
        })
        .collect();
    for table in ["settings", "mails", "idempotency_keys"] {
        let rows = many(app, &format!("SELECT count(*) FROM {table}"));
        tables.insert(table.to_owned(), vec![rows.to_string()]);
    }
    tables
}

fn counted(app: &TestApp) -> Figures {
    let rows =
        |table: &str| usize::try_from(many(app, &format!("SELECT count(*) FROM {table}"))).unwrap();
    Figures {
        programs: rows("programs"),
        partners: rows("partners"),
        links: rows("links"),
        clicks: rows("clicks"),
        customers: rows("customers"),
        events: rows("events"),
        commissions: rows("commissions"),
        payouts: rows("payouts"),
        adjustments: rows("adjustments"),
    }
}

async fn load(app: &TestApp) -> Result<Figures, Error> {
    demo::load(&app.app, &app.scope, &Actor::shell(), |_| {}).await
}

async fn clear(app: &TestApp) -> Figures {
    demo::clear(&app.app, &app.scope, &Actor::shell(), |_| {})
        .await
        .unwrap()
}

async fn visit(app: &TestApp, through: LinkId) -> ClickId {
    app.scope
        .write(move |c| {
            let id = ClickId::new(c.now());
            diesel::insert_into(clicks::table)
                .values((clicks::id.eq(id), clicks::link_id.eq(through)))
                .execute(c.db())?;
            Ok(id)
        })
        .await
        .unwrap()
}

async fn sale(
    app: &TestApp,
    click: ClickId,
    customer: &'static str,
    name: &'static str,
) -> Outcome {
    let new: event::NewEvent = serde_json::from_value(serde_json::json!({
        "type": "sale", "click": click, "customer_id": customer, "external_id": name, "value": { "amount": 5_000, "currency": "EUR" },
    }))
    .unwrap();
    let actor = Actor::shell();
    let recorded = app
        .scope
        .write(move |c| event::record(c, &actor, &new, event::Left::ENOUGH))
        .await
        .unwrap();
    recorded.0.event.outcome.unwrap()
}

/// A small company: one programme, partner and link, a click and a sale.
async fn real_business(app: &TestApp) -> (ProgramId, PartnerId) {
    let vault = app.app.vault.clone();
    let through = app
        .scope
        .write(move |c| {
            let actor = Actor::shell();
            let new: program::NewProgram = serde_json::from_value(serde_json::json!({
                "name": "Real", "commission": Reward::Percent { rate: "10".parse().unwrap() }, "currency": "EUR",
                "destination_url": "https://shop.example/",
            }))
            .unwrap();
            let program = program::create(c, &actor, "EUR".parse().unwrap(), &new)?;
            let new: partner::NewPartner =
                serde_json::from_value(serde_json::json!({ "name": "Ana", "email": "ana@example.com" })).unwrap();
            let partner = partner::create(c, &actor, &vault, &new, Limits::NONE)?;
            let new: enrolment::NewEnrolment =
                serde_json::from_value(serde_json::json!({ "partner_id": partner.id, "program_id": program.id })).unwrap();
            let place = enrolment::create(c, &actor, &new)?;
            let new: link::NewLink = serde_json::from_value(serde_json::json!({ "enrolment_id": place.id })).unwrap();
            let link = link::create(c, &actor, &new, Limits::NONE)?;
            Ok((program.id, partner.id, link.id))
        })
        .await
        .unwrap();
    let click = visit(app, through.2).await;
    assert_eq!(sale(app, click, "c-1", "o-1").await, Outcome::Attributed);
    (through.0, through.1)
}

/// Lets the jobs of the next minutes run: clicks are counted by day.
async fn minutes_pass(app: &TestApp) {
    app.clock.advance(Duration::from_secs(600));
    jobs::run_due(&app.app, Some(app.scope.tenant()))
        .await
        .unwrap();
}

fn code(error: &Error) -> &str {
    match error {
        Error::Conflict { code, .. } => code,
        other => panic!("{other:?}"),
    }
}

on_both_engines! {
    async fn it_comes_labelled_beside_real_data_and_goes_to_the_row(engine: Engine) {
        let app = TestApp::new(engine).await;
        real_business(&app).await;
        minutes_pass(&app).await;
        let (before, had) = (everything(&app), counted(&app));
        let began = std::time::Instant::now();
        let loaded = load(&app).await.unwrap();
        println!("loaded in {:?}", began.elapsed());
        let has = counted(&app);
        assert_eq!((has.clicks, has.events), (had.clicks + loaded.clicks, had.events + loaded.events));
        assert_eq!((has.partners, has.commissions), (had.partners + loaded.partners, had.commissions + loaded.commissions));
        assert_eq!(app.scope.read(demo::figures).await.unwrap(), loaded);
        assert!(app.scope.read(demo::is_loaded).await.unwrap());
        assert_eq!(code(&load(&app).await.unwrap_err()), "demo_loaded");

        // Every click is counted by day, once, however often the job comes by.
        let by_day = "SELECT sum(clicks) FROM click_days";
        assert_eq!(many(&app, by_day), i64::try_from(has.clicks).unwrap());
        minutes_pass(&app).await;
        assert_eq!(many(&app, by_day), i64::try_from(has.clicks).unwrap());
        let odd = "SELECT count(*) FROM payouts p WHERE p.amount_minor <>
             COALESCE((SELECT sum(amount_minor - reversed_minor) FROM commissions c WHERE c.payout_id = p.id), 0)
             + COALESCE((SELECT sum(amount_minor) FROM adjustments a WHERE a.payout_id = p.id), 0)";
        assert_eq!(many(&app, odd), 0);

        let began = std::time::Instant::now();
        let gone = clear(&app).await;
        println!("cleared in {:?}", began.elapsed());
        assert_eq!(gone, loaded);
        let after = everything(&app);
        for (table, rows) in &before {
            assert_eq!(after[table].len(), rows.len(), "{table}");
        }
        assert_eq!(after, before);
        assert!(!app.scope.read(demo::is_loaded).await.unwrap());
        let said = "SELECT count(*) FROM audit_events WHERE action IN ('demo.loaded', 'demo.cleared')";
        assert_eq!(many(&app, said), 2);
        assert_eq!(clear(&app).await, Figures::default());
        assert_eq!(many(&app, said), 2);
    }

    async fn what_real_people_did_with_demo_links_stays_without_its_credit(engine: Engine) {
        let app = TestApp::new(engine).await;
        let empty = everything(&app);
        load(&app).await.unwrap();
        let through = app.scope.read(|c| {
            let friends = links::table.filter(links::key.eq("demo-slowkettle")).select(links::id);
            Ok(friends.first::<LinkId>(c.db())?)
        }).await.unwrap();
        let click = visit(&app, through).await;
        assert_eq!(sale(&app, click, "c-1", "o-1").await, Outcome::Attributed);
        clear(&app).await;
        type Kept = (Option<Outcome>, Option<ClickId>, Option<CustomerId>);
        let (kept, won, earned): (Vec<Kept>, Vec<bool>, i64) = app.scope.read(|c| Ok((
            events::table.select((events::outcome, events::click_id, events::customer_id)).load(c.db())?,
            customers::table.select(customers::enrolment_id.is_not_null()).load(c.db())?,
            commissions::table.count().get_result(c.db())?,
        ))).await.unwrap();
        assert!(matches!(kept[..], [(Some(Outcome::NoClick), None, Some(_))]), "{kept:?}");
        assert_eq!((won, earned), (vec![false], 0));
        let after = everything(&app);
        for (table, rows) in &empty {
            let more = usize::from(matches!(table.as_str(), "customers" | "events"));
            assert_eq!(after[table].len(), rows.len() + more, "{table}");
        }
        assert_eq!(after["settings"], empty["settings"]);
    }

    async fn a_name_that_is_taken_leaves_nothing_behind(engine: Engine) {
        let app = TestApp::new(engine).await;
        real_business(&app).await;
        let click = ClickId::new(app.clock.now());
        sale(&app, click, "demo-customer-1500", "o-2").await;
        minutes_pass(&app).await;
        let before = everything(&app);
        assert_eq!(code(&load(&app).await.unwrap_err()), "demo_name_taken");
        assert_eq!(everything(&app), before);
        assert!(!app.scope.read(demo::is_loaded).await.unwrap());
    }

    async fn demo_and_real_do_not_mix(engine: Engine) {
        let app = TestApp::new(engine).await;
        let (program, _) = real_business(&app).await;
        load(&app).await.unwrap();
        let partner = "SELECT count(*) FROM enrolments";
        let before = many(&app, partner);
        let refused = app.scope.write(move |c| {
            use steading::db::schema::tenant::partners;
            let demo = partners::table.filter(partners::is_demo.eq(true)).select(partners::id);
            let demo: PartnerId = demo.filter(partners::state.eq("approved")).first(c.db())?;
            let new: enrolment::NewEnrolment =
                serde_json::from_value(serde_json::json!({ "partner_id": demo, "program_id": program })).unwrap();
            enrolment::create(c, &Actor::shell(), &new)
        }).await.unwrap_err();
        assert_eq!(code(&refused), "demo_apart");
        assert_eq!(many(&app, partner), before);
    }

    fn people_load_and_remove_it_at_the_shell_and_in_the_admin(engine: Engine) {
        let home = owned(engine);
        let server = home.serve();
        home.run(&["demo", "clear", "--yes"]).expect_code(0);
        let dry = home.run(&["demo", "load", "--dry-run", "--json"]).expect_code(0).json();
        assert_eq!((&dry["done"], &dry["partners"]), (&false.into(), &24.into()));
        let loaded = home.run(&["demo", "load", "--json"]).expect_code(0);
        assert!(loaded.stderr.contains("clicks are there"), "{}", loaded.stderr);
        let loaded = loaded.json();
        assert_eq!(loaded["done"], true);
        assert!(home.run(&["demo", "load"]).expect_code(1).stderr.contains("loaded already"));
        assert!(home.run(&["demo", "clear"]).expect_code(2).stderr.contains("--yes"));

        let client = owner(&server);
        for page in ["/admin", "/admin/partners", "/admin/programs", "/admin/links", "/admin/commissions", "/admin/payouts"] {
            assert!(client.get(page).text().contains("Demo data is loaded"), "{page}");
        }
        let followed = client.get("/r/demo-slowkettle");
        assert_eq!(followed.status, 302, "{}", followed.text());
        let asked = client.get("/admin/demo/clear");
        assert!(asked.text().contains("Your own data stays as it is."), "{}", asked.text());
        let cleared = client.submit("/admin/demo/clear", &[]);
        assert_eq!((cleared.status, cleared.location()), (303, "/admin"));
        assert_eq!(client.get("/r/demo-slowkettle").status, 404);
        let nothing = home.run(&["demo", "clear", "--yes", "--json"]).expect_code(0).json();
        assert_eq!((&nothing["done"], &nothing["clicks"]), (&false.into(), &0.into()));
    }
}
