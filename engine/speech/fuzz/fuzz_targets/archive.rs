//! Any ZIP archive.
#![no_main]

use kokoro_speech::kokoro::fuzzing::archive;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| archive(bytes));
