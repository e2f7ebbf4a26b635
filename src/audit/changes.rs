//! What changed, as `{"field": {"before": …, "after": …}}`: changed fields only, secrets never.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// What stands in a secret's place.
const HIDDEN: &str = "[redacted]";
/// A field whose name ends like this is never written down, whoever forgot to mark it.
const SECRET_ENDINGS: [&str; 8] = [
    "password",
    "secret",
    "token",
    "api_key",
    "private_key",
    "credential",
    "credentials",
    "sealed",
];

/// A value that must not be seen; serialises as `[redacted]`. Two of them look the same, so a secret that changes is
/// named with [`Event::secret`](super::Event::secret).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redacted;

impl Serialize for Redacted {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(HIDDEN)
    }
}

/// The changed fields between two records, as the text that is stored; nothing where none changed.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Changes(Map<String, Value>);

impl Changes {
    /// Notes every field that differs. `None` stands for a record that was not there, or is gone.
    pub(super) fn between(&mut self, before: Option<Value>, after: Option<Value>) {
        let (mut before, after) = (fields(before), fields(after));
        for (name, after) in after {
            let before = before.shift_remove(&name).unwrap_or(Value::Null);
            self.note(&name, before, after);
        }
        for (name, before) in before {
            self.note(&name, before, Value::Null);
        }
    }

    /// Notes that a secret was set or changed.
    pub(super) fn secret(&mut self, name: &str) {
        let mut change = Map::new();
        change.insert("after".to_owned(), HIDDEN.into());
        self.0.insert(name.to_owned(), Value::Object(change));
    }

    fn note(&mut self, name: &str, before: Value, after: Value) {
        if before == after {
            return;
        }
        let hidden = is_secret(name);
        let mut change = Map::new();
        for (when, value) in [("before", before), ("after", after)] {
            if !value.is_null() {
                let shown = if hidden { HIDDEN.into() } else { value };
                change.insert(when.to_owned(), shown);
            }
        }
        self.0.insert(name.to_owned(), Value::Object(change));
    }

    /// The text to store.
    pub(super) fn into_text(self) -> Option<String> {
        (!self.0.is_empty()).then(|| Value::Object(self.0).to_string())
    }
}

/// A record's fields; anything that is no record becomes its one field `value`.
fn fields(record: Option<Value>) -> Map<String, Value> {
    match record {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(fields)) => fields,
        Some(other) => Map::from_iter([("value".to_owned(), other)]),
    }
}

fn is_secret(name: &str) -> bool {
    SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn between(before: Value, after: Value) -> Option<Value> {
        let mut changes = Changes::default();
        changes.between(Some(before), Some(after));
        changes
            .into_text()
            .map(|text| serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn only_what_changed_is_kept() {
        let before = json!({"name": "A", "note": null, "days": 30, "gone": 1});
        let after = json!({"name": "B", "note": "x", "days": 30});
        assert_eq!(
            between(before, after),
            Some(json!({
                "name": {"before": "A", "after": "B"},
                "note": {"after": "x"},
                "gone": {"before": 1},
            }))
        );
        assert_eq!(between(json!({"a": 1}), json!({"a": 1})), None);
    }

    #[test]
    fn secrets_never_reach_the_text() {
        let told = between(
            json!({"smtp_password": "old-one", "from": "a"}),
            json!({"smtp_password": "new-one", "from": "b"}),
        );
        let hidden = json!({"before": HIDDEN, "after": HIDDEN});
        assert_eq!(
            told,
            Some(json!({"smtp_password": hidden, "from": {"before": "a", "after": "b"}}))
        );
    }
}
