//! Who does something, and from where: what the audit trail writes down.

use serde::{Deserialize, Serialize};

/// What kind of actor acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A signed-in person.
    User,
    /// A program with an API key.
    ApiKey,
    /// Somebody who looks after the instance.
    Operator,
    /// Somebody at the shell of the machine.
    Shell,
    /// The program itself: jobs, clean-ups, the first start.
    System,
    /// A visitor or a page without sign-in.
    Public,
}

impl ActorKind {
    /// The word stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ApiKey => "api_key",
            Self::Operator => "operator",
            Self::Shell => "shell",
            Self::System => "system",
            Self::Public => "public",
        }
    }
}

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address, after trusted proxies.
    pub address: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// Their id in text form, where they have one.
    pub id: Option<String>,
    /// A name for people: address, key name, job name.
    pub name: String,
    /// From where.
    pub origin: Origin,
}

impl Actor {
    /// The program itself; `what` names the job or step.
    pub fn system(what: &str) -> Self {
        Self {
            kind: ActorKind::System,
            id: None,
            name: what.to_owned(),
            origin: Origin::default(),
        }
    }

    /// Somebody at the shell.
    pub fn shell() -> Self {
        Self {
            kind: ActorKind::Shell,
            id: None,
            name: "command line".to_owned(),
            origin: Origin::default(),
        }
    }
}
