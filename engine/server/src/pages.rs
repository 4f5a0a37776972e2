//! The pages for people: `/` speaks, `/docs` explains the contract. Files of this crate, embedded; they load
//! nothing from elsewhere, and their policy lets a browser load nothing from elsewhere.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::error::{ApiError, Code};

/// What a page may load: its own files, and from the server it came from. Blobs are sound that the page made itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// An embedded file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct File {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
}

macro_rules! file {
    ($name:literal, $media_type:expr) => {
        File {
            name: $name,
            media_type: $media_type,
            content: include_str!(concat!("pages/", $name)),
        }
    };
}

const SPEAK: File = file!("speak.html", HTML);
const DOCS: File = file!("docs.html", HTML);
const ASSETS: [File; 12] = [
    file!("pages.css", "text/css; charset=utf-8"),
    file!("docs.css", "text/css; charset=utf-8"),
    file!("icon.svg", "image/svg+xml"),
    file!("api.js", SCRIPT),
    file!("docs.js", SCRIPT),
    file!("dom.js", SCRIPT),
    file!("player.js", SCRIPT),
    file!("schema.js", SCRIPT),
    file!("sound.js", SCRIPT),
    file!("speak.js", SCRIPT),
    file!("try.js", SCRIPT),
    file!("wave.js", SCRIPT),
];

/// GET /
pub(crate) async fn speak(headers: HeaderMap) -> Response {
    answer(&SPEAK, &headers)
}

/// GET /docs
pub(crate) async fn docs(headers: HeaderMap) -> Response {
    answer(&DOCS, &headers)
}

/// GET /docs/: relative, so that a proxy may serve it all under a folder of its own.
pub(crate) async fn docs_folder() -> Redirect {
    Redirect::permanent("../docs")
}

/// GET /assets/{name}
pub(crate) async fn asset(
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    ASSETS
        .iter()
        .find(|file| file.name == name)
        .map(|file| answer(file, &headers))
        .ok_or_else(|| ApiError::new(Code::NotFound, "the pages have no such file"))
}

/// The file, or that the client has it already.
fn answer(file: &File, headers: &HeaderMap) -> Response {
    let tag = tag(file.content);
    let fixed = [
        (header::ETAG, tag.as_str()),
        // Asked for each time, sent only after the server has changed.
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    if is_known(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    (
        fixed,
        [(header::CONTENT_TYPE, file.media_type)],
        file.content,
    )
        .into_response()
}

/// Whether `If-None-Match` names the tag, compared weakly as RFC 9110 section 13.1.2 says.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// A strong entity tag: the content's FNV-1a hash of 64 bits. It tells versions of a file apart and protects nothing.
fn tag(content: &str) -> String {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let hash = content.bytes().fold(BASIS, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    });
    format!("\"{hash:016x}\"")
}

#[cfg(test)]
mod tests;
