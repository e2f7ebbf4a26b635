//! SIGTERM and SIGINT: the first asks to stop, the second stops at once.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{Error, Result};

/// The signals that end the process.
pub struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// Listens from now on.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn listen() -> Result<Self> {
        let failed = |e: std::io::Error| Error::Internal(Box::new(e));
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
        })
    }

    /// Waits for one.
    pub async fn asked(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
