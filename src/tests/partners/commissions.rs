//! Commissions: approved when their hold is over or by hand, taken back, corrected.

use serde_json::{Value, json};

use super::{Shop, eur, id_of};
use crate::on_both_engines;

on_both_engines! {
    async fn a_commission_is_approved_when_its_hold_is_over(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        shop.customer("kettle", "c1").await;
        let id = id_of(&shop.sale("1", "c1", 1000).await["commissions"][0]);
        let state = async |shop: &Shop| shop.get(&format!("/commissions/{id}")).await.expect(200)["state"].clone();
        shop.days(13);
        shop.run_job("partners.mature").await;
        assert_eq!(state(&shop).await, "pending");
        assert_eq!(shop.get("/commissions?ready=true").await.expect(200)["data"], json!([]));
        shop.days(1);
        assert_eq!(super::ids(&shop.get("/commissions?ready=true").await.expect(200)), std::slice::from_ref(&id));
        // A programme that wants a person to look keeps them waiting.
        let program = format!("/programs/{}", stage.program);
        shop.patch(&program, json!({ "auto_approve": false })).await.expect(200);
        shop.run_job("partners.mature").await;
        assert_eq!(state(&shop).await, "pending");
        shop.patch(&program, json!({ "auto_approve": true })).await.expect(200);
        shop.run_job("partners.mature").await;
        shop.run_job("partners.mature").await;
        assert_eq!(state(&shop).await, "approved");
        let trail = shop.get(&format!("/audit?target={id}")).await.expect(200);
        let events = trail["data"].as_array().unwrap();
        assert_eq!((events.len(), &events[0]["action"]), (1, &json!("commission.approved")));
    }

    async fn a_person_may_approve_before(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        let id = shop.approved("1", "c1", 1000).await;
        let again = shop.act(&format!("/commissions/{id}/approve")).await.expect(200);
        assert_eq!((&again["state"], &again["version"]), (&json!("approved"), &json!(2)));
        shop.act(&format!("/commissions/{id}/reverse")).await.expect(200);
        assert_eq!(shop.act(&format!("/commissions/{id}/approve")).await.problem(409), "wrong_state");
        assert_eq!(shop.act(&format!("/commissions/{id}/reverse")).await.problem(409), "wrong_state");
    }

    async fn a_paid_commission_is_taken_back_from_the_next_payout(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        let id = shop.approved("1", "c1", 1000).await;
        shop.pay().await;
        let back = shop.post(&format!("/commissions/{id}/reverse"), json!({ "reason": "Own purchase" })).await.expect(200);
        assert_eq!((&back["state"], &back["clawed_back"]), (&json!("paid"), &eur(200)));
        let adjustments = shop.get("/adjustments").await.expect(200);
        let one = &adjustments["data"][0];
        assert_eq!((&one["amount"], &one["kind"], &one["reason"]), (&eur(-200), &json!("reversal"), &json!("Own purchase")));
    }

    async fn many_are_approved_at_once(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        let mut ids: Vec<String> = Vec::new();
        for n in 0..5 {
            ids.push(id_of(&shop.sale(&n.to_string(), "c1", 1000).await["commissions"][0]));
        }
        shop.act(&format!("/commissions/{}/approve", ids[0])).await.expect(200);
        ids.push("com_01h455vb4pex5vsknk084sn02q".to_owned());
        let answer = shop.post("/commissions/bulk", json!({ "action": "approve", "ids": ids })).await.expect(200);
        assert_eq!(answer["changed"], 4);
        let codes: Vec<&Value> = answer["skipped"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, ["wrong_state", "not_found"]);
        assert_eq!(shop.get("/commissions?state=approved&total=true").await.expect(200)["total"], 5);
        let answer = shop.post("/commissions/bulk", json!({ "action": "reverse", "ids": ids[..2], "reason": "Test" })).await.expect(200);
        assert_eq!(answer["changed"], 2);
    }
}
