//! What several tests need: stand-ins for the program and for providers.

use std::fmt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use kokoro_text::{Accent, Boundary, Limits, Script, ScriptOptions, ScriptSegment, Word, script};

use crate::engine::Voice;
use crate::error::SpeechError;
use crate::provider::{Control, Provider, Request, Sound};

/// A model of each published kind.
pub(crate) const FLAVOURS: [&str; 8] = [
    "tiny-v1.0.onnx",
    "tiny-integer-speed.onnx",
    "tiny-noise.onnx",
    "tiny-zh.onnx",
    "tiny-v1.1-fp16.onnx",
    "tiny-hf-int8.onnx",
    "tiny-timestamped.onnx",
    "tiny-sherpa-v0.19.onnx",
];

/// The path of a file of `tests/fixtures`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

/// A program that behaves as named. A link to a file that nobody writes: a script just written cannot be run while
/// another thread of the test process forks with its handle open.
pub(crate) fn stand_in(folder: &Path, behaviour: &str) -> PathBuf {
    let program = folder.join(behaviour);
    symlink(fixture("fake-espeak.sh"), &program).unwrap();
    program
}

/// A voice.
pub(crate) fn voice(id: &str, language: &str, gender: &'static str, aliases: &[&str]) -> Voice {
    Voice {
        id: id.to_owned(),
        name: id.to_uppercase(),
        language: language.to_owned(),
        gender,
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
    }
}

/// A text as it is read, in one piece as far as that goes.
pub(crate) fn read(text: &str) -> Script {
    let limits = Limits {
        first: 10_000,
        max: 10_000,
        growth: 1,
    };
    script(text, &ScriptOptions::new(Accent::American, limits)).unwrap()
}

/// A text as one segment that ends a sentence. One that says nothing is a word all the same.
pub(crate) fn segment(text: &str) -> ScriptSegment {
    let limits = Limits {
        first: 10_000,
        max: 10_000,
        growth: 1,
    };
    let words = script(text, &ScriptOptions::new(Accent::American, limits)).map_or_else(
        |_| vec![Word::spoken(text, 0..text.len())],
        |script| script.segments.into_iter().flat_map(|s| s.words).collect(),
    );
    ScriptSegment {
        words,
        ends: Boundary::Sentence,
        pause: None,
        rate: 1.0,
    }
}

/// A text as words between blanks, whatever is in them.
pub(crate) fn unread(text: &str) -> ScriptSegment {
    ScriptSegment {
        words: text
            .split(' ')
            .map(|word| Word::spoken(word, 0..0))
            .collect(),
        ..segment("x")
    }
}

/// A tone of so many samples, its amplitude 0.1.
pub(crate) fn tone(length: usize) -> Vec<f32> {
    (0..length).map(|n| 0.1 * (n as f32 * 0.15).sin()).collect()
}

type Answer = dyn Fn(&Request<'_>, &Control) -> Result<Sound, SpeechError> + Send + Sync;

/// A provider that does what a test says, and remembers what it was asked.
pub(crate) struct Fake {
    pub(crate) name: &'static str,
    pub(crate) voices: Vec<Voice>,
    pub(crate) limits: Limits,
    pub(crate) answer: Box<Answer>,
    /// Text, voice, language, speed of each call.
    pub(crate) asked: Mutex<Vec<(String, String, String, f32)>>,
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Fake {
    /// One that gives samples and says nothing of words.
    pub(crate) fn new(
        name: &'static str,
        answer: impl Fn(&Request<'_>, &Control) -> Result<Vec<f32>, SpeechError> + Send + Sync + 'static,
    ) -> Self {
        Self::timed(name, move |request, control| {
            answer(request, control).map(Sound::from)
        })
    }

    pub(crate) fn timed(
        name: &'static str,
        answer: impl Fn(&Request<'_>, &Control) -> Result<Sound, SpeechError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            voices: vec![
                voice("first", "en-US", "female", &["alloy"]),
                voice("second", "en-GB", "male", &["fable", "first"]),
            ],
            limits: Limits {
                first: 40,
                max: 40,
                growth: 1,
            },
            answer: Box::new(answer),
            asked: Mutex::default(),
        }
    }

    /// How often it was asked to speak this.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.asked
            .lock()
            .unwrap()
            .iter()
            .filter(|(asked, ..)| asked == text)
            .count()
    }
}

impl Provider for Fake {
    fn name(&self) -> &'static str {
        self.name
    }

    fn backend(&self) -> String {
        format!("{} 1.0", self.name)
    }

    fn voices(&self) -> &[Voice] {
        &self.voices
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn ready(&self) -> Result<(), SpeechError> {
        if self.name == "broken" {
            Err(SpeechError::Synthesis("not ready".to_owned()))
        } else {
            Ok(())
        }
    }

    fn synthesise(&self, request: &Request<'_>, control: &Control) -> Result<Sound, SpeechError> {
        self.asked.lock().unwrap().push((
            request.segment.text(),
            request.voice.id.clone(),
            request.language.to_owned(),
            request.speed,
        ));
        (self.answer)(request, control)
    }
}
