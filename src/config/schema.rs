//! The JSON Schema of the file, by which editors complete and check it.

use serde_json::{Map, Value, json};

use super::key::{Fallback, Key, Kind, SECTIONS, Secrecy};

/// JSON Schema 2020-12 of `steading.toml`.
pub fn schema() -> Value {
    let mut properties = Map::new();
    for (section, about, keys) in SECTIONS {
        let entries = keys
            .iter()
            .map(|key| (key.leaf().to_owned(), property(key)));
        if section.is_empty() {
            properties.extend(entries);
        } else {
            let inner: Map<String, Value> = entries.collect();
            properties.insert((*section).to_owned(), object(about, inner));
        }
    }
    let mut root = Map::new();
    root.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    root.insert("title".to_owned(), json!("Steading configuration"));
    if let Value::Object(rest) = object("The file steading.toml.", properties) {
        root.extend(rest);
    }
    Value::Object(root)
}

fn object(about: &str, properties: Map<String, Value>) -> Value {
    json!({"description": about, "type": "object", "additionalProperties": false, "properties": properties})
}

fn property(key: &Key) -> Value {
    let mut property = match key.kind {
        Kind::Switch => json!({"type": ["boolean", "string"]}),
        Kind::Count => json!({"type": ["integer", "string"], "minimum": 1}),
        Kind::Choice(words) => json!({"type": "string", "enum": words}),
        Kind::List => json!({"type": ["array", "string"], "items": {"type": "string"}}),
        Kind::Text | Kind::Path | Kind::Address | Kind::Url | Kind::Email => {
            json!({"type": "string"})
        }
    };
    if let Value::Object(fields) = &mut property {
        fields.insert("description".to_owned(), json!(key.doc));
        if let Fallback::Value(text) = key.fallback {
            fields.insert("default".to_owned(), default(key.kind, text));
        }
        if !key.example.is_empty() {
            fields.insert(
                "examples".to_owned(),
                json!([default(key.kind, key.example)]),
            );
        }
        if key.secrecy == Secrecy::Secret {
            fields.insert("writeOnly".to_owned(), json!(true));
        }
    }
    property
}

fn default(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Switch => json!(text == "true"),
        Kind::Count => text
            .parse::<u64>()
            .map_or_else(|_| json!(text), |number| json!(number)),
        Kind::List => json!(text.split(',').collect::<Vec<_>>()),
        _ => json!(text),
    }
}
