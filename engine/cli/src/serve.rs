//! `kokoro serve`

pub(crate) mod access;
mod traces;

use std::net::SocketAddr;

use kokoro_server::{Server, ServerConfig, signalled};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::args::ServeArguments;
use crate::exit::CliError;
use traces::{Export, TraceLayer};

/// Serves until Ctrl-C or SIGTERM.
pub(crate) fn run(arguments: &ServeArguments) -> Result<(), CliError> {
    let access = arguments
        .access
        .access(std::env::var_os(access::KEY_VARIABLE))?;
    let engine = crate::model::configured(&arguments.engine)?;
    let export = Export::from_environment()?;
    log_to_stderr(export.layer());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::Internal(format!("cannot start the runtime: {error}")))?;
    let result = runtime.block_on(async {
        let server = Server::bind(ServerConfig {
            address: SocketAddr::new(arguments.host, arguments.port),
            limits: arguments.limits(),
            engine,
        })
        .await?
        .guarded(access);
        eprintln!("{}{}", LISTENING, server.address());
        export.say();
        export.join(server).run(signalled()).await
    });
    // A synthesis that nobody waits for any more must not hold up the end.
    runtime.shutdown_background();
    export.end();
    Ok(result?)
}

/// What stands before the address on stderr once the server listens.
pub(crate) const LISTENING: &str = "kokoro: listening on http://";

/// One JSON object a line; `KOKORO_LOG` filters as `RUST_LOG` does elsewhere. Spans go to the collector of traces, if there is one.
fn log_to_stderr(traces: Option<TraceLayer>) {
    let filter = EnvFilter::try_from_env("KOKORO_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false)
        .with_writer(std::io::stderr)
        .with_filter(filter);
    tracing_subscriber::registry()
        .with(traces)
        .with(lines)
        .init();
}
