//! A job's effect and its completion in one transaction.

use super::claim;
use crate::db::{ControlConn, TenantConn};
use crate::slice::JobContext;
use crate::{Error, Result};

impl JobContext {
    /// Writes to the tenant's store and completes this job in the same transaction: both happen, or neither.
    ///
    /// # Errors
    /// What the closure returns; a conflict `lease_lost` where another worker has taken the job over, and then nothing is written.
    pub async fn finish_with<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut TenantConn<'_>) -> Result<T> + Send + 'static,
    {
        let scope = self.scope.as_ref().ok_or_else(|| {
            Error::internal("a job of the control plane has no tenant to write to")
        })?;
        let (app, job, fence) = (self.app.clone(), self.job, self.fence);
        scope
            .write(move |c| {
                let value = work(c)?;
                held(claim::complete(c, &app, job, fence)?)?;
                Ok(value)
            })
            .await
    }

    /// The same in the control plane.
    ///
    /// # Errors
    /// As [`JobContext::finish_with`].
    pub async fn finish_control_with<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut ControlConn<'_>) -> Result<T> + Send + 'static,
    {
        if self.scope.is_some() {
            return Err(Error::internal(
                "a tenant's job completes in the tenant's store",
            ));
        }
        let (app, job, fence) = (self.app.clone(), self.job, self.fence);
        self.app
            .control
            .write(move |c| {
                let value = work(c)?;
                held(claim::complete(c, &app, job, fence)?)?;
                Ok(value)
            })
            .await
    }
}

fn held(ours: bool) -> Result<()> {
    if ours {
        Ok(())
    } else {
        Err(Error::conflict(
            "lease_lost",
            "Another worker has taken this job over.",
        ))
    }
}
