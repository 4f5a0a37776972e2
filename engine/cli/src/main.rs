//! Low-latency text-to-speech engine.

fn main() {}
