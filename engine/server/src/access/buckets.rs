//! Token buckets, one a client, in a table of bounded size. Pure: the clock is given.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many requests a minute, and at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(NonZeroU32);

impl Rate {
    /// So many a minute. All of them may come at once; each is given back after its share of a minute.
    #[must_use]
    pub fn per_minute(requests: NonZeroU32) -> Self {
        Self(requests)
    }

    /// Time after which one more request is accepted.
    fn interval(self) -> Duration {
        Duration::from_secs(60) / self.0.get()
    }
}

/// What each client has left.
#[derive(Debug)]
pub(super) struct Buckets<K> {
    rate: Rate,
    limit: usize,
    /// When each client's bucket will be full again. A client that is not here has a full one.
    full: Mutex<HashMap<K, Instant>>,
}

impl<K: Copy + Eq + Hash> Buckets<K> {
    pub(super) fn new(rate: Rate, limit: usize) -> Self {
        Self {
            rate,
            limit,
            full: Mutex::default(),
        }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// How long to wait for one, when there is none.
    pub(super) fn take(&self, client: K, now: Instant) -> Result<(), Duration> {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        let before = full.get(&client).map_or(now, |time| (*time).max(now));
        let after = before + self.rate.interval();
        let debt = after - now;
        let burst = self.rate.interval() * self.rate.0.get();
        if debt > burst {
            return Err(debt - burst);
        }
        if full.len() >= self.limit && !full.contains_key(&client) {
            make_room(&mut full, self.limit, now);
        }
        full.insert(client, after);
        Ok(())
    }
}

/// Forgets who has a full bucket, and where that is not enough who has the fullest.
fn make_room<K: Copy + Eq + Hash>(full: &mut HashMap<K, Instant>, limit: usize, now: Instant) {
    full.retain(|_, time| *time > now);
    if full.len() >= limit
        && let Some(client) = full
            .iter()
            .min_by_key(|(_, time)| **time)
            .map(|(client, _)| *client)
    {
        full.remove(&client);
    }
}

#[cfg(test)]
mod tests;
