//! What an event says, and the one way to write it down.

use serde::Serialize;
use serde_json::Value;

use super::changes::Changes;
use super::store;
use crate::Result;
use crate::actor::Actor;
use crate::db::{Plane, Scoped};
use crate::id::TenantId;

/// An event about to be recorded. Build it before the write where that is cheaper; it is plain data.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub(super) action: &'static str,
    pub(super) product: Option<&'static str>,
    pub(super) target_kind: Option<&'static str>,
    pub(super) target_id: Option<String>,
    pub(super) target_name: Option<String>,
    pub(super) company: Option<TenantId>,
    changes: Changes,
}

impl Event {
    /// An action as `noun.verb`, the verb in the past: `partner.approved`.
    pub fn new(action: &'static str) -> Self {
        Self {
            action,
            product: None,
            target_kind: None,
            target_id: None,
            target_name: None,
            company: None,
            changes: Changes::default(),
        }
    }

    /// The part of the product it happened in: the slice's name.
    #[must_use]
    pub fn product(mut self, product: &'static str) -> Self {
        self.product = Some(product);
        self
    }

    /// What it happened to: its kind, its id in text form, and the name people know it by.
    #[must_use]
    pub fn target(mut self, kind: &'static str, id: &impl ToString, name: &str) -> Self {
        self.target_kind = Some(kind);
        self.target_id = Some(id.to_string());
        self.target_name = Some(name.to_owned());
        self
    }

    /// Whose people see it in their trail, where many companies are served: for what of a company's own is kept in the control plane.
    #[must_use]
    pub fn of(mut self, company: TenantId) -> Self {
        self.company = Some(company);
        self
    }

    /// What changed between two states of the record: only fields that differ are kept.
    #[must_use]
    pub fn before_after(self, before: &impl Serialize, after: &impl Serialize) -> Self {
        self.between(Some(plain(before)), Some(plain(after)))
    }

    /// A new record, with what it holds.
    #[must_use]
    pub fn created(self, after: &impl Serialize) -> Self {
        self.between(None, Some(plain(after)))
    }

    /// A record that is gone, with what it held.
    #[must_use]
    pub fn removed(self, before: &impl Serialize) -> Self {
        self.between(Some(plain(before)), None)
    }

    /// Says that a secret was set or changed, by its field's name alone.
    #[must_use]
    pub fn secret(mut self, field: &str) -> Self {
        self.changes.secret(field);
        self
    }

    fn between(mut self, before: Option<Value>, after: Option<Value>) -> Self {
        self.changes.between(before, after);
        self
    }
}

/// Values that cannot be written as JSON (a map with odd keys) are left out rather than failing the change they describe.
fn plain(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// Writes an event into the trail of the transaction at hand: one insert, no reads.
///
/// # Errors
/// Where the store fails; then the change it belongs to fails with it.
pub fn record<P: Plane>(c: &mut Scoped<'_, P>, actor: &Actor, mut event: Event) -> Result<()> {
    let changes = std::mem::take(&mut event.changes).into_text();
    store::insert(c, actor, &event, changes.as_deref())
}
