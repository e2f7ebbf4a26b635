//! Companies: what the registry knows of them, and what their people set. Pure.

use jiff::civil::Date;

use super::branding;
use super::closing::Closing;
use super::slug::Slug;
use super::status::Status;
use super::tax_id::tax_id;
use crate::Result;
use crate::clock::Timestamp;
use crate::error::FieldError;
use crate::gate::{CompanyView, OpenCompany, Standing};
use crate::id::TenantId;
use crate::money::Currency;
use crate::web::Fields;

const NAME_LENGTH: std::ops::RangeInclusive<usize> = 1..=120;
/// The plan of a company for which nobody chose one.
pub const FIRST_PLAN: &str = "starter";

/// What a company is to whoever runs the instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Works with it.
    Customer,
    /// Shows it: made up, reset, never billed.
    Demo,
}

impl Kind {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Demo => "demo",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "customer" => Ok(Self::Customer),
            "demo" => Ok(Self::Demo),
            _ => Err("Choose customer or demo."),
        }
    }
}

/// A company about to be opened. What is left out stands in [`NewCompany::named`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCompany {
    /// Its name in addresses.
    pub slug: Slug,
    /// What its people may set.
    pub settings: Settings,
    /// Where it begins.
    pub status: Status,
    /// What it is to the operator.
    pub kind: Kind,
    /// What it bought.
    pub plan: String,
    /// Its name by law.
    pub legal_name: Option<String>,
    /// Its VAT number, or a Romanian CIF.
    pub tax_id: Option<String>,
    /// What it does.
    pub industry: Option<String>,
    /// Its logo, over https.
    pub logo_url: Option<String>,
    /// Its colour, `#rrggbb`.
    pub color: Option<String>,
    /// When its trial ends.
    pub trial_ends_at: Option<Timestamp>,
    /// The first day of its contract.
    pub contract_start: Option<Date>,
    /// The last day of its contract.
    pub contract_end: Option<Date>,
    /// Its number in the operator's own books; no two share one.
    pub erp_customer_id: Option<String>,
    /// Its number at Stripe; no two share one.
    pub stripe_customer_id: Option<String>,
    /// Who looks after it.
    pub sales_owner: Option<String>,
}

impl NewCompany {
    /// An active customer on the first plan, named after its slug until somebody names it.
    pub fn named(slug: Slug) -> Self {
        let settings = Settings {
            name: slug.title(),
            ..Settings::blank()
        };
        Self {
            slug,
            settings,
            status: Status::Active,
            kind: Kind::Customer,
            plan: FIRST_PLAN.to_owned(),
            legal_name: None,
            tax_id: None,
            industry: None,
            logo_url: None,
            color: None,
            trial_ends_at: None,
            contract_start: None,
            contract_end: None,
            erp_customer_id: None,
            stripe_customer_id: None,
            sales_owner: None,
        }
    }

    /// The company with this id, its values checked and in the form they are stored in.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] with everything that does not fit.
    pub fn into_company(self, id: TenantId, now: Timestamp) -> Result<Company> {
        self.judge_demo()?;
        let company = Company {
            id,
            slug: self.slug,
            status: self.status,
            settings: self.settings,
            kind: self.kind,
            plan: self.plan,
            legal_name: self.legal_name,
            tax_id: self.tax_id,
            industry: self.industry,
            logo_url: self.logo_url,
            color: self.color,
            trial_ends_at: self.trial_ends_at,
            contract_start: self.contract_start,
            contract_end: self.contract_end,
            erp_customer_id: self.erp_customer_id,
            stripe_customer_id: self.stripe_customer_id,
            sales_owner: self.sales_owner,
            frozen_at: None,
            archived_at: None,
            upgrade_failed: None,
            closing: None,
            created_at: now,
        };
        company.checked()
    }
}

/// A company as the registry knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its id.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: Slug,
    /// Where it stands.
    pub status: Status,
    /// What its people may set.
    pub settings: Settings,
    /// What it is to the operator.
    pub kind: Kind,
    /// What it bought.
    pub plan: String,
    /// Its name by law.
    pub legal_name: Option<String>,
    /// Its VAT number, or a Romanian CIF.
    pub tax_id: Option<String>,
    /// What it does.
    pub industry: Option<String>,
    /// Its logo, over https.
    pub logo_url: Option<String>,
    /// Its colour, `#rrggbb`.
    pub color: Option<String>,
    /// When its trial ends.
    pub trial_ends_at: Option<Timestamp>,
    /// The first day of its contract.
    pub contract_start: Option<Date>,
    /// The last day of its contract.
    pub contract_end: Option<Date>,
    /// Its number in the operator's own books; no two share one.
    pub erp_customer_id: Option<String>,
    /// Its number at Stripe; no two share one.
    pub stripe_customer_id: Option<String>,
    /// Who looks after it.
    pub sales_owner: Option<String>,
    /// Since when it only reads.
    pub frozen_at: Option<Timestamp>,
    /// Since when it is gone from sight.
    pub archived_at: Option<Timestamp>,
    /// Why its store could not be brought to this version.
    pub upgrade_failed: Option<String>,
    /// Its end, where that was asked for.
    pub closing: Option<Closing>,
    /// When it was opened.
    pub created_at: Timestamp,
}

impl Company {
    /// What open pages see; nothing once it is archived.
    pub fn open(&self) -> Option<OpenCompany> {
        (self.status != Status::Archived).then(|| OpenCompany {
            tenant: self.id,
            slug: self.slug.as_str().to_owned(),
            view: self.settings.view(),
            is_frozen: self.status == Status::Frozen,
            closing_at: self.closing.as_ref().map(|closing| closing.at),
            standing: Standing::default(),
        })
    }

    /// The same with every value checked and in the form it is stored in.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] with everything that does not fit.
    pub fn checked(mut self) -> Result<Self> {
        let mut fields = Fields::default();
        match company_name(&self.settings.name) {
            Ok(name) => self.settings.name = name,
            Err(error) => fields.add(&error.pointer, error.message),
        }
        self.plan = self.plan.trim().to_ascii_lowercase();
        let is_plan = (1..=40).contains(&self.plan.len())
            && self
                .plan
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !is_plan {
            fields.add(
                "plan",
                "Name the plan in small letters, digits and hyphens, such as starter.",
            );
        }
        let texts = [
            (&mut self.legal_name, "legal_name", 200),
            (&mut self.industry, "industry", 80),
            (&mut self.erp_customer_id, "erp_customer_id", 120),
            (&mut self.stripe_customer_id, "stripe_customer_id", 120),
            (&mut self.sales_owner, "sales_owner", 120),
        ];
        for (value, name, most) in texts {
            let given = value.take().unwrap_or_default();
            let said = format!("Write at most {most} characters on one line.");
            *value = fields.optional_text(name, &given, most, &said);
            if value
                .as_ref()
                .is_some_and(|text| text.chars().any(char::is_control))
            {
                fields.add(name, said);
            }
        }
        let given = self.tax_id.take();
        self.tax_id = kept(&mut fields, "tax_id", given, tax_id);
        let given = self.color.take();
        self.color = kept(&mut fields, "color", given, branding::color);
        let given = self.logo_url.take();
        self.logo_url = kept(&mut fields, "logo_url", given, branding::logo_url);
        if let (Some(start), Some(end)) = (self.contract_start, self.contract_end)
            && end < start
        {
            fields.add("contract_end", "The contract ends before it begins.");
        }
        fields.check().map(|()| self)
    }

    /// What the trail and the command line show of it.
    pub fn record(&self) -> serde_json::Value {
        serde_json::json!({
            "slug": self.slug.as_str(),
            "name": self.settings.name,
            "status": self.status,
            "kind": self.kind,
            "plan": self.plan,
            "legal_name": self.legal_name,
            "tax_id": self.tax_id,
            "industry": self.industry,
            "logo_url": self.logo_url,
            "color": self.color,
            "currency": self.settings.currency.to_string(),
            "time_zone": self.settings.time_zone,
            "locale": self.settings.locale,
            "trial_ends_at": self.trial_ends_at,
            "contract_start": self.contract_start.map(|day| day.to_string()),
            "contract_end": self.contract_end.map(|day| day.to_string()),
            "erp_customer_id": self.erp_customer_id,
            "stripe_customer_id": self.stripe_customer_id,
            "sales_owner": self.sales_owner,
            "closing_at": self.closing.as_ref().map(|closing| closing.at),
            "closing_reason": self.closing.as_ref().and_then(|closing| closing.reason.as_ref()),
        })
    }
}

/// An optional value in the form it is stored in; empty means none.
fn kept<E: std::fmt::Display>(
    fields: &mut Fields,
    name: &str,
    given: Option<String>,
    read: impl FnOnce(&str) -> Result<String, E>,
) -> Option<String> {
    let given = given.filter(|text| !text.trim().is_empty())?;
    match read(&given) {
        Ok(value) => Some(value),
        Err(error) => {
            fields.add(name, error.to_string());
            None
        }
    }
}

/// What a company's people may set.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Settings {
    /// What people call it.
    pub name: String,
    /// The currency offered first.
    pub currency: Currency,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// How its figures are written.
    pub locale: String,
}

impl Settings {
    /// What a company has before anybody chose.
    pub fn blank() -> Self {
        Self {
            name: "My company".to_owned(),
            currency: Currency::EUR,
            time_zone: "UTC".to_owned(),
            locale: "en".to_owned(),
        }
    }

    /// From what was typed, or everything that does not fit.
    ///
    /// # Errors
    /// One entry per value that does not fit.
    pub fn parse(
        name: &str,
        currency: &str,
        time_zone: &str,
        locale: &str,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let name = company_name(name)
            .map_err(|e| errors.push(e))
            .unwrap_or_default();
        let currency = currency.parse::<Currency>().map_err(|_| {
            errors.push(FieldError::new(
                "currency",
                "Choose a currency of the list.",
            ))
        });
        if !is_time_zone(time_zone) {
            errors.push(FieldError::new(
                "time_zone",
                "Choose a time zone of the list, such as Europe/Bucharest.",
            ));
        }
        if !crate::web::locale::LOCALES
            .iter()
            .any(|known| known.tag == locale)
        {
            errors.push(FieldError::new(
                "locale",
                "Choose a way of writing figures of the list.",
            ));
        }
        match currency {
            Ok(currency) if errors.is_empty() => Ok(Self {
                name,
                currency,
                time_zone: time_zone.to_owned(),
                locale: locale.to_owned(),
            }),
            _ => Err(errors),
        }
    }

    /// What pages and answers need.
    pub fn view(&self) -> CompanyView {
        CompanyView {
            name: self.name.clone(),
            currency: self.currency,
            time_zone: self.time_zone.clone(),
            locale: self.locale.clone(),
        }
    }
}

/// A company's name from what was typed.
///
/// # Errors
/// Where it is empty or too long.
pub fn company_name(text: &str) -> Result<String, FieldError> {
    let name = text.trim();
    if NAME_LENGTH.contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(FieldError::new(
            "name",
            "Give the company a name of at most 120 characters.",
        ))
    }
}

/// Whether the calendar library knows this zone by its IANA name.
pub fn is_time_zone(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn acme() -> NewCompany {
        NewCompany::named(Slug::parse("acme").unwrap())
    }

    fn made(new: NewCompany) -> Result<Company> {
        new.into_company(
            TenantId::from_uuid(uuid::Uuid::nil()),
            Timestamp::from_micros(0),
        )
    }

    #[test]
    fn settings_name_each_value_that_does_not_fit() {
        let errors = Settings::parse("  ", "XYZ", "Mars/Olympus", "klingon").unwrap_err();
        let places: Vec<&str> = errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(places, ["/name", "/currency", "/time_zone", "/locale"]);
        let settings = Settings::parse(" Northwind Tea ", "EUR", "Europe/Bucharest", "ro").unwrap();
        assert_eq!(settings.name, "Northwind Tea");
    }

    #[test]
    fn a_record_is_stored_in_one_form_or_names_what_does_not_fit() {
        let company = made(NewCompany {
            plan: " Growth ".to_owned(),
            legal_name: Some("  Acme SRL ".to_owned()),
            tax_id: Some("ro 14399840".to_owned()),
            industry: Some("  ".to_owned()),
            color: Some("#1F5F4A".to_owned()),
            ..acme()
        })
        .unwrap();
        assert_eq!(company.settings.name, "Acme");
        assert_eq!(company.plan, "growth");
        assert_eq!(company.legal_name.as_deref(), Some("Acme SRL"));
        assert_eq!(company.tax_id.as_deref(), Some("RO14399840"));
        assert_eq!(company.industry, None);
        assert_eq!(company.color.as_deref(), Some("#1f5f4a"));

        let wrong = made(NewCompany {
            settings: Settings {
                name: String::new(),
                ..Settings::blank()
            },
            plan: "the big one".to_owned(),
            legal_name: Some("x".repeat(201)),
            tax_id: Some("RO1".to_owned()),
            color: Some("#ffffff".to_owned()),
            logo_url: Some("http://x.example/a.png".to_owned()),
            contract_start: Some(jiff::civil::date(2026, 5, 1)),
            contract_end: Some(jiff::civil::date(2026, 4, 30)),
            ..acme()
        });
        let Err(Error::Invalid(errors)) = wrong else {
            panic!("{wrong:?}");
        };
        let places: Vec<&str> = errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(
            places,
            [
                "/name",
                "/plan",
                "/legal_name",
                "/tax_id",
                "/color",
                "/logo_url",
                "/contract_end"
            ]
        );
    }

    #[test]
    fn an_archived_company_is_not_seen() {
        let mut company = made(acme()).unwrap();
        company.status = Status::Frozen;
        assert!(company.open().unwrap().is_frozen);
        company.status = Status::Archived;
        assert!(company.open().is_none());
    }
}
