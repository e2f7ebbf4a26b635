//! From a sale to a paid partner by the pages alone, to the cent, and never two currencies in one sum.

use super::{in_a_house, last, names, plain};

crate::on_both_engines! {
    fn a_sale_is_approved_exported_and_paid(engine: Engine) {
        in_a_house(engine, |house| {
            let program = house.program();
            let partner = house.partner("Slow Kettle", "slow@example.com", &program);
            house.partner("Tea & Talk", "tea@example.com", &program);
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

            let payee = [("method", "bank"), ("holder", "Ana Pop"), ("account", "GB82WEST12345698765432")];
            house.owner.submit(&format!("/admin/partners/{partner}/payee"), &payee).expect(303);
            let preview = house.page("/admin/payouts/new");
            assert!(preview.contains("3 payouts · €55.10 and RON\u{a0}84.00"), "{preview}");
            assert!(preview.contains("One of them has no account set"), "{preview}");

            let drawn = house.owner.submit_to("/admin/payouts/new", "/admin/payouts", &[("note", "November")]);
            let batch = last(drawn.location());
            let here = format!("/admin/payouts/{batch}");
            assert_eq!(house.owner.get(&format!("{here}/confirm")).status, 409, "not before it was exported");
            house.owner.submit_to(&here, &format!("{here}/approve"), &[]).expect(303);
            let file = house.owner.submit_to(&here, &format!("{here}/export"), &[]).expect(200);
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
