//! From an empty folder to a paid partner, on both engines: the owner with their browser, a visitor with theirs, a shop on another
//! server; and every figure is the same wherever it stands.

use std::sync::Arc;

use serde_json::{Value, json};

use super::pages::{
    add_partner, downloaded, enrol, make_key, make_link, make_program, path, set_bank,
};
use super::shop::{Connection, Shop};
use crate::harness::browser::Browser;
use crate::harness::engine::Engine;
use crate::harness::eventually;
use crate::harness::http::Client;
use crate::harness::process::Home;

const IBAN: &str = "RO49AAAA1B31007593840000";

/// Follows the link on the terminal and becomes the owner.
fn claim(browser: &Browser, base: &str, setup: &str) {
    browser.open(&format!("{base}{setup}"));
    let fields = browser.count("main input:not([type=hidden]), main select, main textarea");
    assert!((2..=4).contains(&fields), "{fields} fields");
    browser.fill("#f-company", "Slow Kettle");
    browser.fill("#f-email", "ana@example.com");
    browser.fill("#f-password", "my first sentence here");
    browser.choose("#f-currency", "EUR");
    browser.press("Create and sign in");
    let landed = browser.wait_for_address("/admin");
    assert_eq!(path(&landed), "/admin");
    browser.wait_for_text("body", "Slow Kettle");
}

/// Follows a partner's link and buys; what the visitor carries.
fn shop_around(visitor: &Browser, link: &str, shop: &Shop) -> String {
    visitor.open(&format!("{link}?utm_source=mail"));
    let landed = visitor.wait_for_address("st_ref=");
    assert!(landed.starts_with(&shop.url), "{landed}");
    assert!(landed.contains("utm_source=mail"), "{landed}");
    visitor.wait_for_text("#reference", "clk_");
    let reference = visitor.text("#reference");
    assert!(landed.contains(&reference));
    visitor.click("#join");
    visitor.wait_for_text("#said", "Welcome");
    visitor.press("Buy a kettle");
    visitor.wait_for_text("h1", "Thank you");
    // Another day, straight to the shop: the script remembers.
    visitor.open(&shop.url);
    visitor.wait_for_text("#reference", &reference);
    visitor.press("Buy a cup");
    visitor.wait_for_text("h1", "Thank you");
    reference
}

fn sum(client: &Client, list: &str, of: &str) -> (usize, i64) {
    let rows = client.get(&format!("/api/v1{list}")).expect(200).json()["data"].take();
    let rows = rows.as_array().unwrap().clone();
    let amount = |row: &Value| {
        assert_eq!(row[of]["currency"], "EUR", "{row}");
        row[of]["amount"].as_i64().unwrap()
    };
    (rows.len(), rows.iter().map(amount).sum())
}

crate::on_both_engines! {
    fn a_new_owner_pays_a_partner(engine: Engine) {
        let name = if engine == Engine::Sqlite { "sqlite" } else { "postgres" };
        let home = Home::new(engine);
        let server = home.serve();
        let base = server.url("");
        let downloads = tempfile::tempdir().unwrap();
        let owner = Browser::new();
        owner.save_downloads_in(downloads.path());
        let picture = |step: &str| owner.screenshot(&format!("walk-{name}-{step}"));

        claim(&owner, &base, &server.setup_path());
        picture("1-home");
        let connection: Connection = Arc::default();
        let shop = Shop::open(&base, &connection);
        let program = make_program(&owner, &base, "Kettle friends", &format!("{}/", shop.url));
        picture("2-programme");
        let partner = add_partner(&owner, &base, "Bogdan Ionescu", "bogdan@example.com");
        set_bank(&owner, &base, &partner, "Bogdan Ionescu", IBAN);
        enrol(&owner, &base, &partner, &program);
        make_link(&owner, &base, &partner, "bogdan-news");
        picture("3-partner");
        let key = make_key(&owner, &base, "The shop");
        let client = server.client().with_key(&key);
        *connection.lock().unwrap() = Some(server.client().with_key(&key));

        // Somebody applies, and is approved on their page.
        let applied = json!({ "name": "Carmen", "email": "carmen@example.com", "state": "applied" });
        let applied = client.json("POST", "/api/v1/partners", &applied).expect(201).json();
        let carmen = format!("/admin/partners/{}", applied["id"].as_str().unwrap());
        owner.open(&format!("{base}/admin/partners?state=applied"));
        owner.press("Carmen");
        owner.wait_for_address(&carmen);
        owner.press("Approve");
        owner.wait_for_text("[role=status], .toasts", "was approved");
        let shown = client.get(&carmen.replace("/admin", "/api/v1")).expect(200).json();
        assert_eq!(shown["state"], "approved");

        let visitor = Browser::new();
        let reference = shop_around(&visitor, &format!("{base}/r/bogdan-news"), &shop);
        assert_eq!(visitor.foreign_requests(&[&base, &shop.url]), [""; 0]);
        visitor.screenshot(&format!("walk-{name}-4-shop"));
        let reported = shop.reported.lock().unwrap().clone();
        // 12.5 percent of 49.90 and of 19.99: 6.2375 and 2.49875, each rounded by itself.
        let earned: Vec<i64> = reported.iter().map(|event| event["commissions"][0]["amount"]["amount"].as_i64().unwrap()).collect();
        assert_eq!(earned, [624, 250], "{reported:?}");
        assert_eq!(reported[0]["click_id"].as_str().unwrap_or(&reference), reference);

        // The owner sees both, approves one on its page and one from the list.
        owner.open(&format!("{base}/admin/commissions"));
        owner.wait_for_text("main table", "€6.24");
        owner.wait_for_text("main table", "€2.50");
        picture("5-commissions");
        owner.click("main tbody tr:first-child th a");
        owner.wait_for_address("/admin/commissions/com_");
        owner.press("Approve before its hold ends");
        owner.wait_for_text("main", "pproved");
        owner.open(&format!("{base}/admin/commissions?state=hold"));
        assert_eq!(owner.count("main tbody tr"), 1);
        owner.click("main tbody input[name=ids]");
        owner.wait_for_text("[data-bulk-bar]", "1 selected");
        owner.press("Approve 1");
        owner.wait_for_text("[data-confirm-card]", "It is on hold until");
        owner.press("Approve 1");
        owner.wait_for_text(".toasts", "approved");
        assert!(owner.address().ends_with("/admin/commissions?state=hold"), "back to the list as it was");
        let id = partner.rsplit('/').next().unwrap();
        assert_eq!(sum(&client, &format!("/commissions?partner={id}&state=approved"), "amount"), (2, 874));

        // Drawn up, approved, taken to the bank, confirmed.
        owner.open(&format!("{base}/admin/payouts"));
        owner.press("Prepare payout: €8.74");
        owner.wait_for_text("main", "Bogdan Ionescu");
        picture("6-draw-up");
        owner.press("Prepare payout");
        let batch = path(&owner.wait_for_address("/admin/payouts/pob_"));
        owner.press("Approve €8.74");
        owner.wait_for_text("main", "Export CSV");
        owner.press("Export CSV");
        let (file, csv) = downloaded(downloads.path());
        owner.wait_for_text("main", "Confirm as paid…");
        assert!(file.starts_with("payouts-") && file.ends_with(".csv"), "{file}");
        let rows: Vec<Vec<String>> = csv::Reader::from_reader(csv.as_bytes())
            .into_records()
            .map(|row| row.unwrap().iter().map(ToOwned::to_owned).collect())
            .collect();
        assert_eq!(rows.len(), 1, "{csv}");
        for part in [id, "Bogdan Ionescu", "bogdan@example.com", "8.74", "EUR", "bank", IBAN] {
            assert!(rows[0].iter().any(|cell| cell == part), "{part}: {csv}");
        }
        owner.open(&format!("{base}{batch}"));
        picture("7-payout");
        owner.press("Confirm as paid…");
        owner.wait_for_text("dialog", "€8.74");
        owner.press("Confirm as paid");
        owner.wait_for_text("[role=status], .toasts", "Confirmed as paid");
        picture("8-paid");

        // The partner's figures, wherever they stand.
        assert_eq!(sum(&client, &format!("/commissions?partner={id}&state=paid"), "amount"), (2, 874));
        assert_eq!(sum(&client, &format!("/payouts?partner={id}&state=paid"), "amount"), (1, 874));
        let shown = client.get(&batch.replace("/admin/payouts", "/api/v1/payout-batches")).expect(200).json();
        assert_eq!((&shown["state"], &shown["totals"]), (&json!("paid"), &json!([{ "amount": 874, "currency": "EUR" }])));
        owner.open(&format!("{base}{partner}"));
        owner.wait_for_text(".cards", "€8.74");
        for figure in ["€6.24", "€2.50", "€8.74"] {
            assert!(owner.text("main").contains(figure), "{figure}");
        }
        picture("9-partner");
        owner.open(&format!("{base}/admin/commissions?partner={id}"));
        owner.wait_for_text("main .foot", "€8.74");
        owner.press("Export CSV");
        let (_, csv) = downloaded(downloads.path());
        let amounts: Vec<String> = csv::Reader::from_reader(csv.as_bytes())
            .into_deserialize::<std::collections::HashMap<String, String>>()
            .map(|row| row.unwrap())
            .map(|row| row.get("commission").or_else(|| row.get("amount")).unwrap_or_else(|| panic!("{row:?}")).clone())
            .collect();
        assert_eq!(amounts.len(), 2, "{csv}");
        assert!(amounts.contains(&"6.24".to_owned()) && amounts.contains(&"2.50".to_owned()), "{csv}");
        assert!(!csv.contains(IBAN));

        // A refund after the payment is set off against what comes.
        let refund = json!({ "event_external_id": "order-2", "external_id": "refund-1" });
        client.json("POST", "/api/v1/refunds", &refund).expect(201);
        assert_eq!(sum(&client, &format!("/adjustments?partner={id}&open=true"), "amount"), (1, -250));
        assert_eq!(sum(&client, &format!("/commissions?partner={id}&state=paid"), "amount"), (2, 874));
        owner.open(&format!("{base}/admin/audit"));
        owner.wait_for_text("main", "Bogdan Ionescu");
        picture("10-trail");

        assert_eq!(owner.complaints(), [""; 0]);
        assert_eq!(owner.foreign_requests(&[&base]), [""; 0]);
        assert_eq!(eventually("quiet", || Some(server.stdout.text())), "");
        let log = server.stderr.clone();
        assert_eq!(server.terminate(), 0);
        let log = log.text_at_end();
        for secret in [IBAN, &key, "my first sentence here"] {
            assert!(!log.contains(secret), "a secret was logged");
        }
        assert!(!log.contains(" ERROR ") && !log.contains("panicked"), "{log}");
    }
}
