//! The one list of slices. Tenancy, identity and jobs walk it and import none of them.

use crate::slice::Slice;
use crate::{audit, identity, jobs, mailing, operator, partners, tenancy, transfer};

/// Every slice, in the order of dependence.
pub const SLICES: &[Slice] = &[
    crate::web::describe::SLICE,
    audit::SLICE,
    jobs::SLICE,
    mailing::SLICE,
    tenancy::SLICE,
    identity::SLICE,
    partners::SLICE,
    operator::SLICE,
    transfer::SLICE,
];
