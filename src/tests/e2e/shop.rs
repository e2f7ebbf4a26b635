//! A small shop on another server: it embeds the tracking script, sells two things, and its server reports what was sold.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::harness::http::Client;
use crate::harness::site::{html, site};

/// The shop; its pages answer until the test process ends.
pub struct Shop {
    /// Where customers find it: another site than the instance's.
    pub url: String,
    /// What the instance answered to each reported sale.
    pub reported: Arc<Mutex<Vec<Value>>>,
}

/// What the shop's server needs to report sales; the key is made after the shop stands.
pub type Connection = Arc<Mutex<Option<Client>>>;

impl Shop {
    /// Opens a shop whose pages load the tracking script from `instance`.
    pub fn open(instance: &str, connection: &Connection) -> Self {
        let reported: Arc<Mutex<Vec<Value>>> = Arc::default();
        let orders = AtomicU32::new(1);
        let (page, log, connection) = (
            front(instance),
            Arc::clone(&reported),
            Arc::clone(connection),
        );
        let base = site(move |path, request| {
            if path != "/buy" {
                return page.clone();
            }
            let body = request.split("\r\n\r\n").nth(1).unwrap_or_default();
            let sent: Vec<(String, String)> = serde_urlencoded::from_str(body).unwrap();
            let field = |name: &str| {
                sent.iter()
                    .find(|(key, _)| key == name)
                    .map_or("", |(_, value)| value.as_str())
            };
            let order = format!("order-{}", orders.fetch_add(1, Ordering::Relaxed));
            let client = connection.lock().unwrap();
            let answer = report(
                client.as_ref().unwrap(),
                &order,
                field("customer"),
                field("click"),
                field("price").parse().unwrap(),
            );
            log.lock().unwrap().push(answer);
            html("", &format!("<h1>Thank you</h1><p id=order>{order}</p>"))
        });
        Self {
            url: base.replace("127.0.0.1", "localhost"),
            reported,
        }
    }
}

/// What the shop's server does with an order.
fn report(client: &Client, order: &str, customer: &str, click: &str, price: i64) -> Value {
    if !click.is_empty() {
        let known = client.json(
            "POST",
            "/api/v1/identify",
            &json!({ "click": click, "customer_id": customer }),
        );
        assert_eq!(known.status, 200, "{}", known.text());
    }
    let event = json!({
        "customer_id": customer, "type": "sale", "external_id": order,
        "value": { "amount": price, "currency": "EUR" }, "metadata": { "channel": "shop" }
    });
    let client = client.with_header("idempotency-key", order);
    client
        .json("POST", "/api/v1/events", &event)
        .expect(201)
        .json()
}

fn front(instance: &str) -> String {
    let buy = |name: &str, price: u32| {
        format!(
            "<form method=post action=/buy><input type=hidden name=click class=click><input type=hidden name=price value={price}>\
             <input type=hidden name=customer value=customer-7><button>Buy {name}</button></form>"
        )
    };
    html(
        "",
        &format!(
            "<script src=\"{instance}/steading.js\" defer></script><main><h1>Kettles</h1><p id=reference></p><p id=said></p>{}{}\
             <button id=join>Join</button></main><script>addEventListener('load', () => {{\
               reference.textContent = steading.reference();\
               for (const field of document.querySelectorAll('.click')) field.value = steading.reference() || '';\
               join.onclick = () => steading.identify('customer-7').then(ok => {{ said.textContent = ok ? 'Welcome' : 'Nobody sent you'; }});\
             }});</script>",
            buy("a kettle", 4_990),
            buy("a cup", 1_999)
        ),
    )
}
