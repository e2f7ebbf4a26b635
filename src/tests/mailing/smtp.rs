//! Against a mail server of our own: what it hears, and what we make of its answers.

use std::time::Duration;

use steading::actor::Actor;
use steading::slices::SLICES;
use steading::{audit, mailing};

use super::mail;
use crate::harness::app::TestApp;
use crate::harness::engine::Engine;
use crate::harness::smtp::Sink;
use crate::on_both_engines;

/// A house whose settings lead to the sink.
async fn with_sink(engine: Engine) -> (TestApp, Sink) {
    let house = TestApp::with(engine, SLICES, false).await;
    let sink = Sink::start();
    let port = sink.address.port().to_string();
    let pairs = [
        ("host", "127.0.0.1"),
        ("port", port.as_str()),
        ("security", "none"),
        ("user", "tea"),
        ("password", "correct-horse-battery"),
        ("from", "Tea <tea@example.com>"),
    ];
    house.save_mail(&pairs).await.unwrap();
    (house, sink)
}

on_both_engines! {
    async fn a_server_of_the_settings_takes_the_mail(engine: Engine) {
        let (house, sink) = with_sink(engine).await;
        let id = house.queue(mail("ana@example.org")).await;
        house.send().await;
        assert_eq!(house.the_mail(id).await.state, "sent");
        let letters = sink.letters();
        assert_eq!(letters.len(), 1);
        let message_id = format!("Message-ID: <{id}@example.com>");
        for wanted in ["From: Tea <tea@example.com>", "To: ana@example.org", "Subject: Hello", &message_id, "text/html"] {
            assert!(letters[0].contains(wanted), "{wanted}\n{}", letters[0]);
        }
        // "\0tea\0correct-horse-battery" in base64.
        assert_eq!(sink.logins(), ["AUTH PLAIN AHRlYQBjb3JyZWN0LWhvcnNlLWJhdHRlcnk="]);
    }

    async fn a_passing_refusal_is_tried_again_a_lasting_one_is_not(engine: Engine) {
        let (house, sink) = with_sink(engine).await;
        sink.answers(Some("451 4.7.1 Try again later"));
        let id = house.queue(mail("ana@example.org")).await;
        house.send().await;
        let refused = house.the_mail(id).await;
        assert_eq!(refused.state, "waiting");
        assert!(refused.error.unwrap().contains("Try again later"));
        sink.answers(None);
        house.clock.advance(Duration::from_secs(60));
        house.send().await;
        let taken = house.the_mail(id).await;
        assert_eq!((taken.state.as_str(), taken.attempts, taken.error), ("sent", 2, None));

        sink.answers(Some("550 5.1.1 No such user"));
        let id = house.queue(mail("gone@example.org")).await;
        house.send().await;
        let given_up = house.the_mail(id).await;
        assert_eq!((given_up.state.as_str(), given_up.attempts), ("failed", 1));
        assert!(given_up.error.unwrap().contains("No such user"));
        let counts = house.scope.read(mailing::counts).await.unwrap();
        assert_eq!((counts.failed, counts.waiting), (1, 0));
    }

    async fn a_test_mail_brings_the_servers_own_words(engine: Engine) {
        let (house, sink) = with_sink(engine).await;
        let test = || mailing::send_test(&house.app, &house.scope, &TESTER, "ana@example.org");
        let taken = test().await.unwrap();
        assert_eq!((taken.state, taken.answer.as_str()), ("sent", "250 2.0.0 Ok: queued as 4711"));
        sink.answers(Some("554 5.7.1 Relay access denied"));
        let refused = test().await.unwrap();
        assert_eq!(refused.state, "failed");
        assert!(refused.answer.contains("Relay access denied"), "{}", refused.answer);
        assert_eq!(house.mails().await.len(), 2);
        let id = refused.mail;
        let events = house.scope.read(move |c| audit::history_of(c, &id)).await.unwrap();
        assert_eq!(events[0].action, "mail.tested");
    }
}

static TESTER: std::sync::LazyLock<Actor> = std::sync::LazyLock::new(Actor::shell);
