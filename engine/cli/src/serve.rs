//! `kokoro serve`

pub(crate) mod access;

use std::net::SocketAddr;

use kokoro_server::{Server, ServerConfig, signalled};

use crate::args::ServeArguments;
use crate::exit::CliError;

/// Serves until Ctrl-C or SIGTERM.
pub(crate) fn run(arguments: &ServeArguments) -> Result<(), CliError> {
    let access = arguments
        .access
        .access(std::env::var_os(access::KEY_VARIABLE))?;
    let engine = crate::model::configured(&arguments.engine)?;
    log_to_stderr();
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
        server.run(signalled()).await
    });
    // A synthesis that nobody waits for any more must not hold up the end.
    runtime.shutdown_background();
    Ok(result?)
}

/// What stands before the address on stderr once the server listens.
pub(crate) const LISTENING: &str = "kokoro: listening on http://";

/// One JSON object a line; `KOKORO_LOG` filters as `RUST_LOG` does elsewhere.
fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("KOKORO_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
