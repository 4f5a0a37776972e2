//! Any model file, looked at and written again.
#![no_main]

use kokoro_speech::kokoro::fuzzing::onnx;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| onnx(bytes));
