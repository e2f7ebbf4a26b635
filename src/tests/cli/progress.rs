//! Long work draws a bar for whoever looks on, and for nobody else.

use std::process::Command;

use crate::harness::engine::Engine;
use crate::harness::process::{Done, Home};
use crate::on_both_engines;

/// What a terminal shows of a command, run with these variables besides.
fn on_a_terminal(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let plain = home.command(arguments);
    let line: Vec<String> = std::iter::once(plain.get_program())
        .chain(plain.get_args())
        .map(|word| format!("'{}'", word.to_str().unwrap()))
        .collect();
    let mut script = Command::new("script");
    script.args(["-qec", &line.join(" "), "/dev/null"]);
    script.env_remove("CI").env_remove("NO_COLOR");
    for (name, value) in plain.get_envs() {
        if let Some(value) = value {
            script.env(name, value);
        }
    }
    if let Some(folder) = plain.get_current_dir() {
        script.current_dir(folder);
    }
    script.envs(variables.iter().copied());
    Done::of(script).expect_code(0).stdout
}

on_both_engines! {
    fn a_bar_is_drawn_for_whoever_looks_on(engine: Engine) {
        let home = Home::new(engine).env("STEADING_TENANCY", "multi");
        for slug in ["acme", "brick"] {
            let _ = home.run(&["tenant", "create", slug]).expect_code(0);
        }
        let backup = ["backup", "create"];
        let shown = on_a_terminal(&home, &backup, &[]);
        assert!(shown.contains("\rcompanies [") && shown.contains("100 %"), "{shown:?}");
        for quiet in [("NO_COLOR", "1"), ("CI", "true")] {
            let shown = on_a_terminal(&home, &backup, &[quiet]);
            assert!(!shown.contains("companies ["), "{quiet:?}: {shown:?}");
        }
        let shown = on_a_terminal(&home, &["backup", "create", "--json"], &[]);
        assert!(!shown.contains("companies ["), "{shown:?}");
        assert!(!home.run(&backup).expect_code(0).stderr.contains('\r'));
        let shown = on_a_terminal(&home, &["tenant", "export", "acme", "acme.steading"], &[]);
        assert!(shown.contains("\raudit_events "), "{shown:?}");
        let _ = home.run(&["tenant", "export", "acme", "acme.steading"]).expect_code(0);
        let shown = on_a_terminal(&home, &["tenant", "import", "acme.steading", "--as", "cedar"], &[]);
        assert!(shown.contains("\raudit_events [") && shown.contains("100 %"), "{shown:?}");
        let piped = home.run(&["tenant", "import", "acme.steading", "--as", "dune"]).expect_code(0);
        assert!(!piped.stderr.contains('\r'), "{piped:?}");
        // The server does the work, and its word comes through the socket.
        let server = home.serve();
        let shown = on_a_terminal(&home, &backup, &[]);
        assert!(shown.contains("\rcompanies [") && shown.contains("100 %"), "{shown:?}");
        let one = ["restore", "latest", "--tenant", "acme", "--yes"];
        let shown = on_a_terminal(&home, &one, &[]);
        assert!(shown.contains("\rfiles read ["), "{shown:?}");
        assert_eq!(shown.contains("\raudit_events ["), engine == Engine::Postgres, "{shown:?}");
        assert!(!home.run(&one).expect_code(0).stderr.contains('\r'));
        drop(server);
    }

    fn a_migration_says_how_far_it_is(engine: Engine) {
        let bars = match engine {
            Engine::Sqlite => ["\rstores ["; 2],
            Engine::Postgres => ["\rsteps of control [", "\rsteps of tenant ["],
        };
        let up = ["migrate", "up"];
        let shown = on_a_terminal(&Home::new(engine), &up, &[]);
        assert!(bars.iter().all(|bar| shown.contains(bar)) && shown.contains("100 %"), "{shown:?}");
        let shown = on_a_terminal(&Home::new(engine), &["migrate", "up", "--json"], &[]);
        assert!(bars.iter().all(|bar| !shown.contains(bar)), "{shown:?}");
        assert!(!Home::new(engine).run(&up).expect_code(0).stderr.contains('\r'));
    }
}
