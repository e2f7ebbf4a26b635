//! The way in beside a running server: a 0600 Unix socket in the data folder, through which the command line has its commands run.
//!
//! One request and one answer a connection, each one line of JSON. Who may open the socket may read the data folder anyway.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use crate::app::App;
use crate::db::Told;
use crate::gate::Later;
use crate::{Error, Result};

/// Longest request: an argument list and a secret.
const REQUEST_LIMIT: u64 = 16 * 1024 * 1024;

/// A command to run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// The command's arguments, without the program's name.
    pub arguments: Vec<String>,
    /// What it would have read from standard input or a prompt.
    pub input: Option<String>,
    /// The folder it is run in.
    #[serde(default)]
    pub folder: Option<String>,
    /// Whether somebody wants to hear how far it is.
    #[serde(default)]
    pub is_watched: bool,
}

/// How far it is: what, how much of it is done, of how much. A line before the reply.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Step {
    what: String,
    done: u64,
    of: u64,
}

/// How it went.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Reply {
    /// Data for standard output.
    pub output: String,
    /// Words for standard error.
    pub words: String,
    /// The exit code.
    pub code: u8,
}

/// Runs a command inside the server.
pub type RunCommand = fn(App, Request, Told) -> Later<'static, Reply>;

/// Where the socket is.
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("control.sock")
}

/// Whether somebody answers there.
pub fn is_answered(data_dir: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(path(data_dir)).is_ok()
}

/// Opens the socket and answers until the process ends. A stale socket of a process that died is replaced.
///
/// # Errors
/// Where the socket cannot be made.
pub fn listen(app: App, run: RunCommand) -> Result<()> {
    let path = path(&app.config.data_dir);
    let failed = |e: std::io::Error| Error::Internal(Box::new(e));
    if path.exists() {
        std::fs::remove_file(&path).map_err(failed)?;
    }
    let listener = UnixListener::bind(&path).map_err(failed)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    actix_web::rt::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let app = app.clone();
            actix_web::rt::spawn(async move {
                if let Err(error) = answer(stream, app, run).await {
                    tracing::debug!(%error, "A command on the control socket broke off");
                }
            });
        }
    });
    Ok(())
}

async fn answer(stream: UnixStream, app: App, run: RunCommand) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut line = String::new();
    BufReader::new(reader.take(REQUEST_LIMIT))
        .read_line(&mut line)
        .await?;
    let request: Request = serde_json::from_str(&line)?;
    // The newest word alone: a terminal that is slow does not hold up the work.
    let (tell, mut heard) = watch::channel(Step::default());
    let told = match request.is_watched {
        false => Told::default(),
        true => Told::to(move |what, done, of| {
            let what = what.to_owned();
            drop(tell.send(Step { what, done, of }));
        }),
    };
    let mut running = run(app, request, told);
    let reply = loop {
        tokio::select! {
            reply = &mut running => break reply,
            Ok(()) = heard.changed() => {
                let step = heard.borrow_and_update().clone();
                write_line(&mut writer, &step).await?;
            }
        }
    };
    let last = {
        let step = heard.borrow_and_update();
        step.has_changed().then(|| step.clone())
    };
    if let Some(step) = last {
        write_line(&mut writer, &step).await?;
    }
    write_line(&mut writer, &reply).await?;
    writer.shutdown().await
}

async fn write_line(
    writer: &mut (impl AsyncWriteExt + Unpin),
    value: &impl Serialize,
) -> std::io::Result<()> {
    let text = serde_json::to_string(value)? + "\n";
    writer.write_all(text.as_bytes()).await
}

/// Has a running server run a command. `None` where no server answers at the socket.
///
/// # Errors
/// Where a server is there and the connection breaks.
pub async fn send(
    data_dir: &Path,
    request: &Request,
    told: &Told,
) -> std::io::Result<Option<Reply>> {
    let Ok(mut stream) = UnixStream::connect(path(data_dir)).await else {
        return Ok(None);
    };
    stream
        .write_all(serde_json::to_string(request)?.as_bytes())
        .await?;
    stream.write_all(b"\n").await?;
    let mut lines = BufReader::new(stream).lines();
    loop {
        let next = tokio::time::timeout(Duration::from_secs(600), lines.next_line()).await??;
        let text = next.ok_or(std::io::ErrorKind::UnexpectedEof)?;
        match serde_json::from_str::<Step>(&text) {
            Ok(step) => told.at(&step.what, step.done, step.of),
            Err(_) => return Ok(Some(serde_json::from_str(&text)?)),
        }
    }
}

/// Takes the socket away at a clean stop.
pub fn remove(data_dir: &Path) {
    if let Err(error) = std::fs::remove_file(path(data_dir)) {
        tracing::debug!(%error, "The control socket was gone already");
    }
}
