//! Nobody learns who has an account: same words, same work. Work is counted, since time is noise.

use steading::identity::{Role, Roles, shell};

use super::{House, OTHER, PASSWORD, login};
use crate::harness::engine::wait;
use crate::harness::http::Client;
use crate::on_both_engines;

/// A page without what differs by nature: the address typed and the form's token.
fn bare(page: &str, email: &str) -> String {
    let mut text = page.replace(email, "EMAIL");
    while let Some(at) = text.find("name=\"csrf\" value=\"") {
        let end = at + text[at..].find('>').unwrap();
        text.replace_range(at..end, "");
    }
    text
}

on_both_engines! {
    fn sign_in_treats_everybody_alike(engine: Engine) {
        let house = House::owned(engine);
        house.user("gone@example.com", Role::Member);
        let tenant = house.test.scope.tenant();
        wait(shell::set_disabled(house.app(), tenant, "gone@example.com", true)).unwrap();
        wait(shell::invite_user(house.app(), tenant, "invited@example.com", Roles::one(Role::Member))).unwrap();
        let mut answers = Vec::new();
        for (email, password) in [
            ("ana@example.com", OTHER),
            ("gone@example.com", PASSWORD),
            ("invited@example.com", PASSWORD),
            ("nobody@example.com", PASSWORD),
            ("", PASSWORD),
        ] {
            let visitor = house.visitor();
            let before = house.app().hasher.operations();
            let reply = login(&visitor, email, password).expect(422);
            let work = house.app().hasher.operations() - before;
            let page = if email.is_empty() { reply.text().replace("name=\"email\" type=\"email\" value=\"\"", "name=\"email\" type=\"email\" value=\"EMAIL\"") } else { reply.text() };
            answers.push((work, bare(&page, if email.is_empty() { "\u{0}" } else { email })));
        }
        assert!(answers.iter().all(|answer| answer.0 == 1), "{:?}", answers.iter().map(|a| a.0).collect::<Vec<_>>());
        for answer in &answers {
            assert_eq!(answer.1, answers[0].1);
        }
    }

    fn asking_for_a_new_password_tells_nothing(engine: Engine) {
        let house = House::owned(engine);
        let ask = |visitor: &Client, email: &str| {
            let before = house.app().hasher.operations();
            let reply = visitor.submit("/forgot", &[("email", email)]).expect(200);
            assert_eq!(house.app().hasher.operations(), before);
            bare(&reply.text(), email)
        };
        let visitor = house.visitor();
        assert_eq!(ask(&visitor, "ana@example.com"), ask(&visitor, "nobody@example.com"));
    }
}
