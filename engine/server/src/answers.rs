//! Answers that need no engine: the contract, and what is not there.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::openapi;
use crate::voices::speaking;

/// GET /openapi.json
pub(crate) async fn openapi_json(State(app): State<Arc<App>>) -> Response {
    let document = openapi::document(&speaking(&app));
    (
        [(header::CONTENT_TYPE, "application/json")],
        openapi::to_json(&document),
    )
        .into_response()
}

/// GET /openapi.yaml
pub(crate) async fn openapi_yaml(State(app): State<Arc<App>>) -> Result<Response, ApiError> {
    let yaml = openapi::to_yaml(&openapi::document(&speaking(&app)))
        .map_err(|error| ApiError::new(Code::InternalError, error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/yaml")], yaml).into_response())
}

/// Every other path.
pub(crate) async fn not_found() -> ApiError {
    ApiError::new(
        Code::NotFound,
        "no such route; GET /openapi.json lists those there are",
    )
}

/// A known path, another method. The router adds `Allow`.
pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(
        Code::MethodNotAllowed,
        "this route does not know the method; the header `Allow` lists those it knows",
    )
}
