//! Which company an address reaches, and whom it lets in.

use super::{PASSWORD, multi};

crate::on_both_engines! {
    fn each_company_answers_under_its_own_name(engine: Engine) {
        let home = multi(engine);
        let mut keys = Vec::new();
        for slug in ["acme", "beta"] {
            let email = format!("{slug}@example.com");
            let made = home.run_with_input(&["tenant", "create", slug, "--owner-email", &email, "--password-stdin"], PASSWORD);
            let _ = made.expect_code(0);
            let key = home.run(&["key", "create", "--name", "shop", "--scopes", "*", "--tenant", slug, "--json"]).expect_code(0).json();
            keys.push(key["key"].as_str().unwrap().to_owned());
        }
        let _ = home.run(&["demo", "load", "--tenant", "acme", "--yes"]).expect_code(0);
        let server = home.serve();
        let visitor = server.client();
        let door = visitor.get("/t/acme/admin");
        assert_eq!(door.status, 303, "{}", door.text());
        assert!(door.location().starts_with("/login"), "{}", door.location());
        // Whether there is such a company is told to nobody who is not let in.
        assert!(visitor.get("/t/nowhere/admin").expect(303).location().starts_with("/login"));

        let (acme, beta) = (server.client().with_key(&keys[0]), server.client().with_key(&keys[1]));
        acme.get("/t/acme/api/v1/me").expect(200);
        beta.get("/t/beta/api/v1/me").expect(200);
        acme.get("/t/beta/api/v1/me").expect(401);
        beta.get("/t/acme/api/v1/me").expect(401);

        let links = acme.get("/t/acme/api/v1/links?limit=1").expect(200).json();
        let key = links["data"][0]["key"].as_str().unwrap();
        assert_eq!(visitor.get(&format!("/t/acme/r/{key}")).status, 302);
        assert_eq!(visitor.get(&format!("/t/beta/r/{key}")).status, 404);
        assert_eq!(visitor.get(&format!("/r/{key}")).status, 404);

        let person = server.client();
        let entered = person.submit("/login", &[("email", "acme@example.com"), ("password", PASSWORD)]);
        assert_eq!(entered.status, 303, "{}", entered.text());
        person.get("/t/acme/admin").expect(200);
        assert_ne!(person.get("/t/beta/admin").status, 200);
    }
}
