//! Tells the same report sent again from another one under the same id: a hash of what was sent, in one order.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::db::TenantConn;
use crate::{Error, Result};

/// The fingerprint of a body; the order of its fields does not matter.
pub(super) fn of(body: &impl Serialize) -> Result<String> {
    let value = serde_json::to_value(body).map_err(|e| Error::Internal(Box::new(e)))?;
    let mut hash = Sha256::new();
    feed(&mut hash, &value);
    let digest = hash.finalize();
    // Half the digest is more than enough to tell one company's reports apart, and keeps rows small.
    Ok(digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// The fingerprint of a report. One by a key that is limited to a project is another than the same words by any other key.
pub(super) fn of_report(c: &TenantConn, body: &impl Serialize) -> Result<String> {
    match c.project() {
        Some(project) => of(&(project.id, body)),
        None => of(body),
    }
}

fn feed(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Object(fields) => {
            let mut sorted: Vec<(&String, &Value)> = fields.iter().collect();
            sorted.sort_by_key(|(name, _)| *name);
            hash.update(b"{");
            for (name, value) in sorted {
                hash.update(Value::String(name.clone()).to_string());
                hash.update(b":");
                feed(hash, value);
            }
            hash.update(b"}");
        }
        Value::Array(items) => {
            hash.update(b"[");
            for item in items {
                feed(hash, item);
                hash.update(b",");
            }
            hash.update(b"]");
        }
        plain => hash.update(plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_does_not_matter_and_everything_else_does() {
        let one = of(&json!({"a": 1, "b": {"c": [1, 2], "d": null}})).unwrap();
        assert_eq!(
            one,
            of(&json!({"b": {"d": null, "c": [1, 2]}, "a": 1})).unwrap()
        );
        for other in [
            json!({"a": 1, "b": {"c": [2, 1], "d": null}}),
            json!({"a": "1", "b": {"c": [1, 2], "d": null}}),
            json!({"a": 1, "b": {"c": [1, 2]}}),
            json!({"a": 1, "b": {"c": [12], "d": null}}),
        ] {
            assert_ne!(one, of(&other).unwrap(), "{other}");
        }
    }
}
