//! An identity token of OpenID Connect: what Fulcio takes for a proof of who asks.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::encoding::from_base64;
use crate::json;
use crate::keys::Zeroizing;
use crate::sigstore::Certificate;

/// Most bytes of a token.
const LIMIT: usize = 16 << 10;
/// What stands where the token stood.
const MASK: &str = "***";

/// Why a token is not sent to anybody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No JSON Web Token, or one without the claims that are needed. Never says what stands there.
    #[error("expected an identity token (a JSON Web Token in three parts), found {0}")]
    Shape(&'static str),
    /// Too late.
    #[error(
        "expected an identity token that is valid at {now}, found one that was valid until {until}: get a fresh one"
    )]
    Expired {
        /// The time it is.
        now: Timestamp,
        /// Its end.
        until: Timestamp,
    },
}

/// A token. It is a secret: whoever has it gets certificates in its owner's name. `Debug` shows nothing of it, and memory
/// is wiped when it is dropped.
pub struct IdentityToken {
    text: Zeroizing<String>,
    claims: Claims,
}

impl fmt::Debug for IdentityToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityToken(hidden)")
    }
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    #[serde(default)]
    sub: String,
    email: Option<String>,
    #[serde(default)]
    email_verified: Value,
    exp: i64,
    /// GitHub: the workflow file that runs, with its ref.
    job_workflow_ref: Option<String>,
    /// GitLab: the same.
    ci_config_ref_uri: Option<String>,
    federated_claims: Option<Federated>,
}

/// Dex, in front of other providers: which one.
#[derive(Deserialize)]
struct Federated {
    connector_id: Option<String>,
}

/// The name a certificate for the token has.
enum Name<'t> {
    Exactly(&'t str),
    /// An address that ends so.
    Ends(&'t str),
    /// Fulcio makes it from claims by rules of its own.
    Unknown,
}

impl IdentityToken {
    /// Reads the claims, and verifies nothing: that is Fulcio's to do.
    ///
    /// # Errors
    /// [`TokenError::Shape`].
    pub fn new(text: Zeroizing<String>) -> Result<Self, TokenError> {
        let wrong = TokenError::Shape;
        if text.len() > LIMIT {
            return Err(wrong("more than 16384 bytes"));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.=".contains(&byte);
        if !text.bytes().all(plain) {
            return Err(wrong("characters that no token has"));
        }
        let mut parts = text.split('.');
        let (Some(_), Some(claims), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong("another number of parts"));
        };
        let claims = from_base64(claims).map_err(|_| wrong("claims that are not base64"))?;
        let claims: Claims = json::read_within(&claims, LIMIT)
            .map_err(|_| wrong("claims that are no JSON with `iss` and `exp`"))?;
        if claims.sub.is_empty() {
            return Err(wrong("claims without `sub`"));
        }
        Ok(Self { text, claims })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Who vouches for the subject.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.claims.iss
    }

    /// What the proof of possession is a signature over: a verified address, else the subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.email().unwrap_or(&self.claims.sub)
    }

    fn email(&self) -> Option<&str> {
        // Some providers write the boolean as text.
        let verified = match &self.claims.email_verified {
            Value::Bool(verified) => *verified,
            Value::String(text) => text == "true",
            _ => false,
        };
        let email = self
            .claims
            .email
            .as_deref()
            .filter(|email| !email.is_empty());
        email.filter(|_| verified)
    }

    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), TokenError> {
        let until = Timestamp::from_second(self.claims.exp)
            .map_err(|_| TokenError::Shape("an `exp` out of range"))?;
        if now < until {
            return Ok(());
        }
        Err(TokenError::Expired { now, until })
    }

    fn name(&self) -> Name<'_> {
        let claims = &self.claims;
        let reference = claims.job_workflow_ref.as_deref();
        if let Some(email) = self.email() {
            Name::Exactly(email)
        } else if let Some(reference) = reference.or(claims.ci_config_ref_uri.as_deref()) {
            Name::Ends(reference)
        } else if claims.sub.contains("://") {
            Name::Exactly(&claims.sub)
        } else {
            Name::Unknown
        }
    }

    /// Whether a certificate is for the one the token is for; else who that is.
    pub(super) fn check(&self, certificate: &Certificate) -> Result<(), String> {
        let connector = self.claims.federated_claims.as_ref();
        let connector = connector.and_then(|claims| claims.connector_id.as_deref());
        let issuer = certificate.issuer();
        if issuer != Some(self.issuer()) && (connector.is_none() || issuer != connector) {
            return Err(format!("by {}", connector.unwrap_or(self.issuer())));
        }
        let names = certificate.names();
        let fits = match self.name() {
            Name::Exactly(expected) => names.iter().any(|name| name == expected),
            Name::Ends(end) => names.iter().any(|name| {
                name.strip_prefix("https://")
                    .and_then(|rest| rest.strip_suffix(end))
                    .is_some_and(|host| host.is_empty() || host.ends_with('/'))
            }),
            Name::Unknown => !names.is_empty(),
        };
        if fits {
            return Ok(());
        }
        Err(match self.name() {
            Name::Exactly(name) | Name::Ends(name) => format!("for `{name}`"),
            Name::Unknown => "for anybody".to_owned(),
        })
    }

    /// What somebody said, without the token and its signature.
    pub(super) fn masked(&self, said: &str) -> String {
        let masked = said.replace(self.text(), MASK);
        match self.signature() {
            Some(signature) => masked.replace(signature, MASK),
            None => masked,
        }
    }

    /// Whether bytes hold the token or its signature.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        let holds = |text: &str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        holds(self.text()) || self.signature().is_some_and(holds)
    }

    /// The part that makes it a secret, where it is long enough to be one.
    fn signature(&self) -> Option<&str> {
        let (_, signature) = self.text.rsplit_once('.')?;
        (signature.len() >= 16).then_some(signature)
    }
}
