//! Logs on standard error: lines for people, or one JSON object per line for machines.

use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogFormat, LogLevel};

/// Turns logging on for this process. A second call changes nothing.
/// Colour only for people at a terminal who did not set `NO_COLOR`.
pub fn start(level: &LogLevel, format: LogFormat, no_color: bool) {
    // The level was checked when the configuration was read.
    // What the HTTP library says of its own threads interests only who asks for it by name.
    let filter: Targets = format!("actix_server=warn,{}", level.as_str())
        .parse()
        .unwrap_or_default();
    let colour = !no_color && std::io::stderr().is_terminal();
    let written = match format {
        LogFormat::Text => layer()
            .with_writer(std::io::stderr)
            .with_ansi(colour)
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => {
            let json = layer()
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false);
            json.with_writer(std::io::stderr)
                .with_filter(filter)
                .boxed()
        }
    };
    if tracing_subscriber::registry()
        .with(written)
        .try_init()
        .is_ok()
    {
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// A panic is an event like others; in JSON mode no line may be anything else.
fn log_panic(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, message_of_panic = message, "Panicked");
}
