//! The voices, in the shapes that different clients ask for.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use kokoro_speech::Voice;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::error::{ApiError, Code};
use crate::openapi::built_in_voices;

/// A voice, as `/voices` lists it.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Voice)]
pub(crate) struct VoiceEntry {
    /// Id, as requests name it.
    id: String,
    /// Name for people.
    name: String,
    /// BCP 47 tag, such as `en-US`.
    language: String,
    gender: Gender,
    /// Other names it answers to.
    aliases: Vec<String>,
}

/// How a voice sounds.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Gender {
    Male,
    Female,
    Neutral,
}

impl From<Voice> for VoiceEntry {
    fn from(voice: Voice) -> Self {
        let gender = match voice.gender {
            "male" => Gender::Male,
            "female" => Gender::Female,
            _ => Gender::Neutral,
        };
        Self {
            id: voice.id,
            name: voice.name,
            language: voice.language,
            gender,
            aliases: voice.aliases,
        }
    }
}

/// Answer of `/v1/audio/voices`, as Open WebUI reads it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VoiceNames {
    /// The voices, the default first.
    voices: Vec<Named>,
}

/// Answer of `/v1/audio/models`, as Open WebUI reads it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelNames {
    models: Vec<Named>,
}

/// Something to choose.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Named {
    /// Id, as requests name it.
    id: String,
    /// Name for people.
    name: String,
}

/// Answer of `/v1/models`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelList {
    /// Always `list`.
    object: &'static str,
    data: Vec<Model>,
}

/// A model, as OpenAI's clients expect it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Model {
    /// Name of the provider that speaks.
    id: String,
    /// Always `model`.
    object: &'static str,
    /// When the server loaded it, in seconds since 1970.
    created: u64,
    /// Always `kokoro`.
    owned_by: &'static str,
}

/// Voices that can speak now; while loading, those that are always there.
pub(crate) fn speaking(app: &App) -> Vec<Voice> {
    app.engine()
        .map_or_else(built_in_voices, |engine| engine.voices())
}

/// GET /voices
pub(crate) async fn list(State(app): State<Arc<App>>) -> Json<Vec<VoiceEntry>> {
    Json(speaking(&app).into_iter().map(VoiceEntry::from).collect())
}

/// GET /v1/audio/voices
pub(crate) async fn openai(State(app): State<Arc<App>>) -> Json<VoiceNames> {
    let named = |voice: Voice| Named {
        id: voice.id,
        name: voice.name,
    };
    Json(VoiceNames {
        voices: speaking(&app).into_iter().map(named).collect(),
    })
}

/// The model that speaks, once it is loaded.
fn loaded(app: &App) -> Option<Model> {
    app.engine().map(|engine| Model {
        id: engine.info().provider,
        object: "model",
        created: app.began,
        owned_by: "kokoro",
    })
}

/// GET /v1/models
pub(crate) async fn models(State(app): State<Arc<App>>) -> Json<ModelList> {
    Json(ModelList {
        object: "list",
        data: loaded(&app).into_iter().collect(),
    })
}

/// GET /v1/audio/models
pub(crate) async fn audio_models(State(app): State<Arc<App>>) -> Json<ModelNames> {
    let named = |model: Model| Named {
        name: model.id.clone(),
        id: model.id,
    };
    Json(ModelNames {
        models: loaded(&app).into_iter().map(named).collect(),
    })
}

/// GET /v1/models/{model}
pub(crate) async fn model(
    State(app): State<Arc<App>>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<Model>, ApiError> {
    let model = loaded(&app).ok_or_else(ApiError::not_loaded)?;
    match name {
        Ok(Path(name)) if name == model.id => Ok(Json(model)),
        _ => Err(ApiError::new(
            Code::NotFound,
            "no such model; GET /v1/models lists those there are",
        )),
    }
}

#[cfg(test)]
mod tests;
