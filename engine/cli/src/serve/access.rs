//! Who may use the server, from the command line.

use std::ffi::OsString;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use kokoro_server::Access;
use kokoro_server::access::{Keys, Origin, Rate};

use crate::exit::CliError;

/// The variable that holds keys: an argument would show in the list of processes.
pub(crate) const KEY_VARIABLE: &str = "KOKORO_API_KEY";

#[derive(Debug, Default, Args)]
pub(crate) struct AccessArguments {
    /// Keys that clients must present, one a line; `KOKORO_API_KEY` may hold one as well [default: no key is asked for].
    #[arg(long, value_name = "FILE", env = "KOKORO_API_KEY_FILE")]
    pub(crate) api_key_file: Option<PathBuf>,
    /// Requests to speak that one address may send a minute; more are answered 429 [default: any number].
    #[arg(long, value_name = "N")]
    pub(crate) rate_per_address: Option<NonZeroU32>,
    /// Requests to speak that may be sent with one key a minute [default: any number].
    #[arg(long, value_name = "N")]
    pub(crate) rate_per_key: Option<NonZeroU32>,
    /// Origin whose pages may use the server, such as https://example.org, or *; may be repeated [default: none].
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) cors_origin: Vec<Origin>,
}

impl AccessArguments {
    /// The access they describe; `key` is what the variable holds.
    ///
    /// # Errors
    /// When the file cannot be read or holds no keys, or when a rate is asked for of keys that are not there.
    pub(crate) fn access(&self, key: Option<OsString>) -> Result<Access, CliError> {
        let mut text = String::new();
        if let Some(path) = &self.api_key_file {
            text = std::fs::read_to_string(path).map_err(|source| CliError::Read {
                path: path.clone(),
                source,
            })?;
        }
        if let Some(key) = &key {
            text.push('\n');
            // What is no Unicode is no key, and said to be none.
            text.push_str(&key.to_string_lossy());
        }
        let keys = if self.api_key_file.is_some() || key.is_some() {
            Keys::parse(&text)
                .map_err(|error| CliError::Usage(format!("the API keys are no keys: {error}")))?
        } else {
            Keys::default()
        };
        if keys.is_empty() && self.rate_per_key.is_some() {
            return Err(CliError::Usage(
                "expected keys for --rate-per-key; found none: name a file of them with --api-key-file"
                    .to_owned(),
            ));
        }
        Ok(Access {
            keys,
            per_address: self.rate_per_address.map(Rate::per_minute),
            per_key: self.rate_per_key.map(Rate::per_minute),
            origins: self.cors_origin.clone(),
        })
    }
}

#[cfg(test)]
mod tests;
