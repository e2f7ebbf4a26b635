//! Example bodies for the API's page: a schema filled in with values that would fit it.

use serde_json::{Map, Value, json};

/// Shapes within shapes; a shape that holds itself ends here.
const DEEPEST: usize = 6;

/// What a field of this name might hold. Anything else is told by its type.
const KNOWN: &[(&str, &str)] = &[
    ("account", "GB82WEST12345698765432"),
    ("company", "Slow Kettle Ltd"),
    ("currency", "EUR"),
    ("customer_id", "customer-42"),
    ("destination_url", "https://shop.example/tea"),
    ("email", "ana@example.com"),
    ("event_type", "sale"),
    ("external_id", "order-1001"),
    ("holder", "Ana Pop"),
    ("key", "slow-kettle"),
    ("label", "Autumn newsletter"),
    ("name", "Ana Pop"),
    ("note", "Met at the tea fair"),
    ("rate", "12.5"),
    ("reason", "The parcel came back"),
    ("type", "sale"),
    ("website", "https://slowkettle.example/"),
];

/// A value that fits `schema`, whose references lead into `document`.
pub(super) fn of(document: &Value, schema: &Value) -> Value {
    filled(document, schema, "", 0)
}

/// The name of the shape a schema refers to; empty where it is written out.
pub(super) fn shape(schema: &Value) -> &str {
    schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.rsplit('/').next())
        .unwrap_or_default()
}

fn filled(document: &Value, schema: &Value, name: &str, depth: usize) -> Value {
    if depth > DEEPEST {
        return json!({});
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = document.pointer(reference.trim_start_matches('#'));
        return target.map_or(Value::Null, |target| {
            filled(document, target, name, depth + 1)
        });
    }
    if let Some(only) = schema.get("const") {
        return only.clone();
    }
    for several in ["oneOf", "anyOf"] {
        let choices = schema.get(several).and_then(Value::as_array);
        if let Some(first) = choices.into_iter().flatten().find(|one| !is_null(one)) {
            return filled(document, first, name, depth + 1);
        }
    }
    if let Some(first) = schema.pointer("/enum/0") {
        return first.clone();
    }
    match kind(schema) {
        "object" => object(document, schema, depth),
        "array" => schema.get("items").map_or_else(
            || json!([]),
            |items| json!([filled(document, items, name, depth + 1)]),
        ),
        "integer" | "number" => match schema.get("default") {
            Some(usual) if usual.is_number() => usual.clone(),
            _ if name == "amount" => json!(4990),
            _ => json!(1),
        },
        "boolean" => json!(
            schema
                .get("default")
                .and_then(Value::as_bool)
                .unwrap_or(true)
        ),
        _ => json!(text(schema, name)),
    }
}

fn object(document: &Value, schema: &Value, depth: usize) -> Value {
    let mut fields = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object);
    let is_required = |name: &str| {
        let required = schema.get("required").and_then(Value::as_array);
        required.is_some_and(|all| all.iter().any(|one| one == name))
    };
    let has_enrolment = properties.is_some_and(|all| all.contains_key("enrolment_id"));
    for (name, property) in properties.into_iter().flatten() {
        // An enrolment is named by its id or by these two, never by all three.
        if has_enrolment
            && !is_required(name)
            && ["partner_id", "program_id"].contains(&name.as_str())
        {
            continue;
        }
        fields.insert(name.clone(), filled(document, property, name, depth + 1));
    }
    Value::Object(fields)
}

fn text(schema: &Value, name: &str) -> String {
    let pattern = schema
        .get("pattern")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if let Some((prefix, _)) = pattern.trim_start_matches('^').split_once("_[") {
        return format!("{prefix}_01h455vb4pex5vsknk084sn02q");
    }
    if schema.get("format").and_then(Value::as_str) == Some("date-time") {
        return "2026-10-31T09:00:00Z".to_owned();
    }
    let known = KNOWN.iter().find(|(field, _)| *field == name);
    known.map_or_else(|| "…".to_owned(), |(_, value)| (*value).to_owned())
}

/// The type of a schema that may also be null.
fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null")
            .unwrap_or_default(),
        _ => "",
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_filled_in_through_its_references() {
        let document = json!({ "components": { "schemas": {
            "Money": { "type": "object", "properties": { "amount": { "type": "integer" }, "currency": { "type": "string" } } },
            "Reward": { "oneOf": [{ "type": "object", "properties": { "type": { "const": "percent" }, "rate": { "type": "string" } } }] },
            "Loop": { "type": "object", "properties": { "again": { "$ref": "#/components/schemas/Loop" } } }
        } } });
        let schema = json!({ "type": "object", "required": ["enrolment_id"], "properties": {
            "enrolment_id": { "type": "string", "pattern": "^enr_[0-7][0-9a-z]{25}$" },
            "partner_id": { "type": ["string", "null"] },
            "value": { "anyOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Money" }] },
            "commission": { "$ref": "#/components/schemas/Reward" },
            "state": { "enum": ["applied", "approved"] },
            "at": { "type": ["string", "null"], "format": "date-time" },
            "days": { "type": "integer", "default": 30 },
            "tags": { "type": "array", "items": { "type": "string" } }
        } });
        assert_eq!(
            of(&document, &schema),
            json!({
                "enrolment_id": "enr_01h455vb4pex5vsknk084sn02q",
                "value": { "amount": 4990, "currency": "EUR" },
                "commission": { "type": "percent", "rate": "12.5" },
                "state": "applied",
                "at": "2026-10-31T09:00:00Z",
                "days": 30,
                "tags": ["…"]
            })
        );
        let endless = of(&document, &json!({ "$ref": "#/components/schemas/Loop" }));
        assert!(endless.to_string().len() < 200);
        assert_eq!(
            shape(&json!({ "$ref": "#/components/schemas/Loop" })),
            "Loop"
        );
        assert_eq!(shape(&schema), "");
    }
}
