//! Forms: they keep what was typed, say what is right, act once however often they are sent, and ask before what hurts.

use super::{PROGRAM, in_a_house, last, names};
use crate::harness::http::attribute;

/// The hidden fields of a page's form, to send it as a browser would, twice.
fn hidden(html: &str, name: &str) -> String {
    html.split("<input type=\"hidden\" ")
        .skip(1)
        .map(|rest| format!(" {}", rest.split('>').next().unwrap()))
        .find(|tag| attribute(tag, "name").as_deref() == Some(name))
        .and_then(|tag| attribute(&tag, "value"))
        .unwrap_or_else(|| panic!("no field {name}"))
}

crate::on_both_engines! {
    fn a_refused_form_keeps_its_input_and_names_each_field(engine: Engine) {
        in_a_house(engine, |house| {
            let mut fields = PROGRAM.to_vec();
            fields[0].1 = "";
            fields[1].1 = "ftp://shop.example/";
            fields[3].1 = "twelve";
            fields[4].1 = "0";
            let refused = house.owner.submit_to("/admin/programs/new", "/admin/programs", &fields);
            assert_eq!(refused.status, 422);
            let html = refused.text();
            for field in ["name", "destination_url", "rate", "attribution_window_days"] {
                assert!(html.contains(&format!("id=\"f-{field}-error\"")), "{field}: {html}");
                assert!(html.contains(&format!("href=\"#f-{field}\"")), "{field} is in the summary");
            }
            assert!(html.contains("value=\"twelve\"") && html.contains("value=\"ftp://shop.example/\""));
            assert_eq!(names(&house.page("/admin/programs")), [""; 0]);
        });
    }

    fn a_form_sent_twice_makes_one(engine: Engine) {
        in_a_house(engine, |house| {
            let form = house.page("/admin/programs/new");
            let (csrf, once) = (hidden(&form, "csrf"), hidden(&form, "once"));
            let mut fields = PROGRAM.to_vec();
            fields.extend([("csrf", csrf.as_str()), ("once", once.as_str())]);
            let first = house.owner.post_form("/admin/programs", &fields);
            let second = house.owner.post_form("/admin/programs", &fields);
            assert_eq!(first.location(), second.location());
            assert_eq!(house.said(&second), "Spring launch runs. Now it needs partners. Add a partner");
            assert_eq!(names(&house.page("/admin/programs")), ["Spring launch"]);

            // The same page sent with another name is another request.
            fields[0].1 = "Summer launch";
            let third = house.owner.post_form("/admin/programs", &fields);
            assert_ne!(first.location(), third.location());
            assert_eq!(names(&house.page("/admin/programs")), ["Spring launch", "Summer launch"]);
        });
    }

    fn a_form_sent_twice_at_once_makes_one(engine: Engine) {
        in_a_house(engine, |house| {
            let form = house.page("/admin/programs/new");
            let (csrf, once) = (hidden(&form, "csrf"), hidden(&form, "once"));
            let mut fields = PROGRAM.to_vec();
            fields.extend([("csrf", csrf.as_str()), ("once", once.as_str())]);
            let led: Vec<String> = std::thread::scope(|threads| {
                let sent: Vec<_> = (0..8)
                    .map(|_| threads.spawn(|| house.owner.post_form("/admin/programs", &fields).location().to_owned()))
                    .collect();
                sent.into_iter().map(|one| one.join().unwrap()).collect()
            });
            assert!(led.iter().all(|to| *to == led[0]), "{led:?}");
            assert_eq!(names(&house.page("/admin/programs")), ["Spring launch"]);
        });
    }

    fn a_form_without_its_token_changes_nothing(engine: Engine) {
        in_a_house(engine, |house| {
            let refused = house.owner.post_form("/admin/programs", &PROGRAM);
            assert_eq!(refused.status, 403);
            assert_eq!(names(&house.page("/admin/programs")), [""; 0]);
        });
    }

    fn a_new_partner_takes_part_with_a_link_at_once(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            let partner = house.partner("Slow Kettle", "slow@example.com", &program);
            let html = house.page(&format!("/admin/partners/{partner}"));
            assert!(html.contains("/r/slow-kettle"), "{html}");
            assert!(html.contains("Spring launch"));
            let taken = [("name", "Another"), ("email", "slow@example.com")];
            let refused = house.owner.submit_to("/admin/partners/new", "/admin/partners", &taken);
            assert_eq!(refused.status, 422);
            assert!(refused.text().contains("id=\"f-email-error\""));
            // A second of the same name gets a key of chance.
            let second = house.partner("Slow Kettle", "other@example.com", &program);
            assert!(!house.page(&format!("/admin/partners/{second}")).contains("/r/slow-kettle\""));
        });
    }

    fn a_link_that_fits_nowhere_is_told_everything_at_once(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            house.partner("Slow Kettle", "slow@example.com", &program);
            let wrong = [("enrolment_id", ""), ("key", "a b"), ("destination_url", "shop")];
            let refused = house.owner.submit_to("/admin/links/new", "/admin/links", &wrong);
            assert_eq!(refused.status, 422);
            for field in ["enrolment_id", "key", "destination_url"] {
                assert!(refused.text().contains(&format!("id=\"f-{field}-error\"")), "{field}: {}", refused.text());
            }
        });
    }

    fn archiving_a_programme_needs_its_name(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            let page = format!("/admin/programs/{program}/archive");
            let refused = house.owner.submit(&page, &[("retype", "spring launch")]);
            assert_eq!(refused.status, 422);
            assert!(refused.text().contains("id=\"f-retype-error\""));
            let done = house.owner.submit(&page, &[("retype", "Spring launch")]);
            assert_eq!(last(done.location()), program);
            assert!(house.page(&format!("/admin/programs/{program}")).contains("Archived"));
            let refused = house.owner.get(&format!("/admin/programs/{program}/edit"));
            assert_eq!(last(refused.location()), program, "an archived one stays as it was");
        });
    }

    fn payee_details_are_never_shown_again(engine: Engine) {
        in_a_house(engine, |house| {
            let partner = house.partner("Slow Kettle", "slow@example.com", "");
            let page = format!("/admin/partners/{partner}/payee");
            let wrong = [("method", "bank"), ("holder", "Ana Pop"), ("account", "GB83 WEST 1234 5698 7654 32")];
            let refused = house.owner.submit(&page, &wrong);
            assert_eq!(refused.status, 422);
            assert!(refused.text().contains("id=\"f-account-error\""), "{}", refused.text());
            let right = [("method", "bank"), ("holder", "Ana Pop"), ("account", "GB82 WEST 1234 5698 7654 32")];
            let done = house.owner.submit(&page, &right);
            assert_eq!(house.said(&done), "Slow Kettle is paid by Bank ····5432.");
            for path in [page.clone(), format!("/admin/partners/{partner}"), format!("/admin/partners/{partner}/edit"), "/admin/partners".to_owned()] {
                let html = house.page(&path);
                assert!(!html.contains("WEST1234") && !html.contains("WEST 1234") && !html.contains("Ana Pop"), "{path}");
            }
            let forgotten = house.owner.submit(&page, &[("method", "none")]);
            assert!(house.said(&forgotten).contains("was forgotten"));
        });
    }

    fn decisions_about_a_partner_follow_where_they_stand(engine: Engine) {
        in_a_house(engine, |house| {
            let partner = house.partner("Slow Kettle", "slow@example.com", "");
            let here = format!("/admin/partners/{partner}");
            let suspend = format!("{here}/suspend");
            let done = house.owner.submit(&suspend, &[]);
            assert_eq!(house.said(&done), "Slow Kettle was suspended. Reinstate");
            assert_eq!(house.owner.get(&suspend).status, 409, "there is nothing to suspend any more");
            let back = house.owner.submit_to(&here, &format!("{here}/reinstate"), &[]);
            assert_eq!(house.said(&back), "Slow Kettle takes part again.");
            let archive = format!("{here}/archive");
            assert_eq!(house.owner.submit(&archive, &[]).status, 422);
            house.owner.submit(&archive, &[("retype", "Slow Kettle")]).expect(303);
            assert!(!house.page(&here).contains("/archive\""), "an archived partner offers no decision");
        });
    }
}
