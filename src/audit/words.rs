//! Events in words: the action as a sentence, the changes as lines, for history and list.

use serde_json::{Map, Value};

use super::store::AuditEvent;
use crate::money::{Money, Rate};
use crate::web::format::Format;
use crate::web::parts::{Change, HistoryEntry};

/// Fields that say nothing the event itself does not say. The export has them.
const BOOKKEEPING: &[&str] = &["id", "version", "created_at", "updated_at", "is_demo"];

impl AuditEvent {
    /// The action in words: `partner.approved` reads “Partner approved”.
    pub fn words(&self) -> String {
        words(
            &self
                .action
                .replacen("payout_batch", "payout", 1)
                .replace('.', " "),
        )
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

    /// What a field became, as text.
    pub fn became(&self, field: &str) -> Option<String> {
        let changes = self.changes_json()?;
        Some(changes.get(field)?.get("after")?.as_str()?.to_owned())
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
                    (!value.is_null()).then(|| self.said(&field, value, format))
                };
                Change {
                    before: side("before"),
                    after: side("after"),
                    field: called(&field),
                }
            })
            .collect()
    }

    /// A value in the words its page has for it.
    fn said(&self, field: &str, value: &Value, format: &Format) -> String {
        match (field, value) {
            ("state", Value::String(state)) => {
                state_of(self.target_kind.as_deref().unwrap_or_default(), state)
            }
            (_, Value::Number(days)) if field.ends_with("_days") => match days.as_i64() {
                Some(1) => "1 day".to_owned(),
                Some(days) => format!("{} days", format.number(days)),
                None => days.to_string(),
            },
            _ => shown(value, format),
        }
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

/// Fields whose names say less to people than to programs.
const CALLED: &[(&str, &str)] = &[
    ("attribution_window_days", "Attribution window"),
    ("auto_approve", "Approves by itself"),
    ("destination_url", "Destination"),
    ("external_id", "Reference"),
    ("hold_until", "On hold until"),
    ("holding_days", "On hold for"),
    ("payee", "Account"),
    ("payee_hint", "Paid by"),
    ("scopes", "Rights"),
];

/// A field's name in words.
fn called(field: &str) -> String {
    let known = CALLED.iter().find(|(name, _)| *name == field);
    known.map_or_else(
        || {
            let plain = field.strip_suffix("_minor").unwrap_or(field);
            words(plain.strip_suffix("_id").unwrap_or(plain))
        },
        |(_, label)| (*label).to_owned(),
    )
}

/// A state as its page says it.
fn state_of(kind: &str, state: &str) -> String {
    match (kind, state) {
        ("program", "active") => "Running".to_owned(),
        ("link", "active") => "Leads on".to_owned(),
        ("enrolment", "active") => "Takes part".to_owned(),
        ("partner", "applied") => "Waits for your answer".to_owned(),
        ("commission", "pending") => "On hold".to_owned(),
        ("payout_batch", "draft") => "Draft, waits for approval".to_owned(),
        ("payout_batch", "approved") => "Approved, to be exported".to_owned(),
        ("payout_batch", "exported") => "Exported, waits for the payment".to_owned(),
        _ => words(state),
    }
}

/// `holding_days` as “Holding days”, in the spelling of the pages.
fn words(name: &str) -> String {
    let text: Vec<&str> = name
        .split(['_', ' '])
        .map(|word| match word {
            "program" => "programme",
            "programs" => "programmes",
            "api" => "API",
            "url" => "address",
            other => other,
        })
        .collect();
    let text = text.join(" ");
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
        Value::Object(fields) => money(fields, format)
            .or_else(|| reward(fields, format))
            .unwrap_or_else(|| {
                let parts: Vec<String> = fields
                    .iter()
                    .map(|(name, value)| {
                        format!("{} {}", name.replace('_', " "), shown(value, format))
                    })
                    .collect();
                parts.join(", ")
            }),
    }
}

fn money(fields: &Map<String, Value>, format: &Format) -> Option<String> {
    let money: Money = serde_json::from_value(Value::Object(fields.clone())).ok()?;
    Some(format.money(money))
}

/// A commission's terms: `12.5%`, `€5.00 each time`.
fn reward(fields: &Map<String, Value>, format: &Format) -> Option<String> {
    match fields.get("type")?.as_str()? {
        "percent" => {
            let rate: Rate = fields.get("rate")?.as_str()?.parse().ok()?;
            Some(format.rate(rate))
        }
        "fixed" => {
            let value = fields.get("value").or_else(|| fields.get("amount"))?;
            let money = money(value.as_object()?, format)?;
            Some(format!("{money} each time"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn event(action: &str, kind: &str, changes: &Value) -> AuditEvent {
        let at = crate::clock::Timestamp::from_micros(0);
        AuditEvent {
            id: crate::id::AuditEventId::new(at),
            at,
            actor_kind: "user".to_owned(),
            actor_id: None,
            actor_name: "Ana".to_owned(),
            action: action.to_owned(),
            target_kind: Some(kind.to_owned()),
            target_id: None,
            target_name: None,
            product: None,
            changes: Some(changes.to_string()),
            address: None,
            user_agent: None,
            request_id: None,
        }
    }

    #[test]
    fn actions_are_said_as_the_pages_say_them() {
        for (action, said) in [
            ("program.created", "Programme created"),
            ("api_key.created", "API key created"),
            ("payout_batch.paid", "Payout paid"),
            ("partner.approved", "Partner approved"),
        ] {
            assert_eq!(event(action, "", &json!({})).words(), said);
        }
    }

    #[test]
    fn changes_are_said_as_the_pages_say_them() {
        let changes = json!({
            "commission": { "after": { "type": "percent", "rate": "12.5" } },
            "attribution_window_days": { "before": 1, "after": 30 },
            "destination_url": { "after": "https://shop.example/" },
            "state": { "before": "archived", "after": "active" },
            "program_id": { "after": "prg_1" },
        });
        let changed = event("program.updated", "program", &changes).changed(&Format::default());
        let mut said: Vec<String> = changed
            .into_iter()
            .map(|one| {
                format!(
                    "{}: {} > {}",
                    one.field,
                    one.before.unwrap_or_default(),
                    one.after.unwrap_or_default()
                )
            })
            .collect();
        said.sort();
        assert_eq!(
            said,
            [
                "Attribution window: 1 day > 30 days",
                "Commission:  > 12.5%",
                "Destination:  > https://shop.example/",
                "Programme:  > prg_1",
                "State: Archived > Running",
            ]
        );
        let fixed = json!({ "commission": { "after": { "type": "fixed", "value": { "amount": 500, "currency": "EUR" } } } });
        let changed = event("program.updated", "program", &fixed).changed(&Format::default());
        assert_eq!(
            changed.first().and_then(|one| one.after.as_deref()),
            Some("€5.00 each time")
        );
    }
}
