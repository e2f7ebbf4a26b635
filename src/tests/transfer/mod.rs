//! A company leaves and comes back: the same rows on either engine, secrets only under a passphrase, and nothing half done.

mod backup;
mod copy;
mod export;
mod import;
mod incomplete;
mod keep;
mod online;
mod projects;
mod room;
mod secrets;
mod seed;
mod serve_from;
mod torn;

use std::path::{Path, PathBuf};

use diesel::prelude::*;
use steading::actor::Actor;
use steading::config::Secret;
use steading::crypto::{Place, Sealed};
use steading::db::TenantConn;
use steading::db::carry::Sum;
use steading::db::schema::tenant::settings;
use steading::identity;
use steading::transfer::{self, Exported, Imported, Wish};
use tempfile::TempDir;

use crate::harness::app::TestApp;
use crate::harness::engine::Engine;

pub const PASSPHRASE: &str = "six slow kettles";

/// A program that stands with its gate, and a folder for files.
pub struct Instance {
    pub test: TestApp,
    folder: TempDir,
}

impl Instance {
    pub async fn empty(engine: Engine) -> Self {
        let test = TestApp::new(engine).await;
        identity::stand_up(&test.app).await.unwrap();
        Self {
            test,
            folder: tempfile::Builder::new()
                .prefix("steading-tests-transfer-")
                .tempdir()
                .unwrap(),
        }
    }

    /// With a programme, a partner whose account is sealed, clicks and a refund, a mail server's password and an owner.
    pub async fn busy(engine: Engine) -> Self {
        let one = Self::empty(engine).await;
        let app = &one.test.app;
        seed::fill(app, &one.test.scope).await;
        let sealed = app
            .vault
            .seal(one.test.scope.tenant().uuid(), MAIL, SECRET.as_bytes())
            .unwrap()
            .into_string();
        let value = serde_json::json!({
            "host": "smtp.example.com", "port": 465, "security": "tls", "user": "shop",
            "password_sealed": sealed, "password_last4": "rver", "from": "",
        })
        .to_string();
        one.test
            .scope
            .write(move |c| note(c, "mail", &value))
            .await
            .unwrap();
        identity::shell::create_user(
            app,
            one.test.scope.tenant(),
            "ana@example.com",
            "owner".parse().unwrap(),
            &"four wandering copper kettles".into(),
        )
        .await
        .unwrap();
        one
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub async fn export(&self, file: &Path, passphrase: Option<&str>) -> Exported {
        let tenant = self.test.scope.tenant();
        let passphrase = passphrase.map(Secret::new);
        transfer::export(&self.test.app, &Actor::shell(), tenant, file, passphrase)
            .await
            .unwrap()
    }

    pub async fn import(&self, file: &Path, passphrase: Option<&str>) -> Imported {
        let wish = Wish {
            slug: None,
            passphrase: passphrase.map(Secret::new),
            without_secrets: passphrase.is_none(),
            ..Wish::default()
        };
        transfer::import(&self.test.app, &Actor::shell(), file, &wish)
            .await
            .unwrap()
    }
}

pub const SECRET: &str = "a-password-of-the-mail-server";
const MAIL: Place<'static> = Place {
    service: "mail",
    record: "smtp",
    field: "password",
};

/// Keeps a setting.
pub fn note(c: &mut TenantConn<'_>, name: &str, value: &str) -> steading::Result<()> {
    let now = c.now();
    diesel::insert_into(settings::table)
        .values((
            settings::name.eq(name),
            settings::value.eq(value),
            settings::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// The password of the mail server, opened under the company's own key.
pub async fn mail_password(one: &Instance) -> String {
    let value: String = one
        .test
        .scope
        .read(|c| {
            let found = settings::table.find("mail").select(settings::value);
            Ok(found.first(c.db())?)
        })
        .await
        .unwrap();
    let value: serde_json::Value = serde_json::from_str(&value).unwrap();
    let sealed = Sealed::parse(value["password_sealed"].as_str().unwrap()).unwrap();
    let plain = one
        .test
        .app
        .vault
        .open(one.test.scope.tenant().uuid(), MAIL, &sealed)
        .unwrap();
    plain.expose_str().unwrap().to_owned()
}

/// The trail grows by the export's own event; everything else is as it was.
pub fn without_trail(sums: &[Sum]) -> Vec<Sum> {
    let mut sums = sums.to_vec();
    sums.retain(|sum| sum.table != "audit_events");
    sums
}
