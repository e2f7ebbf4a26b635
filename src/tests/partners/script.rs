//! `steading.js` in a real browser, on a shop's page of another origin.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use serde_json::json;

use super::Shop;
use crate::harness::browser::Browser;
use crate::harness::engine::{Engine, wait};

/// A shop on a port of its own whose every page embeds the script.
fn page(script_origin: &str) -> String {
    let html = format!(
        "<!doctype html><html lang=en><title>Shop</title><link rel=icon href='data:,'>\
         <script src='{script_origin}/steading.js' defer></script>\
         <p id=ref></p><p id=said></p><button id=buy>Buy</button><button id=forget>Forget</button>\
         <script>addEventListener('load', function () {{\
           var show = function () {{ document.getElementById('ref').textContent = 'ref ' + steading.reference(); }};\
           show();\
           document.getElementById('buy').onclick = function () {{\
             steading.identify(17).then(function (sent) {{ document.getElementById('said').textContent = 'sent ' + sent; }}); }};\
           document.getElementById('forget').onclick = function () {{ steading.clear(); show(); }};\
         }});</script></html>"
    );
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{html}",
        html.len()
    )
}

fn serve_pages(listener: TcpListener, answer: String) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            // The browser may have gone away.
            let _ = (&stream).write_all(answer.as_bytes());
        }
    });
}

#[test]
fn a_shop_learns_and_tells_whose_visitor_it_is() {
    wait(async {
        let shop = Shop::open(Engine::Sqlite).await;
        let stage = shop.stage().await;
        let house = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://127.0.0.1:{}", house.local_addr().unwrap().port());
        let pages = TcpListener::bind("127.0.0.1:0").unwrap();
        // Another host name, so that cookies are not shared as they would be between ports.
        let shop_url = format!("http://localhost:{}/", pages.local_addr().unwrap().port());
        serve_pages(pages, page(&origin));
        shop.patch(
            &format!("/links/{}", stage.link),
            json!({ "destination_url": format!("{shop_url}?own=1") }),
        )
        .await
        .expect(200);

        let (app, (tell, told)) = (shop.house.app.clone(), std::sync::mpsc::channel());
        let serving = std::thread::spawn(move || {
            wait(async {
                let server = steading::server::http::serve(app, house, 1).unwrap();
                tell.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let server = told.recv().unwrap();
        let seen = tokio::task::spawn_blocking(move || visit(&origin, &shop_url))
            .await
            .unwrap();
        server.stop(false).await;
        serving.join().unwrap();
        let events = shop.sale("order-1", "17", 1000).await;
        assert_eq!(
            (&events["outcome"], &events["attribution"]["click_id"]),
            (&json!("attributed"), &json!(seen))
        );
    });
}

fn visit(origin: &str, shop_url: &str) -> String {
    let browser = Browser::new();
    browser.open(&format!("{origin}/r/kettle?utm_source=blog"));
    let address = browser.wait_for_address("st_ref=");
    assert!(
        address.starts_with(&format!("{shop_url}?own=1&utm_source=blog&st_ref=clk_")),
        "{address}"
    );
    let reference = address.split("st_ref=").nth(1).unwrap().to_owned();
    browser.wait_for_text("#ref", &reference);
    // Later, without the query: the shop's own cookie has it.
    browser.open(shop_url);
    browser.wait_for_text("#ref", &reference);
    // Without the cookie: the page's storage has it.
    browser.run("document.cookie = 'st_ref=; Path=/; Max-Age=0'");
    browser.open(shop_url);
    browser.wait_for_text("#ref", &reference);
    // Rubbish in the query changes nothing.
    browser.open(&format!("{shop_url}?st_ref=%3Cscript%3E"));
    browser.wait_for_text("#ref", &reference);
    browser.click("#buy");
    browser.wait_for_text("#said", "sent true");
    browser.click("#forget");
    browser.wait_for_text("#ref", "ref null");
    browser.open(shop_url);
    browser.wait_for_text("#ref", "ref null");
    browser.click("#buy");
    browser.wait_for_text("#said", "sent false");
    assert_eq!(browser.complaints(), [""; 0]);
    reference
}
