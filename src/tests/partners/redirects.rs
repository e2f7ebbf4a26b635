//! Links: where they lead, what is kept of a visit, and when they stop.

use actix_web::test::TestRequest;
use serde_json::json;

use super::Shop;
use crate::on_both_engines;

on_both_engines! {
    async fn a_visitor_is_sent_on_with_a_reference(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let request = TestRequest::get()
            .uri("/r/kettle?utm_source=news&tea=black&st_ref=old")
            .insert_header(("user-agent", "Firefox"))
            .insert_header(("referer", "https://blog.example/post?token=secret"));
        let reply = shop.send(request).await;
        assert_eq!((reply.status, reply.header("cache-control")), (302, "no-store"));
        let clicks = shop.get(&format!("/clicks?link={}", stage.link)).await.expect(200);
        let click = &clicks["data"][0];
        let id = click["id"].as_str().unwrap();
        assert_eq!(reply.header("location"), format!("https://shop.example/offer?utm_source=news&tea=black&st_ref={id}#top"));
        assert_eq!(reply.header("set-cookie"), format!("st_ref={id}; Path=/; Max-Age=2592000; SameSite=Lax"));
        assert_eq!(click["referrer"], "https://blog.example/post");
        assert_eq!(click["user_agent"], "Firefox");
        assert_eq!(click["query"], "utm_source=news&tea=black&st_ref=old");
        assert_eq!(click["clicked_at"], "2026-03-01T12:00:00.000000Z");
        assert_eq!(click["flag"], json!(null));
        assert!(click.get("visitor").is_none(), "{click}");
    }

    async fn asking_where_a_link_leads_is_no_visit(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        let reply = shop.send(TestRequest::default().method("HEAD".parse().unwrap()).uri("/r/kettle")).await;
        assert_eq!((reply.status, reply.header("location")), (302, "https://shop.example/offer?tea=green#top"));
        assert_eq!(reply.header("set-cookie"), "");
        assert_eq!(shop.get("/clicks?total=true").await.expect(200)["total"], 0);
    }

    async fn links_stop_at_once_when_anything_behind_them_does(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        assert_eq!(shop.follow("nothing").await.status, 404);
        assert_eq!(shop.follow("x").await.status, 404);
        assert_eq!(shop.follow("kettle").await.status, 302);
        shop.act(&format!("/partners/{}/suspend", stage.partner)).await.expect(200);
        let gone = shop.follow("kettle").await;
        assert_eq!((gone.status, gone.header("content-type")), (410, "text/html; charset=utf-8"));
        assert_eq!(gone.header("set-cookie"), "");
        shop.act(&format!("/partners/{}/reinstate", stage.partner)).await.expect(200);
        assert_eq!(shop.follow("kettle").await.status, 302);

        shop.delete(&format!("/enrolments/{}", stage.enrolment)).await.expect(200);
        assert_eq!(shop.follow("kettle").await.status, 410);
        shop.enrol(&stage.partner, &stage.program).await;
        assert_eq!(shop.follow("kettle").await.status, 302);

        shop.patch(&format!("/links/{}", stage.link), json!({ "destination_url": "https://other.example/" })).await.expect(200);
        assert!(shop.follow("kettle").await.header("location").starts_with("https://other.example/?st_ref=clk_"));
        shop.delete(&format!("/links/{}", stage.link)).await.expect(200);
        assert_eq!(shop.follow("kettle").await.status, 410);

        let drawn = shop.post("/links", json!({ "enrolment_id": stage.enrolment })).await.expect(201);
        let key = drawn["key"].as_str().unwrap();
        assert_eq!(shop.follow(key).await.status, 302);
        shop.delete(&format!("/programs/{}", stage.program)).await.expect(200);
        assert_eq!(shop.follow(key).await.status, 410);
    }

    async fn another_process_sees_a_change_within_moments(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        assert_eq!(shop.follow("kettle").await.status, 302);
        let link = stage.link.parse().unwrap();
        let actor = steading::actor::Actor::shell();
        // Changed behind this process's memory.
        shop.house.scope.write(move |c| steading::partners::link::archive(c, &actor, link, None)).await.unwrap();
        assert_eq!(shop.follow("kettle").await.status, 302);
        shop.house.clock.advance(std::time::Duration::from_secs(5));
        assert_eq!(shop.follow("kettle").await.status, 410);
    }

    async fn floods_and_robots_are_flagged_and_sent_on(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        for _ in 0..23 {
            assert_eq!(shop.follow("kettle").await.status, 302);
        }
        let robot = TestRequest::get().uri("/r/kettle").insert_header(("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1)"));
        assert_eq!(shop.send(robot).await.status, 302);
        let flagged = async |flag: &str| shop.get(&format!("/clicks?flag={flag}&total=true")).await.expect(200)["total"].clone();
        assert_eq!((flagged("flood").await, flagged("bot").await), (json!(3), json!(1)));
        assert_eq!(shop.get("/clicks?flagged=false&total=true").await.expect(200)["total"], 20);
        shop.house.clock.advance(std::time::Duration::from_secs(60));
        shop.follow("kettle").await;
        assert_eq!(flagged("flood").await, 3);
    }

    async fn an_address_that_floods_is_turned_away(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        let mut last = 302;
        for _ in 0..601 {
            last = shop.follow("kettle").await.status;
        }
        assert_eq!(last, 429);
        assert_eq!(shop.get("/clicks?total=true&limit=1").await.expect(200)["total"], 600);
    }

    async fn clicks_are_counted_by_day_behind_the_redirect(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        let clicks = async |shop: &Shop| {
            let points = shop.get("/reports/timeseries?metric=clicks&since=2026-03-01T00:00:00Z&until=2026-03-03T00:00:00Z").await.expect(200);
            let counts: Vec<i64> = points["points"].as_array().unwrap().iter().map(|point| point["count"].as_i64().unwrap()).collect();
            counts
        };
        let first = shop.click("kettle").await;
        shop.click("kettle").await;
        shop.run_job("partners.roll_up").await;
        assert_eq!(clicks(&shop).await, [0, 0], "clicks younger than a minute wait");
        shop.days(1);
        shop.click("kettle").await;
        shop.house.clock.advance(std::time::Duration::from_secs(61));
        shop.run_job("partners.roll_up").await;
        shop.run_job("partners.roll_up").await;
        assert_eq!(clicks(&shop).await, [2, 1]);
        shop.act(&format!("/clicks/{first}/flag")).await.expect(200);
        assert_eq!(clicks(&shop).await, [1, 1]);
        shop.act(&format!("/clicks/{first}/unflag")).await.expect(200);
        assert_eq!(clicks(&shop).await, [2, 1]);
        let now = shop.house.clock.now();
        shop.house.scope.write(move |c| steading::partners::click::recount(c, now.plus_days(-3), now)).await.unwrap();
        assert_eq!(clicks(&shop).await, [2, 1]);
    }

    async fn the_script_is_for_every_page(engine: Engine) {
        let shop = Shop::open(engine).await;
        let script = shop.send(TestRequest::get().uri("/steading.js")).await;
        assert_eq!((script.status, script.header("content-type")), (200, "text/javascript; charset=utf-8"));
        assert_eq!(script.header("access-control-allow-origin"), "*");
        assert_eq!(script.header("cross-origin-resource-policy"), "cross-origin");
        assert!(script.body.len() < 3_000, "{} bytes", script.body.len());
        let again = TestRequest::get().uri("/steading.js").insert_header(("if-none-match", script.header("etag")));
        let again = shop.send(again).await;
        assert_eq!((again.status, again.body.as_str()), (304, ""));
    }
}
