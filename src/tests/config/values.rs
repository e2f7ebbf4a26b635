//! What each kind of value takes and refuses, with its place.

use steading::config::{Keys, PublicUrl, Schedule, Signup, Tenancy};

use super::{load, refusal};

#[track_caller]
fn refused(variable: &str, value: &str, because: &str) {
    let said = refusal("", &[(variable, value)]);
    assert!(
        said.starts_with(&format!("{variable}: ")) && said.contains(because),
        "{said}"
    );
}

#[test]
fn a_bad_port_names_file_and_line() {
    let said = refusal("# ours\n\n[server]\nlisten = \"127.0.0.1:99999\"\n", &[]);
    assert_eq!(
        said,
        "steading.toml:4: server.listen: \"127.0.0.1:99999\" has no valid port: it must be a number from 0 to 65535"
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    let said = refusal(
        "tenancy = \"many\"\n[backup]\nkeep = 0\n",
        &[("STEADING_LOG__LEVEL", "inof"), ("STEADING_FOO__BAR", "1")],
    );
    assert_eq!(said.lines().count(), 4, "{said}");
    assert!(
        said.contains("steading.toml:1: tenancy") && said.contains("steading.toml:3: backup.keep"),
        "{said}"
    );
}

#[test]
fn broken_toml_names_the_line() {
    let said = refusal("[server]\nlisten = \"127.0.0.1:1\n", &[]);
    assert!(said.starts_with("steading.toml:2: "), "{said}");
    assert!(
        refusal(
            "[server]\nlisten = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"\n",
            &[]
        )
        .starts_with("steading.toml:3: ")
    );
}

#[test]
fn wrong_shapes_name_the_line() {
    assert_eq!(
        refusal("server = 1\n", &[]),
        "steading.toml:1: server is a section; write [server] and its keys below"
    );
    assert_eq!(
        refusal("[server]\nlisten = [\"a\"]\n", &[]),
        "steading.toml:2: server.listen must be text, not an array"
    );
    assert_eq!(
        refusal("[server.listen]\nport = 1\n", &[]),
        "steading.toml:1: server.listen must be text, not a table"
    );
    assert_eq!(
        refusal("[backup]\nkeep = 1.5\n", &[]),
        "steading.toml:2: backup.keep must be a whole number, not a fraction"
    );
}

#[test]
fn addresses() {
    let listen = |text: &str| {
        load("", &[("STEADING_SERVER__LISTEN", text)])
            .unwrap()
            .config
            .server
            .listen
            .to_string()
    };
    assert_eq!(listen("127.0.0.1:0"), "127.0.0.1:0");
    assert_eq!(listen("[::]:80"), "[::]:80");
    assert_eq!(listen("localhost:8081"), "127.0.0.1:8081");
    for text in [
        "8080",
        "127.0.0.1",
        "example.com:80",
        "127.0.0.1:",
        "127.0.0.1:-1",
        ":::80",
    ] {
        refused("STEADING_SERVER__LISTEN", text, "");
    }
}

#[test]
fn the_public_url_ends_after_host_and_port() {
    let public = |text: &str| {
        load("", &[("STEADING_SERVER__PUBLIC_URL", text)])
            .unwrap()
            .config
            .server
            .given_public_url
            .unwrap()
    };
    assert_eq!(
        public("https://Partners.Example.com/").as_str(),
        "https://partners.example.com"
    );
    assert_eq!(
        public("https://example.com:443").as_str(),
        "https://example.com"
    );
    assert_eq!(public("http://[::1]:8080").host(), "::1");
    assert_eq!(public("http://10.0.0.1:8080").host(), "10.0.0.1");
    assert!(public("https://a.example").is_https());
    assert_eq!(
        public("https://a.example").at("/setup"),
        "https://a.example/setup"
    );
    for text in [
        "example.com",
        "ftp://example.com",
        "https://u:p@example.com",
        "https://example.com/path",
        "https://example.com/?a=b",
        "https://",
    ] {
        refused("STEADING_SERVER__PUBLIC_URL", text, "");
    }
}

#[test]
fn the_public_url_follows_the_bound_address() {
    let url = |listen: &str, bound: &str| -> PublicUrl {
        load("", &[("STEADING_SERVER__LISTEN", listen)])
            .unwrap()
            .config
            .server
            .public_url(bound.parse().unwrap())
    };
    assert_eq!(
        url("127.0.0.1:0", "127.0.0.1:4711").as_str(),
        "http://127.0.0.1:4711"
    );
    assert_eq!(
        url("0.0.0.0:8080", "0.0.0.0:8080").as_str(),
        "http://127.0.0.1:8080"
    );
    assert_eq!(url("[::]:8080", "[::]:8080").as_str(), "http://[::1]:8080");
}

#[test]
fn lists_are_arrays_or_text_with_commas() {
    let config = load(
        "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n",
        &[("STEADING_OUTBOUND__ALLOW", "10.1.0.0/16, 192.168.0.1")],
    )
    .unwrap()
    .config;
    assert_eq!(
        config.server.trusted_proxies,
        ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()]
    );
    assert_eq!(
        config.outbound.allow,
        [
            "10.1.0.0/16".parse().unwrap(),
            "192.168.0.1/32".parse().unwrap()
        ]
    );
    refused(
        "STEADING_SERVER__TRUSTED_PROXIES",
        "10.0.0.0/8,proxy",
        "proxy, which is no network",
    );
}

#[test]
fn database_urls() {
    let takes = |text: &str| {
        assert!(
            load("", &[("STEADING_DATABASE__URL", text)]).is_ok(),
            "{text}"
        )
    };
    takes("postgres://app@localhost/steading");
    takes("postgresql://app:p%40ss@a:5432,b:5433/steading?target_session_attrs=read-write");
    takes("postgres:///steading?host=/var/run/postgresql");
    for text in [
        "sqlite://x",
        "mydb",
        "postgres://u:p/w@host/db",
        "postgres://u:p#w@host/db",
        "postgres://host/my db",
        "postgres://host/db?x",
    ] {
        refused("STEADING_DATABASE__URL", text, "");
    }
    assert!(
        refusal(
            "",
            &[("STEADING_DATABASE__OWNER_URL", "postgres://o@localhost/x")]
        )
        .contains("database.url is not")
    );
}

#[test]
fn owner_and_listen_url_follow_the_url() {
    let variables = [
        ("STEADING_DATABASE__URL", "postgres://app@a/x"),
        ("STEADING_DATABASE__OWNER_URL", "postgres://owner@a/x"),
    ];
    let postgres = load("", &variables)
        .unwrap()
        .config
        .database
        .postgres
        .unwrap();
    assert_eq!(postgres.owner_url.expose(), "postgres://owner@a/x");
    assert_eq!(postgres.listen_url.expose(), "postgres://app@a/x");
}

#[test]
fn file_and_ring_together_are_refused_naming_both() {
    let said = refusal(
        "[keys]\nfile = \"k\"\n",
        &[("STEADING_KEYS__RING", "a:AAAA")],
    );
    assert_eq!(
        said,
        "keys.file (steading.toml:2) and keys.ring (STEADING_KEYS__RING) are both given; keep one of them"
    );
}

#[test]
fn paths_follow_the_data_folder() {
    let config = load("data_dir = \"/srv/s\"\n", &[]).unwrap().config;
    assert!(matches!(config.keys, Keys::File(path) if path.to_str() == Some("/srv/s/keys")));
    assert_eq!(config.backup.target.to_str(), Some("/srv/s/backups"));
}

#[test]
fn schedules() {
    let schedule = |text: &str| {
        load("", &[("STEADING_BACKUP__SCHEDULE", text)])
            .unwrap()
            .config
            .backup
            .schedule
    };
    assert_eq!(schedule("off"), Schedule::Off);
    assert_eq!(schedule("daily"), Schedule::Daily { minute_of_day: 180 });
    assert_eq!(
        schedule("23:59"),
        Schedule::Daily {
            minute_of_day: 1439
        }
    );
    for text in ["24:00", "12:60", "1:30", "+1:30", "sometimes"] {
        refused("STEADING_BACKUP__SCHEDULE", text, "is none of off");
    }
}

#[test]
fn mail() {
    let takes = |text: &str| {
        assert!(
            load("", &[("STEADING_MAIL__SMTP_URL", text)]).is_ok(),
            "{text}"
        )
    };
    takes("smtp://localhost:2525");
    takes("smtps://me:p%40ss@smtp.example.com");
    takes("smtp://me:pass@smtp.example.com:587?tls=required");
    for text in [
        "smtp.example.com:25",
        "http://smtp.example.com",
        "smtp://",
        "smtp://h?tls=maybe",
        "smtp://h?x=1",
    ] {
        refused("STEADING_MAIL__SMTP_URL", text, "");
    }
    refused("STEADING_MAIL__FROM", "nobody", "mail address");
    refused(
        "STEADING_BOOTSTRAP__OWNER_EMAIL",
        "Ada <ada@example.com>",
        "mail address",
    );
    let sender = |url: &str| {
        let config = load("", &[("STEADING_SERVER__PUBLIC_URL", url)])
            .unwrap()
            .config;
        config
            .mail
            .sender(&config.server.public_url(config.server.listen))
    };
    assert_eq!(
        sender("https://partners.example.com"),
        "steading@partners.example.com"
    );
    assert_eq!(sender("http://[::1]:80"), "steading@localhost");
}

#[test]
fn log_levels() {
    let level = |text: &str| {
        load("", &[("STEADING_LOG__LEVEL", text)])
            .unwrap()
            .config
            .log
            .level
            .as_str()
            .to_owned()
    };
    assert_eq!(level("INFO, steading::db=Debug"), "info,steading::db=debug");
    refused("STEADING_LOG__LEVEL", "inof", "did you mean info?");
    refused(
        "STEADING_LOG__LEVEL",
        "info,steading::db=loud",
        "names no level loud",
    );
    refused("STEADING_LOG__LEVEL", "=debug", "module=level");
}

#[test]
fn settings_without_effect_are_warned_about() {
    let loaded = load("signup = \"open\"\n", &[]).unwrap();
    assert_eq!(
        (loaded.config.tenancy, loaded.config.signup),
        (Tenancy::Single, Signup::Open)
    );
    assert_eq!(
        loaded.warnings,
        ["signup counts only when tenancy is multi"]
    );
    assert!(
        load("signup = \"open\"\ntenancy = \"multi\"\n", &[])
            .unwrap()
            .warnings
            .is_empty()
    );
    let loaded = load(
        "",
        &[("STEADING_BOOTSTRAP__OWNER_EMAIL", "ada@example.com")],
    )
    .unwrap();
    assert_eq!(
        loaded.warnings,
        ["bootstrap.owner_email has no effect without bootstrap.owner_password"]
    );
}
