//! JSON bodies, read strictly: broken JSON is 400, a value that does not fit is 422 with its pointer.

use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::body;
use crate::error::FieldError;
use crate::gate::Later;
use crate::{Error, Result};

/// Bodies of ordinary routes.
const LIMIT_BYTES: usize = 256 * 1024;
/// Bodies of batch routes.
pub const BATCH_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// A JSON body of at most 256 KiB.
#[derive(Debug)]
pub struct Json<T> {
    /// The value.
    pub value: T,
    /// Its bytes, for fingerprints.
    pub bytes: actix_web::web::Bytes,
}

/// A JSON body of at most 4 MiB, for batches.
#[derive(Debug)]
pub struct BatchJson<T>(pub Json<T>);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Error;
    type Future = Later<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        read(request, payload.take(), LIMIT_BYTES)
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for BatchJson<T> {
    type Error = Error;
    type Future = Later<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let reading = read(request, payload.take(), BATCH_LIMIT_BYTES);
        Box::pin(async move { reading.await.map(BatchJson) })
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let kind = request
        .headers()
        .get("content-type")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    kind.split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn not_json() -> Error {
    Error::BadRequest {
        code: "not_json",
        message: "Send the body as application/json and say so in Content-Type.".to_owned(),
    }
}

fn read<T: DeserializeOwned + 'static>(
    request: &HttpRequest,
    payload: Payload,
    limit: usize,
) -> Later<'static, Result<Json<T>>> {
    let reading = bytes_of(request.clone(), payload, limit);
    Box::pin(async move {
        let bytes = reading.await?;
        parse(&bytes).map(|value| Json { value, bytes })
    })
}

/// Apart from the typed part, which is compiled for every type.
fn bytes_of(request: HttpRequest, payload: Payload, limit: usize) -> Later<'static, Result<Bytes>> {
    Box::pin(async move {
        body::behind_door(&request).await;
        if is_json(&request) {
            body::read(payload, limit).await
        } else {
            Err(not_json())
        }
    })
}

/// Reads JSON text strictly.
///
/// # Errors
/// [`Error::BadRequest`] for text that is not JSON, [`Error::Invalid`] for a value that does not fit.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    // A list would be taken for an object without names.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::Invalid(vec![FieldError {
            pointer: String::new(),
            message: "Send a JSON object.".to_owned(),
        }]));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read: std::result::Result<T, _> = serde_path_to_error::deserialize(&mut reader);
    let broken = |error: &serde_json::Error| Error::BadRequest {
        code: "broken_json",
        message: format!("This is not JSON: {error}."),
    };
    match read {
        Ok(value) => reader.end().map(|()| value).map_err(|error| broken(&error)),
        Err(error) => {
            let inner = error.inner();
            // A value that does not fit inside a text that is no JSON at all is told as the latter. The reader itself cannot tell:
            // it calls a null where a word should stand broken, too.
            if let Err(plain) = serde_json::from_slice::<serde_json::Value>(bytes) {
                Err(broken(&plain))
            } else {
                let message = inner.to_string();
                let message = match message.split(" at line ").next() {
                    Some(message) if inner.is_data() => message.to_owned(),
                    _ => "This value does not fit here.".to_owned(),
                };
                let mut pointer = pointer(error.path());
                let missing = message.strip_prefix("missing field `");
                if let Some(name) = missing.and_then(|rest| rest.strip_suffix('`')) {
                    pointer.push('/');
                    pointer.push_str(name);
                }
                Err(Error::Invalid(vec![FieldError { pointer, message }]))
            }
        }
    }
}

/// A JSON pointer (RFC 6901) from the path of an error.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sale {
        #[expect(dead_code, reason = "only read")]
        value: crate::money::Money,
    }

    fn failure(text: &[u8]) -> (String, String) {
        match parse::<Sale>(text).unwrap_err() {
            Error::Invalid(fields) => ("422".to_owned(), fields[0].pointer.clone()),
            Error::BadRequest { code, .. } => ("400".to_owned(), code.to_owned()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_text_that_breaks_off_is_told_where_not_by_its_fields() {
        let said = parse::<Sale>(b"{\"a\":").unwrap_err().to_string();
        assert!(
            said.contains("EOF") && said.contains("line 1 column 5"),
            "{said}"
        );
        assert!(!said.contains("unknown field"), "{said}");
    }

    #[test]
    fn bad_bodies_are_told_apart() {
        for (text, status, place) in [
            (&b"{"[..], "400", "broken_json"),
            (
                b"{\"value\":{\"amount\":1,\"currency\":\"EUR\"}} x",
                "400",
                "broken_json",
            ),
            (b"\xff", "400", "broken_json"),
            (
                b"{\"value\":{\"amount\":\"1\",\"currency\":\"EUR\"}}",
                "422",
                "/value/amount",
            ),
            (
                b"{\"value\":{\"amount\":1.5,\"currency\":\"EUR\"}}",
                "422",
                "/value/amount",
            ),
            (
                b"{\"value\":{\"amount\":99999999999999999999,\"currency\":\"EUR\"}}",
                "422",
                "/value/amount",
            ),
            (
                b"{\"value\":{\"amount\":1,\"currency\":\"ZZZ\"}}",
                "422",
                "/value/currency",
            ),
            (b"{\"value\":[1,\"EUR\"]}", "422", "/value"),
            (b"{\"value\":{\"amount\":1}}", "422", "/value/currency"),
            (b"{}", "422", "/value"),
            (b" [{\"amount\":1,\"currency\":\"EUR\"}]", "422", ""),
            (
                b"{\"value\":{\"amount\":1,\"currency\":\"EUR\",\"x\":1}}",
                "422",
                "/value/x",
            ),
        ] {
            assert_eq!(
                failure(text),
                (status.to_owned(), place.to_owned()),
                "{}",
                String::from_utf8_lossy(text)
            );
        }
    }
}
