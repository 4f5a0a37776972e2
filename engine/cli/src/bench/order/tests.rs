use super::*;

/// Speech-like PCM: loudness that never repeats, from a fixed sequence.
fn speech(seconds: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut pcm = Vec::new();
    for _ in 0..seconds * 100 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let loudness = (state >> 33) % 12_000;
        for sample in 0..HOP_SAMPLES {
            let value = i16::try_from(loudness).unwrap() + i16::try_from(sample % 2).unwrap();
            pcm.extend_from_slice(&value.to_le_bytes());
        }
    }
    pcm
}

fn envelope(pcm: &[u8]) -> Envelope {
    let mut envelope = Envelope::default();
    envelope.add(pcm);
    envelope.finish();
    envelope
}

const SECOND: usize = 48_000;

#[test]
fn the_envelope_does_not_depend_on_how_bytes_arrive() {
    let pcm = speech(2, 1);
    let whole = envelope(&pcm);
    assert_eq!(whole.values.len(), 200);
    assert_eq!(whole.bytes(), 96_000);
    let mut pieces = Envelope::default();
    for piece in pcm.chunks(777) {
        pieces.add(piece);
    }
    pieces.finish();
    assert_eq!(pieces, whole);
}

#[test]
fn the_envelope_is_the_logarithm_of_the_root_mean_square() {
    let values = |sample: i16, count: usize| envelope(&sample.to_le_bytes().repeat(count)).values;
    assert_eq!(values(0, HOP_SAMPLES), [0.0]);
    assert!((values(-1000, HOP_SAMPLES)[0] - 1000_f64.ln()).abs() < 1e-9);
    // What is left over is a value of its own.
    assert_eq!(values(1000, HOP_SAMPLES + 1).len(), 2);
    assert!((values(1000, HOP_SAMPLES + 1)[1] - 1000_f64.ln()).abs() < 1e-9);
    assert_eq!(values(1000, 0), Vec::<f64>::new());
}

#[test]
fn the_same_audio_is_in_order_whatever_its_loudness_and_pauses() {
    let reference = speech(8, 1);
    assert_eq!(compare(&envelope(&reference), &envelope(&reference)), Ok(0));
    let softer: Vec<u8> = reference
        .chunks(2)
        .flat_map(|sample| (i16::from_le_bytes([sample[0], sample[1]]) / 2).to_le_bytes())
        .collect();
    assert_eq!(compare(&envelope(&softer), &envelope(&reference)), Ok(0));
    // A pause of 100 ms more in the middle.
    let mut longer = reference[..4 * SECOND].to_vec();
    longer.extend(vec![0; 4800]);
    longer.extend(&reference[4 * SECOND..]);
    assert_eq!(compare(&envelope(&longer), &envelope(&reference)), Ok(0));
}

#[test]
fn swapped_chunks_are_out_of_order() {
    let reference = speech(8, 1);
    let mut swapped = reference[..2 * SECOND].to_vec();
    swapped.extend(&reference[4 * SECOND..6 * SECOND]);
    swapped.extend(&reference[2 * SECOND..4 * SECOND]);
    swapped.extend(&reference[6 * SECOND..]);
    assert_eq!(compare(&envelope(&swapped), &envelope(&reference)), Ok(4));
}

#[test]
fn another_text_is_noticed() {
    let error = compare(&envelope(&speech(8, 2)), &envelope(&speech(8, 1))).unwrap_err();
    assert_eq!(
        error,
        "16 of 16 half seconds of the stream are not in the same text spoken whole: it is other audio"
    );
    // Half of each: another client's audio in the stream.
    let mut mixed = speech(8, 1)[..3 * SECOND].to_vec();
    mixed.extend(&speech(8, 2)[3 * SECOND..]);
    assert!(compare(&envelope(&mixed), &envelope(&speech(8, 1))).is_err());
}

#[test]
fn lengths_may_differ_by_pauses_only() {
    let reference = envelope(&speech(10, 1));
    let of = |tenths: usize| {
        compare(
            &envelope(&speech(20, 1)[..tenths * SECOND / 10]),
            &reference,
        )
    };
    assert_eq!(of(85), Ok(0));
    assert_eq!(
        of(84).unwrap_err(),
        "expected about 10.00 s of audio, as when spoken whole; found 8.40 s"
    );
    assert_eq!(of(115), Ok(0));
    assert_eq!(
        of(116).unwrap_err(),
        "expected about 10.00 s of audio, as when spoken whole; found 11.60 s"
    );
}

#[test]
fn silence_has_no_place() {
    let silence = envelope(&vec![0; 4 * SECOND]);
    assert_eq!(compare(&silence, &silence), Ok(0));
    assert_eq!(place(&[1.0; BLOCK], &[1.0; 100]), Place::Silent);
}

#[test]
fn what_is_in_several_places_is_unsure() {
    let once = envelope(&speech(1, 1)).values;
    let twice = [once.clone(), once.clone()].concat();
    assert_eq!(place(&once[..BLOCK], &twice), Place::Unsure);
    assert_eq!(place(&once[20..20 + BLOCK], &once), Place::At(20));
    assert_eq!(place(&once[..BLOCK], &once[..BLOCK - 1]), Place::Nowhere);
}

#[test]
fn the_longest_rising_part_is_found() {
    for (places, length) in [
        (&[][..], 0),
        (&[1, 2, 3], 3),
        (&[3, 2, 1], 1),
        (&[1, 5, 2, 3], 3),
        (&[4, 5, 1, 2, 3], 3),
        (&[2, 2, 2], 3),
    ] {
        assert_eq!(longest_rising(places), length, "{places:?}");
    }
}
