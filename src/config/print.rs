//! What holds and why, as rows for people and as JSON for programs. Never holds a secret.

use serde_json::{Value, json};

use super::key::Secrecy;
use super::reader::Setting;

/// A line for each key: its name, its value, its origin.
pub fn rows(settings: &[Setting]) -> Vec<Vec<String>> {
    let row = |setting: &Setting| {
        let value = setting.shown().unwrap_or_else(|| "(not set)".to_owned());
        vec![
            setting.key.name.to_owned(),
            value,
            setting.origin.to_string(),
        ]
    };
    let head = ["KEY", "VALUE", "ORIGIN"].map(str::to_owned).to_vec();
    std::iter::once(head)
        .chain(settings.iter().map(row))
        .collect()
}

/// One object: the file that was read, and every setting.
pub fn json(settings: &[Setting], file: Option<&str>) -> Value {
    let entry = |setting: &Setting| {
        json!({
            "key": setting.key.name,
            "value": setting.shown(),
            "origin": setting.origin.layer.as_str(),
            "place": (!setting.origin.place.is_empty()).then_some(&setting.origin.place),
            "environment": setting.key.variable(),
            "secret": setting.key.secrecy == Secrecy::Secret,
        })
    };
    json!({"file": file, "settings": settings.iter().map(entry).collect::<Vec<_>>()})
}
