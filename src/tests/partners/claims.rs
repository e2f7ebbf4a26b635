//! What browsers say of themselves: believed narrowly, and never told whether.

use actix_web::test::TestRequest;
use serde_json::json;

use super::Shop;
use crate::on_both_engines;

impl Shop {
    async fn claim(&self, click: &str, customer: &str) -> u16 {
        let body = json!({ "click": click, "customer_id": customer });
        let request = TestRequest::post()
            .uri("/r/identify")
            .insert_header(("origin", "https://shop.example"));
        let reply = self
            .send(
                request
                    .insert_header(("content-type", "text/plain"))
                    .set_payload(body.to_string()),
            )
            .await;
        if reply.status == 204 {
            assert_eq!(reply.header("access-control-allow-origin"), "*");
        }
        reply.status
    }

    /// Who gets a sale of this customer.
    async fn winner(&self, external_id: &str, customer: &str) -> serde_json::Value {
        self.sale(external_id, customer, 100).await["attribution"]["click_id"].clone()
    }
}

on_both_engines! {
    async fn the_first_claim_wins(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        let (ana, thief) = (shop.click("kettle").await, shop.click("kettle").await);
        assert_eq!(shop.claim(&ana, "c1").await, 204);
        assert_eq!(shop.winner("1", "c1").await, json!(ana));
        // The customer is taken, and so is the click.
        assert_eq!(shop.claim(&thief, "c1").await, 204);
        assert_eq!(shop.claim(&ana, "c2").await, 204);
        assert_eq!(shop.winner("2", "c1").await, json!(ana));
        assert_eq!(shop.winner("3", "c2").await, json!(null));
        // After the window a new click is a new claim.
        shop.days(31);
        let later = shop.click("kettle").await;
        assert_eq!(shop.claim(&later, "c1").await, 204);
        assert_eq!(shop.winner("4", "c1").await, json!(later));
    }

    async fn the_server_is_never_overruled(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        let known = shop.customer("kettle", "c1").await;
        shop.days(40);
        let thief = shop.click("kettle").await;
        assert_eq!(shop.claim(&thief, "c1").await, 204);
        assert_eq!(shop.winner("1", "c1").await, json!(null));
        // The server may say so itself.
        shop.post("/identify", json!({ "click": thief, "customer_id": "c1" })).await.expect(200);
        assert_eq!(shop.winner("2", "c1").await, json!(thief));
        assert_ne!(known, thief);
    }

    async fn a_claim_changes_no_event_of_the_past(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        let click = shop.click("kettle").await;
        let event = shop.sale("1", "c1", 100).await;
        assert_eq!(shop.claim(&click, "c1").await, 204);
        let event = shop.get(&format!("/events/{}", super::id_of(&event))).await.expect(200);
        assert_eq!(event["outcome"], "no_click");
    }

    async fn old_clicks_strangers_and_rubbish_are_not_believed(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        let old = shop.click("kettle").await;
        shop.days(31);
        assert_eq!(shop.claim(&old, "c1").await, 204);
        assert_eq!(shop.winner("1", "c1").await, json!(null));
        assert_eq!(shop.claim("clk_01h455vb4pex5vsknk084sn02q", "c1").await, 204);
        assert_eq!(shop.claim("rubbish", "c1").await, 422);
        assert_eq!(shop.claim(&old, "").await, 422);
        assert_eq!(shop.claim(&old, &"x".repeat(3_000)).await, 413);
        for _ in 0..60 {
            shop.claim(&old, "c1").await;
        }
        assert_eq!(shop.claim(&old, "c1").await, 429);
    }
}
