//! Who may ask, how often, and from which pages. Off unless asked for: a server on the loopback
//! address needs none of it.

mod buckets;
mod keys;
mod origin;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::{App, SPEECH_ROUTES};
use crate::error::{ApiError, Code};
use buckets::Buckets;
pub use buckets::Rate;
pub use keys::{KeyError, Keys};
pub(crate) use origin::layer;
pub use origin::{Origin, OriginError};

/// Routes that need no key: probes, the contract, and pages that hold no speech.
const OPEN: [&str; 9] = [
    "/",
    "/docs",
    "/docs/",
    "/favicon.ico",
    "/health",
    "/healthz",
    "/openapi.json",
    "/openapi.yaml",
    "/readyz",
];
/// What the pages load.
const OPEN_FOLDER: &str = "/assets/";
/// Clients whose rate is remembered, of either kind.
const REMEMBERED: usize = 4096;

/// Who may use a server. The default lets everybody who reaches it.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Keys that are accepted; none: no key is asked for.
    pub keys: Keys,
    /// Requests to speak from one address.
    pub per_address: Option<Rate>,
    /// Requests to speak with one key.
    pub per_key: Option<Rate>,
    /// Pages of other origins that may use the server; none: no page may.
    pub origins: Vec<Origin>,
}

/// The address at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The access of one running server.
#[derive(Debug)]
pub(crate) struct Guard {
    pub(crate) access: Access,
    addresses: Option<Buckets<IpAddr>>,
    keys: Option<Buckets<u32>>,
}

impl Guard {
    pub(crate) fn new(access: Access) -> Self {
        Self {
            addresses: access
                .per_address
                .map(|rate| Buckets::new(rate, REMEMBERED)),
            keys: access.per_key.map(|rate| Buckets::new(rate, REMEMBERED)),
            access,
        }
    }

    /// Lets a request in, or says why not.
    fn check(&self, path: &str, headers: &HeaderMap, peer: IpAddr) -> Result<(), ApiError> {
        let speaks = SPEECH_ROUTES.contains(&path);
        // The address first: who guesses keys is slowed down as well.
        if let (true, Some(addresses)) = (speaks, &self.addresses) {
            charge(addresses, network(peer), "this address")?;
        }
        if is_open(path) || self.access.keys.is_empty() {
            return Ok(());
        }
        let key = self.identify(headers)?;
        match &self.keys {
            Some(keys) if speaks => charge(keys, key, "this key"),
            _ => Ok(()),
        }
    }

    fn identify(&self, headers: &HeaderMap) -> Result<u32, ApiError> {
        bearer(headers)
            .and_then(|key| self.access.keys.find(key))
            .ok_or_else(|| {
                ApiError::new(
                    Code::Unauthorized,
                    "expected one of this server's keys in the header `Authorization: Bearer KEY`",
                )
            })
    }
}

fn charge<K: Copy + Eq + std::hash::Hash>(
    buckets: &Buckets<K>,
    key: K,
    who: &str,
) -> Result<(), ApiError> {
    buckets.take(key, Instant::now()).map_err(|wait| {
        // Rounded up: a client that comes back then is let in.
        let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        ApiError::new(
            Code::RateLimited,
            format!("{who} has asked too often; the next request is accepted in {seconds} s"),
        )
        .retry_after(seconds)
    })
}

/// Whether a path is answered without a key.
pub(crate) fn is_open(path: &str) -> bool {
    OPEN.contains(&path) || path.starts_with(OPEN_FOLDER)
}

/// The key a client presents.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let (scheme, key) = headers
        .get(header::AUTHORIZATION)?
        .as_bytes()
        .split_first_chunk::<7>()?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(key)
}

/// What counts as one client: an IPv4 address, or the /64 that one customer is given.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let mask = u128::MAX << 64;
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

/// The middleware.
pub(crate) async fn guard(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let peer = request
        .extensions()
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
    app.guard
        .check(request.uri().path(), request.headers(), peer)?;
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests;
