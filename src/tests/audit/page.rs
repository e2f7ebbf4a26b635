//! The trail as people and programs see it: page, CSV and API over the same set.

use crate::harness::company;
use crate::on_both_engines;

on_both_engines! {
    fn the_page_the_file_and_the_api_show_one_filtered_set(engine: Engine) {
        let home = company::owned(engine);
        let server = home.serve();
        let owner = company::owner(&server);
        // Three changes by the owner: two saves of the mail settings, one of the same to nothing new.
        for name in ["Tea & <b>Talk</b>", "=Tea", "=Tea"] {
            let from = format!("{name} <tea@example.com>").replace("<b>", "").replace("</b>", "");
            let saved = owner.submit("/admin/mail/settings", &[("from", &from)]);
            assert_eq!(saved.status, 303, "{}", saved.text());
        }
        let page = owner.get("/admin/audit?action=mail_settings.saved").expect(200).text();
        assert_eq!(page.matches("Mail settings saved</a>").count(), 2, "{page}");
        assert!(page.contains("owner@example.com") && page.contains("127.0.0.1"));
        assert!(!page.contains("Tea & Talk"), "names are escaped");
        let nothing = owner.get("/admin/audit?q=nothing-like-it").expect(200).text();
        assert!(nothing.contains("Nothing matches"));
        assert_eq!(owner.get("/admin/audit?acton=x").status, 422);

        let file = owner.get("/admin/audit.csv?action=mail_settings.saved").expect(200);
        assert!(file.header("content-type").starts_with("text/csv"));
        assert!(file.header("content-disposition").contains("audit-"));
        assert_eq!(file.text().lines().count(), 3);

        let key = company::api_key(&home, "reader", "audit:read");
        let program = server.client().with_key(&key);
        let list = program.get("/api/v1/audit?action=mail_settings&limit=1").expect(200);
        let first = list.json();
        assert_eq!(first["data"].as_array().unwrap().len(), 1);
        assert_eq!(first["data"][0]["actor"]["name"], "owner@example.com");
        assert_eq!(first["data"][0]["changes"]["from"]["after"], "=Tea <tea@example.com>");
        assert!(list.header("link").contains("rel=\"next\""));
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = program.get(&format!("/api/v1/audit?action=mail_settings&limit=1&cursor={cursor}")).expect(200).json();
        assert_eq!(second["data"].as_array().unwrap().len(), 1);
        assert!(second["next_cursor"].is_null());
        assert_ne!(first["data"][0]["id"], second["data"][0]["id"]);

        let blind = server.client().with_key(&company::api_key(&home, "blind", "jobs:read"));
        assert_eq!(blind.get("/api/v1/audit").status, 403);
        assert_eq!(program.get("/api/v1/audit?since=soon").status, 422);
        assert_eq!(server.client().get("/api/v1/audit").status, 401);
    }
}
