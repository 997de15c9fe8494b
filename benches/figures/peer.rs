//! The peer of verdicts: the same server library with nothing behind it.

use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data, Path, get, resource};
use actix_web::{App, HttpResponse, HttpServer};
use uuid::Uuid;

use super::bench::Done;

/// The subcommand that serves it: ADDRESS BYTES WORKERS.
pub(crate) const SUBCOMMAND: &str = "peer";

/// Answers the verdict's route with a fixed body from memory until it is killed.
pub(crate) fn serve(arguments: &[String]) -> Done {
    let [address, bytes, workers] = arguments else { return Err("peer ADDRESS BYTES WORKERS".into()) };
    let body = Data::new(Bytes::from(vec![b' '; bytes.parse()?]));
    let server = HttpServer::new(move || {
        App::new().app_data(body.clone()).service(resource("/api/v1/transcripts/{code}").route(get().to(answer)))
    });
    let server = server.workers(workers.parse()?).bind(address)?.run();
    actix_web::rt::System::new().block_on(server)?;
    Ok(())
}

async fn answer(_code: Path<Uuid>, body: Data<Bytes>) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(body.get_ref().clone())
}
