//! The company's own mail server: what is kept, what may be typed, and the change with its event.

use serde::{Deserialize, Serialize};

use super::settings_store;
use crate::actor::Actor;
use crate::audit::{self, Event};
use crate::config::Secret;
use crate::crypto::{Place, Sealed, Vault};
use crate::db::TenantConn;
use crate::id::TenantId;
use crate::mail::{Security, SmtpServer};
use crate::slice::SealedColumn;
use crate::web::{Fields, Form};
use crate::{Error, Result};

/// Where the password belongs: part of the stored format.
const PLACE: Place<'static> = Place {
    service: "mail",
    record: "smtp",
    field: "password",
};

/// Where it is kept: in the settings' JSON.
pub(super) const COLUMN: SealedColumn = SealedColumn {
    table: "settings",
    column: "value",
    member: Some("password_sealed"),
    service: PLACE.service,
    field: PLACE.field,
    record: |_| PLACE.record.to_owned(),
    may_be_null: true,
};

/// A company's mail settings as they are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The server's name; empty where none is set.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `tls`, `starttls`, `opportunistic` or `none`.
    pub security: String,
    /// Who we are there; empty for nobody.
    pub user: String,
    /// The password, sealed.
    pub password_sealed: Option<String>,
    /// Its last four characters, to tell it by.
    pub password_last4: Option<String>,
    /// The sender; empty for the usual one.
    pub from: String,
}

/// What somebody wants the settings to be.
#[derive(Clone)]
pub struct Wanted {
    settings: Settings,
    /// `None` keeps the one there is.
    password: Option<Secret>,
    forget_password: bool,
}

impl Wanted {
    /// From the form. An empty password keeps the one there is; an empty host takes the server away.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that does not fit.
    pub fn read(form: &Form) -> Result<Self> {
        let mut fields = Fields::default();
        let host = form.text("host").to_lowercase();
        let security = form.text("security").parse::<Security>();
        let mut settings = Settings {
            from: form.text("from").to_owned(),
            ..Settings::default()
        };
        if !settings.from.is_empty() && !crate::mail::is_address(&settings.from) {
            fields.add(
                "from",
                "Write an address such as ana@example.com, or Example Ltd <ana@example.com>.",
            );
        }
        if host.is_empty() {
            fields.check()?;
            return Ok(Self {
                settings,
                password: None,
                forget_password: true,
            });
        }
        if url::Host::parse(&host).is_err() && host.parse::<std::net::IpAddr>().is_err() {
            fields.add(
                "host",
                "Write the server’s name alone, such as smtp.example.com.",
            );
        }
        let Ok(security) = security else {
            fields.add("security", "Choose how the connection is secured.");
            return Err(fields.check().err().unwrap_or(Error::NotFound));
        };
        settings.port = match form.text("port") {
            "" => security.usual_port(),
            text => u16::try_from(fields.number("port", text, 1..=65_535)).unwrap_or(1),
        };
        settings.security = security.as_str().to_owned();
        settings.host = host;
        settings.user = form.text("user").to_owned();
        let password = Some(form.raw("password")).filter(|text| !text.is_empty());
        if settings.user.is_empty() && password.is_some() {
            fields.add("user", "A password needs the user it belongs to.");
        }
        if settings.user.len() > 254 || password.is_some_and(|text| text.len() > 1_024) {
            fields.add("user", "These are longer than any mail server takes.");
        }
        fields.check()?;
        Ok(Self {
            forget_password: settings.user.is_empty(),
            settings,
            password: password.map(Secret::new),
        })
    }
}

/// The settings as they are.
///
/// # Errors
/// Where the store fails.
pub fn settings(c: &mut TenantConn<'_>) -> Result<Settings> {
    settings_store::load(c)
}

/// Changes the settings and says so in the trail. A kept password is never sent to another server than the one it was given for.
///
/// # Errors
/// [`Error::Invalid`] where a kept password would go elsewhere; where it cannot be sealed; where the store fails.
pub fn save(c: &mut TenantConn<'_>, vault: &Vault, actor: &Actor, wanted: &Wanted) -> Result<()> {
    let before = settings_store::load(c)?;
    let mut after = wanted.settings.clone();
    match &wanted.password {
        Some(password) => {
            let sealed = vault
                .seal(c.owner().uuid(), PLACE, password.expose().as_bytes())
                .map_err(|e| Error::Internal(Box::new(e)))?;
            after.password_sealed = Some(sealed.into_string());
            after.password_last4 = last4(password.expose());
        }
        None if wanted.forget_password => {}
        None => {
            let moved = (&before.host, &before.user) != (&after.host, &after.user);
            if moved && before.password_sealed.is_some() {
                return Err(Error::invalid(
                    "password",
                    "The server or user is another one: type the password for it.",
                ));
            }
            after.password_sealed.clone_from(&before.password_sealed);
            after.password_last4.clone_from(&before.password_last4);
        }
    }
    if before == after {
        return Ok(());
    }
    settings_store::save(c, &after)?;
    let mut event = Event::new("mail_settings.saved")
        .product("mailing")
        .target("mail_settings", &"smtp", "Mail settings")
        .before_after(&before.seen(), &after.seen());
    if before.password_sealed != after.password_sealed {
        event = event.secret("password");
    }
    audit::record(c, actor, event)
}

/// Enough to tell a password by, nothing of a short one.
fn last4(password: &str) -> Option<String> {
    let count = password.chars().count();
    (count >= 12).then(|| password.chars().skip(count - 4).collect())
}

impl Settings {
    /// Whether a server is set.
    pub fn is_set(&self) -> bool {
        !self.host.is_empty()
    }

    /// The server with its password opened; `None` where none is set.
    pub(super) fn server(&self, vault: &Vault, owner: TenantId) -> Result<Option<SmtpServer>> {
        if !self.is_set() {
            return Ok(None);
        }
        let opened = |text: &String| -> Result<Secret> {
            let plain = Sealed::parse(text)
                .and_then(|sealed| vault.open(owner.uuid(), PLACE, &sealed))
                .map_err(|e| Error::Internal(Box::new(e)))?;
            Ok(Secret::new(plain.expose_str().unwrap_or_default()))
        };
        Ok(Some(SmtpServer {
            host: self.host.clone(),
            port: self.port,
            security: self.security.parse().unwrap_or(Security::Tls),
            user: Some(self.user.clone()).filter(|user| !user.is_empty()),
            password: self.password_sealed.as_ref().map(opened).transpose()?,
            address: None,
        }))
    }

    /// What the trail shows: no password, sealed or not.
    fn seen(&self) -> serde_json::Value {
        serde_json::json!({
            "host": self.host,
            "port": self.port,
            "security": self.security,
            "user": self.user,
            "from": self.from,
        })
    }
}
