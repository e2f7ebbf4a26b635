//! The harness is trusted by every other test, so it is tried itself.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use super::browser::{Browser, LAPTOP, PHONE, Scheme};
use super::engine::Engine;
use super::http::{Client, attribute};
use super::postgres::{copy_database, fresh_database};
use super::process::Home;
use super::site::{html, site};

#[test]
fn each_database_is_its_own_and_its_request_login_is_restricted() {
    let one = fresh_database();
    let mut owner = PgConnection::establish(&one.owner).unwrap();
    owner
        .batch_execute("CREATE TABLE thing (id int); INSERT INTO thing VALUES (1)")
        .unwrap();
    drop(owner);
    let copy = copy_database(&one);
    PgConnection::establish(&copy.owner)
        .unwrap()
        .batch_execute("SELECT id FROM thing")
        .unwrap();
    let other = fresh_database();
    assert!(
        PgConnection::establish(&other.owner)
            .unwrap()
            .batch_execute("SELECT id FROM thing")
            .is_err()
    );

    let mut request = PgConnection::establish(&one.request).unwrap();
    request
        .batch_execute("BEGIN; SET LOCAL ROLE steading_app; COMMIT")
        .unwrap();
    for forbidden in [
        "CREATE TABLE public.mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE TEMP TABLE mine (id int)",
        "SELECT set_config('role', 'steading_control', true)",
        "DO $$ BEGIN NULL; END $$",
        "SELECT lo_create(0)",
        "SET ROLE steading_owner",
        "CREATE ROLE stranger",
        "SELECT * FROM thing",
    ] {
        assert!(
            request.batch_execute(forbidden).is_err(),
            "{forbidden} was allowed"
        );
    }
    PgConnection::establish(&one.superuser)
        .unwrap()
        .batch_execute("SELECT rolname FROM pg_authid")
        .unwrap();
}

#[test]
fn the_client_keeps_cookies_and_posts_the_form_it_was_shown() {
    let base = site(|path, request| match path {
        "/form" => html(
            "set-cookie: seen=yes; Path=/\r\n",
            "<form method=\"post\" action=\"/save\"><input type=\"hidden\" name=\"csrf\" value=\"a&amp;b\"></form>",
        ),
        "/save" => {
            assert!(
                request.to_ascii_lowercase().contains("cookie: seen=yes"),
                "{request}"
            );
            assert!(request.contains("csrf=a%26b&name=Ann"), "{request}");
            "HTTP/1.1 303 See Other\r\nlocation: /form\r\nset-cookie: seen=; Max-Age=0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned()
        }
        _ => {
            "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}".to_owned()
        }
    });
    let client = Client::new(&base);
    assert_eq!(
        client
            .submit_to("/form", "/save", &[("name", "Ann")])
            .location(),
        "/form"
    );
    assert_eq!(client.cookie("seen"), None);
    client.set_cookie("seen", "no");
    let missing = client
        .with_key("st_x")
        .json("DELETE", "/gone", &serde_json::json!({}))
        .expect(404);
    assert_eq!(missing.json(), serde_json::json!({}));
    assert_eq!(attribute("a href=\"/x\"", "href").as_deref(), Some("/x"));
}

#[test]
fn the_browser_sees_types_and_reports() {
    let base = site(|path, _| match path {
        "/next" => html("", "<h1>Arrived</h1>"),
        "/strict" => html(
            "content-security-policy: default-src 'none'\r\n",
            "<script>1</script><p>quiet</p>",
        ),
        _ => html(
            "",
            "<style>@media (prefers-color-scheme: dark) { body { background: #000 } }</style>
             <form action=/next><label>Name <input name=name></label><button>Go on</button></form>
             <img alt='' src=http://127.0.0.1:9/picture.png><div style='width:900px'>wide</div>
             <p id=hour></p><script>hour.textContent = new Date(0).getHours()</script>",
        ),
    });
    let browser = Browser::new();
    browser.open(&base);
    assert_eq!(browser.title(), "A page");
    assert!(
        browser
            .complaints()
            .iter()
            .any(|line| line.contains("picture.png"))
    );
    assert_eq!(
        browser.foreign_requests(&[&base]),
        ["http://127.0.0.1:9/picture.png"]
    );
    assert_eq!(browser.sideways_scroll(), 0);
    browser.resize(PHONE);
    assert!(browser.sideways_scroll() > 500);
    browser.prefer(Scheme::Dark);
    assert_eq!(
        browser.run("return getComputedStyle(document.body).backgroundColor"),
        "rgb(0, 0, 0)"
    );
    browser.prefer(Scheme::Light);
    browser.resize(LAPTOP);
    browser.travel_to("Asia/Tokyo");
    browser.open(&base);
    assert_eq!(browser.text("#hour"), "9");
    assert!(browser.screenshot("harness").metadata().unwrap().len() > 1_000);
    browser.fill("[name=name]", "Ann");
    browser.keys("a");
    assert_eq!(browser.property("[name=name]", "value"), "Anna");
    browser.press("Go on");
    browser.wait_for_text("h1", "Arrived");
    assert!(browser.wait_for_address("/next").ends_with("?name=Anna"));

    browser.complaints();
    browser.open(&format!("{base}/strict"));
    assert!(
        browser
            .complaints()
            .iter()
            .any(|line| line.contains("Content Security Policy"))
    );
}

#[test]
fn a_browser_without_scripts_runs_none() {
    let base = site(|_, _| {
        html(
            "",
            "<p id=said>nothing</p><script>said.textContent = 'something'</script>",
        )
    });
    let browser = Browser::without_scripts();
    browser.open(&base);
    assert_eq!(browser.text("#said"), "nothing");
    assert_eq!(browser.count("p"), 1);
    assert!(browser.source().contains("nothing"));
}

#[test]
fn the_browser_finds_what_keeps_people_out() {
    let base = site(|path, _| {
        match path {
        "/bad" => html("", "<main><img src=x><a href=/></a></main>"),
        _ => html(
            "",
            "<main><h1>Good</h1><label>Size <select name=size><option value=s>Small<option value=l>Large</select></label>
             <button id=more aria-expanded=false>More</button>
             <script>more.onclick = () => more.setAttribute('aria-expanded', 'true')</script></main>",
        ),
    }
    });
    let browser = Browser::new();
    browser.open(&base);
    assert_eq!(browser.barriers(), [""; 0]);
    browser.choose("[name=size]", "l");
    assert_eq!(browser.property("[name=size]", "value"), "l");
    browser.click("#more");
    assert_eq!(browser.count("[aria-expanded=true]"), 1);
    browser.open(&format!("{base}/bad"));
    let barriers = browser.barriers().join("\n");
    assert!(
        barriers.contains("image-alt") && barriers.contains("link-name"),
        "{barriers}"
    );
}

crate::on_both_engines! {
    fn a_home_has_what_its_engine_needs(engine: Engine) {
        let home = Home::new(engine);
        assert_eq!(home.database.is_some(), engine == Engine::Postgres);
        let version = home.run(&["version", "--json"]).expect_code(0).json();
        assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(home.run_with_input(&["no-such-command"], "input").code, 2);
    }

    async fn a_future_runs_to_its_end(engine: Engine) {
        tokio::task::yield_now().await;
        assert!([Engine::Sqlite, Engine::Postgres].contains(&engine));
    }
}
