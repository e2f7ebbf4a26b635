//! The queue as people see it, and what they do there.

use crate::harness::{company, eventually};
use crate::on_both_engines;

on_both_engines! {
    fn the_page_shows_what_comes_back_and_runs_it_now(engine: Engine) {
        let home = company::owned(engine);
        home.run(&["mail", "test", "--to", "ana@example.org"]).expect_code(0);
        home.run(&["jobs", "run"]).expect_code(0);
        let server = home.serve();
        let owner = company::owner(&server);
        for page in ["/admin/system/jobs", "/admin/system/jobs?queue=accounts"] {
            let seen = eventually("the runner has planned and done its own work", || {
                let seen = owner.get(page).expect(200).text();
                (seen.contains("jobs.tidy") && seen.contains(">Done<")).then_some(seen)
            });
            assert!(seen.contains("Run now"), "{seen}");
            let action = seen
                .split("action=\"")
                .find_map(|rest| rest.split('"').next().filter(|url| url.ends_with("/run")))
                .unwrap()
                .to_owned();
            let ran = owner.submit_to(page, &action, &[]);
            assert_eq!(ran.status, 303, "{}", ran.text());
            let told = owner.get(ran.location()).expect(200).text();
            assert!(told.contains("runs now."), "{told}");
        }
        let trail = owner.get("/admin/audit?action=job.run_requested").expect(200).text();
        assert_eq!(trail.matches("Job run requested</a>").count(), 2);
        assert_eq!(owner.get("/admin/system/jobs?state=strange").status, 422);
        assert_eq!(owner.get("/admin/system/jobs?queue=strange").status, 404);
    }
}
