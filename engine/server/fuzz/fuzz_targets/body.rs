//! Any body of a speech request, in every dialect.
#![no_main]

use kokoro_server::fuzzing::body;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| body(bytes));
