//! Any name of a voice: requests carry them.
#![no_main]

use kokoro_speech::kokoro::fuzzing::blend;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|written: &str| blend(written));
