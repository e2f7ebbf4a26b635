//! The HTTP side: the routes behind the edge, and a stand-in that answers 503 while the stores are made ready.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{App as Framework, HttpRequest, HttpServer, web};

use crate::app::App;
use crate::db::descriptors;
use crate::routes;
use crate::web::allowed::nowhere;
use crate::web::describe::Description;
use crate::web::edge::edge;
use crate::web::health;
use crate::web::route::Route;
use crate::{Error, Result};

/// Headers must be here this long after a connection opened.
const HEADER_TIME: Duration = Duration::from_secs(5);
/// An idle connection is kept this long.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Requests under way at a stop get this long.
const DRAIN_SECONDS: u64 = 20;
/// Connections of a worker, where there are descriptors for more.
const MOST_CONNECTIONS: usize = 25_600;
/// Threads of a worker that may wait for a store.
const BLOCKING_THREADS: usize = 32;

/// Mounts every route: one resource per path, so that another method there is 405 and says which there are. Paths that begin alike
/// share a scope, so that a request is held against the few that begin as it does and not against a pattern of every route.
/// A company's prefix is taken off by the edge, before anything is looked for here.
pub fn mount(config: &mut web::ServiceConfig) {
    Branch::of(routes::all()).mount(config);
    config.default_service(web::to(nowhere));
}

/// The routes below one beginning of a path.
#[derive(Default)]
struct Branch {
    /// Paths whose next segment is fixed, by that segment, in the order of the list.
    fixed: Vec<(&'static str, Branch)>,
    /// Paths that end here, or go on with a variable segment, by the rest of the path, in the order of the list.
    rest: Vec<(&'static str, Vec<Route>)>,
}

impl Branch {
    fn of(routes: impl IntoIterator<Item = Route>) -> Self {
        let mut tree = Self::default();
        for route in routes {
            tree.add(route.path, route);
        }
        tree
    }

    fn add(&mut self, rest: &'static str, route: Route) {
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| *c == '/')
            .map_or(rest.len(), |(at, _)| at);
        let (segment, after) = rest.split_at(end);
        if segment.len() < 2 || segment.contains('{') {
            match self.rest.iter_mut().find(|(known, _)| *known == rest) {
                Some((_, routes)) => routes.push(route),
                None => self.rest.push((rest, vec![route])),
            }
            return;
        }
        if !self.fixed.iter().any(|(known, _)| *known == segment) {
            self.fixed.push((segment, Self::default()));
        }
        if let Some((_, branch)) = self.fixed.iter_mut().find(|(known, _)| *known == segment) {
            branch.add(after, route);
        }
    }

    fn mount(self, config: &mut web::ServiceConfig) {
        for (segment, branch) in self.fixed {
            config.service(web::scope(segment).configure(|inner| branch.mount(inner)));
        }
        for (path, routes) in self.rest {
            config.service(resource(path, &routes));
        }
    }
}

fn resource(path: &'static str, routes: &[Route]) -> actix_web::Resource {
    let mut resource = web::resource(path);
    let mut allow: Vec<String> = routes
        .iter()
        .map(|route| route.method.to_string())
        .collect();
    let has_head = routes.iter().any(|route| route.method == Method::HEAD);
    for route in routes {
        resource = resource.route(route.make());
        if route.method == Method::GET && !has_head {
            resource = resource.route(route.make_for(Method::HEAD));
            allow.push(Method::HEAD.to_string());
        }
    }
    let allow = allow.join(", ");
    resource.default_service(web::to(move || {
        let allow = allow.clone();
        async move { Err::<&str, Error>(Error::MethodNotAllowed { allow }) }
    }))
}

/// The program on a listener. Signals are ours to handle.
///
/// # Errors
/// Where the listener cannot be used.
pub fn serve(app: App, listener: TcpListener, workers: usize) -> Result<Server> {
    let connections = descriptors::for_connections() / workers.max(1);
    let data = web::Data::new(app);
    let description = web::Data::new(Description::new(routes::description()));
    let server = HttpServer::new(move || {
        Framework::new()
            .app_data(data.clone())
            .app_data(description.clone())
            .configure(mount)
            .wrap(from_fn(edge))
    })
    .workers(workers)
    .worker_max_blocking_threads(BLOCKING_THREADS)
    .max_connections(connections.min(MOST_CONNECTIONS))
    .client_request_timeout(HEADER_TIME)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(DRAIN_SECONDS)
    .backlog(1_024)
    .disable_signals()
    .listen(listener)
    .map_err(|e| Error::Internal(Box::new(e)))?;
    Ok(server.run())
}

/// Answers on a listener while nothing is ready: alive, not ready, 503 for the rest.
///
/// # Errors
/// Where the listener cannot be used.
pub fn serve_starting(listener: TcpListener) -> Result<(Server, ServerHandle)> {
    let server = HttpServer::new(|| {
        Framework::new()
            .route("/healthz", web::get().to(health::alive))
            .default_service(web::to(starting))
            .wrap(from_fn(edge))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .listen(listener)
    .map_err(|e| Error::Internal(Box::new(e)))?
    .run();
    let handle = server.handle();
    Ok((server, handle))
}

async fn starting(request: HttpRequest) -> Result<actix_web::HttpResponse> {
    if request.path() == "/readyz" {
        return Ok(health::ready(None).await);
    }
    Err(Error::Busy)
}
