//! The outbox and the mail settings as people see them.

use crate::harness::company;
use crate::harness::engine::Engine;
use crate::harness::process::Home;
use crate::harness::smtp::Sink;
use crate::on_both_engines;

const PASSWORD: &str = "correct-horse-battery";

on_both_engines! {
    fn a_server_is_set_tested_and_its_password_never_shown(engine: Engine) {
        let home = company::owned(engine);
        let server = home.serve();
        let owner = company::owner(&server);
        let sink = Sink::start();
        let port = sink.address.port().to_string();
        let settings = "/admin/mail/settings";
        let wrong = owner.submit(settings, &[("host", "127.0.0.1"), ("security", "none"), ("port", "x"), ("user", "tea"), ("password", PASSWORD)]);
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("Write a whole number") && !wrong.text().contains(PASSWORD));
        let saved = owner.submit(settings, &[("host", "127.0.0.1"), ("security", "none"), ("port", &port), ("user", "tea"), ("password", PASSWORD)]);
        assert_eq!(saved.location(), settings);
        let shown = owner.get(settings).expect(200).text();
        assert!(shown.contains("ends in tery") && !shown.contains(PASSWORD) && !shown.contains("enc:v1:"));

        let tested = owner.submit_to(settings, "/admin/mail/test", &[("to", "ana@example.org")]);
        let told = owner.get(tested.location()).expect(200).text();
        assert!(told.contains("250 2.0.0 Ok: queued as 4711"), "{told}");
        assert_eq!(sink.letters().len(), 1);

        let outbox = owner.get("/admin/mail").expect(200).text();
        assert!(outbox.contains("Test mail from Steading") && outbox.contains("ana@example.org"));
        let mail = outbox.split("href=\"").find_map(|rest| rest.split('"').next().filter(|url| url.contains("/admin/mail/eml_"))).unwrap().to_owned();
        assert!(owner.get(&mail).expect(200).text().contains("If you read it, mail works."));
        let again = owner.submit_to(&mail, &format!("{mail}/resend"), &[]);
        assert_eq!(again.location(), mail);
        crate::harness::eventually("it is sent again", || (sink.letters().len() == 2).then_some(()));
        assert_eq!(owner.get("/admin/mail/eml_01h455vb4pex5vsknk084sn02q").status, 404);
    }

    fn a_test_mail_without_a_server_is_no_success(engine: Engine) {
        let home = company::owned(engine);
        let server = home.serve();
        let owner = company::owner(&server);
        let tested = owner.submit_to("/admin/mail/settings", "/admin/mail/test", &[("to", "ana@example.com")]);
        let said = owner.get(tested.location()).expect(200).text();
        assert!(said.contains("Not sent: no mail server is set. It is kept on the outbox page."), "{said}");
        assert!(said.contains("toast warn"), "{said}");
        let home = owner.get("/admin").expect(200).text();
        assert!(home.contains("To do: </span></span><span>Send a test mail"), "only what was delivered counts: {home}");
    }

    fn a_reset_mail_shows_its_link_until_it_has_left(engine: Engine) {
        let home = company::owned(engine);
        let server = home.serve();
        let owner = company::owner(&server);
        let visitor = server.client();
        visitor.submit("/forgot", &[("email", company::OWNER)]);
        let mail = crate::harness::eventually("the mail is kept", || {
            let outbox = owner.get("/admin/mail?state=logged").expect(200).text();
            outbox.split("href=\"").find_map(|rest| rest.split('"').next().filter(|url| url.contains("/admin/mail/eml_"))).map(ToOwned::to_owned)
        });
        let shown = owner.get(&mail).expect(200).text();
        assert!(shown.contains("/reset"), "{shown}");
    }
}

#[test]
fn a_configured_server_is_shown_with_its_origin_and_cannot_be_changed() {
    let home: Home = company::owned(Engine::Sqlite).env(
        "STEADING_MAIL__SMTP_URL",
        "smtp://tea:hidden-word@smtp.example.com:2525",
    );
    let server = home.serve();
    let owner = company::owner(&server);
    let shown = owner.get("/admin/mail/settings").expect(200).text();
    assert!(shown.contains("smtp.example.com:2525"));
    assert!(shown.contains("env STEADING_MAIL__SMTP_URL"));
    assert!(!shown.contains("hidden-word") && !shown.contains("name=\"host\""));
}
