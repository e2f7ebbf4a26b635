//! Lists: their whole view is in the address, every row is on exactly one page, many are acted upon with a count.

use serde_json::json;

use super::{House, in_a_house, names, rel};

/// Partners whose names sort otherwise than they came.
fn partners(house: &House<'_>) {
    for (name, state) in [
        ("Tea & Talk", "approved"),
        ("Harbour Blog", "applied"),
        ("Tea Leaf", "approved"),
        ("Green Tea", "approved"),
        ("A Tea Shop", "approved"),
        ("Slow Kettle", "approved"),
        ("Tea Time", "applied"),
    ] {
        let email = format!("{}@example.com", name.replace([' ', '&'], "-"));
        let new = json!({ "name": name, "email": email, "state": state });
        house
            .shop
            .json("POST", "/api/v1/partners", &new)
            .expect(201);
    }
}

crate::on_both_engines! {
    fn an_address_shows_the_same_view_to_another_session(engine: Engine) {
        in_a_house(engine, |house| {
            partners(house);
            let address = "/admin/partners?q=tea&state=approved&sort=-name&limit=2";
            let first = house.page(address);
            let there = house.another_session().get(address).expect(200).text();
            assert_eq!(names(&first), ["Tea Leaf", "Tea & Talk"]);
            assert_eq!(names(&first), names(&there));
            assert!(first.contains("aria-sort=\"descending\""), "{first}");
            assert!(first.contains("value=\"tea\""), "the search stays in its field");

            let next = rel(&first, "next").expect("a second page");
            assert!(next.contains("q=tea") && next.contains("sort=-name"), "{next}");
            let second = house.another_session().get(&next).expect(200).text();
            assert_eq!(names(&second), ["Green Tea", "A Tea Shop"]);
            assert_eq!(rel(&second, "next"), None);
            assert!(rel(&second, "first").is_some());
        });
    }

    fn every_sort_pages_through_every_row_once(engine: Engine) {
        in_a_house(engine, |house| {
            partners(house);
            let all = ["Tea & Talk", "Harbour Blog", "Tea Leaf", "Green Tea", "A Tea Shop", "Slow Kettle", "Tea Time"];
            for (sort, sorted) in [
                ("created", all.to_vec()),
                ("-created", all.iter().rev().copied().collect()),
                ("name", { let mut names = all.to_vec(); names.sort_unstable(); names }),
                ("-name", { let mut names = all.to_vec(); names.sort_unstable(); names.reverse(); names }),
            ] {
                let mut seen = Vec::new();
                let mut address = Some(format!("/admin/partners?limit=3&sort={sort}"));
                while let Some(page) = address {
                    let html = house.page(&page);
                    seen.extend(names(&html));
                    address = rel(&html, "next");
                }
                assert_eq!(seen, sorted, "{sort}");
            }
        });
    }

    fn empty_lists_say_what_would_be_here_and_how_to_begin(engine: Engine) {
        in_a_house(engine, |house| {
            for list in ["programs", "partners", "links", "commissions", "payouts"] {
                let html = house.page(&format!("/admin/{list}"));
                let empty = html.split("class=\"empty\"").nth(1).unwrap_or_else(|| panic!("{list}"));
                let empty = empty.split("</div>").next().unwrap();
                assert_eq!(empty.matches("<a class=\"btn go\"").count(), 1, "{list}: {empty}");
                assert!(empty.contains("<p>"), "{list}: {empty}");
            }
            let nothing = house.page("/admin/partners?q=nobody");
            assert!(nothing.contains("Clear all filters"));
        });
    }

    fn addresses_that_fit_nothing_are_refused(engine: Engine) {
        in_a_house(engine, |house| {
            for address in [
                "/admin/partners?colour=red",
                "/admin/partners?sort=colour",
                "/admin/partners?state=asleep",
                "/admin/partners?limit=0",
                "/admin/partners?cursor=x",
                "/admin/commissions?since=yesterday",
                "/admin/commissions?state=asleep",
                "/admin?days=7",
            ] {
                let reply = house.owner.get(address);
                assert_eq!(reply.status, 422, "{address}");
                assert!(reply.header("content-type").starts_with("text/html"), "{address}");
                let html = reply.text();
                assert!(html.contains("aria-label=\"Main\""), "{address} with the navigation: {html}");
                let (list, _) = address.split_once('?').unwrap();
                assert!(html.contains(&format!("<a class=\"btn go\" href=\"{list}\">")), "{address}: {html}");
            }
            for address in [
                "/admin/partners/prt_01h455vb4pex5vsknk084sn02q",
                "/admin/partners/nonsense",
                "/admin/programs/prt_01h455vb4pex5vsknk084sn02q",
                "/admin/links/lnk_01h455vb4pex5vsknk084sn02q/edit",
                "/admin/commissions/com_01h455vb4pex5vsknk084sn02q",
                "/admin/payouts/pob_01h455vb4pex5vsknk084sn02q",
            ] {
                let reply = house.owner.get(address);
                assert_eq!(reply.status, 404, "{address}");
                let html = reply.text();
                assert!(html.contains("aria-label=\"Main\"") && html.contains("Back to "), "{address}: {html}");
            }
        });
    }

    fn bulk_approval_says_how_many_and_leaves_what_does_not_fit(engine: Engine) {
        in_a_house(engine, |house| {
            partners(house);
            let html = house.page("/admin/partners");
            let ids: Vec<String> = html
                .split("name=\"ids\" value=\"")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().to_owned())
                .collect();
            assert_eq!(ids.len(), 7);
            let mut fields: Vec<(&str, &str)> = ids.iter().map(|id| ("ids", id.as_str())).collect();
            fields.push(("do", "approve"));
            let done = house.owner.submit_to("/admin/partners", "/admin/partners/bulk", &fields);
            let said = house.said(&done);
            assert!(said.starts_with("2 partners approved. 5 stayed as they were"), "{said}");
            assert_eq!(names(&house.page("/admin/partners?state=applied")), [""; 0]);

            // Nothing ticked changes nothing.
            let none = house.owner.submit_to("/admin/partners?q=tea", "/admin/partners/bulk", &[("do", "approve")]);
            assert_eq!(none.location(), "/admin/partners?q=tea", "the list stays as it was");
            assert_eq!(house.said(&none), "Tick at least one row first. Nothing was changed.");
        });
    }

    fn all_that_match_are_suspended_after_a_question(engine: Engine) {
        in_a_house(engine, |house| {
            partners(house);
            let uncounted = house.page("/admin/partners?q=tea&limit=2");
            assert!(uncounted.contains("all that match"), "{uncounted}");
            let page = "/admin/partners?q=tea&limit=2&total=true";
            let html = house.page(page);
            assert!(html.contains("all 5 that match"), "{html}");
            let fields = [("do", "suspend"), ("all", "true")];
            let question = house.owner.submit_to(page, "/admin/partners/bulk", &fields).expect(200).text();
            assert!(question.contains("Suspend 4\u{a0}partners?"), "{question}");
            assert!(question.contains("1 others that you ticked stay as they are"), "{question}");
            assert_eq!(names(&house.page("/admin/partners?state=suspended")), [""; 0], "asking changes nothing");

            let form = question.split("data-confirm-card").nth(1).unwrap();
            let hidden: Vec<(String, String)> = form
                .split("<input type=\"hidden\" ")
                .skip(1)
                .map(|rest| {
                    let tag = format!(" {}", rest.split('>').next().unwrap());
                    let value = |name| crate::harness::http::attribute(&tag, name).unwrap();
                    (value("name"), value("value"))
                })
                .collect();
            let fields: Vec<(&str, &str)> = hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let done = house.owner.post_form("/admin/partners/bulk", &fields);
            assert_eq!(done.location(), page, "back to the list as it was");
            assert!(house.said(&done).starts_with("4 partners suspended."));
            let suspended = names(&house.page("/admin/partners?state=suspended&sort=name"));
            assert_eq!(suspended, ["A Tea Shop", "Green Tea", "Tea & Talk", "Tea Leaf"]);
        });
    }
}
