//! Lists: newest first, by pages that neither repeat nor miss, narrowed by filters that are known.

use serde_json::json;

use super::{Shop, eur, ids};
use crate::on_both_engines;

impl Shop {
    /// Every id of a list, by pages of this size.
    async fn walk(&self, path: &str, limit: usize) -> Vec<String> {
        let sign = if path.contains('?') { '&' } else { '?' };
        let mut all = Vec::new();
        let mut next = format!("{path}{sign}limit={limit}");
        loop {
            let page = self.get(&next).await.expect(200);
            all.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(cursor) => next = format!("{path}{sign}limit={limit}&cursor={cursor}"),
                None => return all,
            }
        }
    }
}

on_both_engines! {
    async fn pages_neither_repeat_nor_miss(engine: Engine) {
        let shop = Shop::open(engine).await;
        let mut made = Vec::new();
        for name in ["delta", "alpha", "echo", "bravo", "charlie"] {
            made.push(shop.partner(name).await);
            shop.house.clock.advance(std::time::Duration::from_secs(1));
        }
        made.reverse();
        for limit in [1, 2, 5, 200] {
            assert_eq!(shop.walk("/partners", limit).await, made, "{limit}");
        }
        let by_name: Vec<String> = [3, 1, 0, 4, 2].map(|place: usize| made[place].clone()).to_vec();
        assert_eq!(shop.walk("/partners?sort=name", 2).await, by_name);
        assert_eq!(shop.walk("/partners?q=A", 1).await.len(), 5, "every address has an a");
        assert_eq!(shop.walk("/partners?q=BRAVO", 1).await, [made[1].clone()]);
        assert_eq!(shop.walk("/partners?q=%25", 1).await, [""; 0], "a sign of the pattern is only a sign");
        let page = shop.get("/partners?limit=2").await;
        assert!(page.header("link").starts_with("</api/v1/partners?limit=2&cursor=") && page.header("link").ends_with("; rel=\"next\""));
    }

    async fn filters_narrow_and_unknown_ones_are_refused(engine: Engine) {
        let shop = Shop::open(engine).await;
        let stage = shop.stage().await;
        let other = shop.partner("harbour").await;
        shop.customer("kettle", "c1").await;
        shop.approved("1", "c1", 1000).await;
        shop.sale("2", "c1", 1000).await;
        shop.post("/adjustments", json!({ "partner_id": stage.partner, "amount": eur(1), "reason": "x" })).await.expect(201);
        for (path, count) in [
            (format!("/partners?program={}", stage.program), 1),
            ("/partners?state=approved".to_owned(), 2),
            (format!("/enrolments?partner={other}"), 0),
            (format!("/enrolments?program={}&state=active", stage.program), 1),
            (format!("/links?partner={}", stage.partner), 1),
            ("/links?q=KETT".to_owned(), 1),
            (format!("/clicks?partner={}", stage.partner), 1),
            (format!("/clicks?program={}&since=2026-03-01T12:00:01Z", stage.program), 0),
            ("/events?type=sale&outcome=attributed".to_owned(), 2),
            ("/events?customer_id=c1".to_owned(), 2),
            ("/events?customer_id=nobody".to_owned(), 0),
            ("/events?external_id=2".to_owned(), 1),
            (format!("/events?partner={}&program={}", stage.partner, stage.program), 2),
            ("/commissions?state=pending".to_owned(), 1),
            (format!("/commissions?partner={}&currency=EUR", stage.partner), 2),
            (format!("/commissions?partner={other}"), 0),
            ("/commissions?until=2026-03-01T12:00:00Z".to_owned(), 0),
            ("/adjustments?open=true&kind=manual".to_owned(), 1),
            ("/payouts?state=draft".to_owned(), 0),
        ] {
            assert_eq!(ids(&shop.get(&path).await.expect(200)).len(), count, "{path}");
        }
        for (path, pointer) in [
            ("/partners?stat=approved", "/stat"),
            ("/partners?state=gone", "/state"),
            ("/partners?limit=201", "/limit"),
            ("/partners?limit=0", "/limit"),
            ("/partners?cursor=rubbish", "/cursor"),
            ("/partners?sort=email", "/sort"),
            ("/links?sort=name", "/sort"),
            ("/clicks?link=prt_01h455vb4pex5vsknk084sn02q", "/link"),
            ("/clicks?since=yesterday", "/since"),
            ("/commissions?ready=perhaps", "/ready"),
            ("/reports/timeseries?metric=love", "/metric"),
            ("/reports/overview?since=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z", "/since"),
        ] {
            assert_eq!(shop.get(path).await.pointers(), [pointer], "{path}");
        }
    }

    async fn reports_keep_currencies_apart(engine: Engine) {
        let shop = Shop::open(engine).await;
        shop.stage().await;
        shop.customer("kettle", "c1").await;
        shop.approved("1", "c1", 1000).await;
        shop.days(1);
        let yen = json!({ "type": "sale", "external_id": "2", "customer_id": "c1", "value": { "amount": 500, "currency": "JPY" } });
        shop.post("/events", yen).await.expect(201);
        let overview = shop.get("/reports/overview").await.expect(200);
        assert_eq!(overview["sales"], json!([eur(1000), { "amount": 500, "currency": "JPY" }]));
        assert_eq!(overview["earned"], json!([eur(200), { "amount": 100, "currency": "JPY" }]));
        assert_eq!(overview["owed"], json!([eur(200)]));
        assert_eq!((&overview["events"], &overview["enrolments"]), (&json!(2), &json!(1)));
        let days = shop.get("/reports/timeseries?metric=events&since=2026-03-01T00:00:00Z&until=2026-03-03T00:00:00Z").await.expect(200);
        let yen = |amount: i64| json!({ "amount": amount, "currency": "JPY" });
        assert_eq!(days["points"], json!([
            { "day": "2026-03-01", "count": 1, "amounts": [eur(1000), yen(0)] },
            { "day": "2026-03-02", "count": 1, "amounts": [eur(0), yen(500)] },
        ]));
    }
}
