//! Any voices file: npz, JSON, raw rows, or several speakers' rows as sherpa-onnx writes them. The last nine bytes say which name the file
//! has and what speakers the model names.
#![no_main]

use kokoro_speech::kokoro::fuzzing::voices;
use libfuzzer_sys::fuzz_target;

const NAMES: [&str; 4] = ["voices.json", "voices.bin", "af_heart.bin", "voices.npz"];

fuzz_target!(|bytes: &[u8]| {
    let Some((file, [how, rows @ ..])) = bytes.split_last_chunk::<9>() else {
        return;
    };
    let name = NAMES[usize::from(*how) % NAMES.len()];
    let speakers: Vec<String> = (0..*how / 4).map(|at| format!("af_{at}")).collect();
    let rows = u64::from_le_bytes(*rows);
    voices(
        name,
        file.to_vec(),
        &speakers,
        usize::try_from(rows).unwrap_or(usize::MAX),
    );
});
