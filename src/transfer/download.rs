//! A company's own export for the one who may change its settings: made for this request, gone from the disk when it was sent.

use std::fs::File;
use std::io::Read;

use actix_web::HttpResponse;
use actix_web::body::BodyStream;
use actix_web::web::Bytes;
use futures_util::stream;

use super::scratch::Scratch;
use super::trouble::Trouble;
use crate::Result;
use crate::tenancy::WriteSettings;
use crate::web::{Allowed, answer};

/// Bytes read at once.
const PART: usize = 64 * 1024;

/// `GET T/admin/system/export`: without secrets, since a browser keeps what it is given.
///
/// # Errors
/// Where the store does not answer or there is no room for the file.
pub async fn download(allowed: Allowed<WriteSettings>) -> Result<HttpResponse> {
    let app = &allowed.app;
    let tenant = allowed.scope.tenant();
    let failed = |trouble: Trouble| match trouble {
        Trouble::Failed(error) => error,
        other => crate::Error::internal(other.to_string()),
    };
    let scratch =
        Scratch::within(&app.config.data_dir.join("tenants"), "download").map_err(failed)?;
    let exported = super::export(app, &allowed.actor, tenant, scratch.path(), None)
        .await
        .map_err(failed)?;
    let broken = |error: std::io::Error| crate::Error::Internal(Box::new(error));
    let file = File::open(scratch.path()).map_err(broken)?;
    // Open and without a name: nobody else finds it, and it is gone with this answer, however that ends.
    drop(scratch);
    let name = format!("{}-{}.steading", exported.slug, app.clock.now().day());
    let parts = stream::unfold(Some(file), next);
    Ok(answer::download(
        &name,
        "application/vnd.sqlite3",
        BodyStream::new(Box::pin(parts)),
    ))
}

async fn next(file: Option<File>) -> Option<(std::io::Result<Bytes>, Option<File>)> {
    let mut file = file?;
    let read = tokio::task::spawn_blocking(move || {
        let mut part = vec![0_u8; PART];
        let count = file.read(&mut part);
        count.map(|count| {
            part.truncate(count);
            (part, file)
        })
    });
    match read.await {
        Ok(Ok((part, _))) if part.is_empty() => None,
        Ok(Ok((part, file))) => Some((Ok(Bytes::from(part)), Some(file))),
        Ok(Err(error)) => Some((Err(error), None)),
        Err(error) => Some((Err(std::io::Error::other(error)), None)),
    }
}
