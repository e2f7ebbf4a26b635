//! Nothing that prints a configuration prints a secret.

use steading::config::{Config, print, redact_url};

use super::{refusal, sources};

const SECRETS: [(&str, &str); 6] = [
    (
        "STEADING_DATABASE__URL",
        "postgres://app:hunter2@db.example/steading?sslpassword=hunter2",
    ),
    (
        "STEADING_DATABASE__OWNER_URL",
        "postgres://owner:hunter2@db.example/steading",
    ),
    (
        "STEADING_MAIL__SMTP_URL",
        "smtps://mailer:hunter2@smtp.example.com",
    ),
    ("STEADING_KEYS__RING", "label:hunter2"),
    ("STEADING_BOOTSTRAP__OWNER_PASSWORD", "hunter2"),
    ("STEADING_METRICS__TOKEN", "hunter2"),
];

#[test]
fn neither_tables_nor_json_nor_debug() {
    let read = Config::read(&sources("", &SECRETS, &[]));
    let table = print::rows(&read.settings).concat().join(" ");
    let json = print::json(&read.settings, None).to_string();
    let debug = format!("{:?}", read.into_loaded().unwrap().config);
    for text in [&table, &json, &debug] {
        assert!(!text.contains("hunter2"), "{text}");
    }
    assert!(
        table.contains("postgres://app:[redacted]@db.example/steading?sslpassword=[redacted]"),
        "{table}"
    );
}

#[test]
fn nor_messages_about_wrong_values() {
    for (variable, value) in [
        ("STEADING_DATABASE__URL", "mysql://app:hunter2@db/x"),
        ("STEADING_DATABASE__URL", "postgres://app:hunter2/x@db/x"),
        ("STEADING_MAIL__SMTP_URL", "http://app:hunter2@db/x"),
        ("STEADING_MAIL__SMTP_URL", "hunter2"),
    ] {
        let said = refusal("", &[(variable, value)]);
        assert!(!said.contains("hunter2"), "{said}");
        let read = Config::read(&sources("", &[(variable, value)], &[]));
        assert!(
            !print::json(&read.settings, None)
                .to_string()
                .contains("hunter2")
        );
    }
    let said = refusal("[metrics]\ntoken = \"hunter2\ntoken2", &[]);
    assert!(!said.contains("hunter2"), "{said}");
    let said = refusal("[metrics]\ntokne = \"hunter2\"", &[]);
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_url_keeps_all_but_its_password() {
    assert_eq!(
        redact_url("postgres://u:p@h:1/d?a=b"),
        "postgres://u:[redacted]@h:1/d?a=b"
    );
    assert_eq!(redact_url("postgres://u@h/d"), "postgres://u@h/d");
    assert_eq!(
        redact_url("postgres://u:p@@h/d"),
        "postgres://u:[redacted]@h/d"
    );
    assert_eq!(redact_url("postgres://u:p/q@h/d"), "postgres://[redacted]");
    assert_eq!(redact_url("postgres://u:p?q@h/d"), "postgres://[redacted]");
    assert_eq!(redact_url("hunter2"), "[redacted]");
}
