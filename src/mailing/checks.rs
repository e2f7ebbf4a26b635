//! What mail says of itself on the system page.

use super::store::{self, Counts};
use crate::Result;
use crate::app::App;
use crate::config::Tenancy;
use crate::db::Scope;
use crate::gate::Later;
use crate::slice::{Check, Level};
use crate::web::format::Format;

pub(super) fn look(app: App, scope: Scope) -> Later<'static, Result<Vec<Check>>> {
    Box::pin(async move {
        let settings = scope.read(super::settings).await?;
        let mut counts = scope.read(store::counts).await?;
        if app.config.tenancy == Tenancy::Single {
            counts = counts.and(app.control.read(store::counts).await?);
        }
        let has_server = app.mailer.transport().is_some() || settings.is_set();
        let format = Format::default();
        let server = Check {
            name: "mail.server",
            label: "Mail server".to_owned(),
            level: if has_server { Level::Good } else { Level::Warn },
            finding: if has_server {
                "Set.".to_owned()
            } else {
                "None is set: mails are logged and kept on the outbox page. Set one under Mail."
                    .to_owned()
            },
        };
        let troubled = counts.refused + counts.failed;
        let outbox = Check {
            name: "mail.outbox",
            label: "Outbox".to_owned(),
            level: if troubled == 0 {
                Level::Good
            } else {
                Level::Warn
            },
            finding: if troubled == 0 {
                format!("{} waiting.", format.number(counts.waiting))
            } else {
                format!(
                    "{} refused so far and tried again, {} given up. The outbox page has the server’s answers.",
                    format.number(counts.refused),
                    format.number(counts.failed)
                )
            },
        };
        Ok(vec![server, outbox])
    })
}

impl Counts {
    fn and(self, other: Self) -> Self {
        Self {
            waiting: self.waiting + other.waiting,
            refused: self.refused + other.refused,
            failed: self.failed + other.failed,
            logged: self.logged + other.logged,
        }
    }
}
