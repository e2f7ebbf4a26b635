//! A submitted form: its fields as sent, its token already checked.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use url::form_urlencoded;

use super::{body, csrf};
use crate::app::App;
use crate::gate::Later;
use crate::{Error, Result};

/// Forms are small.
const LIMIT_BYTES: usize = 256 * 1024;

/// The fields of a form, in the order sent. The token is checked before a handler sees it.
#[derive(Debug, Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// From pairs, for tests and for showing a form that nobody sent yet.
    pub fn from_pairs<K: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }

    /// A field without the space around it; empty where it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field exactly as sent (passwords).
    pub fn raw(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field that may repeat (ticks).
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// All fields as sent, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Whether a tick was set.
    pub fn is_set(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }
}

impl FromRequest for Form {
    type Error = Error;
    type Future = Later<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            body::behind_door(&request).await;
            let bytes = body::read(payload, LIMIT_BYTES).await?;
            let text = std::str::from_utf8(&bytes).map_err(|_| not_a_form())?;
            let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
                .into_owned()
                .collect();
            if pairs
                .iter()
                .any(|(key, value)| key.contains('\0') || value.contains('\0'))
            {
                return Err(not_a_form());
            }
            let form = Self(pairs);
            let app = request.app_data::<web::Data<App>>().ok_or(Error::Busy)?;
            csrf::check(&request, app, form.raw(csrf::FIELD))?;
            Ok(form)
        })
    }
}

fn not_a_form() -> Error {
    Error::BadRequest {
        code: "bad_request",
        message: "The form is not valid UTF-8 text.".to_owned(),
    }
}
