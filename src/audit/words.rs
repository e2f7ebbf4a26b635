//! Events in words: the action as a sentence, the changes as lines, for history and list.

use serde_json::{Map, Value};

use super::store::AuditEvent;
use crate::money::Money;
use crate::web::format::Format;
use crate::web::parts::{Change, HistoryEntry};

/// Fields that say nothing the event itself does not say. The export has them.
const BOOKKEEPING: &[&str] = &["id", "version", "created_at", "updated_at", "is_demo"];

impl AuditEvent {
    /// The action in words: `partner.approved` reads “Partner approved”.
    pub fn words(&self) -> String {
        words(&self.action.replace('.', " "))
    }

    /// Who did it, in words.
    pub fn who(&self) -> String {
        match self.actor_kind.as_str() {
            "system" => "Steading".to_owned(),
            "api_key" => format!("API key {}", self.actor_name),
            _ => self.actor_name.clone(),
        }
    }

    /// What changed, as it is stored.
    pub fn changes_json(&self) -> Option<Value> {
        serde_json::from_str(self.changes.as_deref()?).ok()
    }

    /// What changed, field by field.
    pub fn changed(&self, format: &Format) -> Vec<Change> {
        let Some(Value::Object(fields)) = self.changes_json() else {
            return Vec::new();
        };
        fields
            .into_iter()
            .filter(|(field, _)| !BOOKKEEPING.contains(&field.as_str()))
            .map(|(field, change)| {
                let side = |name: &str| {
                    let value = change.get(name)?;
                    (!value.is_null()).then(|| shown(value, format))
                };
                Change {
                    before: side("before"),
                    after: side("after"),
                    field: words(field.strip_suffix("_minor").unwrap_or(&field)),
                }
            })
            .collect()
    }

    /// This event as a step of a record's history.
    pub fn entry(&self, format: &Format) -> HistoryEntry {
        HistoryEntry {
            action: self.words(),
            who: self.who(),
            when: format.when(self.at),
            address: self.address.clone().unwrap_or_default(),
            request_id: self.request_id.clone().unwrap_or_default(),
            changes: self.changed(format),
        }
    }
}

/// `holding_days` as “Holding days”.
fn words(name: &str) -> String {
    let text = name.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn shown(value: &Value, format: &Format) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => match text.parse() {
            Ok(at) if text.ends_with('Z') => format.moment(at),
            _ => text.clone(),
        },
        Value::Number(number) => number
            .as_i64()
            .map_or_else(|| number.to_string(), |number| format.number(number)),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| shown(item, format)).collect();
            items.join(", ")
        }
        Value::Object(fields) => money(fields, format).unwrap_or_else(|| {
            let parts: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{} {}", name.replace('_', " "), shown(value, format)))
                .collect();
            parts.join(", ")
        }),
    }
}

fn money(fields: &Map<String, Value>, format: &Format) -> Option<String> {
    let money: Money = serde_json::from_value(Value::Object(fields.clone())).ok()?;
    Some(format.money(money))
}
