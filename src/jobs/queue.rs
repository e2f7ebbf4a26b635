//! Which of a company's two queues a page means: its own, or in single mode the accounts' in the control plane.

use crate::app::App;
use crate::config::Tenancy;
use crate::db::{Control, Scope};
use crate::slice::JobPlane;
use crate::web::Allowed;
use crate::{Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueueName {
    Company,
    Accounts,
}

pub(super) enum Queue {
    Company(Scope),
    Accounts(Control),
}

impl QueueName {
    /// From the address or a form. With many companies the accounts' queue is the operators'.
    pub(super) fn of(app: &App, word: &str) -> Result<Self> {
        match word {
            "" | "company" => Ok(Self::Company),
            "accounts" if app.config.tenancy == Tenancy::Single => Ok(Self::Accounts),
            _ => Err(Error::NotFound),
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Accounts => "accounts",
        }
    }

    pub(super) fn plane(self) -> JobPlane {
        match self {
            Self::Company => JobPlane::Tenant,
            Self::Accounts => JobPlane::Control,
        }
    }

    pub(super) fn open<P>(self, allowed: &Allowed<P>) -> Queue {
        match self {
            Self::Company => Queue::Company(allowed.scope.clone()),
            Self::Accounts => Queue::Accounts(allowed.app.control.clone()),
        }
    }
}
