//! The door of open pages: links, application forms, tracking. It lets everybody in, to the company the address names.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use crate::app::App;
use crate::db::Scope;
use crate::gate::OpenCompany;
use crate::web::request::Facts;
use crate::{Error, Result};

/// The company of an open page, with the way to its data. An unknown or archived company is [`Error::NotFound`].
pub struct PublicTenant {
    /// The program.
    pub app: App,
    /// The company's data.
    pub scope: Scope,
    /// The company.
    pub company: Arc<OpenCompany>,
}

impl FromRequest for PublicTenant {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(request))
    }
}

impl PublicTenant {
    fn of(request: &HttpRequest) -> Result<Self> {
        let app: &App = request.app_data::<web::Data<App>>().ok_or(Error::Busy)?;
        let gate = app.gate.get().ok_or(Error::Busy)?;
        let slug = request
            .extensions()
            .get::<Facts>()
            .and_then(|facts| facts.tenant_slug.clone());
        let company = gate.company(slug.as_deref()).ok_or(Error::NotFound)?;
        Ok(Self {
            scope: app.tenants.scope(company.tenant)?,
            app: app.clone(),
            company,
        })
    }
}
