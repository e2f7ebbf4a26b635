//! The bare framework answering the same 302: what nothing of ours can be faster than.

use std::process::ExitCode;

use actix_web::{App, HttpResponse, HttpServer, web};

/// Serves until killed; prints the port it listens on.
pub fn serve() -> ExitCode {
    let outcome = actix_web::rt::System::new().block_on(async {
        let server = HttpServer::new(|| App::new().route("/r/{key}", web::get().to(redirect)))
            .workers(2)
            .bind("127.0.0.1:0")?;
        for address in server.addrs() {
            println!("{}", address.port());
        }
        server.run().await
    });
    if outcome.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn redirect(path: web::Path<String>) -> HttpResponse {
    HttpResponse::Found()
        .insert_header(("Location", format!("https://shop.example/?st_ref={path}")))
        .insert_header(("Cache-Control", "no-store"))
        .finish()
}
