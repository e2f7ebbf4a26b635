//! The kinds of work the slices declare.

use crate::app::App;
use crate::db::Plane;
use crate::slice::{JobKind, JobPlane};

/// The plane of a connection as slices name it.
pub(super) fn plane_of<P: Plane>() -> JobPlane {
    if P::NAME == "control" {
        JobPlane::Control
    } else {
        JobPlane::Tenant
    }
}

/// A kind by its name in a plane.
pub(super) fn find(app: &App, plane: JobPlane, name: &str) -> Option<JobKind> {
    all(app, plane).find(|kind| kind.name == name)
}

/// Every kind of a plane.
pub(super) fn all(app: &App, plane: JobPlane) -> impl Iterator<Item = JobKind> + use<> {
    app.slices
        .iter()
        .flat_map(|slice| slice.jobs)
        .filter(move |kind| kind.plane == plane)
        .copied()
}
