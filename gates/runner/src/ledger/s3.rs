//! A bucket of S3, or of a store compatible with it, where a ledger is shared.
//!
//! Requests are signed by `rusty-s3` (AWS Signature Version 4, in the query) and sent by `ureq`. The names of the variables are those of AWS's own
//! tools: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION` (or `AWS_DEFAULT_REGION`) and, for another store,
//! `AWS_ENDPOINT_URL_S3` (or `AWS_ENDPOINT_URL`). Profiles and instance roles are not asked.

use std::ffi::OsStr;
use std::io::Read as _;
use std::time::Duration;

use caws_ledger::remote::objects::{Condition, Object, Objects};
use rusty_s3::{Credentials, S3Action, UrlStyle};
use url::Url;

use super::LedgerError;
use crate::host::Host;

/// How long a signed request counts.
const SIGNED_FOR: Duration = Duration::from_secs(300);
/// How long one request may take.
const DEADLINE: Duration = Duration::from_secs(60);
/// Most bytes of an object: an index of a log of some million leaves.
const LIMIT: u64 = 64 << 20;
/// Most bytes of an answer that is an error.
const ERROR_LIMIT: u64 = 16 << 10;
/// What is written to see whether the store heeds conditions.
const PROBE: &str = "conditions";

/// A part of a bucket.
pub struct Bucket {
    name: String,
    prefix: String,
    bucket: rusty_s3::Bucket,
    credentials: Credentials,
    agent: ureq::Agent,
    heeds_conditions: bool,
}

impl std::fmt::Debug for Bucket {
    /// Without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What the store answered.
struct Answer {
    status: u16,
    etag: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    /// S3's word for what is wrong, such as `NoSuchBucket`.
    fn code(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.body);
        let (_, rest) = text.split_once("<Code>")?;
        let (code, _) = rest.split_once("</Code>")?;
        Some(code.chars().take(80).collect())
    }

    fn said(&self) -> String {
        match self.code() {
            Some(code) => format!("the store answered {} {code}", self.status),
            None => format!("the store answered {}", self.status),
        }
    }
}

impl Bucket {
    /// The bucket and prefix of `url`, `s3://BUCKET/PREFIX`, with the keys of this machine.
    ///
    /// # Errors
    /// When the URL is another one, or a key or the region is missing.
    pub fn open(url: &str, host: &Host) -> Result<Self, LedgerError> {
        let set = |name: &str| {
            let value = host.vars.get(OsStr::new(name))?;
            value
                .to_str()
                .map(str::to_owned)
                .filter(|text| !text.is_empty())
        };
        let wrong = |found: String| LedgerError::Bucket(found);
        let (name, prefix) = parse(url).ok_or_else(|| {
            wrong(format!(
                "expected s3://BUCKET/PREFIX as the place of the ledger, found `{url}`"
            ))
        })?;
        let needed = |variable: &str| {
            set(variable).ok_or_else(|| wrong(format!("{url} needs {variable} in the environment")))
        };
        let (id, secret) = (
            needed("AWS_ACCESS_KEY_ID")?,
            needed("AWS_SECRET_ACCESS_KEY")?,
        );
        let credentials = match set("AWS_SESSION_TOKEN") {
            Some(token) => Credentials::new_with_token(id, secret, token),
            None => Credentials::new(id, secret),
        };
        let region = set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION"));
        let endpoint = set("AWS_ENDPOINT_URL_S3").or_else(|| set("AWS_ENDPOINT_URL"));
        let (endpoint, region, style) = match (endpoint, region) {
            // Other stores have no host for each bucket, and mostly no regions.
            (Some(endpoint), region) => (
                endpoint,
                region.unwrap_or_else(|| "us-east-1".to_owned()),
                UrlStyle::Path,
            ),
            (None, Some(region)) => (
                format!("https://s3.{region}.amazonaws.com"),
                region,
                UrlStyle::VirtualHost,
            ),
            (None, None) => {
                return Err(wrong(format!(
                    "{url} needs AWS_REGION in the environment, or AWS_ENDPOINT_URL_S3 of a store that is not AWS's"
                )));
            }
        };
        let parsed = Url::parse(&endpoint)
            .map_err(|error| wrong(format!("the endpoint `{endpoint}`: {error}")))?;
        let bucket = rusty_s3::Bucket::new(parsed, style, name, region)
            .map_err(|error| wrong(format!("the endpoint `{endpoint}`: {error}")))?;
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(DEADLINE))
            .http_status_as_error(false)
            .build();
        Ok(Self {
            name: url.to_owned(),
            prefix,
            bucket,
            credentials,
            agent: agent.into(),
            heeds_conditions: false,
        })
    }

    fn key(&self, key: &str) -> String {
        if self.prefix.is_empty() {
            key.to_owned()
        } else {
            format!("{}/{key}", self.prefix)
        }
    }

    fn send_put(&self, key: &str, bytes: &[u8], when: Condition<'_>) -> Result<bool, String> {
        let key = self.key(key);
        let mut action = self.bucket.put_object(Some(&self.credentials), &key);
        let condition = match when {
            Condition::Always => None,
            Condition::Absent => Some(("if-none-match", "*")),
            Condition::Unchanged(etag) => Some(("if-match", etag)),
        };
        if let Some((header, value)) = condition {
            // Signed, so that nothing on the way can drop it.
            action.headers_mut().insert(header, value);
        }
        let mut request = self.agent.put(action.sign(SIGNED_FOR).as_str());
        if let Some((header, value)) = condition {
            request = request.header(header, value);
        }
        let answer = answer(request.send(bytes), ERROR_LIMIT)?;
        match (answer.status, condition) {
            (200, _) => Ok(true),
            // The condition does not hold, another write goes on, or what was to be replaced is gone.
            (412 | 409, Some(_)) => Ok(false),
            (404, Some(("if-match", _))) if answer.code().as_deref() == Some("NoSuchKey") => {
                Ok(false)
            }
            _ => Err(answer.said()),
        }
    }

    /// A store that ignores conditions would lose what somebody else published: it is not used.
    fn probe(&mut self) -> Result<(), String> {
        if self.heeds_conditions {
            return Ok(());
        }
        let text = b"whether this store heeds conditional writes\n";
        self.send_put(PROBE, text, Condition::Always)?;
        if self.send_put(PROBE, text, Condition::Absent)? {
            return Err("the store ignores conditional writes (If-None-Match), so two who publish at once would lose leaves: share the ledger in a directory or over git".to_owned());
        }
        self.heeds_conditions = true;
        Ok(())
    }
}

impl Objects for Bucket {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn get(&mut self, key: &str) -> Result<Option<Object>, String> {
        let key = self.key(key);
        let action = self.bucket.get_object(Some(&self.credentials), &key);
        let request = self.agent.get(action.sign(SIGNED_FOR).as_str());
        let answer = answer(request.call(), LIMIT)?;
        match (answer.status, answer.etag.clone()) {
            (200, Some(etag)) => Ok(Some(Object {
                bytes: answer.body,
                etag,
            })),
            (200, None) => Err("the store answered without an ETag".to_owned()),
            (404, _) if answer.code().as_deref() == Some("NoSuchKey") => Ok(None),
            _ => Err(answer.said()),
        }
    }

    fn put(&mut self, key: &str, bytes: &[u8], when: Condition<'_>) -> Result<bool, String> {
        if when != Condition::Always {
            self.probe()?;
        }
        self.send_put(key, bytes, when)
    }
}

fn answer(
    sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    limit: u64,
) -> Result<Answer, String> {
    let mut response = sent.map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    let etag = response.headers().get("etag");
    let etag = etag
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let mut body = Vec::new();
    let mut reader = response.body_mut().as_reader().take(limit + 1);
    reader
        .read_to_end(&mut body)
        .map_err(|error| error.to_string())?;
    if u64::try_from(body.len()).is_ok_and(|length| length > limit) {
        return Err(format!("the store sent more than {limit} bytes"));
    }
    Ok(Answer { status, etag, body })
}

/// Bucket and prefix of `s3://BUCKET/PREFIX`.
fn parse(url: &str) -> Option<(String, String)> {
    let rest = url.strip_prefix("s3://")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_end_matches('/');
    let plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let parts = |text: &str| {
        text.is_empty()
            || text
                .split('/')
                .all(|part| !part.is_empty() && part != "." && part != ".." && plain(part))
    };
    let fits = !bucket.is_empty() && plain(bucket) && parts(prefix);
    fits.then(|| (bucket.to_owned(), prefix.to_owned()))
}

#[cfg(test)]
mod tests;
