//! A mail goes with its transaction, leaves by the configured way, and its link is nobody else's.

use steading::actor::Actor;
use steading::mail::Mailer;
use steading::slices::SLICES;
use steading::{Error, audit, mailing};

use super::mail;
use crate::harness::app::TestApp;
use crate::on_both_engines;

on_both_engines! {
    async fn a_mail_is_rolled_back_with_its_transaction(engine: Engine) {
        let house = TestApp::new(engine).await;
        let vault = house.app.vault.clone();
        let failed = house.scope.write(move |c| {
            mailing::queue(c, &vault, &mail("ana@example.com"))?;
            Err::<(), _>(Error::NotFound)
        }).await;
        assert!(failed.is_err());
        house.send().await;
        assert!(house.outbox.messages().is_empty());
        assert!(house.mails().await.is_empty());
    }

    async fn a_queued_mail_is_sent_once_and_again_when_asked(engine: Engine) {
        let house = TestApp::new(engine).await;
        let id = house.queue(mail("ana@example.com")).await;
        assert_eq!(house.the_mail(id).await.state, "waiting");
        house.send().await;
        house.send().await;
        let sent = house.outbox.messages();
        assert_eq!(sent.len(), 1);
        assert_eq!((sent[0].id, sent[0].to.as_str(), sent[0].subject.as_str()), (id, "ana@example.com", "Hello"));
        let kept = house.the_mail(id).await;
        assert_eq!((kept.state.as_str(), kept.attempts), ("sent", 1));
        let actor = Actor::shell();
        house.scope.write(move |c| mailing::resend(c, &actor, id)).await.unwrap();
        house.send().await;
        assert_eq!(house.outbox.messages().len(), 2);
        let events = house.scope.read(move |c| audit::history_of(c, &id)).await.unwrap();
        assert_eq!(events[0].action, "mail.resent");
    }

    async fn without_a_server_a_mail_stays_with_its_link(engine: Engine) {
        let house = TestApp::with(engine, SLICES, false).await;
        let id = house.queue(mail("ana@example.com")).await;
        house.send().await;
        let kept = house.the_mail(id).await;
        assert_eq!(kept.state, "logged");
        assert_eq!(kept.link(), Some("https://steading.example/x?token=very-secret-token"));
    }

    async fn a_confidential_mail_is_sealed_at_rest_and_sent_open(engine: Engine) {
        let house = TestApp::new(engine).await;
        let id = house.queue(mail("ana@example.com").confidential()).await;
        house.send().await;
        assert!(house.outbox.messages()[0].text.contains("very-secret-token"));
        assert!(house.the_mail(id).await.text.contains("very-secret-token"));
        assert!(house.mails().await[0].text.starts_with("enc:v1:"));
        let stored = house.everything_stored();
        assert!(!stored.windows(17).any(|bytes| bytes == b"very-secret-token"));
        assert!(stored.windows(15).any(|bytes| bytes == b"ana@example.com"));
    }

    async fn mails_about_accounts_leave_from_the_control_plane(engine: Engine) {
        let house = TestApp::new(engine).await;
        let vault = house.app.vault.clone();
        let letter = mailing::password_reset("Tea & Co", "https://steading.example/reset/abc", 60).unwrap();
        let reset = mailing::Mail::of("password_reset", "ana@example.com", letter).confidential();
        house.app.control.write(move |c| mailing::queue(c, &vault, &reset)).await.unwrap();
        steading::jobs::run_due(&house.app, None).await.unwrap();
        let sent = house.outbox.messages();
        assert_eq!(sent.len(), 1);
        assert!(sent[0].text.contains("https://steading.example/reset/abc"));
        assert!(sent[0].html.contains("Tea &"));
        assert_eq!(sent[0].subject, "Choose a new password for Tea & Co");
    }
}

#[test]
fn a_mailer_without_a_server_says_so() {
    assert!(Mailer::unset().transport().is_none());
}
