//! The flags that decide what a company may use of a product.

use clap::Args;

use super::record::moment;
use crate::Result;
use crate::error::FieldError;
use crate::gate::Counted;
use crate::tenancy::plans::{Entitlement, EntitlementView, known_product};

/// What a company may use of a product.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Entitled {
    /// A product, switched: partners=on or partners=off; alone where only its end or knobs change
    #[arg(long, value_name = "PRODUCT[=on|off]")]
    product: Option<String>,
    /// Until when the product is on: a day, or a time with its zone; empty for good
    #[arg(long, value_name = "WHEN", requires = "product")]
    until: Option<String>,
    /// A limit of this company's own, before its plan's: members, partners, links or events_per_month; empty puts it back
    #[arg(long, value_name = "NAME=NUMBER", requires = "product")]
    knob: Vec<String>,
}

impl Entitled {
    /// The decision the flags make, if they make one.
    pub(super) fn read(&self) -> Result<Option<Entitlement>> {
        let Some(text) = &self.product else {
            return Ok(None);
        };
        let (product, switch) = text.split_once('=').unwrap_or((text, ""));
        known_product(product)?;
        let is_enabled = match switch {
            "on" => Some(true),
            "off" => Some(false),
            "" => None,
            _ => return Err(wrong("--product", "Write partners=on or partners=off.")),
        };
        let expires_at = match self.until.as_deref() {
            None => None,
            Some("") => Some(None),
            Some(text) => Some(Some(moment("--until", text)?)),
        };
        let decided = Entitlement {
            product: product.to_owned(),
            is_enabled,
            expires_at,
            knobs: self
                .knob
                .iter()
                .map(|text| knob(text))
                .collect::<Result<_>>()?,
        };
        if decided.is_empty() {
            return Err(wrong(
                "--product",
                "Say what changes: partners=on, partners=off, --until or --knob.",
            ));
        }
        Ok(Some(decided))
    }
}

fn knob(text: &str) -> Result<(Counted, Option<u64>)> {
    let known = Counted::ALL.map(Counted::as_str).join(", ");
    let bad = || wrong("--knob", &format!("Write NAME=NUMBER with one of {known}."));
    let (name, number) = text.split_once('=').ok_or_else(bad)?;
    let what = Counted::read(name).ok_or_else(bad)?;
    match number {
        "" => Ok((what, None)),
        number => Ok((what, Some(number.parse().map_err(|_| bad())?))),
    }
}

fn wrong(flag: &str, message: &str) -> crate::Error {
    crate::Error::Invalid(vec![FieldError::new(flag, message)])
}

/// What stands now, in one line.
pub(super) fn said(view: &EntitlementView) -> String {
    format!("The product {} is {}.", view.product, view.words())
}
