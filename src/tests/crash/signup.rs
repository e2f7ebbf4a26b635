//! SIGKILL at random moments while a sign-up's link opens its company: nothing of it or all of it, and the same link ends it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::harness::http::Client;
use crate::harness::process::{Home, Server};
use crate::harness::rows::Behind;
use crate::identity::{PASSWORD, login};
use crate::on_both_engines;
use crate::operator::signup::wish;

/// As many as one address may ask for at once, but one.
const ROUNDS: usize = 9;

fn name(round: usize) -> String {
    format!("tea-{round}")
}

/// The links of all that was asked for.
fn links(server: &Server<'_>) -> Vec<String> {
    let link = |line: &str| {
        let at = line.find("/signup/confirm?token=")?;
        let end = |c: char| c.is_whitespace() || c == '"';
        Some(line[at..].split(end).next()?.to_owned())
    };
    let heard = RefCell::new(BTreeSet::new());
    let said = server.stderr.wait_for("the last link", |line| {
        heard.borrow_mut().extend(link(line));
        let many = heard.borrow().len();
        (many == ROUNDS).then(|| heard.take())
    });
    said.into_iter().collect()
}

/// What a browser sends that pressed the button of a link.
fn button(visitor: &Client, link: &str) -> Option<(String, Vec<(String, String)>)> {
    let page = visitor.get(link);
    let html = page.text();
    let company = html.split("<title>Open ").nth(1)?.split(' ').next()?;
    let field = |name: &str| {
        let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
        Some((name.to_owned(), rest.split('"').next()?.to_owned()))
    };
    Some((company.to_owned(), vec![field("csrf")?, field("token")?]))
}

on_both_engines! {
    fn a_killed_process_leaves_a_whole_company_or_a_link_that_opens_it(engine: Engine) {
        let home = Home::new(engine)
            .env("STEADING_TENANCY", "multi")
            .env("STEADING_SIGNUP", "open");
        let links = {
            let server = home.serve();
            for round in 0..ROUNDS {
                let (slug, email) = (name(round), format!("ana{round}@example.com"));
                let _ = server.client().submit("/signup", &wish(&slug, &slug, &email)).expect(200);
            }
            let links = links(&server);
            server.kill();
            links
        };
        let (mut whole, mut none) = (0, 0);
        for (round, link) in links.iter().enumerate() {
            let server = home.serve();
            let visitor = server.client();
            let (slug, fields) = button(&visitor, link).unwrap();
            let origin = server.url("");
            let sent = std::thread::spawn(move || {
                let body = serde_urlencoded::to_string(&fields).unwrap();
                let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin.as_str())];
                visitor.try_send("POST", "/signup/confirm", &headers, body.as_bytes())
            });
            // From before the first write to after the last, on a fast machine and on a busy one.
            let until = Instant::now() + Duration::from_millis(4 << round);
            while Instant::now() < until {
                std::thread::yield_now();
            }
            server.kill();
            let answered = sent.join().unwrap().is_some_and(|reply| reply.status == 303);

            let server = home.serve();
            let again = server.client().get(link);
            match again.status {
                200 => {
                    none += 1;
                    assert!(!answered, "{slug} was said to be open");
                    home.run(&["tenant", "show", &slug]).expect_code(1);
                    let opened = server.client().submit(link, &[]);
                    assert_eq!(opened.status, 303, "{}", opened.text());
                }
                410 => {
                    whole += 1;
                    assert!(again.text().contains(&format!("It opened {slug}")), "{}", again.text());
                }
                other => panic!("{slug}: {other}: {}", again.text()),
            }
            assert_eq!(home.run(&["tenant", "show", &slug, "--json"]).expect_code(0).json()["status"], "trial");
            let number = slug.rsplit('-').next().unwrap();
            let home_page = login(&server.client(), &format!("ana{number}@example.com"), PASSWORD);
            assert_eq!(home_page.location(), format!("/t/{slug}/admin"));
            server.kill();
        }
        println!("{whole} were whole, {none} were not there");
        let mut behind = Behind::of(&home);
        let all = i64::try_from(ROUNDS).unwrap();
        for from in [
            "signups WHERE state = 'opened' AND password_hash = ''",
            "tenants WHERE slug LIKE 'tea-%' AND trial_ends_at IS NOT NULL",
            "audit_events WHERE action = 'signup.opened'",
        ] {
            assert_eq!(behind.count(from), all, "{from}");
        }
    }
}
