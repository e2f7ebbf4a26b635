//! What other processes on the same database change, and this one shows at once.

use tokio::sync::mpsc;

use crate::Result;
use crate::app::App;
use crate::db::{Heard, Listening};

/// Listens to the other processes, where there may be any.
///
/// # Errors
/// Where no thread can be had.
pub(super) fn listen(app: &App) -> Result<Option<Listening>> {
    let (said, mut hear) = mpsc::unbounded_channel();
    let listening = app.control.listen(move |heard| {
        // Nobody takes it where the process is on its way out.
        let _ = said.send(heard);
    })?;
    let app = app.clone();
    actix_web::rt::spawn(async move {
        while let Some(heard) = hear.recv().await {
            if let Err(error) = show(&app, heard).await {
                tracing::warn!(%error, "What another process changed shows a little later");
            }
        }
    });
    Ok(listening)
}

async fn show(app: &App, heard: Heard) -> Result<()> {
    let Some(gate) = app.gate.get() else {
        return Ok(());
    };
    match heard {
        Heard::Anything => gate.companies_changed().await,
        Heard::Companies(companies) => {
            for company in companies {
                gate.company_changed(company).await?;
            }
            Ok(())
        }
    }
}
