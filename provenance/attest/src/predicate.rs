//! Predicate types of our own, in one place: they are for ever.

/// Where our predicate types live: the namespace of the published schemas.
pub const NAMESPACE: &str = "https://kokoro-tts.com/caws/";

/// One gate's evidence record; the predicate is `evidence.json` as it stands.
pub const GATE_EVIDENCE_V1: &str = "https://kokoro-tts.com/caws/gate-evidence/v1";

/// A run's manifest; the predicate is `manifest.json` as it stands.
pub const MANIFEST_V1: &str = "https://kokoro-tts.com/caws/manifest/v1";
