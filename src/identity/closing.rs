//! A company is closed, or kept: those who own it hear of it in the write that does it.

use crate::Result;
use crate::actor::{Actor, ActorKind};
use crate::app::App;
use crate::crypto::Vault;
use crate::db::ControlConn;
use crate::id::TenantId;
use crate::mailing::{self, Mail};
use crate::tenancy::{self, Also, Company};
use crate::web::format::Format;
use crate::web::request::CLOSE;

use super::letters;
use super::people::owner_addresses;

/// Who is told, and in whose name.
struct Word {
    by: String,
    home: String,
    vault: Vault,
}

impl Word {
    fn of(app: &App, actor: &Actor) -> Self {
        let by = match actor.kind {
            ActorKind::User => actor.name.clone(),
            _ => "Whoever runs this instance".to_owned(),
        };
        Self {
            by,
            home: app.public_url.trim_end_matches('/').to_owned(),
            vault: app.vault.clone(),
        }
    }

    fn leave(&self, c: &mut ControlConn, company: &Company) -> Result<()> {
        let settings = &company.settings;
        let home = format!("{}/t/{}", self.home, company.slug);
        let (kind, letter) = match &company.closing {
            Some(closing) => {
                let format = Format::named(&settings.locale, &settings.time_zone);
                let day = format.date(format.day_of(closing.at));
                let link = format!("{home}{CLOSE}");
                let letter = letters::company_closing(&self.by, &settings.name, &day, &link)?;
                ("company_closing", letter)
            }
            None => {
                let link = format!("{home}/admin");
                let letter = letters::company_kept(&self.by, &settings.name, &link)?;
                ("company_kept", letter)
            }
        };
        for to in owner_addresses(c, company.id)? {
            mailing::queue(c, &self.vault, &Mail::of(kind, &to, letter.clone()))?;
        }
        Ok(())
    }
}

/// Closes a company ([`tenancy::close`]), and tells its owners who did it and until when they can keep it.
///
/// # Errors
/// As [`tenancy::close`].
pub async fn close_company(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    days: u32,
    reason: Option<String>,
) -> Result<Company> {
    let word = Word::of(app, actor);
    let tell = move |c: &mut ControlConn, company: &Company| word.leave(c, company);
    tenancy::close(app, actor, tenant, days, reason, tell).await
}

/// Keeps a company that was being closed ([`tenancy::keep`]), and tells its owners.
///
/// # Errors
/// As [`tenancy::keep`].
pub async fn keep_company(app: &App, actor: &Actor, tenant: TenantId) -> Result<Company> {
    keep_company_and(app, actor, tenant, Box::new(|_, _| Ok(()))).await
}

/// The same; `also` does what belongs to it in the same write.
///
/// # Errors
/// As [`keep_company`], and what `also` returns.
pub async fn keep_company_and(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    also: Also,
) -> Result<Company> {
    let word = Word::of(app, actor);
    let tell = move |c: &mut ControlConn, company: &Company| {
        word.leave(c, company)?;
        also(c, company)
    };
    tenancy::keep(app, actor, tenant, tell).await
}
