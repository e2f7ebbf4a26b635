//! Names nobody knows are refused, with the name that was meant.

use super::refusal;

#[track_caller]
fn hint(file: &str, place: &str, meant: &str) {
    let said = refusal(file, &[]);
    assert!(
        said.starts_with(&format!("{place}: unknown key ")),
        "{said}"
    );
    assert!(
        said.ends_with(&format!("; did you mean {meant}?")),
        "{said}"
    );
}

#[test]
fn in_the_file_with_line_and_nearest_name() {
    hint(
        "[databse]\nurl = \"postgres://localhost/x\"\n",
        "steading.toml:2",
        "database.url",
    );
    hint(
        "databse.url = \"postgres://localhost/x\"\n",
        "steading.toml:1",
        "database.url",
    );
    hint(
        "\n\n[server]\nlisten_ = \"127.0.0.1:1\"\n",
        "steading.toml:4",
        "server.listen",
    );
    hint("tenency = \"multi\"\n", "steading.toml:1", "tenancy");
    hint("[mail]\nsmtp = \"x\"\n", "steading.toml:2", "mail.smtp_url");
}

#[test]
fn a_key_in_the_wrong_section_is_found_by_its_last_part() {
    hint(
        "listen = \"127.0.0.1:1\"\n",
        "steading.toml:1",
        "server.listen",
    );
    hint(
        "[server]\nsmtp_url = \"smtp://localhost\"\n",
        "steading.toml:2",
        "mail.smtp_url",
    );
}

#[test]
fn in_the_environment() {
    for (given, meant) in [
        ("STEADING_DATABASE_URL", "STEADING_DATABASE__URL"),
        ("STEADING_DATABSE__URL", "STEADING_DATABASE__URL"),
        ("STEADING_LISTEN", "STEADING_SERVER__LISTEN"),
        ("STEADING_server__listen", "STEADING_SERVER__LISTEN"),
        ("STEADING_KEYS__RING_FIEL", "STEADING_KEYS__RING_FILE"),
    ] {
        let said = refusal("", &[(given, "x")]);
        assert_eq!(said, format!("unknown key {given}; did you mean {meant}?"));
    }
}

#[test]
fn a_name_far_from_all_gets_no_guess() {
    assert_eq!(
        refusal("", &[("STEADING_ZZZZZZZZZZ", "x")]),
        "unknown key STEADING_ZZZZZZZZZZ; `steading config init -` lists every key"
    );
}

#[test]
fn other_programs_variables_are_not_ours() {
    assert!(
        super::load(
            "",
            &[("HOME", "/root"), ("STEADINGX", "1"), ("DATABASE_URL", "x")]
        )
        .is_ok()
    );
}
