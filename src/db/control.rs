//! The control plane's door: tenants, people, sessions, keys.

use super::conn::{ControlPlane, Scoped};
use super::scope::ControlDoor;
use crate::Result;

/// The way to the control plane. Part of [`App`](crate::db::Stores); tenant data is not reachable through it.
#[derive(Clone)]
pub struct Control {
    pub(super) door: ControlDoor,
}

impl Control {
    /// Whether this process alone holds it: a file behind the folder's lock, not a database others may share.
    pub fn is_sole(&self) -> bool {
        matches!(self.door, ControlDoor::File(..))
    }

    /// Reads in one snapshot; see [`Scope::read`](super::Scope::read).
    ///
    /// # Errors
    /// As [`Scope::read`](super::Scope::read).
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Scoped<'_, ControlPlane>) -> Result<T> + Send + 'static,
    {
        self.door.read(work).await
    }

    /// Writes in one transaction; see [`Scope::write`](super::Scope::write).
    ///
    /// # Errors
    /// As [`Scope::write`](super::Scope::write).
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Scoped<'_, ControlPlane>) -> Result<T> + Send + 'static,
    {
        self.door.write(work).await
    }
}
