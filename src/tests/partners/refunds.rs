//! Refunds: in proportion, to the cent, before and after the money left.

use serde_json::{Value, json};

use super::{Shop, eur, id_of};
use crate::on_both_engines;

impl Shop {
    async fn refund(&self, sale: &str, external_id: &str, amount: Option<i64>) -> super::Reply {
        let mut body = json!({ "event_external_id": sale, "external_id": external_id });
        if let Some(amount) = amount {
            body["value"] = eur(amount);
        }
        self.post("/refunds", body).await
    }

    async fn commission(&self, id: &str) -> Value {
        self.get(&format!("/commissions/{id}")).await.expect(200)
    }
}

on_both_engines! {
    async fn parts_of_a_refund_come_to_the_whole(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        // 20 percent of 9.99 is 2.00: no third of it is a whole number of cents.
        let id = shop.approved("order-1", "c1", 999).await;
        for (n, reversed, state) in [(1, 67, "approved"), (2, 133, "approved"), (3, 200, "reversed")] {
            let refund = shop.refund("order-1", &format!("refund-{n}"), Some(333)).await.expect(201);
            assert_eq!((&refund["type"], &refund["value"], &refund["adjustments"]), (&json!("refund"), &eur(333), &json!([])));
            let commission = shop.commission(&id).await;
            assert_eq!((&commission["reversed"], &commission["state"]), (&eur(reversed), &json!(state)), "refund {n}");
        }
        let more = shop.refund("order-1", "refund-4", Some(1)).await;
        assert_eq!(more.pointers(), ["/value/amount"]);
        assert_eq!(shop.act("/payout-batches").await.problem(409), "nothing_to_pay");
    }

    async fn the_same_refund_again_changes_nothing(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        let id = shop.approved("order-1", "c1", 1000).await;
        let first = shop.refund("order-1", "refund-1", Some(500)).await.expect(201);
        assert_eq!(shop.refund("order-1", "refund-1", Some(500)).await.expect(200), first);
        assert_eq!(shop.refund("order-1", "refund-1", Some(400)).await.problem(409), "external_id_conflict");
        assert_eq!(shop.refund("order-1", "order-1", Some(400)).await.problem(409), "external_id_conflict");
        assert_eq!(shop.commission(&id).await["reversed"], eur(100));
        let event = json!({ "event": first["id"], "external_id": "refund-2" });
        assert_eq!(shop.post("/refunds", event).await.pointers(), ["/event"]);
        let ron = json!({ "event_external_id": "order-1", "external_id": "refund-3", "value": { "amount": 1, "currency": "RON" } });
        assert_eq!(shop.post("/refunds", ron).await.pointers(), ["/value/amount"]);
    }

    async fn a_refund_after_the_payout_is_taken_off_the_next(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        shop.customer("kettle", "c1").await;
        let paid = shop.approved("order-1", "c1", 5000).await;
        assert_eq!(shop.pay().await["totals"], json!([eur(1000)]));

        let refund = shop.refund("order-1", "refund-1", Some(2500)).await.expect(201);
        assert_eq!(refund["adjustments"][0]["amount"], eur(-500));
        let commission = shop.commission(&paid).await;
        assert_eq!((&commission["state"], &commission["reversed"], &commission["clawed_back"]), (&json!("paid"), &eur(0), &eur(500)));
        // Nothing is owed until what comes is more than what goes back.
        shop.approved("order-2", "c1", 1000).await;
        assert_eq!(shop.act("/payout-batches").await.problem(409), "nothing_to_pay");
        shop.approved("order-3", "c1", 2000).await;
        let batch = shop.pay().await;
        assert_eq!(batch["totals"], json!([eur(100)]));
        let open = shop.get(&format!("/adjustments?partner={}&open=true", stage.partner)).await.expect(200);
        assert_eq!(open["data"], json!([]));
    }

    async fn a_refund_between_draft_and_payment_leaves_the_payout_as_it_is(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        let id = shop.approved("order-1", "c1", 1000).await;
        let batch = shop.act("/payout-batches").await.expect(201);
        shop.refund("order-1", "refund-1", Some(500)).await.expect(201);
        assert_eq!(shop.commission(&id).await["clawed_back"], eur(100));
        let path = format!("/payout-batches/{}", id_of(&batch));
        assert_eq!(shop.get(&path).await.expect(200)["totals"], json!([eur(200)]));
        // Given up, the two meet again.
        shop.act(&format!("{path}/cancel")).await.expect(200);
        assert_eq!(shop.act("/payout-batches").await.expect(201)["totals"], json!([eur(100)]));
        let second = ids_of_drafts(&shop).await;
        shop.act(&format!("/payout-batches/{second}/cancel")).await.expect(200);
        // The rest of the sale goes back too: nothing is left to pay, and nothing is owed either way.
        shop.refund("order-1", "refund-2", None).await.expect(201);
        assert_eq!(shop.act("/payout-batches").await.problem(409), "nothing_to_pay");
        let overview = shop.get("/reports/overview").await.expect(200);
        assert_eq!((&overview["owed"], &overview["refunds"]), (&json!([]), &json!([eur(1000)])));
    }

    async fn an_event_without_a_value_is_taken_back_whole(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let fixed = json!({ "commission": { "type": "fixed", "value": eur(500) } });
        shop.patch(&format!("/programs/{}", stage.program), fixed).await.expect(200);
        shop.customer("kettle", "c1").await;
        let signup = json!({ "type": "signup", "external_id": "s1", "customer_id": "c1" });
        let id = id_of(&shop.post("/events", signup).await.expect(201)["commissions"][0]);
        assert_eq!(shop.refund("s1", "r1", Some(1)).await.pointers(), ["/value/amount"]);
        shop.refund("s1", "r2", None).await.expect(201);
        let commission = shop.commission(&id).await;
        assert_eq!((&commission["state"], &commission["reversed"]), (&json!("reversed"), &eur(500)));
        assert_eq!(shop.refund("s1", "r3", None).await.pointers(), ["/value/amount"]);
    }
}

async fn ids_of_drafts(shop: &Shop) -> String {
    let drafts = shop.get("/payout-batches?state=draft").await.expect(200);
    super::ids(&drafts).remove(0)
}
