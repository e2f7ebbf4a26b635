//! `--tenant SLUG`: which company a command means.

use clap::Args;

use super::exit::{Exit, Failure};
use crate::Error;
use crate::app::App;
use crate::config::Tenancy;
use crate::db::Scope;
use crate::gate::CompanyView;

/// The company a command works on.
#[derive(Debug, Clone, Default, Args)]
pub struct CompanyArg {
    /// The company, by its slug (needed where an instance has several)
    #[arg(long, value_name = "SLUG")]
    tenant: Option<String>,
}

/// A company, found.
pub struct Company {
    /// Its data.
    pub scope: Scope,
    /// How it calls itself and counts time.
    pub view: CompanyView,
}

impl CompanyArg {
    /// Whether the instance itself may be meant: many companies are served and none of them is named.
    pub fn means_instance(&self, app: &App) -> bool {
        app.config.tenancy == Tenancy::Multi && self.tenant.is_none()
    }

    /// Finds the company, for a command that writes into it: a frozen one is read only, from the shell as well.
    ///
    /// # Errors
    /// As [`CompanyArg::open`]; [`Error::Frozen`].
    pub fn open_to_change(&self, app: &App) -> Result<Company, Failure> {
        let company = self.open(app)?;
        let gate = app.gate.get();
        let found = gate.and_then(|gate| gate.company_by_id(company.scope.tenant()));
        match found {
            Some(found) if found.is_frozen => Err(Error::Frozen.into()),
            _ => Ok(company),
        }
    }

    /// Finds the company.
    ///
    /// # Errors
    /// Exit 2 where one must be named, 1 where there is none of that name.
    pub fn open(&self, app: &App) -> Result<Company, Failure> {
        let single = app.config.tenancy == Tenancy::Single;
        let slug = match self.tenant.as_deref() {
            Some("default") if single => None,
            None if !single => {
                return Err(Failure::new(
                    Exit::Usage,
                    "this instance has several companies; name one with --tenant SLUG",
                ));
            }
            slug => slug,
        };
        let found = app.gate.get().and_then(|gate| gate.company(slug));
        let company = found.ok_or_else(|| {
            let name = self.tenant.as_deref().unwrap_or("default");
            Failure::failed(format!(
                "there is no company {name}; steading tenant list shows those there are"
            ))
        })?;
        Ok(Company {
            scope: app.tenants.scope(company.tenant)?,
            view: company.view.clone(),
        })
    }
}
