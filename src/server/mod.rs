//! The process that serves: starts in the right order, stops without losing an answer.
//!
//! The port is bound first and answers 503 while keys, migrations and stores are made ready; then the program takes over the same
//! socket. At a stop readiness goes first, then a stand-in takes the port and requests drain, then jobs and writers come to rest.

pub mod banner;
pub mod boot;
pub mod control_socket;
pub mod doctor;
pub mod http;
pub mod look;
pub mod notify;
mod others;
pub mod signals;
pub mod stand_in;

use std::net::TcpListener;
use std::time::Duration;

use banner::Banner;
use boot::BootError;
use control_socket::RunCommand;
use signals::Stop;
use stand_in::StandIn;

use crate::clock::Clock;
use crate::config::{Loaded, LogFormat};
use crate::{Error, identity, jobs};

/// A stop that takes longer than this is ended: whoever asked for it would do the same.
const STOP_WITHIN: Duration = Duration::from_secs(25);
/// How long a stop waits for the thread that listens to other processes.
const NOTICES_END: Duration = Duration::from_secs(3);
/// Readiness is withdrawn this long before new connections go to the stand-in.
const LISTEN_ON: Duration = Duration::from_millis(300);
/// Connections accepted before that are taken up within this time.
const TAKE_UP: Duration = Duration::from_millis(100);

/// Serves until it is asked to stop. `say` writes the banner for people.
///
/// # Errors
/// [`BootError`] where the start fails.
pub async fn run(
    loaded: Loaded,
    clock: Clock,
    run_command: RunCommand,
    say: fn(&str),
) -> Result<(), BootError> {
    let mut stop = Stop::listen()?;
    boot::judge(&loaded)?;
    let lock = boot::take_folder(&loaded)?;
    let listen = loaded.config.server.listen;
    let listener = TcpListener::bind(listen).map_err(|e| {
        BootError::Failed(format!("The address {listen} cannot be listened on: {e}."))
    })?;
    let bound = listener
        .local_addr()
        .map_err(|e| BootError::Failed(e.to_string()))?;
    let public_url = loaded.config.server.public_url(bound);
    let second = listener.try_clone()?;
    let for_the_end = listener.try_clone()?;
    let (starting, starting_handle) = http::serve_starting(second)?;
    let starting = actix_web::rt::spawn(starting);

    let standing = tokio::select! {
        standing = boot::stand_up(&loaded, public_url.as_str(), clock, lock) => standing?,
        signal = stop.asked() => {
            tracing::info!(signal, "Stopped while starting");
            return Ok(());
        }
    };
    let app = standing.app.clone();
    control_socket::listen(app.clone(), run_command)?;
    let runner = jobs::start(&app);
    let others = others::listen(&app)?;
    let server = http::serve(app.clone(), listener, workers())?;
    let handle = server.handle();
    let mut serving = actix_web::rt::spawn(server);
    app.phase.serve();
    starting_handle.stop(false).await;
    drop(starting);

    let setup = identity::setup_link(&app).await?;
    let banner = Banner::of(&app, setup, loaded.file.as_deref());
    match loaded.config.log.format {
        LogFormat::Json => tracing::info!(
            version = banner.version,
            dashboard = banner.dashboard,
            api_docs = banner.api_docs,
            data_dir = banner.data_dir,
            engine = banner.engine,
            tenancy = banner.tenancy,
            setup = banner.setup,
            "Steading is ready"
        ),
        LogFormat::Text => say(&banner.text()),
    }
    let manager = loaded.manager.notify_socket.as_deref();
    notify::tell(manager, "READY=1");

    let signal = tokio::select! {
        signal = stop.asked() => signal,
        ended = &mut serving => {
            let reason = ended.map_or_else(|e| e.to_string(), |r| r.map_or_else(|e| e.to_string(), |()| "it ended".to_owned()));
            return Err(BootError::Failed(format!("The HTTP server ended by itself: {reason}.")));
        }
    };
    app.phase.stop();
    tracing::info!(signal, "Stopping: readiness withdrawn, requests drain");
    notify::tell(manager, "STOPPING=1");
    let quiet = async {
        // Whoever asks /readyz sees 503 while everything is still answered.
        tokio::time::sleep(LISTEN_ON).await;
        handle.pause().await;
        let stand_in = StandIn::begin(for_the_end)
            .inspect_err(|error| tracing::warn!(%error, "New connections are refused from now on"))
            .ok();
        // A worker that is told to stop drops what it has accepted and not looked at: each gets its turn first.
        tokio::time::sleep(TAKE_UP).await;
        handle.stop(true).await;
        runner.stop().await;
        if let Err(error) = identity::flush(&app).await {
            tracing::warn!(%error, "When sessions and keys were last used could not be written");
        }
        // The process must not end under a thread that is inside the database's library. One that waits for a database that does
        // not answer is not waited for.
        let ended = tokio::task::spawn_blocking(move || drop(others));
        if tokio::time::timeout(NOTICES_END, ended).await.is_err() {
            tracing::debug!("The listening for notices did not end in time");
        }
        standing.stores.shutdown().await;
        control_socket::remove(&app.config.data_dir);
        drop(standing.lock);
        if let Some(stand_in) = stand_in {
            stand_in.end().await;
        }
    };
    tokio::select! {
        () = quiet => tracing::info!("Stopped"),
        _ = stop.asked() => tracing::warn!("Asked again: stopping at once"),
        () = tokio::time::sleep(STOP_WITHIN) => tracing::warn!("Requests did not drain in time"),
    }
    Ok(())
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 16))
}

impl From<std::io::Error> for BootError {
    fn from(error: std::io::Error) -> Self {
        Self::from(Error::Internal(Box::new(error)))
    }
}
