//! Listening, and stopping in good order.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use kokoro_speech::{Engine, EngineConfig, SpeechError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

use crate::access::{Access, Peer};
use crate::app::{App, router};
use crate::limits::{Limits, MAX_CHARACTERS};
use crate::spans::{Join, Local};

/// Bytes of a request's head and of a connection's read buffer.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// What a server needs to know.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where to listen; port 0 takes a free one.
    pub address: SocketAddr,
    /// What it gives at most.
    pub limits: Limits,
    /// What speaks. Its deadline and longest text are set from the limits.
    pub engine: EngineConfig,
}

/// Why a server does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be had.
    #[error(
        "cannot listen on {address}: {source}; choose another with --host and --port (0 takes a free port)"
    )]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The engine cannot speak.
    #[error(transparent)]
    Engine(#[from] SpeechError),
    /// The thread that loaded the engine died.
    #[error("the thread that loads the engine died; the log says why")]
    Loader,
}

/// A server that listens already and serves once [`Server::run`] is awaited.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    config: ServerConfig,
    access: Access,
    join: Option<Join>,
}

impl Server {
    /// Takes the address.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn bind(config: ServerConfig) -> Result<Self, ServerError> {
        let address = config.address;
        let failed = |source| ServerError::Bind { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            listener,
            address,
            config,
            access: Access::default(),
            join: None,
        })
    }

    /// Asks for keys, limits rates, lets pages in. Without it everybody who reaches the address may speak.
    #[must_use]
    pub fn guarded(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// Joins every request to the trace its caller has begun. Without it each is a trace of its own, for subscribers who
    /// collect spans of the target [`crate::TRACE_TARGET`].
    #[must_use]
    pub fn traced(self, join: Join) -> Self {
        Self {
            join: Some(join),
            ..self
        }
    }

    /// The address that was taken, with its true port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`, then lets running requests finish.
    ///
    /// # Errors
    /// When the engine cannot speak: a server that never could is no use to a supervisor.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), ServerError> {
        let app = App::guarded(self.config.limits.clone(), self.access);
        if let Some(join) = self.join {
            // The app is new: nobody has set one.
            let _ = app.join.set(join);
        }
        let loading = load(&app, self.config.engine);
        let acceptor = Acceptor {
            service: router(&app),
            connections: Arc::new(Semaphore::new(app.limits.connections)),
            graceful: GracefulShutdown::new(),
            limits: app.limits.clone(),
        };
        tracing::info!(address = %self.address, "listening");
        let failed = async {
            match loading.await {
                Ok(Ok(())) => std::future::pending().await,
                Ok(Err(error)) => ServerError::Engine(error),
                Err(_) => ServerError::Loader,
            }
        };
        let result = tokio::select! {
            () = acceptor.accept(&self.listener) => Ok(()),
            () = shutdown => Ok(()),
            error = failed => Err(error),
        };
        drop(self.listener);
        if result.is_ok() {
            tracing::info!("stopping: running requests may finish");
            if timeout(app.limits.shutdown_grace, acceptor.graceful.shutdown())
                .await
                .is_err()
            {
                tracing::warn!("stopped with requests still running");
            }
        }
        result
    }
}

/// Opens the engine on a thread of its own, so that `/health` answers at once.
fn load(app: &Arc<App>, config: EngineConfig) -> JoinHandle<Result<(), SpeechError>> {
    let app = Arc::clone(app);
    let config = EngineConfig {
        deadline: app.limits.request_deadline,
        max_characters: MAX_CHARACTERS,
        ..config
    };
    tokio::task::spawn_blocking(move || {
        let engine = Engine::open(config)?;
        let info = engine.info();
        tracing::info!(
            provider = info.provider,
            backend = info.backend,
            model_sha256 = info.model_sha256,
            "ready to speak"
        );
        app.loaded(engine);
        Ok(())
    })
}

struct Acceptor {
    service: axum::Router,
    connections: Arc<Semaphore>,
    graceful: GracefulShutdown,
    limits: Limits,
}

impl Acceptor {
    /// Accepts for ever.
    async fn accept(&self, listener: &TcpListener) {
        loop {
            // Without a free place nothing is accepted: the system's backlog holds who comes next.
            let Ok(place) = Arc::clone(&self.connections).acquire_owned().await else {
                return;
            };
            match listener.accept().await {
                Ok((stream, peer)) => self.serve(stream, Peer(peer.ip()), place),
                Err(error) => {
                    // Out of file descriptors, most likely: some must close first.
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }

    fn serve(&self, stream: TcpStream, peer: Peer, place: OwnedSemaphorePermit) {
        if let Err(error) = stream.set_nodelay(true) {
            // Slower first audio, still right.
            tracing::debug!(%error, "TCP_NODELAY refused");
        }
        let local = stream.local_addr().ok().map(Local);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.limits.write_timeout));
        let routes = TowerToHyperService::new(self.service.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            if let Some(local) = local {
                request.extensions_mut().insert(local);
            }
            routes.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.header_timeout)
            .max_buf_size(MAX_HEAD_BYTES)
            .serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = self.graceful.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                // Clients that leave early are no event for an operator.
                tracing::debug!(%error, "connection ended");
            }
        });
    }
}

/// Resolves at Ctrl-C or, where there are signals, at SIGTERM.
pub async fn signalled() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
