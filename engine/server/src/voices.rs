//! The voices, in the shapes that different clients ask for.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use kokoro_speech::Voice;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
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

/// Answer of `/v1/audio/voices`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VoiceNames {
    /// Ids, the default first.
    voices: Vec<String>,
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
    Json(VoiceNames {
        voices: speaking(&app).into_iter().map(|voice| voice.id).collect(),
    })
}

/// GET /v1/models
pub(crate) async fn models(State(app): State<Arc<App>>) -> Json<ModelList> {
    let data = app
        .engine()
        .map(|engine| Model {
            id: engine.info().provider,
            object: "model",
            owned_by: "kokoro",
        })
        .into_iter()
        .collect();
    Json(ModelList {
        object: "list",
        data,
    })
}

#[cfg(test)]
mod tests;
