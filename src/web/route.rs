//! A route as `routes.rs` lists it: method, path, handler, and for the API what the description says of it.

use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Responder, web};
use schemars::{JsonSchema, SchemaGenerator};

use crate::gate::Permission;

/// How a tenant is addressed: routes of the whole instance have no tenant prefix in multi mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Below the tenant's prefix.
    Tenant,
    /// Once per instance: sign-in, setup, health, embedded files.
    Instance,
}

/// One line of the list.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path as actix writes it: `/admin/partners/{id}`.
    pub path: &'static str,
    /// Where it stands in multi mode.
    pub reach: Reach,
    /// What the API's description says; `None` for pages.
    pub api: Option<ApiDoc>,
    make: Box<dyn Fn(Method) -> actix_web::Route + Send + Sync>,
}

impl Route {
    fn new<F, Args>(method: Method, path: &'static str, reach: Reach, handler: F) -> Self
    where
        F: Handler<Args> + Send + Sync + Clone,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let make = move |verb: Method| web::method(verb).to(handler.clone());
        Self {
            method,
            path,
            reach,
            api: None,
            make: Box::new(make),
        }
    }

    /// The framework's own route.
    pub fn make(&self) -> actix_web::Route {
        (self.make)(self.method.clone())
    }

    /// The same handler under another method: HEAD for GET.
    pub fn make_for(&self, method: Method) -> actix_web::Route {
        (self.make)(method)
    }
}

/// A page or file below the tenant's prefix, read.
pub fn get<F, Args>(path: &'static str, handler: F) -> Route
where
    F: Handler<Args> + Send + Sync + Clone,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Route::new(Method::GET, path, Reach::Tenant, handler)
}

/// A form below the tenant's prefix, sent.
pub fn post<F, Args>(path: &'static str, handler: F) -> Route
where
    F: Handler<Args> + Send + Sync + Clone,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Route::new(Method::POST, path, Reach::Tenant, handler)
}

/// Any method below the tenant's prefix (HEAD, OPTIONS).
pub fn method<F, Args>(method: Method, path: &'static str, handler: F) -> Route
where
    F: Handler<Args> + Send + Sync + Clone,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Route::new(method, path, Reach::Tenant, handler)
}

/// The same once per instance.
#[must_use]
pub fn instance(route: Route) -> Route {
    Route {
        reach: Reach::Instance,
        ..route
    }
}

/// Makes the schema of a type.
pub type SchemaFn = fn(&mut SchemaGenerator) -> schemars::Schema;

fn schema_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> schemars::Schema {
    generator.subschema_for::<T>()
}

/// A parameter of the query.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// What the API's description says of a route.
pub struct ApiDoc {
    /// The group it is shown under: `Partners`.
    pub tag: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// The permission it needs; `None` for what any key may ask.
    pub scope: Option<&'static str>,
    /// The body it takes.
    pub request: Option<SchemaFn>,
    /// Whether the body may be left out.
    pub request_is_optional: bool,
    /// The answer it gives: status and body.
    pub response: (u16, Option<SchemaFn>),
    /// What kind of body that is.
    pub media: &'static str,
    /// Further answers of success with the same body (a replayed event: 200 beside 201).
    pub also: &'static [u16],
    /// Problem statuses beyond those every route may give.
    pub problems: &'static [u16],
    /// Parameters of the query.
    pub query: &'static [Parameter],
    /// Whether it answers in pages.
    pub is_list: bool,
    /// Whether it keeps `Idempotency-Key` (POST) or `If-Match` (PATCH). What changes people, keys and projects does not yet.
    pub is_precise: bool,
}

/// An API route under `/api/v1`.
pub fn api<F, Args>(
    method: Method,
    path: &'static str,
    tag: &'static str,
    summary: &'static str,
    handler: F,
) -> Route
where
    F: Handler<Args> + Send + Sync + Clone,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let doc = ApiDoc {
        tag,
        summary,
        scope: None,
        request: None,
        request_is_optional: false,
        response: (200, None),
        media: "application/json",
        also: &[],
        problems: &[],
        query: &[],
        is_list: false,
        is_precise: true,
    };
    Route {
        api: Some(doc),
        ..Route::new(method, path, Reach::Tenant, handler)
    }
}

impl Route {
    fn describe(mut self, change: impl FnOnce(&mut ApiDoc)) -> Self {
        if let Some(doc) = &mut self.api {
            change(doc);
        }
        self
    }

    /// Names the permission.
    #[must_use]
    pub fn needs<P: Permission>(self) -> Self {
        self.describe(|doc| doc.scope = Some(P::NAME))
    }

    /// Names the body it takes.
    #[must_use]
    pub fn takes<T: JsonSchema>(self) -> Self {
        self.describe(|doc| doc.request = Some(schema_of::<T>))
    }

    /// Names a body that may be left out.
    #[must_use]
    pub fn may_take<T: JsonSchema>(self) -> Self {
        self.takes::<T>()
            .describe(|doc| doc.request_is_optional = true)
    }

    /// Names the answer.
    #[must_use]
    pub fn gives<T: JsonSchema>(self, status: u16) -> Self {
        self.describe(|doc| doc.response = (status, Some(schema_of::<T>)))
    }

    /// An answer without a body.
    #[must_use]
    pub fn gives_nothing(self, status: u16) -> Self {
        self.describe(|doc| doc.response = (status, None))
    }

    /// A file of this kind.
    #[must_use]
    pub fn gives_file(self, media: &'static str) -> Self {
        self.describe(|doc| {
            doc.response = (200, Some(schema_of::<String>));
            doc.media = media;
        })
    }

    /// A list of `T` with paging and these filters.
    #[must_use]
    pub fn lists<T: JsonSchema>(self, query: &'static [Parameter]) -> Self {
        self.describe(|doc| {
            doc.response = (200, Some(schema_of::<super::answer::List<T>>));
            doc.query = query;
            doc.is_list = true;
        })
    }

    /// Says that it keeps neither `Idempotency-Key` nor `If-Match`.
    #[must_use]
    pub fn imprecise(self) -> Self {
        self.describe(|doc| doc.is_precise = false)
    }

    /// Parameters of the query of a route that is no list.
    #[must_use]
    pub fn query(self, query: &'static [Parameter]) -> Self {
        self.describe(|doc| doc.query = query)
    }

    /// Further statuses of success with the same body.
    #[must_use]
    pub fn also(self, statuses: &'static [u16]) -> Self {
        self.describe(|doc| doc.also = statuses)
    }

    /// Problem statuses of its own: 409, 410, 412.
    #[must_use]
    pub fn problems(self, statuses: &'static [u16]) -> Self {
        self.describe(|doc| doc.problems = statuses)
    }
}
