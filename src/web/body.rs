//! Reading a request's body: never more than the route takes, never longer than a patient client needs.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;
use tokio::sync::oneshot;

use crate::gate::Later;
use crate::{Error, Result};

/// A body must be here this long after its headers; the framework itself waits for ever.
const DEADLINE: Duration = Duration::from_secs(30);

/// Kept with a request while somebody asks whether to let it in.
struct Asked(oneshot::Receiver<()>);

/// Has the body of a request wait for its door. The framework asks for all that a handler takes at once and answers with what is
/// refused first: without this, whoever is let in by nobody would be told what is wrong with what they sent. The door has answered
/// once what comes back is dropped.
pub fn waits_for_door(request: &HttpRequest) -> oneshot::Sender<()> {
    let (asking, asked) = oneshot::channel();
    request.extensions_mut().insert(Asked(asked));
    asking
}

/// Waits until the door of a request has answered, where it has one. Whoever is refused there never comes this far.
pub async fn behind_door(request: &HttpRequest) {
    let asked = request.extensions_mut().remove::<Asked>();
    if let Some(Asked(asked)) = asked {
        // Nothing is ever sent: what ends the wait is the other half's end.
        let _ = asked.await;
    }
}

/// Reads a body of at most `limit_bytes`.
///
/// # Errors
/// [`Error::TooLarge`], or [`Error::BadRequest`] where it breaks off or comes too slowly.
pub async fn read(mut payload: Payload, limit_bytes: usize) -> Result<Bytes> {
    let reading = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| unreadable("The body broke off."))?;
            if body.len() + chunk.len() > limit_bytes {
                return Err(Error::TooLarge { limit_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    };
    tokio::time::timeout(DEADLINE, reading)
        .await
        .unwrap_or_else(|_| Err(unreadable("The body took longer than 30 seconds.")))
}

fn unreadable(message: &str) -> Error {
    Error::BadRequest {
        code: "bad_request",
        message: message.to_owned(),
    }
}

/// A body that may be left out, of at most 256 KiB.
#[derive(Debug)]
pub struct Optional(pub Bytes);

impl FromRequest for Optional {
    type Error = Error;
    type Future = Later<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            behind_door(&request).await;
            read(payload, 256 * 1024).await.map(Self)
        })
    }
}
