//! The company's mail server: its password is sealed, never shown, and never sent anywhere but where it belongs.

use steading::actor::Actor;
use steading::mailing::{self, Settings, Wanted};
use steading::slices::SLICES;
use steading::web::Form;
use steading::{Error, Result, audit};

use crate::harness::app::TestApp;
use crate::on_both_engines;

pub(super) fn form(pairs: &[(&str, &str)]) -> Form {
    Form::from_pairs(pairs.iter().copied())
}

impl TestApp {
    pub(super) async fn save_mail(&self, pairs: &[(&str, &str)]) -> Result<()> {
        let wanted = Wanted::read(&form(pairs))?;
        self.clock.advance(std::time::Duration::from_secs(1));
        let (vault, actor) = (self.app.vault.clone(), Actor::shell());
        self.scope
            .write(move |c| mailing::save(c, &vault, &actor, &wanted))
            .await
    }

    async fn mail_settings(&self) -> Settings {
        self.scope.read(mailing::settings).await.unwrap()
    }
}

#[track_caller]
fn field(refused: Result<()>) -> String {
    match refused {
        Err(Error::Invalid(fields)) => fields[0].pointer.clone(),
        other => panic!("{other:?}"),
    }
}

const SERVER: [(&str, &str); 5] = [
    ("host", "smtp.example.com"),
    ("security", "tls"),
    ("user", "steading@example.com"),
    ("password", "correct-horse-battery"),
    ("from", "Tea <tea@example.com>"),
];

on_both_engines! {
    async fn a_password_is_sealed_kept_and_told_by_its_end(engine: Engine) {
        let house = TestApp::with(engine, SLICES, false).await;
        house.save_mail(&SERVER).await.unwrap();
        let kept = house.mail_settings().await;
        assert_eq!((kept.port, kept.password_last4.as_deref()), (465, Some("tery")));
        assert!(kept.password_sealed.as_deref().unwrap().starts_with("enc:v1:"));
        let stored = house.everything_stored();
        assert!(!stored.windows(21).any(|bytes| bytes == b"correct-horse-battery"));

        // An empty field keeps it, for the same server.
        let mut again = SERVER;
        again[3].1 = "";
        again[4].1 = "";
        house.save_mail(&again).await.unwrap();
        let same = house.mail_settings().await;
        assert_eq!(same.password_sealed, kept.password_sealed);

        let events = house.scope.read(|c| audit::history_of(c, &"smtp")).await.unwrap();
        assert_eq!(events.len(), 2);
        let first = events[1].changes.clone().unwrap();
        assert!(first.contains("password") && first.contains("[redacted]"));
        assert!(!first.contains("enc:v1:") && !first.contains("horse"));
        assert!(!events[0].changes.clone().unwrap().contains("password"));
    }

    async fn a_kept_password_is_not_sent_to_another_server(engine: Engine) {
        let house = TestApp::with(engine, SLICES, false).await;
        house.save_mail(&SERVER).await.unwrap();
        let mut moved = SERVER;
        moved[0].1 = "smtp.elsewhere.example";
        moved[3].1 = "";
        assert_eq!(field(house.save_mail(&moved).await), "/password");
        assert_eq!(house.mail_settings().await.host, "smtp.example.com");
        // Without a user there is none to keep.
        moved[2].1 = "";
        house.save_mail(&moved).await.unwrap();
        assert_eq!(house.mail_settings().await.password_sealed, None);
    }
}

#[test]
fn what_does_not_fit_is_named() {
    for (pairs, wrong) in [
        (
            &[("host", "https://smtp.example.com/x"), ("security", "tls")][..],
            "/host",
        ),
        (
            &[("host", "smtp.example.com"), ("security", "maybe")],
            "/security",
        ),
        (
            &[
                ("host", "smtp.example.com"),
                ("security", "tls"),
                ("port", "70000"),
            ],
            "/port",
        ),
        (
            &[
                ("host", "smtp.example.com"),
                ("security", "tls"),
                ("password", "x"),
            ],
            "/user",
        ),
        (&[("from", "nobody")], "/from"),
    ] {
        assert_eq!(
            field(Wanted::read(&form(pairs)).map(drop)),
            wrong,
            "{pairs:?}"
        );
    }
}
