//! Seals how a partner is paid for its place, and opens it for the one file that needs it.

use crate::crypto::{Place, Sealed, Vault};
use crate::id::{PartnerId, TenantId};
use crate::partners::model::Payee;
use crate::slice::SealedColumn;
use crate::{Error, Result};

/// The field's place; part of the stored format.
const FIELD: &str = "payee";
const SERVICE: &str = "partners";

/// Where it is kept.
pub(in crate::partners) const COLUMN: SealedColumn = SealedColumn {
    table: "partners",
    column: "payee_sealed",
    member: None,
    service: SERVICE,
    field: FIELD,
    record: |id| PartnerId::from_uuid(id).to_string(),
    may_be_null: true,
};

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Internal(Box::new(error))
}

/// Seals for this partner of this company.
pub(in crate::partners) fn seal(
    vault: &Vault,
    owner: TenantId,
    partner: PartnerId,
    payee: &Payee,
) -> Result<String> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(payee).map_err(internal)?);
    let record = partner.to_string();
    let place = Place {
        service: SERVICE,
        record: &record,
        field: FIELD,
    };
    let sealed = vault.seal(owner.uuid(), place, &plain).map_err(internal)?;
    Ok(sealed.into_string())
}

/// Opens what was sealed for this partner of this company.
///
/// # Errors
/// Where it was sealed elsewhere or under a key that is gone.
pub fn open(vault: &Vault, owner: TenantId, partner: PartnerId, sealed: &str) -> Result<Payee> {
    let sealed = Sealed::parse(sealed).map_err(internal)?;
    let record = partner.to_string();
    let place = Place {
        service: SERVICE,
        record: &record,
        field: FIELD,
    };
    let plain = vault.open(owner.uuid(), place, &sealed).map_err(internal)?;
    serde_json::from_slice(plain.expose()).map_err(internal)
}
