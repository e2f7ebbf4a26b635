//! From a sale to a paid partner by the pages alone, to the cent, and never two currencies in one sum.

use super::{in_a_house, last, names, plain};

crate::on_both_engines! {
    fn a_sale_is_approved_exported_and_paid(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            let partner = house.partner("Slow Kettle", "slow@example.com", &program);
            let other = house.partner("Tea & Talk", "tea@example.com", &program);
            house.no_account(&other);
            house.sale("slow-kettle", "ORD-1", 18_000, "EUR");
            house.sale("slow-kettle", "ORD-2", 42_000, "RON");
            house.sale("tea-talk", "ORD-3", 9_550, "EUR");

            let list = house.page("/admin/commissions");
            assert_eq!(names(&list), ["Tea & Talk, ORD-3", "Slow Kettle, ORD-2", "Slow Kettle, ORD-1"]);
            assert!(list.contains("Approve 3 ready"), "{list}");
            let foot = list.split("class=\"foot\"").nth(1).unwrap().split("</div>").next().unwrap();
            assert_eq!(plain(&format!("<{foot}")), "3 of 3 · €55.10 and RON 84.00");

            let question = house.page("/admin/commissions/approve-ready");
            for line in ["Approve 3\u{a0}commissions?", "Slow Kettle: 2 commissions, €36.00 and RON\u{a0}84.00", "Talk: €19.10"] {
                assert!(question.contains(line), "{line}: {question}");
            }
            let ids: Vec<&str> = question.split("name=\"ids\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
            let fields: Vec<(&str, &str)> = ids.iter().map(|id| ("ids", *id)).collect();
            let approved = house.owner.submit("/admin/commissions/approve-ready", &fields);
            assert_eq!(house.said(&approved), "3 commissions approved: €55.10 and RON 84.00. Prepare a payout");

            let preview = house.page("/admin/payouts/new");
            assert!(preview.contains("2 payouts · €36.00 and RON\u{a0}84.00"), "{preview}");
            let waits = plain(preview.split("Waits: no account set").nth(1).unwrap());
            assert!(waits.contains("Talk Set account of Tea") && waits.contains("€19.10"), "{waits}");
            assert!(house.page("/admin/payouts").contains("Prepare payout: €36.00 and"));
            let next = plain(&house.page("/admin"));
            assert!(next.contains("1 without an account"), "{next}");
            house.account(&other);
            let preview = house.page("/admin/payouts/new");
            assert!(preview.contains("3 payouts · €55.10 and RON\u{a0}84.00"), "{preview}");

            let drawn = house.owner.submit_to("/admin/payouts/new", "/admin/payouts", &[("note", "November")]);
            let batch = last(drawn.location());
            let here = format!("/admin/payouts/{batch}");
            assert_eq!(house.owner.get(&format!("{here}/confirm")).status, 409, "not before it was exported");
            house.no_account(&partner);
            let refused = house.owner.submit_to(&here, &format!("{here}/approve"), &[]);
            assert_eq!(refused.status, 409);
            assert!(refused.text().contains("Slow Kettle has no account set."), "{}", refused.text());
            house.account(&partner);
            house.owner.submit_to(&here, &format!("{here}/approve"), &[]).expect(303);
            let file = house.owner.submit_to(&here, &format!("{here}/export"), &[]).expect(200);
            assert!(file.header("set-cookie").starts_with("taken="), "the page sees that its file came");
            assert!(file.header("content-disposition").starts_with("attachment"));
            assert!(file.text().contains("GB82WEST12345698765432") && file.text().contains("36.00,EUR"));
            assert!(!house.page(&here).contains("GB82WEST"), "only the file carries it");
            let paid = house.owner.submit(&format!("{here}/confirm"), &[]);
            assert_eq!(house.said(&paid), "Confirmed as paid. The partners' figures say so now.");

            assert_eq!(names(&house.page("/admin/commissions?state=paid")).len(), 3);
            let figures = plain(&house.page(&format!("/admin/partners/{partner}")));
            assert!(figures.contains("Paid €36.00 and RON 84.00, 2 commissions"), "{figures}");
            assert!(house.page("/admin/payouts/new").contains("Nothing to pay now"));
        });
    }

    fn a_payout_sent_twice_is_one_and_a_cancelled_one_frees_its_commissions(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            house.partner("Slow Kettle", "slow@example.com", &program);
            house.sale("slow-kettle", "ORD-1", 18_000, "EUR");
            let one = first_commission(&house.page("/admin/commissions"));
            let here = format!("/admin/commissions/{one}");
            house.owner.submit_to(&here, &format!("{here}/approve"), &[]).expect(303);

            let drawn = house.owner.submit_to("/admin/payouts/new", "/admin/payouts", &[]);
            let batch = format!("/admin/payouts/{}", last(drawn.location()));
            let again = house.owner.get("/admin/payouts/new").expect(200).text();
            assert!(again.contains("Nothing to pay now"), "what is in a batch is not offered again");
            house.owner.submit(&format!("{batch}/cancel"), &[]).expect(303);
            assert!(house.page("/admin/payouts/new").contains("€36.00"));
            assert!(house.page(&batch).contains("Cancelled"));
        });
    }

    fn approving_what_is_on_hold_asks_first(engine: Engine) {
        in_a_house(engine, |house| {
            let program = held_program(house);
            house.partner("Slow Kettle", "slow@example.com", &program);
            house.sale("slow-kettle", "ORD-1", 18_000, "EUR");
            let list = "/admin/commissions?state=hold";
            let one = first_commission(&house.page(list));
            let question = house.owner.submit_to(list, "/admin/commissions/bulk", &[("do", "approve"), ("ids", &one)]);
            let html = question.expect(200).text();
            assert!(html.contains("Approve 1\u{a0}commission before its hold ends?"), "{html}");
            assert!(html.contains("It is on hold until") && html.contains("€36.00. Refunds may still come."), "{html}");
            assert!(html.contains(">Not now</a>"), "{html}");
            assert_eq!(names(&house.page(list)).len(), 1, "asking changes nothing");
            let sure = [("do", "approve"), ("ids", one.as_str()), ("sure", "true")];
            let done = house.owner.submit_to(list, "/admin/commissions/bulk", &sure);
            assert!(house.said(&done).starts_with("1 commission approved: €36.00."), "{}", house.said(&done));
            assert_eq!(done.location(), list);

            // With nothing past its hold, the button of old pages says so.
            let nothing = house.owner.get("/admin/commissions/approve-ready");
            assert_eq!(house.said(&nothing), "Nothing is ready; a commission is once its hold is over.");
        });
    }

    fn a_commission_is_taken_back_with_a_reason(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            house.partner("Slow Kettle", "slow@example.com", &program);
            house.sale("slow-kettle", "ORD-1", 18_000, "EUR");
            let one = first_commission(&house.page("/admin/commissions"));
            let here = format!("/admin/commissions/{one}");
            let reverse = format!("{here}/reverse");
            assert_eq!(house.owner.submit(&reverse, &[("reason", "")]).status, 422);
            house.owner.submit(&reverse, &[("reason", "The parcel came back")]).expect(303);
            let shown = house.page(&here);
            assert!(shown.contains("Reversed") && shown.contains("The parcel came back"), "{shown}");
            assert!(shown.contains("\u{2212}€36.00"), "{shown}");
            let details = plain(&shown);
            assert!(details.contains("Taken back") && details.contains("because: The parcel came back"), "{details}");
            assert_eq!(house.owner.get(&reverse).status, 409);
        });
    }

    fn bulk_approval_counts_and_sums_what_it_changed(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            house.partner("Slow Kettle", "slow@example.com", &program);
            for order in 1..=3 {
                house.sale("slow-kettle", &format!("ORD-{order}"), 1_000 * order, "EUR");
            }
            let list = house.page("/admin/commissions");
            let one = first_commission(&list);
            let here = format!("/admin/commissions/{one}");
            house.owner.submit_to(&here, &format!("{here}/approve"), &[]).expect(303);
            let ids: Vec<&str> = list.split("name=\"ids\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
            let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("ids", *id)).collect();
            fields.push(("do", "approve"));
            let done = house.owner.submit_to("/admin/commissions", "/admin/commissions/bulk", &fields);
            let said = house.said(&done);
            assert!(said.starts_with("2 commissions approved: €6.00. 1 stayed as they were"), "{said}");
        });
    }
}

/// The newest commission's id.
fn first_commission(html: &str) -> String {
    let at = html.find("href=\"/admin/commissions/com_").unwrap();
    last(html[at + 6..].split('"').next().unwrap())
}

/// A programme whose commissions are on hold for a month.
fn held_program(house: &super::House<'_>) -> String {
    let mut fields = super::PROGRAM.to_vec();
    for field in &mut fields {
        if field.0 == "holding_days" {
            field.1 = "30";
        }
    }
    let made = house
        .owner
        .submit_to("/admin/programs/new", "/admin/programs", &fields);
    last(made.location())
}
