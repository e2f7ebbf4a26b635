//! A server of gallery pages: the shipped layout, parts and assets under the strict policy, without the product behind.

use std::sync::mpsc;
use std::thread;

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use steading::web::{assets, theme};

use super::gallery;

/// What every page is served with.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Starts a server of the gallery and returns its origin. It ends with the test process.
pub fn start() -> String {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(|| {
                App::new()
                    .wrap(DefaultHeaders::new().add((header::CONTENT_SECURITY_POLICY, POLICY)))
                    .route("/static/{hash}/{name:.*}", web::get().to(assets::serve))
                    .route("/theme", web::post().to(theme::save))
                    .route("/favicon.ico", web::get().to(HttpResponse::NotFound))
                    .route("/echo", web::post().to(echo))
                    .route("/{name:.*}", web::get().to(page))
            })
            .workers(1)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .unwrap();
            tell.send(server.addrs()[0]).unwrap();
            server.run().await.unwrap();
        });
    });
    format!("http://{}", told.recv().unwrap())
}

async fn page(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    gallery::page(&request, &name)
}

/// Shows what a form sent.
async fn echo(body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html")
        .body(format!("<title>sent</title><pre id=sent>{body}</pre>"))
}
