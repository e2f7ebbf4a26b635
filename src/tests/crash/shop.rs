//! A company with one programme, one partner, one link and one customer, and the load that hits it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::json;

use crate::harness::http::Client;
use crate::harness::process::{Home, Server};

/// The key of the link.
pub const LINK: &str = "crash";

/// A key that may do everything, and a customer who came by a click.
pub struct Shop {
    pub key: String,
}

impl Shop {
    /// Sets the company up on a running server.
    pub fn furnish(home: &Home, server: &Server<'_>) -> Self {
        let made = home
            .run(&[
                "key", "create", "--name", "crash", "--scopes", "*", "--json",
            ])
            .expect_code(0)
            .json();
        let key = made["key"].as_str().unwrap().to_owned();
        let client = server.client().with_key(&key);
        let post = |path: &str, body: serde_json::Value| {
            client.json("POST", &format!("/api/v1{path}"), &body)
        };
        let program = post(
            "/programs",
            json!({ "name": "Crash", "commission": { "type": "percent", "rate": "10" }, "destination_url": "https://shop.example/" }),
        )
        .expect(201)
        .json();
        let partner = post(
            "/partners",
            json!({ "name": "P", "email": "p@example.com", "payee": { "method": "bank", "holder": "Ana Pop", "account": "GB82WEST12345698765432" } }),
        )
        .expect(201)
        .json();
        let partner_id = partner["id"].as_str().unwrap();
        if partner["state"] != "approved" {
            let approve = format!("/partners/{partner_id}/approve");
            assert_eq!(post(&approve, json!({})).status, 200);
        }
        let enrolment = post(
            "/enrolments",
            json!({ "partner_id": partner_id, "program_id": program["id"] }),
        )
        .expect(201)
        .json();
        let link = post(
            "/links",
            json!({ "enrolment_id": enrolment["id"], "key": LINK }),
        );
        assert_eq!(link.status, 201, "{}", link.text());
        let click = click(&server.client()).unwrap();
        let known = post("/identify", json!({ "click": click, "customer_id": "c1" }));
        assert_eq!(known.status, 200, "{}", known.text());
        Self { key }
    }
}

/// Follows the link; the reference of the click where the server answered.
pub fn click(client: &Client) -> Option<String> {
    let reply = client.try_get(&format!("/r/{LINK}"))?;
    if reply.status != 302 {
        return None;
    }
    let target = reply.header("location").to_owned();
    let reference = target.split("st_ref=").nth(1)?;
    Some(reference.split(['&', '#']).next()?.to_owned())
}

/// What the server acknowledged.
#[derive(Default)]
pub struct Acknowledged {
    pub clicks: Mutex<Vec<String>>,
    pub events: Mutex<Vec<String>>,
}

/// Visitors and a shop's server at work until they are told to stop or the server is gone.
pub struct Load {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    pub acknowledged: Arc<Acknowledged>,
}

impl Load {
    pub fn start(base: &str, key: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let stop = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(Acknowledged::default());
        let mut threads = Vec::new();
        for visitor in [true, true, false, false] {
            let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
            let client = Client::new(base);
            let client = if visitor {
                client
            } else {
                client.with_key(key)
            };
            threads.push(std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    if visitor {
                        let Some(id) = click(&client) else { break };
                        acknowledged.clicks.lock().unwrap().push(id);
                    } else {
                        let external = format!("e-{}", NEXT.fetch_add(1, Ordering::Relaxed));
                        let body = json!({
                            "customer_id": "c1", "type": "sale", "external_id": external,
                            "value": { "amount": 1999, "currency": "EUR" }
                        });
                        let sent = client.try_send(
                            "POST",
                            "/api/v1/events",
                            &[("content-type", "application/json")],
                            body.to_string().as_bytes(),
                        );
                        match sent {
                            Some(reply) if reply.status == 201 => {
                                acknowledged.events.lock().unwrap().push(external);
                            }
                            Some(reply) if reply.status == 503 => {}
                            Some(reply) => panic!("{}: {}", reply.status, reply.text()),
                            None => break,
                        }
                    }
                }
            }));
        }
        Self {
            stop,
            threads,
            acknowledged,
        }
    }

    /// Waits until everybody has noticed.
    pub fn end(self) -> Arc<Acknowledged> {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().unwrap();
        }
        self.acknowledged
    }
}
