//! Running: two listeners, deadlines, a cap on connections, and a shutdown that lets requests end.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::web::Data;
use actix_web::{App, HttpServer};

use super::{AppState, routes};

/// How long an idle connection is kept for the next request.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// Why a server could not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeFault {
    /// The listener could not be used.
    #[error("cannot listen: {0}")]
    Listen(#[source] io::Error),
    /// It stopped with an error.
    #[error("the server stopped: {0}")]
    Stopped(#[source] io::Error),
}

/// The server of the public listener, not yet polled. `signals`: whether SIGTERM and SIGINT stop it.
///
/// # Errors
/// [`ServeFault::Listen`].
pub fn public_server(state: Data<AppState>, listener: TcpListener, signals: bool) -> Result<Server, ServeFault> {
    let serve = state.config.serve.clone();
    let workers = match serve.workers {
        0 => std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
        n => n,
    };
    let server = HttpServer::new(move || App::new().configure(|app| routes::public(&state, app)))
        .workers(workers)
        .max_connections((serve.max_connections / workers).max(1))
        .client_request_timeout(Duration::from_millis(serve.header_deadline_ms))
        .client_disconnect_timeout(Duration::from_secs(2))
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(serve.drain_s);
    let server = if signals { server } else { server.disable_signals() };
    Ok(server.listen(listener).map_err(ServeFault::Listen)?.run())
}

/// Answers on both listeners until SIGTERM or SIGINT; then takes no new connections and gives running
/// requests `serve.drain_s` seconds. Blocks.
///
/// # Errors
/// [`ServeFault`].
pub fn serve(state: AppState, public: TcpListener, operators: Option<TcpListener>) -> Result<(), ServeFault> {
    let state = Data::new(state);
    actix_web::rt::System::new().block_on(async move {
        let server = public_server(state.clone(), public, true)?;
        let Some(operators) = operators else { return server.await.map_err(ServeFault::Stopped) };
        let admin = HttpServer::new(move || App::new().configure(|app| routes::operators(&state, app)))
            .workers(1)
            .disable_signals()
            .listen(operators)
            .map_err(ServeFault::Listen)?
            .run();
        let stop = admin.handle();
        actix_web::rt::spawn(admin);
        let ended = server.await.map_err(ServeFault::Stopped);
        // Operators can watch the draining; their listener goes last.
        stop.stop(false).await;
        ended
    })
}
