#![expect(
    clippy::cast_possible_truncation,
    reason = "test tones are within -1.0..=1.0"
)]

use serde_json::json;

use super::*;

/// A second of a 1 kHz sine as raw PCM; 0.15 reads about -19.5 LUFS.
fn tone(amplitude: f64) -> Vec<u8> {
    (0..24_000)
        .flat_map(|i| {
            let phase = 2.0 * std::f64::consts::PI * 1000.0 * f64::from(i) / 24_000.0;
            ((amplitude * 32_767.0 * phase.sin()).round() as i16).to_le_bytes()
        })
        .collect()
}

fn raw(role: &str, bytes: Vec<u8>) -> Raw {
    Raw {
        role: role.to_owned(),
        name: format!("{role}.pcm"),
        bytes,
    }
}

fn clip(role: &str, encoding: &str) -> Value {
    json!({"role": role, "encoding": encoding, "text_index": 1, "voice": "en-us", "speed": 0.5,
           "streamed": encoding == "pcm"})
}

fn params(clips: &[Value]) -> Value {
    json!({"clips": clips, "target": -16.0, "tolerance": 1.0, "true_peak": -1.0})
}

fn number(reading: &Reading, name: &str) -> Option<f64> {
    reading
        .observations
        .iter()
        .find(|o| o.name == name)
        .map(|o| o.value)
}

#[test]
fn the_clip_farthest_off_decides() {
    let raws = [
        raw("clip-000", tone(0.224)),
        raw("clip-001", tone(0.224 * 0.7)),
    ];
    let reading = read(
        &params(&[clip("clip-000", "pcm"), clip("clip-001", "pcm")]),
        &raws,
    )
    .unwrap();
    assert_eq!(reading.examined, 2);
    let near = |name: &str, value: f64| {
        let found = number(&reading, name).unwrap();
        assert!((found - value).abs() < 0.1, "{name}: {found}");
    };
    near("clip-000.loudness", -16.0);
    near("clip-000.true_peak", -13.0);
    near("clip-001.loudness", -19.1);
    near("loudness_deviation_max", 3.1);
    near("true_peak_max", -13.0);
    assert_eq!(number(&reading, "clips_silent"), Some(0.0));
    assert_eq!(number(&reading, "clips"), Some(2.0));
    let [finding] = reading.findings.as_slice() else {
        panic!("one finding")
    };
    assert_eq!(finding.code, codes::AUDIO_OUT_OF_RANGE);
    assert_eq!(
        finding.message,
        "clip-001 (text 1, voice en-us, speed 0.5, streamed) is out of range in loudness"
    );
    assert_eq!(
        finding.expected.as_deref(),
        Some("-16 LUFS, give or take 1 LU")
    );
    assert!(finding.found.as_deref().unwrap().starts_with("-19."));
    assert!(finding.help.is_some());
    assert_eq!(reading.observations[0].unit, "LU");
}

#[test]
fn a_peak_too_high_is_named_where_a_limit_is_set() {
    let raws = [raw("clip-000", tone(0.95))];
    let with = params(&[clip("clip-000", "pcm")]);
    let reading = read(&with, &raws).unwrap();
    assert!(
        reading.findings[1]
            .message
            .ends_with("is out of range in true peak")
    );
    assert_eq!(
        reading.findings[1].expected.as_deref(),
        Some("at most -1 dBTP")
    );
    let mut without = with;
    without.as_object_mut().unwrap().remove("true_peak");
    assert_eq!(read(&without, &raws).unwrap().findings.len(), 1);
}

#[test]
fn silence_is_counted_and_measured_as_silence() {
    let raws = [
        raw("clip-000", vec![0; 48_000]),
        raw("clip-001", tone(0.224)),
        raw("clip-002", Vec::new()),
    ];
    let clips = [
        clip("clip-000", "pcm"),
        clip("clip-001", "pcm"),
        clip("clip-002", "pcm"),
    ];
    let reading = read(&params(&clips), &raws).unwrap();
    assert_eq!(
        (number(&reading, "clips_silent"), reading.examined),
        (Some(2.0), 3)
    );
    assert_eq!(number(&reading, "clip-000.loudness"), None);
    assert_eq!(reading.findings[0].code, codes::AUDIO_SILENT);
    assert_eq!(
        reading.findings[0].message,
        "clip-000 (text 1, voice en-us, speed 0.5, streamed) is silent or shorter than 0.4 s"
    );
    let silent = &reading.findings[0];
    assert!(silent.expected.is_some() && silent.found.is_some() && silent.help.is_some());
    let all = read(&params(&clips[..1]), &raws).unwrap();
    assert_eq!(number(&all, "loudness_deviation_max"), Some(54.0));
    assert_eq!(number(&all, "true_peak_max"), Some(-90.3));
}

#[test]
fn whole_files_are_read_as_wav() {
    let header = [
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".as_slice(),
        &24_000_u32.to_le_bytes(),
        &48_000_u32.to_le_bytes(),
        b"\x02\0\x10\0data\xff\xff\xff\xff",
    ]
    .concat();
    let raws = [raw("clip-000", [header, tone(0.224)].concat())];
    let reading = read(&params(&[clip("clip-000", "wav")]), &raws).unwrap();
    assert!(number(&reading, "loudness_deviation_max").unwrap() < 0.1);
    let error = read(
        &params(&[clip("clip-000", "wav")]),
        &[raw("clip-000", tone(0.5))],
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "clip-000.pcm is not a valid WAV file: it does not begin with RIFF"
    );
    let described = serde_json::from_value::<Clip>(clip("c", "wav"))
        .unwrap()
        .describe();
    assert_eq!(described, "c (text 1, voice en-us, speed 0.5, whole)");
}

#[test]
fn clips_asked_for_and_not_there_are_missing() {
    let error = read(&params(&[clip("clip-000", "pcm")]), &[]).unwrap_err();
    assert!(matches!(error, MeasureError::Missing { .. }));
    assert_eq!(read(&params(&[]), &[]).unwrap().examined, 0);
    let error = read(
        &params(&[clip("clip-000", "pcm")]),
        &[raw("clip-000", vec![0])],
    )
    .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("stream of 16-bit PCM: the last sample is cut")
    );
    assert!(read(&json!({"clips": []}), &[]).is_err());
}
