//! Payouts: drawn up per partner and currency, taken as a file, confirmed or given up.

use serde_json::json;

use super::{Shop, eur, id_of};
use crate::on_both_engines;

on_both_engines! {
    async fn a_batch_is_approved_exported_and_paid(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let payee = json!({ "method": "bank", "holder": "=Ana, Pop", "account": "GB82WEST12345698765432", "bank_code": "WESTGB2L" });
        shop.patch(&format!("/partners/{}", stage.partner), json!({ "name": "+Slow \"Kettle\"", "payee": payee })).await.expect(200);
        shop.customer("kettle", "c1").await;
        let id = shop.approved("1", "c1", 1999).await;
        shop.sale("2", "c1", 1000).await;
        let draft = shop.post("/payout-batches", json!({ "note": "October" })).await.expect(201);
        assert_eq!((&draft["state"], &draft["totals"], &draft["note"]), (&json!("draft"), &json!([eur(400)]), &json!("October")));
        let path = format!("/payout-batches/{}", id_of(&draft));
        for verb in ["export", "confirm"] {
            assert_eq!(shop.act(&format!("{path}/{verb}")).await.problem(409), "wrong_state", "{verb}");
        }
        shop.act(&format!("{path}/approve")).await.expect(200);
        assert_eq!(shop.act(&format!("{path}/confirm")).await.problem(409), "wrong_state");
        let file = shop.act(&format!("{path}/export")).await;
        assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert!(file.header("content-disposition").starts_with("attachment; filename=\"payouts-2026-03-01-pob_"));
        let payout = &draft["payouts"][0];
        let expected = format!(
            "payout_id,partner_id,partner_name,partner_email,amount,currency,method,account_holder,account,bank_code\r\n\
             {},{},\"'+Slow \"\"Kettle\"\"\",kettle@example.com,4.00,EUR,bank,\"'=Ana, Pop\",GB82WEST12345698765432,WESTGB2L\r\n",
            payout["id"].as_str().unwrap(), stage.partner
        );
        assert_eq!(file.body, expected);
        assert_eq!(shop.act(&format!("{path}/export")).await.body, expected, "it may be taken again");
        let paid = shop.act(&format!("{path}/confirm")).await.expect(200);
        assert_eq!((&paid["state"], &paid["payouts"][0]["state"]), (&json!("paid"), &json!("paid")));
        let commission = shop.get(&format!("/commissions/{id}")).await.expect(200);
        assert_eq!((&commission["state"], &commission["payout_id"]), (&json!("paid"), &payout["id"]));
        assert_eq!(shop.act(&format!("{path}/cancel")).await.problem(409), "wrong_state");
        assert_eq!(shop.act(&format!("{path}/export")).await.problem(409), "wrong_state");

        let trail = shop.get(&format!("/audit?target={}", id_of(&draft))).await;
        assert!(!trail.body.contains("GB82WEST") && !shop.house.everything_stored().windows(8).any(|w| w == b"GB82WEST"));
        let mut actions: Vec<String> = trail.json()["data"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap().to_owned()).collect();
        actions.sort_unstable();
        let verbs = ["approved", "created", "exported", "exported", "paid"];
        assert_eq!(actions, verbs.map(|verb| format!("payout_batch.{verb}")));
    }

    async fn currencies_and_partners_stay_apart(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let other = shop.partner("harbour").await;
        let enrolment = shop.enrol(&other, &stage.program).await;
        shop.link(&enrolment, "harbour").await;
        shop.customer("kettle", "c1").await;
        shop.customer("harbour", "c2").await;
        shop.approved("1", "c1", 1000).await;
        shop.approved("2", "c2", 3000).await;
        let yen = json!({ "type": "sale", "external_id": "3", "customer_id": "c1", "value": { "amount": 5000, "currency": "JPY" } });
        let yen = id_of(&shop.post("/events", yen).await.expect(201)["commissions"][0]);
        shop.act(&format!("/commissions/{yen}/approve")).await.expect(200);
        shop.post("/adjustments", json!({ "partner_id": other, "amount": eur(-50), "reason": "Fee" })).await.expect(201);

        let only_yen = shop.post("/payout-batches", json!({ "currency": "JPY" })).await.expect(201);
        assert_eq!(only_yen["totals"], json!([{ "amount": 1000, "currency": "JPY" }]));
        let batch = shop.act("/payout-batches").await.expect(201);
        assert_eq!(batch["totals"], json!([eur(750)]));
        let amounts: Vec<i64> = batch["payouts"].as_array().unwrap().iter().map(|p| p["amount"]["amount"].as_i64().unwrap()).collect();
        assert_eq!(amounts.iter().sum::<i64>(), 750);
        let theirs = shop.get(&format!("/payouts?partner={other}")).await.expect(200);
        assert_eq!(theirs["data"][0]["amount"], eur(550));
        assert_eq!(shop.act("/payout-batches").await.problem(409), "nothing_to_pay");
    }

    async fn a_cancelled_batch_sets_everything_free(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        shop.customer("kettle", "c1").await;
        let id = shop.approved("1", "c1", 1000).await;
        shop.post("/adjustments", json!({ "partner_id": stage.partner, "amount": eur(25), "reason": "Thanks" })).await.expect(201);
        let batch = shop.act("/payout-batches").await.expect(201);
        assert_eq!(batch["totals"], json!([eur(225)]));
        let path = format!("/payout-batches/{}", id_of(&batch));
        shop.act(&format!("{path}/approve")).await.expect(200);
        shop.act(&format!("{path}/cancel")).await.expect(200);
        let commission = shop.get(&format!("/commissions/{id}")).await.expect(200);
        assert_eq!((&commission["state"], &commission["payout_id"]), (&json!("approved"), &json!(null)));
        assert_eq!(shop.act("/payout-batches").await.expect(201)["totals"], json!([eur(225)]));
    }

    async fn partners_without_an_account_wait(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let other = shop.without_account("harbour").await;
        let enrolment = shop.enrol(&other, &stage.program).await;
        shop.link(&enrolment, "harbour").await;
        shop.customer("kettle", "c1").await;
        shop.customer("harbour", "c2").await;
        shop.approved("1", "c2", 3000).await;
        assert_eq!(shop.act("/payout-batches").await.problem(409), "no_account");
        shop.approved("2", "c1", 1000).await;
        let batch = shop.act("/payout-batches").await.expect(201);
        assert_eq!(batch["totals"], json!([eur(200)]), "only who can be paid");

        // Taken away later, it stops the batch, until the file is with the bank.
        let path = format!("/payout-batches/{}", id_of(&batch));
        let account = |set: bool| json!({ "payee": set.then(super::payee) });
        let partner = format!("/partners/{}", stage.partner);
        shop.patch(&partner, account(false)).await.expect(200);
        let refused = shop.act(&format!("{path}/approve")).await;
        assert!(refused.body.contains("kettle has no account set."), "{}", refused.body);
        assert_eq!(refused.problem(409), "no_account");
        shop.patch(&partner, account(true)).await.expect(200);
        shop.act(&format!("{path}/approve")).await.expect(200);
        shop.patch(&partner, account(false)).await.expect(200);
        assert_eq!(shop.act(&format!("{path}/export")).await.problem(409), "no_account");
        shop.patch(&partner, account(true)).await.expect(200);
        assert_eq!(shop.act(&format!("{path}/export")).await.status, 200);
        shop.act(&format!("{path}/confirm")).await.expect(200);

        // With an account, the other is paid too.
        shop.patch(&format!("/partners/{other}"), account(true)).await.expect(200);
        assert_eq!(shop.act("/payout-batches").await.expect(201)["totals"], json!([eur(600)]));
    }

    async fn suspended_partners_wait(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        shop.customer("kettle", "c1").await;
        shop.approved("1", "c1", 1000).await;
        shop.act(&format!("/partners/{}/suspend", stage.partner)).await.expect(200);
        assert_eq!(shop.act("/payout-batches").await.problem(409), "nothing_to_pay");
        shop.act(&format!("/partners/{}/archive", stage.partner)).await.expect(200);
        assert_eq!(shop.act("/payout-batches").await.expect(201)["totals"], json!([eur(200)]), "what was earned is still paid");
    }
}
