//! The flags that say what is known of a company, for the commands that open and change one.

use clap::Args;
use jiff::civil::Date;

use crate::cli::exit::{Exit, Failure};
use crate::clock::Timestamp;
use crate::error::FieldError;
use crate::tenancy::{Company, Kind, NewCompany, Settings};
use crate::{Error, Result};

/// What is known of a company. An empty value takes the one there is away.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Record {
    /// What people call it
    #[arg(long)]
    name: Option<String>,
    /// Its name by law
    #[arg(long)]
    legal_name: Option<String>,
    /// Its VAT number (DE123456789), or a Romanian CIF with or without RO
    #[arg(long)]
    tax_id: Option<String>,
    /// What it bought (starter, unless named)
    #[arg(long)]
    plan: Option<String>,
    /// What it does
    #[arg(long)]
    industry: Option<String>,
    /// customer or demo
    #[arg(long)]
    kind: Option<Kind>,
    /// Its logo, beginning with https://
    #[arg(long, value_name = "URL")]
    logo_url: Option<String>,
    /// Its colour, such as #1f5f4a
    #[arg(long, value_name = "#RRGGBB")]
    color: Option<String>,
    /// The first day of its contract
    #[arg(long, value_name = "YYYY-MM-DD")]
    contract_start: Option<String>,
    /// The last day of its contract
    #[arg(long, value_name = "YYYY-MM-DD")]
    contract_end: Option<String>,
    /// Its number in your own books; no two companies share one
    #[arg(long, value_name = "ID")]
    erp_customer_id: Option<String>,
    /// Its number at Stripe; no two companies share one
    #[arg(long, value_name = "ID")]
    stripe_customer_id: Option<String>,
    /// Who looks after it
    #[arg(long)]
    sales_owner: Option<String>,
    /// The currency offered first
    #[arg(long, value_name = "ISO 4217")]
    currency: Option<String>,
    /// Its time zone, such as Europe/Bucharest
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// How its figures are written, such as ro
    #[arg(long)]
    locale: Option<String>,
}

/// The values of the flags, read.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    record: Record,
    contract_start: Option<Option<Date>>,
    contract_end: Option<Option<Date>>,
}

impl Record {
    /// Reads what must be read.
    pub(super) fn read(self) -> Result<Wanted, Failure> {
        Ok(Wanted {
            contract_start: day("--contract-start", self.contract_start.as_deref())?,
            contract_end: day("--contract-end", self.contract_end.as_deref())?,
            record: self,
        })
    }
}

impl Wanted {
    /// Writes what was given over what is there, but for the settings. It is checked where the company is stored.
    pub(super) fn onto(&self, company: &mut Company) {
        let given = &self.record;
        if let Some(plan) = &given.plan {
            company.plan.clone_from(plan);
        }
        if let Some(kind) = given.kind {
            company.kind = kind;
        }
        for (given, held) in [
            (&given.legal_name, &mut company.legal_name),
            (&given.tax_id, &mut company.tax_id),
            (&given.industry, &mut company.industry),
            (&given.logo_url, &mut company.logo_url),
            (&given.color, &mut company.color),
            (&given.erp_customer_id, &mut company.erp_customer_id),
            (&given.stripe_customer_id, &mut company.stripe_customer_id),
            (&given.sales_owner, &mut company.sales_owner),
        ] {
            if let Some(text) = given {
                *held = Some(text.clone());
            }
        }
        if let Some(start) = self.contract_start {
            company.contract_start = start;
        }
        if let Some(end) = self.contract_end {
            company.contract_end = end;
        }
    }

    /// The same for a company about to be opened.
    pub(super) fn onto_new(&self, new: &mut NewCompany) {
        let given = self.record.clone();
        if let Some(plan) = given.plan {
            new.plan = plan;
        }
        if let Some(kind) = given.kind {
            new.kind = kind;
        }
        new.legal_name = given.legal_name;
        new.tax_id = given.tax_id;
        new.industry = given.industry;
        new.logo_url = given.logo_url;
        new.color = given.color;
        new.erp_customer_id = given.erp_customer_id;
        new.stripe_customer_id = given.stripe_customer_id;
        new.sales_owner = given.sales_owner;
        new.contract_start = self.contract_start.flatten();
        new.contract_end = self.contract_end.flatten();
    }

    /// The settings with what was given, checked.
    pub(super) fn settings(&self, held: &Settings) -> Result<Settings> {
        let given = &self.record;
        let or =
            |given: &Option<String>, held: &str| given.clone().unwrap_or_else(|| held.to_owned());
        Settings::parse(
            &or(&given.name, &held.name),
            &or(&given.currency, held.currency.code()),
            &or(&given.time_zone, &held.time_zone),
            &or(&given.locale, &held.locale),
        )
        .map_err(Error::Invalid)
    }
}

fn day(flag: &str, given: Option<&str>) -> Result<Option<Option<Date>>, Failure> {
    match given {
        None => Ok(None),
        Some("") => Ok(Some(None)),
        Some(text) => text.parse().map(|day| Some(Some(day))).map_err(|_| {
            Failure::new(
                Exit::BadInput,
                format!("{flag}: write the day as 2026-12-31"),
            )
        }),
    }
}

/// A moment: as RFC 3339, or a day, which means its end.
pub(super) fn moment(flag: &str, text: &str) -> Result<Timestamp> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let wrong = || {
        Error::Invalid(vec![FieldError::new(
            flag,
            "Write a day such as 2026-12-31, or a time such as 2026-12-31T18:00:00Z.",
        )])
    };
    let day: Date = text.parse().map_err(|_| wrong())?;
    let next = day.tomorrow().map_err(|_| wrong())?;
    format!("{next}T00:00:00Z").parse().map_err(|_| wrong())
}
