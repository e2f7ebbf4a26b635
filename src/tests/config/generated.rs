//! What is made from the one table of keys: sample, schema, docs page.

use steading::config::{docs, keys, sample, schema};

use super::load;

#[test]
fn the_sample_changes_nothing() {
    let plain = load("", &[]).unwrap();
    let sampled = load(&sample(), &[]).unwrap();
    assert_eq!(
        format!("{:?}", plain.config),
        format!("{:?}", sampled.config)
    );
    assert!(sampled.warnings.is_empty());
}

#[test]
fn every_line_of_the_sample_holds_when_it_is_switched_on() {
    let switch_on = |line: &str| match line.strip_prefix('#') {
        Some(setting) if setting.starts_with(char::is_alphabetic) => setting.to_owned(),
        _ => line.to_owned(),
    };
    let on: Vec<String> = sample().lines().map(switch_on).collect();
    let loaded = load(&on.join("\n"), &[]).unwrap();
    let given = loaded
        .settings
        .iter()
        .filter(|setting| !setting.origin.place.is_empty())
        .count();
    assert_eq!(given, keys().filter(|key| !key.example.is_empty()).count());
    assert!(on.iter().all(|line| line.chars().count() <= 120));
}

#[test]
fn the_schema_knows_exactly_our_keys() {
    let schema = schema();
    assert_eq!(schema["title"], "Steading configuration");
    assert_eq!(schema["additionalProperties"], false);
    for key in keys() {
        let pointer = key.name.replace('.', "/properties/");
        let property = schema
            .pointer(&format!("/properties/{pointer}"))
            .unwrap_or_else(|| panic!("{}", key.name));
        assert_eq!(property["description"], key.doc);
    }
    let leaves: usize = schema["properties"]
        .as_object()
        .unwrap()
        .values()
        .map(|one| {
            one["properties"]
                .as_object()
                .map_or(1, serde_json::Map::len)
        })
        .sum();
    assert_eq!(leaves, keys().count());
}

#[test]
fn the_docs_page_is_up_to_date() {
    let page = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/docs/configuration.md"
    ))
    .unwrap_or_default();
    assert!(
        page == docs(),
        "run: cargo run -- config docs > docs/configuration.md"
    );
}
