//! Companies: their slug, status and settings. Pure.

use std::fmt;

use crate::error::FieldError;
use crate::gate::{CompanyView, OpenCompany, Standing};
use crate::id::TenantId;
use crate::money::Currency;

/// The company of single mode.
pub const DEFAULT_SLUG: &str = "default";
/// Words that mean something in a path or a host name of ours.
const RESERVED: [&str; 18] = [
    "admin", "api", "app", "apply", "assets", "docs", "health", "hooks", "login", "logout", "mail",
    "operator", "portal", "setup", "signup", "static", "steading", "www",
];
const SLUG_LENGTH: std::ops::RangeInclusive<usize> = 2..=40;
const NAME_LENGTH: std::ops::RangeInclusive<usize> = 1..=120;

/// A company's name in addresses: `/t/<slug>`, `<slug>.<base domain>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

/// A text that is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotASlug {
    /// Wrong letters or length.
    #[error(
        "A slug has 2 to 40 small letters, digits and single hyphens; it begins with a letter and ends without a hyphen."
    )]
    Form,
    /// A word of ours.
    #[error("This word has a meaning of its own in addresses. Choose another.")]
    Reserved,
}

impl Slug {
    /// Takes a text, if it is a slug: fit for a path and for a host name.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Self, NotASlug> {
        let fits = SLUG_LENGTH.contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && !text.contains("--")
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits {
            return Err(NotASlug::Form);
        }
        if RESERVED.contains(&text) {
            return Err(NotASlug::Reserved);
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a company stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Shows what the program can do.
    Demo,
    /// Tries it.
    Trial,
    /// Works with it.
    Active,
    /// Reads only; links still lead to their targets.
    Frozen,
    /// Gone from sight.
    Archived,
}

impl Status {
    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Trial => "trial",
            Self::Active => "active",
            Self::Frozen => "frozen",
            Self::Archived => "archived",
        }
    }

    /// From the word stored.
    pub fn read(word: &str) -> Option<Self> {
        [
            Self::Demo,
            Self::Trial,
            Self::Active,
            Self::Frozen,
            Self::Archived,
        ]
        .into_iter()
        .find(|status| status.as_str() == word)
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
}

impl Company {
    /// What open pages see; nothing once it is archived.
    pub fn open(&self) -> Option<OpenCompany> {
        (self.status != Status::Archived).then(|| OpenCompany {
            tenant: self.id,
            slug: self.slug.as_str().to_owned(),
            view: self.settings.view(),
            is_frozen: self.status == Status::Frozen,
            standing: Standing::default(),
        })
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

    #[test]
    fn slugs_fit_paths_and_host_names() {
        for good in ["default", "a1", "northwind-tea", "x2-y3"] {
            assert_eq!(Slug::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a",
            "1a",
            "-a",
            "a-",
            "a--b",
            "Acme",
            "a_b",
            "ş1",
            "a.b",
            &"a".repeat(41),
        ] {
            assert_eq!(Slug::parse(bad), Err(NotASlug::Form), "{bad}");
        }
        assert_eq!(Slug::parse("admin"), Err(NotASlug::Reserved));
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
    fn an_archived_company_is_not_seen() {
        let mut company = Company {
            id: TenantId::from_uuid(uuid::Uuid::nil()),
            slug: Slug::parse("acme").unwrap(),
            status: Status::Frozen,
            settings: Settings::blank(),
        };
        assert!(company.open().unwrap().is_frozen);
        company.status = Status::Archived;
        assert!(company.open().is_none());
    }
}
