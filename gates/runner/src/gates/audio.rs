//! `audio`: asks a running server to speak, keeps the sound as it came, and measures it.

use std::time::Duration;

use caws_evidence::{Comparator, codes};
use caws_policy::Requirement;
use serde_json::{Value, json};

use crate::config::AudioGate;
use crate::gates::contracts::builds_with_cargo;
use crate::gates::service_run::with_service;
use crate::gates::static_checks::none_of;
use crate::gates::{Context, Draft, Gate, Stop, finding};
use crate::project::{Options, Project};
use crate::schedule::Needs;

pub(crate) struct Audio;

/// Longer than any clip takes to make on a slow machine, short enough that a hung server is noticed.
const REQUEST: Duration = Duration::from_secs(120);
/// Half an hour of 24 kHz 16-bit sound.
const MOST_BYTES: u64 = 86_400_000;

/// One request.
#[derive(Debug, Clone, PartialEq)]
struct Clip {
    role: String,
    text_index: usize,
    text: String,
    voice: String,
    speed: f64,
    streamed: bool,
}

impl Clip {
    fn encoding(&self) -> &'static str {
        if self.streamed { "pcm" } else { "wav" }
    }

    fn as_param(&self) -> Value {
        json!({
            "role": self.role,
            "encoding": self.encoding(),
            "text_index": self.text_index,
            "voice": self.voice,
            "speed": self.speed,
            "streamed": self.streamed,
        })
    }
}

/// Every text in every voice at every speed, whole and streamed.
fn clips(gate: &AudioGate) -> Vec<Clip> {
    let mut all = Vec::new();
    for (text_index, text) in gate.texts.iter().enumerate() {
        for voice in &gate.voices {
            for speed in &gate.speeds {
                for streamed in [false, true] {
                    all.push(Clip {
                        role: format!("clip-{:03}", all.len()),
                        text_index,
                        text: text.clone(),
                        voice: voice.clone(),
                        speed: *speed,
                        streamed,
                    });
                }
            }
        }
    }
    all
}

impl Gate for Audio {
    fn id(&self) -> &'static str {
        "audio"
    }

    fn version(&self) -> u32 {
        1
    }

    fn needs(&self, _project: &Project) -> Needs {
        Needs {
            cores: usize::MAX,
            exclusive: true,
        }
    }

    fn draft(&self, project: &Project, _options: &Options) -> Option<Draft> {
        let gate = project.config.gates.audio.as_ref()?;
        let at_most = |measurement: &str, threshold: f64| Requirement {
            measurement: measurement.to_owned(),
            comparator: Comparator::AtMost,
            threshold,
            source: "config".to_owned(),
        };
        let service = project.config.services.get(&gate.service);
        let uses = gate
            .uses
            .iter()
            .chain(service.into_iter().flat_map(|service| &service.uses));
        Some(Draft {
            requirements: vec![
                none_of("clips_silent"),
                at_most("loudness_deviation_max", gate.loudness.tolerance),
                at_most("true_peak_max", gate.true_peak.at_most),
            ],
            params: json!({
                "clips": clips(gate).iter().map(Clip::as_param).collect::<Vec<_>>(),
                "target": gate.loudness.target,
                "tolerance": gate.loudness.tolerance,
                "true_peak": gate.true_peak.at_most,
            }),
            inputs: gate.inputs.clone(),
            uses: uses.cloned().collect(),
            toolchain: builds_with_cargo(project, std::iter::once(gate.service.as_str())),
            ..Draft::new("audio")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let Some(gate) = &project.config.gates.audio else {
            return Ok(());
        };
        let clips = clips(gate);
        with_service(context, &gate.service, |context, url| {
            let agent: ureq::Agent = ureq::Agent::config_builder()
                .timeout_global(Some(REQUEST))
                .http_status_as_error(false)
                .proxy(None)
                .build()
                .into();
            let address = format!("{url}{}", gate.endpoint);
            let total = u64::try_from(clips.len()).unwrap_or(u64::MAX);
            for (done, clip) in (0..).zip(&clips) {
                if context.interrupt.is_raised() {
                    return Err(Stop::interrupted());
                }
                let how = if clip.streamed { "streamed" } else { "whole" };
                let what = format!("{} at speed {}, {how}", clip.voice, clip.speed);
                context.progress(done, total, &what);
                context
                    .scope
                    .included
                    .push(format!("text {}, voice {what}", clip.text_index));
                let sound = ask(&agent, &address, clip).unwrap_or_else(|why| {
                    // No sound is silence to whoever listens; the method counts it as such.
                    let mut finding = finding(
                        codes::AUDIO_SILENT,
                        format!("{} got no sound: {why}", clip.role),
                    );
                    finding.expected = Some("status 200 and audio".to_owned());
                    finding.help =
                        Some("ask the server by hand for this text, voice and speed".to_owned());
                    context.findings.push(finding);
                    Vec::new()
                });
                context.raw(
                    &clip.role,
                    &format!("{}.{}", clip.role, clip.encoding()),
                    sound,
                );
            }
            Ok(())
        })
    }
}

/// Asks for one clip; the bytes as they came.
fn ask(agent: &ureq::Agent, address: &str, clip: &Clip) -> Result<Vec<u8>, String> {
    let body = json!({
        "text": clip.text,
        "voice": clip.voice,
        "speed": clip.speed,
        "stream": clip.streamed,
        "format": clip.encoding(),
    });
    let mut answer = agent
        .post(address)
        .send_json(&body)
        .map_err(|error| error.to_string())?;
    let status = answer.status().as_u16();
    let bytes = answer
        .body_mut()
        .with_config()
        .limit(MOST_BYTES)
        .read_to_vec()
        .map_err(|error| error.to_string())?;
    if status == 200 {
        return Ok(bytes);
    }
    let text: String = String::from_utf8_lossy(&bytes).chars().take(300).collect();
    Err(format!("status {status}: {text}"))
}

#[cfg(test)]
mod tests;
