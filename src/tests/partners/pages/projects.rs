//! Projects on the screen: made, renamed, archived and reopened in the settings, and the list of programmes kept apart by them.

use serde_json::json;

use super::{House, PROGRAM, in_a_house, last, names, plain};
use crate::harness::company::{PASSWORD, owned, owner};
use crate::harness::http::attribute;

const LIST: &str = "/admin/settings/projects";

impl House<'_> {
    /// A project by the form; its address.
    #[track_caller]
    fn project(&self, slug: &str, name: &str) -> String {
        let fields = [("slug", slug), ("name", name)];
        let made = self.owner.submit_to(LIST, LIST, &fields).expect(303);
        made.location().to_owned()
    }

    /// A programme of this name in a project.
    #[track_caller]
    fn program_in(&self, name: &str, project: Option<&str>) -> String {
        let new = json!({ "name": name, "commission": { "type": "percent", "rate": "10" },
            "destination_url": "https://shop.example/", "project_id": project });
        let made = self.shop.json("POST", "/api/v1/programs", &new).expect(201);
        made.json()["id"].as_str().unwrap().to_owned()
    }
}

/// The heads of the table on a page.
fn heads(html: &str) -> Vec<String> {
    html.split("<th scope=\"col\"")
        .skip(1)
        .map(|rest| plain(&format!("<{}", rest.split("</th>").next().unwrap())))
        .collect()
}

crate::on_both_engines! {
    fn where_there_is_no_project_nothing_is_said_of_any(engine: Engine) {
        in_a_house(engine, |house| {
            let program = format!("/admin/programs/{}", house.program());
            let edit = format!("{program}/edit");
            for page in ["/admin", "/admin/programs", "/admin/programs.csv", "/admin/programs/new", &program, &edit, "/admin/partners",
                "/admin/api-keys", "/admin/api-keys/new"] {
                assert!(!house.page(page).to_lowercase().contains("project"), "{page}");
            }
            // But the settings lead to where one is made, and it is said there what a project is for.
            assert!(house.page("/admin/settings").contains(&format!("href=\"{LIST}\"")));
            let empty = house.page(LIST);
            assert!(empty.contains("class=\"empty\"") && empty.contains("Your first project") && !empty.contains("<table"), "{empty}");
            assert!(plain(&empty).contains("keeps a part of your work apart"), "{empty}");
        });
    }

    fn a_project_is_made_renamed_archived_and_reopened(engine: Engine) {
        in_a_house(engine, |house| {
            let wrong = house.owner.submit_to(LIST, LIST, &[("slug", "Spring!"), ("name", "")]).expect(422).text();
            assert_eq!(wrong.matches("class=\"error\"").count(), 2, "{wrong}");
            assert!(wrong.contains("value=\"Spring!\""), "what was typed is gone");
            let here = house.project("spring", "Spring");
            let taken = house.owner.submit_to(LIST, LIST, &[("slug", "spring"), ("name", "Other")]).expect(422).text();
            assert!(taken.contains("There is a project of this slug."), "{taken}");
            let list = house.page(LIST);
            assert!(list.contains("Another project") && plain(&list).contains("Spring springActive0 programmes in Spring"), "{list}");

            let nameless = house.owner.submit_to(&here, &here, &[("name", " ")]).expect(422).text();
            assert!(nameless.contains("class=\"error\"") && nameless.contains("<h1>Spring"), "{nameless}");
            let saved = house.owner.submit(&here, &[("name", "Spring & more")]).expect(303);
            assert_eq!(house.said(&saved), "Spring & more is saved.");
            let id = last(&here);
            house.program_in("May", Some(&id));

            let archive = format!("{here}/archive");
            assert!(house.page(&archive).contains("No programme and no key is added"));
            assert_eq!(house.owner.submit(&archive, &[]).expect(303).location(), here);
            let page = house.page(&here);
            assert!(page.contains("Archived") && page.contains("Reopen") && !page.contains("Archive…"), "{page}");
            assert!(plain(&page).contains("1 programme"), "{page}");
            let project = [("project_id", id.as_str())];
            let fields: Vec<_> = PROGRAM.iter().chain(&project).copied().collect();
            house.owner.submit_to("/admin/programs/new", "/admin/programs", &fields).expect(422);
            house.owner.submit_to(&here, &format!("{here}/reopen"), &[]).expect(303);
            house.owner.submit_to("/admin/programs/new", "/admin/programs", &fields).expect(303);
            assert!(plain(&house.page(&here)).contains("2 programmes"));

            // Every change and nothing else is in the trail, and on the project's page.
            let trail = house.page("/admin/audit.csv");
            for action in ["project.created", "project.renamed", "project.archived", "project.reopened"] {
                assert_eq!(trail.matches(action).count(), 1, "{action}: {trail}");
            }
            assert_eq!(house.page(&here).split("class=\"history\"").nth(1).unwrap().matches("<li>").count(), 4);
            for gone in [format!("{LIST}/prj_01h455vb4pex5vsknk084sn02q"), format!("{LIST}/spring")] {
                assert_eq!(house.owner.get(&gone).status, 404, "{gone}");
            }
        });
    }

    fn the_list_of_programmes_is_kept_apart_by_project(engine: Engine) {
        in_a_house(engine, |house| {
            let spring = last(&house.project("spring", "Spring"));
            let autumn = last(&house.project("autumn", "=Autumn"));
            let april = house.program_in("April", Some(&spring));
            house.program_in("May", Some(&spring));
            house.program_in("October", Some(&autumn));
            house.program_in("Whenever", None);
            let all = house.page("/admin/programs");
            assert_eq!(names(&all), ["April", "May", "October", "Whenever"]);
            assert!(heads(&all).contains(&"Project".to_owned()), "{:?}", heads(&all));
            assert!(plain(&all).contains("October=Autumn10%"), "{}", plain(&all));
            assert!(plain(&all).contains("Whenever10%"), "{}", plain(&all));
            let in_spring = house.page(&format!("/admin/programs?project={spring}"));
            assert_eq!(names(&in_spring), ["April", "May"]);
            assert!(in_spring.contains(&format!("<option value=\"{spring}\" selected>Spring")), "{in_spring}");
            assert!(house.page(&format!("/admin/programs/{april}")).contains("<dt>Project</dt><dd>Spring</dd>"));

            // The file holds what the list shows, with the project's name.
            let file = in_spring.split("<a ").find_map(|tag| attribute(tag, "href").filter(|href| href.contains("programs.csv")));
            let file = house.page(&file.expect("no file is offered").replace("&#38;", "&"));
            assert_eq!(file.lines().count(), 3, "{file}");
            assert!(file.lines().next().unwrap().ends_with(",project") && file.lines().skip(1).all(|line| line.ends_with(",Spring")), "{file}");
            let whole = house.page("/admin/programs.csv");
            assert_eq!(whole.lines().count(), 5, "{whole}");
            assert!(whole.lines().any(|line| line.contains(",October,10,,,30,") && line.ends_with(",'=Autumn")), "{whole}");

            // Its page in the settings counts them and leads there.
            let list = house.page(LIST);
            assert!(list.contains(&format!("href=\"/admin/programs?project={spring}\">2<")), "{list}");
        });
    }

    fn whoever_may_only_read_the_settings_changes_no_project(engine: Engine) {
        let home = owned(engine);
        let server = home.serve();
        let boss = owner(&server);
        let made = boss.submit_to(LIST, LIST, &[("slug", "spring"), ("name", "Spring")]).expect(303);
        let here = made.location().to_owned();
        let viewer = ["user", "create", "vi@example.com", "--role", "viewer", "--password-stdin"];
        home.run_with_input(&viewer, &format!("{PASSWORD}\n")).expect_code(0);
        let vi = server.client();
        vi.submit("/login", &[("email", "vi@example.com"), ("password", PASSWORD)]).expect(303);
        for page in [LIST, here.as_str()] {
            let shown = vi.get(page).expect(200).text();
            assert!(shown.contains("Spring"), "{page}");
            for offer in ["Create project", "Save name", "Archive…", "Reopen"] {
                assert!(!shown.contains(offer), "{page} offers “{offer}”");
            }
        }
        assert_eq!(vi.get(&format!("{here}/archive")).status, 403);
        let account = vi.get("/account").expect(200).text();
        let token = account.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        for (path, fields) in [
            (LIST.to_owned(), vec![("slug", "mine"), ("name", "Mine")]),
            (here.clone(), vec![("name", "Mine")]),
            (format!("{here}/archive"), Vec::new()),
            (format!("{here}/reopen"), Vec::new()),
        ] {
            let sent: Vec<_> = fields.into_iter().chain([("csrf", token.as_str())]).collect();
            let refused = vi.post_form(&path, &sent);
            assert_eq!(refused.status, 403, "{path}: {}", refused.text());
        }
        let list = boss.get(LIST).expect(200).text();
        assert!(list.contains("Active") && !list.contains("Mine"), "{list}");
    }
}
