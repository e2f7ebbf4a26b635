//! What operators write of a company, as text: the form and the API are read by the same rules.

use std::str::FromStr;

use jiff::civil::Date;

use crate::clock::Timestamp;
use crate::error::FieldError;
use crate::identity::NewOwner;
use crate::tenancy::{Company, FIRST_PLAN, Kind, NewCompany, Slug};
use crate::web::{Fields, Form};
use crate::{Error, Result};

/// What was typed or sent; empty means none.
#[derive(Debug, Clone)]
pub(in crate::operator) struct Record {
    pub(in crate::operator) name: String,
    pub(in crate::operator) kind: String,
    pub(in crate::operator) plan: String,
    pub(in crate::operator) legal_name: String,
    pub(in crate::operator) tax_id: String,
    pub(in crate::operator) industry: String,
    /// An address over https.
    pub(in crate::operator) logo_url: String,
    pub(in crate::operator) color: String,
    /// A time, or the last day of the trial.
    pub(in crate::operator) trial_ends_at: String,
    pub(in crate::operator) contract_start: String,
    pub(in crate::operator) contract_end: String,
    pub(in crate::operator) erp_customer_id: String,
    pub(in crate::operator) stripe_customer_id: String,
    pub(in crate::operator) sales_owner: String,
}

/// The same, read.
#[derive(Debug, Clone)]
pub(in crate::operator) struct Read {
    record: Record,
    kind: Kind,
    trial_ends_at: Option<Timestamp>,
    contract_start: Option<Date>,
    contract_end: Option<Date>,
}

impl Record {
    /// A company nobody wrote about yet.
    pub(in crate::operator) fn blank() -> Self {
        Self {
            name: String::new(),
            kind: Kind::Customer.as_str().to_owned(),
            plan: FIRST_PLAN.to_owned(),
            legal_name: String::new(),
            tax_id: String::new(),
            industry: String::new(),
            logo_url: String::new(),
            color: String::new(),
            trial_ends_at: String::new(),
            contract_start: String::new(),
            contract_end: String::new(),
            erp_customer_id: String::new(),
            stripe_customer_id: String::new(),
            sales_owner: String::new(),
        }
    }

    /// What is written of a company now.
    pub(in crate::operator) fn of(company: &Company) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let day = |value: Option<Date>| value.map(|day| day.to_string()).unwrap_or_default();
        Self {
            name: company.settings.name.clone(),
            kind: company.kind.as_str().to_owned(),
            plan: company.plan.clone(),
            legal_name: text(&company.legal_name),
            tax_id: text(&company.tax_id),
            industry: text(&company.industry),
            logo_url: text(&company.logo_url),
            color: text(&company.color),
            trial_ends_at: company
                .trial_ends_at
                .map(|at| at.to_string())
                .unwrap_or_default(),
            contract_start: day(company.contract_start),
            contract_end: day(company.contract_end),
            erp_customer_id: text(&company.erp_customer_id),
            stripe_customer_id: text(&company.stripe_customer_id),
            sales_owner: text(&company.sales_owner),
        }
    }

    /// What a form sent.
    pub(in crate::operator) fn of_form(form: &Form) -> Self {
        let text = |name| form.text(name).to_owned();
        Self {
            name: text("name"),
            kind: text("kind"),
            plan: text("plan"),
            legal_name: text("legal_name"),
            tax_id: text("tax_id"),
            industry: text("industry"),
            logo_url: text("logo_url"),
            color: text("color"),
            trial_ends_at: text("trial_ends_at"),
            contract_start: text("contract_start"),
            contract_end: text("contract_end"),
            erp_customer_id: text("erp_customer_id"),
            stripe_customer_id: text("stripe_customer_id"),
            sales_owner: text("sales_owner"),
        }
    }

    /// The last day of the trial, as a form's field takes it.
    pub(in crate::operator) fn trial_day(&self) -> String {
        match self.trial_ends_at.parse::<Timestamp>() {
            Ok(at) => at.minus(std::time::Duration::from_secs(1)).day(),
            Err(_) => self.trial_ends_at.clone(),
        }
    }

    /// Reads it; the registry judges the rest.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] with everything that cannot be read.
    pub(in crate::operator) fn read(self) -> Result<Read> {
        let mut fields = Fields::default();
        let kind = Kind::from_str(&self.kind).unwrap_or_else(|_| {
            fields.add("kind", "A kind is customer or demo.");
            Kind::Customer
        });
        let trial_ends_at = match self.trial_ends_at.as_str() {
            "" => None,
            text => {
                let read = moment(text);
                if read.is_none() {
                    fields.add("trial_ends_at", A_MOMENT);
                }
                read
            }
        };
        let mut day = |name: &str, text: &str| -> Option<Date> {
            let read = text.parse().ok();
            if read.is_none() && !text.is_empty() {
                fields.add(name, "Write a day like 2026-10-31.");
            }
            read
        };
        let contract_start = day("contract_start", &self.contract_start);
        let contract_end = day("contract_end", &self.contract_end);
        fields.check()?;
        Ok(Read {
            kind,
            trial_ends_at,
            contract_start,
            contract_end,
            record: self,
        })
    }
}

/// What is said where [`moment`] reads nothing.
pub(in crate::operator) const A_MOMENT: &str =
    "Write a day like 2026-10-31 or a time like 2026-10-31T09:30:00Z.";

/// A time, or the end of a day.
pub(in crate::operator) fn moment(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| end_of(text))
}

/// The end of a day in UTC.
fn end_of(day: &str) -> Option<Timestamp> {
    let begin: Timestamp = (day.len() == 10)
        .then(|| format!("{day}T00:00:00Z").parse().ok())
        .flatten()?;
    Some(begin.plus_days(1))
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

impl Read {
    /// Writes it over what is known of a company.
    pub(in crate::operator) fn apply(&self, company: &mut Company) {
        company.settings.name.clone_from(&self.record.name);
        company.kind = self.kind;
        company.plan.clone_from(&self.record.plan);
        company.legal_name = some(&self.record.legal_name);
        company.tax_id = some(&self.record.tax_id);
        company.industry = some(&self.record.industry);
        company.logo_url = some(&self.record.logo_url);
        company.color = some(&self.record.color);
        company.trial_ends_at = self.trial_ends_at;
        company.contract_start = self.contract_start;
        company.contract_end = self.contract_end;
        company.erp_customer_id = some(&self.record.erp_customer_id);
        company.stripe_customer_id = some(&self.record.stripe_customer_id);
        company.sales_owner = some(&self.record.sales_owner);
    }

    /// A company to open.
    pub(in crate::operator) fn into_new(self, slug: Slug) -> NewCompany {
        let mut new = NewCompany::named(slug);
        if !self.record.name.is_empty() {
            new.settings.name.clone_from(&self.record.name);
        }
        new.kind = self.kind;
        new.plan = self.record.plan;
        new.legal_name = some(&self.record.legal_name);
        new.tax_id = some(&self.record.tax_id);
        new.industry = some(&self.record.industry);
        new.logo_url = some(&self.record.logo_url);
        new.color = some(&self.record.color);
        new.trial_ends_at = self.trial_ends_at;
        new.contract_start = self.contract_start;
        new.contract_end = self.contract_end;
        new.erp_customer_id = some(&self.record.erp_customer_id);
        new.stripe_customer_id = some(&self.record.stripe_customer_id);
        new.sales_owner = some(&self.record.sales_owner);
        new
    }
}

/// A slug from what was typed.
///
/// # Errors
/// In the words that say what is right.
pub(in crate::operator) fn slug(text: &str) -> Result<Slug, FieldError> {
    Slug::parse(text).map_err(|why| FieldError::new("slug", why.to_string()))
}

/// Whoever is to own a company, from what was typed; nobody where there is no address.
///
/// # Errors
/// [`Error::Invalid`] for a name that belongs to nobody.
pub(in crate::operator) fn owner(
    email: Option<String>,
    name: Option<String>,
) -> Result<Option<NewOwner>> {
    let name = name.filter(|name| !name.trim().is_empty());
    match (email, name) {
        (None, Some(_)) => Err(Error::invalid(
            "owner_email",
            "The name is the owner’s: write their address too, or leave the name out.",
        )),
        (email, name) => Ok(email.map(|email| NewOwner {
            email,
            name,
            password: None,
        })),
    }
}
