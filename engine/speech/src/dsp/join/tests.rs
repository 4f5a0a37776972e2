use super::*;

/// Silence, a constant, silence.
fn framed(before: usize, length: usize, after: usize) -> Vec<f32> {
    let mut samples = vec![0.0; before];
    samples.extend(vec![0.5; length]);
    samples.extend(vec![0.0; after]);
    samples
}

#[test]
fn silence_around_speech_goes_but_for_a_margin() {
    let found = trimmed(&framed(12_000, 2_400, 12_000));
    assert_eq!(found.len(), LEAD + 2_400 + TAIL);
    assert!(found[..LEAD].iter().all(|s| *s == 0.0));
    assert!(found[LEAD..LEAD + 2_400].iter().all(|s| *s == 0.5));
    assert!(found[LEAD + 2_400..].iter().all(|s| *s == 0.0));
}

#[test]
fn speech_at_the_very_edge_is_kept_whole() {
    assert_eq!(trimmed(&framed(0, 2_400, 0)).len(), 2_400);
    assert_eq!(trimmed(&framed(120, 2_400, 120)).len(), 2_640);
}

#[test]
fn silence_inside_speech_stays() {
    let mut sound = framed(0, 1_200, 9_600);
    sound.extend(framed(0, 1_200, 0));
    assert_eq!(trimmed(&sound).len(), sound.len());
}

#[test]
fn what_is_50_db_below_the_peak_is_silence() {
    let with = |level: f32| {
        let mut sound = vec![level; 12_000];
        sound.extend(vec![0.5; 1_200]);
        trimmed(&sound).len()
    };
    assert_eq!(with(0.001_5), LEAD + 1_200);
    assert_eq!(with(0.001_7), 13_200);
}

#[test]
fn nothing_but_silence_is_nothing() {
    assert_eq!(trimmed(&[]), Vec::<f32>::new());
    assert_eq!(trimmed(&[0.0; 5_000]), Vec::<f32>::new());
}

#[test]
fn both_edges_fade() {
    let found = trimmed(&[0.5; 2_400]);
    assert!(found[0] < 0.001 && found[2_399] < 0.001);
    assert!((found[FADE / 2] - 0.25).abs() < 0.02);
    assert!((found[2_399 - FADE / 2] - 0.25).abs() < 0.02);
    assert!(found[FADE..2_400 - FADE].iter().all(|s| *s == 0.5));
    assert!(found[..FADE].windows(2).all(|pair| pair[0] < pair[1]));
    // Shorter than two fades: they meet in the middle.
    let short = trimmed(&[0.5; 100]);
    assert!(short[0] < 0.001 && short[99] < 0.001 && short[49] > 0.49 && short[50] > 0.49);
    assert_eq!(trimmed(&[0.5]), [0.5]);
}

#[test]
fn pauses_are_as_long_as_what_ends() {
    let at = |speed| {
        [
            Boundary::Hard,
            Boundary::Word,
            Boundary::Comma,
            Boundary::Clause,
            Boundary::Sentence,
            Boundary::Paragraph,
        ]
        .map(|ends| pause(ends, speed))
    };
    assert_eq!(at(1.0), [0, 720, 3_600, 4_800, 8_400, 14_400]);
    assert_eq!(at(2.0), [0, 360, 1_800, 2_400, 4_200, 7_200]);
    assert_eq!(at(0.5), [0, 1_440, 7_200, 9_600, 16_800, 28_800]);
}
