//! Queries that do not fit are refused: a misspelt filter must not show everything.

use super::shop::{Shop, description, documented, furnished, of_a_company, problem, strange_id};

/// Every list of the API.
fn lists() -> Vec<String> {
    let paths = description()["paths"].as_object().unwrap();
    let all: Vec<String> = paths
        .iter()
        .filter(|(path, _)| of_a_company(path))
        .filter(|(_, operations)| {
            let parameters = operations["get"]["parameters"].as_array();
            parameters
                .into_iter()
                .flatten()
                .any(|parameter| parameter["name"] == "cursor")
        })
        .map(|(path, _)| path.clone())
        .collect();
    assert!(all.len() >= 10, "{all:?}");
    all
}

#[track_caller]
fn refused(shop: &Shop<'_>, template: &str, query: &str, pointer: &str) {
    let what = format!("{template}?{query}");
    let reply = shop.client.get(&format!("/api/v1{template}?{query}"));
    let problem = problem(&reply, &what);
    assert_eq!(reply.status, 422, "{what}: {problem}");
    assert_eq!(
        problem["errors"][0]["pointer"], pointer,
        "{what}: {problem}"
    );
    assert!(documented("GET", template).contains(&422), "{what}");
}

crate::on_both_engines! {
    fn lists_refuse_what_they_do_not_know(engine: Engine) {
        furnished(engine, |shop| {
            let before = shop.rows();
            for list in lists() {
                for limit in ["0", "201", "-1", "ten", "1.5", "99999999999999999999"] {
                    refused(shop, &list, &format!("limit={limit}"), "/limit");
                }
                for cursor in ["nonsense", "%00", "AAAA", "%FF%FE", "bm8gc2VwYXJhdG9y", &"A".repeat(5_000)] {
                    refused(shop, &list, &format!("cursor={cursor}"), "/cursor");
                }
                refused(shop, &list, "colour=red", "/colour");
                refused(shop, &list, "colour=%00", "/colour");
                refused(shop, &list, "sort=no_such_column", "/sort");
                let fine = shop.client.get(&format!("/api/v1{list}?limit=200&total=true")).expect(200).json();
                assert!(fine["data"].is_array() && fine["next_cursor"].is_null(), "{list}: {fine}");
                assert_eq!(fine["total"], fine["data"].as_array().unwrap().len(), "{list}: {fine}");
            }
            assert_eq!(before, shop.rows());
        });
    }

    fn filters_refuse_values_that_cannot_match(engine: Engine) {
        furnished(engine, |shop| {
            for (list, name, values) in [
                ("/programs", "state", &["gone", "ACTIVE", "%00"][..]),
                ("/partners", "state", &["gone", "1"]),
                ("/commissions", "partner", &["x", "prg_01h455vb4pex5vsknk084sn02q", "%00"]),
                ("/commissions", "currency", &["ZZZ", "euro"]),
                ("/commissions", "since", &["yesterday", "2026-02-30T00:00:00Z", "5"]),
                ("/commissions", "ready", &["maybe"]),
                ("/events", "outcome", &["nothing"]),
                ("/events", "until", &["tomorrow"]),
                ("/clicks", "link", &["prt_01h455vb4pex5vsknk084sn02q"]),
                ("/payouts", "batch", &["x"]),
                ("/audit", "since", &["yesterday"]),
            ] {
                for value in values {
                    refused(shop, list, &format!("{name}={value}"), &format!("/{name}"));
                }
            }
            for report in ["/reports/overview", "/reports/timeseries"] {
                for query in ["since=yesterday", "until=5", "since=2026-03-01T00:00:00Z&until=2026-02-01T00:00:00Z", "since=0001-01-01T00:00:00Z"] {
                    let reply = shop.client.get(&format!("/api/v1{report}?{query}"));
                    problem(&reply, query);
                    assert_eq!(reply.status, 422, "{report}?{query}");
                }
            }
        });
    }

    fn searching_for_strange_text_finds_nothing_and_breaks_nothing(engine: Engine) {
        furnished(engine, |shop| {
            for list in lists() {
                for text in ["%00", "%25", "_", "%27%3B--", "%5C", "%F0%9F%8D%82", "%FF%FE", "a%00b", &"x".repeat(4_000)] {
                    let reply = shop.client.get(&format!("/api/v1{list}?q={text}"));
                    assert!([200, 422].contains(&reply.status), "{list}?q={text}: {} {}", reply.status, reply.text());
                    if reply.status == 422 {
                        problem(&reply, &list);
                    }
                }
            }
            for query in ["type=%00", "external_id=%00", "customer_id=%00", "external_id=a%00b"] {
                let reply = shop.client.get(&format!("/api/v1/events?{query}"));
                assert!([200, 422].contains(&reply.status), "{query}: {} {}", reply.status, reply.text());
            }
            for query in ["actor=%00", "action=%00", "target=%00", "product=%00"] {
                let reply = shop.client.get(&format!("/api/v1/audit?{query}"));
                assert!([200, 422].contains(&reply.status), "{query}: {} {}", reply.status, reply.text());
            }
        });
    }

    fn ids_of_the_wrong_kind_name_nothing(engine: Engine) {
        furnished(engine, |shop| {
            let before = shop.rows();
            let paths = description()["paths"].as_object().unwrap();
            for (path, operations) in paths.iter().filter(|(path, _)| path.contains("{id}")) {
                let resource = path.split('/').nth(1).unwrap();
                let foreign = if resource == "partners" { "prg_01h455vb4pex5vsknk084sn02q" } else { "prt_01h455vb4pex5vsknk084sn02q" };
                let unknown = match resource {
                    "programs" => "prg_01h455vb4pex5vsknk084sn02q".to_owned(),
                    "enrolments" => "enr_01h455vb4pex5vsknk084sn02q".to_owned(),
                    "links" => "lnk_01h455vb4pex5vsknk084sn02q".to_owned(),
                    "clicks" => "clk_01h455vb4pex5vsknk084sn02q".to_owned(),
                    "events" => "evt_01h455vb4pex5vsknk084sn02q".to_owned(),
                    "commissions" => "com_01h455vb4pex5vsknk084sn02q".to_owned(),
                    other => strange_id(other),
                };
                for method in operations.as_object().unwrap().keys() {
                    for id in [unknown.as_str(), foreign, "1", "%00", "..%2F..", "%FF", "x%27--", &"a".repeat(2_000)] {
                        let what = format!("{method} {} with {}", path, &id[..id.len().min(40)]);
                        let url = format!("/api/v1{}", path.replace("{id}", id));
                        let body = if operations[method].get("requestBody").is_some() { "{}" } else { "" };
                        let reply = shop.client.send(&method.to_uppercase(), &url, super::shop::JSON, body.as_bytes());
                        let problem = problem(&reply, &what);
                        let accepted: &[u16] = if body.is_empty() { &[404] } else { &[404, 422] };
                        assert!(accepted.contains(&reply.status), "{what}: {problem}");
                        assert!(documented(method, path).contains(&reply.status), "{what}: {}", reply.status);
                    }
                }
            }
            assert_eq!(before, shop.rows());
        });
    }

    fn visitors_with_strange_links_see_a_plain_page(engine: Engine) {
        furnished(engine, |shop| {
            let before = shop.rows();
            let visitor = shop.server.client();
            for key in ["nothing", "%00", "%FF", "a%00b", "..%2Fadmin", &"x".repeat(3_000), "%F0%9F%8D%82"] {
                let reply = visitor.get(&format!("/r/{key}"));
                assert_eq!(reply.status, 404, "{key}: {}", reply.text());
            }
            assert_eq!(before, shop.rows());
        });
    }
}
