//! What must hold however many come at once: one event per external id, one commission per event, one payout per commission.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Shop, eur, id_of, sale};
use crate::on_both_engines;

const MANY: usize = 100;

/// Of a hundred at once, how many were answered so. Whoever met others too often was told to come back, and changed nothing.
fn statuses(replies: &[super::Reply]) -> impl Fn(u16) -> usize + '_ {
    |status| {
        replies
            .iter()
            .filter(|reply| reply.status == status)
            .count()
    }
}

on_both_engines! {
    async fn one_commission_for_an_event_reported_a_hundred_times(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        let replies = join_all((0..MANY).map(|_| shop.post("/events", sale("order-1", "c1", 1000)))).await;
        let count = statuses(&replies);
        assert_eq!(count(201), 1, "{replies:?}");
        assert_eq!(count(201) + count(200) + count(503), MANY, "{replies:?}");
        let ids: std::collections::BTreeSet<String> = replies.iter().filter(|r| r.status < 300).map(|r| id_of(&r.json())).collect();
        assert_eq!(ids.len(), 1);
        for list in ["/events", "/commissions"] {
            assert_eq!(shop.get(&format!("{list}?total=true")).await.expect(200)["total"], 1, "{list}");
        }
    }

    async fn one_payout_for_a_commission_drawn_up_a_hundred_times(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        for n in 0..3 {
            shop.approved(&n.to_string(), "c1", 1000).await;
        }
        let replies = join_all((0..MANY).map(|_| shop.act("/payout-batches"))).await;
        let count = statuses(&replies);
        assert_eq!(count(201), 1, "{replies:?}");
        assert_eq!(count(201) + count(409) + count(503), MANY, "{replies:?}");
        let payouts = shop.get("/payouts?total=true").await.expect(200);
        assert_eq!((&payouts["total"], &payouts["data"][0]["amount"]), (&json!(1), &eur(600)));
        assert_eq!(shop.get("/payout-batches?total=true").await.expect(200)["total"], 1);
    }

    async fn a_batch_is_paid_or_cancelled_never_both(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        shop.approved("1", "c1", 1000).await;
        let batch = id_of(&shop.act("/payout-batches").await.expect(201));
        shop.act(&format!("/payout-batches/{batch}/approve")).await.expect(200);
        assert_eq!(shop.act(&format!("/payout-batches/{batch}/export")).await.status, 200);
        let verbs = ["confirm", "cancel"];
        let replies = join_all((0..MANY).map(|n| {
            let path = format!("/payout-batches/{batch}/{}", verbs[n % 2]);
            let shop = &shop;
            async move { shop.act(&path).await }
        }))
        .await;
        assert_eq!(statuses(&replies)(200), 1, "{replies:?}");
        let state = shop.get(&format!("/payout-batches/{batch}")).await.expect(200)["state"].clone();
        let commission = shop.get("/commissions").await.expect(200)["data"][0].clone();
        if state == "paid" {
            assert_eq!(commission["state"], "paid");
        } else {
            assert_eq!((&commission["state"], &commission["payout_id"]), (&json!("approved"), &Value::Null));
        }
    }

    async fn refunds_at_once_never_exceed_the_sale(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        let id = shop.approved("order-1", "c1", 1000).await;
        let replies = join_all((0..MANY).map(|n| {
            shop.post("/refunds", json!({ "event_external_id": "order-1", "external_id": format!("r{n}"), "value": eur(300) }))
        }))
        .await;
        let count = statuses(&replies);
        let done = count(201);
        assert!((1..=3).contains(&done), "{replies:?}");
        assert_eq!(done + count(422) + count(503), MANY, "{replies:?}");
        let reversed = shop.get(&format!("/commissions/{id}")).await.expect(200)["reversed"]["amount"].as_i64().unwrap();
        assert_eq!(reversed, 60 * i64::try_from(done).unwrap());
    }

    async fn a_key_is_given_out_once(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let body = json!({ "enrolment_id": stage.enrolment, "key": "wanted" });
        let replies = join_all((0..MANY).map(|_| shop.post("/links", body.clone()))).await;
        let count = statuses(&replies);
        assert_eq!((count(201), count(201) + count(422) + count(503)), (1, MANY), "{replies:?}");
    }
}
