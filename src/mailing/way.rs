//! The way out for a store's mails: the operator's configuration, else the company's settings, else the log.

use super::home_store;
use super::reach;
use super::settings::Settings;
use super::settings_store;
use crate::Result;
use crate::app::App;
use crate::config::Tenancy;
use crate::db::Scope;
use crate::mail::{MailError, Message, Receipt, Transport};

/// A transport and the sender to use with it.
pub(super) struct Way {
    /// Or why the settings' server is not called.
    pub(super) transport: Result<Transport, String>,
    pub(super) from: String,
}

/// The way for a tenant's mails, or for the accounts' (`None`), which in single mode is the company's too.
pub(super) async fn of(app: &App, scope: Option<&Scope>) -> Result<Way> {
    let home = match scope {
        Some(scope) => Some(scope.clone()),
        None => home_scope(app).await?,
    };
    let settings = match &home {
        Some(scope) => scope.read(settings_store::load).await?,
        None => Settings::default(),
    };
    let from = app
        .mailer
        .from()
        .or(Some(settings.from.as_str()).filter(|from| !from.is_empty()))
        .unwrap_or(app.mailer.usual_from())
        .to_owned();
    if let Some(transport) = app.mailer.transport() {
        return Ok(Way {
            transport: Ok(transport.clone()),
            from,
        });
    }
    let server = match &home {
        Some(scope) => settings.server(&app.vault, scope.tenant())?,
        None => None,
    };
    let transport = match server {
        Some(server) => reach::checked(app, server).await.map(Transport::Smtp),
        None => Ok(Transport::Log),
    };
    Ok(Way { transport, from })
}

async fn home_scope(app: &App) -> Result<Option<Scope>> {
    if app.config.tenancy != Tenancy::Single {
        return Ok(None);
    }
    match app.control.read(home_store::home).await? {
        Some(tenant) => app.tenants.scope(tenant).map(Some),
        None => Ok(None),
    }
}

impl Way {
    /// Sends by it.
    pub(super) async fn send(self, message: Message) -> Result<Receipt, MailError> {
        match self.transport {
            Ok(transport) => transport.send(message).await,
            // The operator may allow it, or the name may lead elsewhere later.
            Err(answer) => Err(MailError {
                permanent: false,
                answer,
            }),
        }
    }
}
