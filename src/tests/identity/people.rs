//! Who may make whom what.

use serde_json::json;
use steading::identity::Role;

use super::{House, OTHER, is_in, login};
use crate::on_both_engines;

on_both_engines! {
    fn whoever_is_invited_chooses_a_password_and_is_in(engine: Engine) {
        let house = House::owned(engine);
        let ana = house.signed_in("ana@example.com");
        let fields = [("email", "Bo@Example.com"), ("name", "Bo"), ("role", "member")];
        let page = ana.submit_to("/admin/people/new", "/admin/people", &fields).expect(200).text();
        let at = page.find("/invite?token=").unwrap();
        let link = page[at..].split('"').next().unwrap().to_owned();
        let _ = login(&house.visitor(), "bo@example.com", OTHER).expect(422);

        // A scanner that follows the link breaks nothing.
        for _ in 0..5 {
            let _ = house.visitor().get(&link).expect(200);
        }
        let bo = house.visitor();
        let weak = bo.submit(&link, &[("name", "Bo K"), ("password", "short")]).expect(422);
        assert!(weak.text().contains("15 characters") && weak.text().contains("Bo K"), "{}", weak.text());
        assert_eq!(bo.submit(&link, &[("name", "Bo K"), ("password", OTHER)]).location(), "/admin");
        assert!(is_in(&bo));
        let _ = house.visitor().get(&link).expect(410);
        let list = ana.get("/admin/people?q=Bo+K").expect(200).text();
        assert!(list.contains("Active") && list.contains("Member"));
        let again = ana.submit_to("/admin/people/new", "/admin/people", &fields).expect(422);
        assert!(again.text().contains("is here already"));
    }

    fn a_newer_invitation_kills_the_older(engine: Engine) {
        let house = House::owned(engine);
        let boss = house.visitor().with_key(&house.key("boss", &["*"]));
        let made = boss.json("POST", "/api/v1/members", &json!({"email": "bo@example.com", "roles": ["viewer"]})).expect(201).json();
        assert_eq!(made["state"], "invited");
        let path = |value: &serde_json::Value| {
            let url = value["invitation"]["url"].as_str().unwrap().to_owned();
            url[url.find("/invite").unwrap()..].to_owned()
        };
        let id = made["id"].as_str().unwrap();
        let newer = boss.json("POST", &format!("/api/v1/members/{id}/invite"), &json!({})).expect(200).json();
        let _ = house.visitor().get(&path(&made)).expect(410);
        let _ = house.visitor().get(&path(&newer)).expect(200);
        house.later(7 * 86_400);
        let _ = house.visitor().get(&path(&newer)).expect(410);
    }

    fn owners_are_made_by_owners_and_the_last_one_stays(engine: Engine) {
        let house = House::owned(engine);
        let admin = house.visitor().with_key(&house.key("admin", &["members:*"]));
        let boss = house.visitor().with_key(&house.key("boss", &["*"]));
        let refused = admin.json("POST", "/api/v1/members", &json!({"email": "bo@example.com", "roles": ["owner"]})).expect(403);
        assert!(refused.json()["detail"].as_str().unwrap().contains("owners:write"));
        let ana = admin.get("/api/v1/members").expect(200).json()["data"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/members/{ana}");
        let _ = admin.json("PATCH", &path, &json!({"roles": ["viewer"]})).expect(403);
        let _ = admin.send("DELETE", &path, &[], &[]).expect(403);
        let last = boss.json("PATCH", &path, &json!({"roles": ["viewer"]})).expect(409);
        assert_eq!(last.json()["code"], "last_owner");
        let _ = boss.send("DELETE", &path, &[], &[]).expect(409);
        // An owner who was only invited cannot sign in, so does not count.
        let _ = boss.json("POST", "/api/v1/members", &json!({"email": "cy@example.com", "roles": ["owner"]})).expect(201);
        let _ = boss.send("DELETE", &path, &[], &[]).expect(409);
        house.user("bo@example.com", Role::Owner);
        let _ = boss.send("DELETE", &path, &[], &[]).expect(204);
        assert_eq!(boss.get(&path).expect(200).json()["state"], "disabled");
    }

    fn members_are_found_and_paged(engine: Engine) {
        let house = House::owned(engine);
        let boss = house.visitor().with_key(&house.key("boss", &["*"]));
        for n in 0..5 {
            let body = json!({"email": format!("user{n}@example.com"), "roles": ["viewer"]});
            let _ = boss.json("POST", "/api/v1/members", &body).expect(201);
        }
        let (mut seen, mut path) = (Vec::new(), "/api/v1/members?limit=2&state=invited".to_owned());
        loop {
            let page = boss.get(&path).expect(200).json();
            seen.extend(page["data"].as_array().unwrap().iter().map(|one| one["email"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/api/v1/members?limit=2&state=invited&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen, ["user0@example.com", "user1@example.com", "user2@example.com", "user3@example.com", "user4@example.com"]);
        assert_eq!(boss.get("/api/v1/members?role=owner&total=true").expect(200).json()["total"], 1);
        let _ = boss.get("/api/v1/members?state=lost").expect(422);
        let _ = boss.get("/api/v1/members?colour=red").expect(422);
        let _ = boss.get("/api/v1/members/key_01h455vb4pex5vsknk084sn02q").expect(404);
        assert_eq!(boss.get("/api/v1/roles").expect(200).json()["data"].as_array().unwrap().len(), 4);
    }

    fn settings_show_everywhere_at_once_and_viewers_only_look(engine: Engine) {
        let house = House::owned(engine);
        house.user("vi@example.com", Role::Viewer);
        let (ana, vi) = (house.signed_in("ana@example.com"), house.signed_in("vi@example.com"));
        let fields = [("name", "Slow Kettle"), ("currency", "RON"), ("time_zone", "Europe/Bucharest"), ("locale", "ro")];
        let _ = ana.submit("/admin/settings", &fields).expect(303);
        assert!(vi.get("/admin/settings").expect(200).text().contains("Slow Kettle"));
        assert!(house.visitor().get("/login").expect(200).text().contains("Slow Kettle"));
        let bad = ana.submit("/admin/settings", &[("name", ""), ("currency", "EUR"), ("time_zone", "Mars/Base"), ("locale", "ro")]);
        assert_eq!(bad.expect(422).text().matches("class=\"error\"").count(), 2);
        let token = {
            let html = vi.get("/account").text();
            let at = html.find("name=\"csrf\" value=\"").unwrap() + 19;
            html[at..].split('"').next().unwrap().to_owned()
        };
        let refused = vi.post_form("/admin/settings", &[("csrf", &token), ("name", "Mine")]).expect(403);
        assert!(refused.text().contains("settings:write"));
    }
}
