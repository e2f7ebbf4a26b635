//! A full disk: readiness goes, reading goes on, nothing is written by halves, and all is well once there is room again.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::company::{api_key, owned};
use crate::harness::engine::Engine;
use crate::harness::eventually;
use crate::harness::http::{Client, Reply};
use crate::harness::mounts::own_mounts;
use crate::harness::process::Home;
use crate::harness::rows::{Behind, Rows};

/// Mounts a small disk of its own as the data folder, fills and frees it as it is told, and becomes what is given.
const SMALL_DISK: &str = r#"
set -e
mkdir -p "$DATA"
mount -t tmpfs -o size=16m,mode=0700 tmpfs "$DATA"
cp -a "$SEED"/. "$DATA"/
(
  while read -r order; do
    case $order in
      fill) dd if=/dev/zero of="$DATA/filler" bs=64k 2>/dev/null || true; dd if=/dev/zero of="$DATA/crumbs" bs=512 2>/dev/null || true ;;
      free) rm -f "$DATA/filler" "$DATA/crumbs" ;;
      keep) rm -rf "$KEPT"; cp -a "$DATA" "$KEPT" ;;
    esac
    echo "disk: $order done" >&2
  done <"$ORDERS"
) &
exec "$@"
"#;

fn sale(client: &Client, number: usize) -> Option<Reply> {
    let body = json!({
        "customer_id": format!("c{number}"), "type": "sale", "external_id": format!("e{number}"),
        "value": { "amount": 1999, "currency": "EUR" }, "metadata": { "note": "x".repeat(2_000) }
    });
    client.try_send(
        "POST",
        "/api/v1/events",
        &[("content-type", "application/json")],
        body.to_string().as_bytes(),
    )
}

fn count(client: &Client, path: &str) -> Value {
    client
        .get(&format!("{path}?limit=1&total=true"))
        .expect(200)
        .json()["total"]
        .take()
}

#[test]
fn a_full_disk_refuses_writes_whole_and_recovers() {
    let home = owned(Engine::Sqlite).env("STEADING_LOG__LEVEL", "warn");
    let key = {
        let server = home.serve();
        let key = api_key(&home, "shop", "*");
        assert_eq!(server.terminate(), 0);
        key
    };
    let seed = home.path().join("seed");
    std::fs::rename(home.data(), &seed).unwrap();
    let (orders, kept) = (home.path().join("orders"), home.path().join("kept"));
    assert!(
        Command::new("mkfifo")
            .arg(&orders)
            .status()
            .unwrap()
            .success()
    );

    let serve = home.command(["serve"]);
    let mut command = own_mounts();
    command
        .args(["sh", "-c", SMALL_DISK, "small-disk"])
        .arg(serve.get_program())
        .arg("serve")
        .current_dir(home.path())
        .env_clear()
        .env("PATH", crate::harness::told("PATH").unwrap())
        .envs(
            serve
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("DATA", home.data())
        .env("SEED", &seed)
        .env("KEPT", &kept)
        .env("ORDERS", &orders);
    let server = home.start_command(command);
    let mut pipe = OpenOptions::new().write(true).open(&orders).unwrap();
    server.wait_until_ready();
    let tell = |pipe: &mut std::fs::File, order: &str| {
        pipe.write_all(format!("{order}\n").as_bytes()).unwrap();
        server.stderr.wait_for(order, |line| {
            line.contains(&format!("disk: {order} done")).then_some(())
        });
    };
    let client = server.client().with_key(&key);

    let mut acknowledged = 0;
    for number in 0..5 {
        let reply = sale(&client, number).unwrap();
        assert_eq!(reply.status, 201, "{}", reply.text());
        acknowledged += 1;
    }

    tell(&mut pipe, "fill");
    let mut refused = 0;
    for number in 5..4_000 {
        let reply = sale(&client, number).unwrap();
        match reply.status {
            201 => acknowledged += 1,
            503 => refused += 1,
            other => panic!("{other}: {}", reply.text()),
        }
        if refused == 20 {
            break;
        }
    }
    assert_eq!(refused, 20, "the disk never filled up");
    let not_ready = client.get("/readyz").expect(503);
    assert!(!not_ready.text().is_empty());
    assert_eq!(client.get("/healthz").status, 200);
    assert_eq!(count(&client, "/api/v1/events"), acknowledged);

    tell(&mut pipe, "free");
    eventually("ready again", || {
        (client.get("/readyz").status == 200).then_some(())
    });
    let again = sale(&client, 10_000).unwrap();
    assert_eq!(again.status, 201, "{}", again.text());
    acknowledged += 1;
    assert_eq!(count(&client, "/api/v1/events"), acknowledged);

    tell(&mut pipe, "keep");
    assert_eq!(server.terminate(), 0);
    std::fs::rename(&kept, home.data()).unwrap();
    whole(&home, acknowledged);
}

/// No event without its audit event and its customer: nothing was written by halves.
fn whole(home: &Home, acknowledged: i64) {
    let mut behind = Behind::of(home);
    let rows: Rows = behind.rows();
    assert_eq!(rows["tenant.events"], acknowledged);
    assert_eq!(rows["tenant.customers"], acknowledged);
    let strays = behind.execute(
        "tenant",
        "DELETE FROM events WHERE customer_id NOT IN (SELECT id FROM customers)",
    );
    assert_eq!(strays, 0);
    assert_eq!(home.serve().terminate(), 0);
}
