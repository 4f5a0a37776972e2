//! HTTP API of the kokoro speech engine.
