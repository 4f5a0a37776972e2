#![expect(clippy::cast_possible_wrap, reason = "small whole numbers of a test")]

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
        .map(|ends| Gap::after(ends, None, speed))
    };
    let natural = |pauses: [usize; 4]| {
        let [comma, clause, sentence, paragraph] = pauses.map(Gap::Natural);
        [Gap::Blend, Gap::Blend, comma, clause, sentence, paragraph]
    };
    assert_eq!(at(1.0), natural([3_600, 4_800, 8_400, 14_400]));
    assert_eq!(at(2.0), natural([1_800, 2_400, 4_200, 7_200]));
    assert_eq!(at(0.5), natural([7_200, 9_600, 16_800, 28_800]));
}

#[test]
fn silence_that_was_asked_for_is_exact_at_any_speed() {
    for ends in [Boundary::Word, Boundary::Sentence] {
        assert_eq!(Gap::after(ends, Some(0.8), 2.0), Gap::Asked(19_200));
        assert_eq!(Gap::after(ends, Some(0.0), 1.0), Gap::Asked(0));
    }
    assert_eq!(silence(10.0), 240_000);
    assert_eq!(silence(10.5), 240_000);
    assert_eq!(silence(f32::INFINITY), 240_000);
    assert_eq!(silence(-1.0), 0);
    assert_eq!(silence(f32::NAN), 0);
}

#[test]
fn gaps_in_a_row_become_one() {
    use Gap::{Asked, Blend, Natural};
    for (one, other, both) in [
        (Blend, Blend, Blend),
        (Blend, Natural(5), Natural(5)),
        (Natural(5), Blend, Natural(5)),
        (Natural(5), Natural(7), Natural(7)),
        (Natural(7), Natural(5), Natural(7)),
        (Asked(3), Natural(7), Asked(3)),
        (Natural(7), Asked(3), Asked(3)),
        (Asked(3), Blend, Asked(3)),
        (Blend, Asked(3), Asked(3)),
        (Asked(3), Asked(4), Asked(7)),
    ] {
        assert_eq!(one.and(other), both, "{one:?} and {other:?}");
    }
}

#[test]
fn beside_a_pause_pieces_fade_and_silence_is_exact() {
    let mut joiner = Joiner::new(0);
    let first = joiner.push(&framed(2_400, 4_800, 2_400), Gap::Natural(1_000));
    assert_eq!(first.samples.len(), LEAD + 4_800 + TAIL);
    assert_eq!(first.origin, LEAD as i64 - 2_400);
    let second = joiner.push(&[0.5; 4_800], Gap::Natural(5));
    assert_eq!(second.samples.len(), 1_000 + 4_800);
    assert_eq!(second.origin, (LEAD + 4_800 + TAIL + 1_000) as i64);
    assert!(second.samples[..1_000].iter().all(|s| *s == 0.0));
    assert!(second.samples[1_000] < 0.001 && second.samples[5_799] < 0.001);
    // A natural pause at the end is none.
    assert_eq!(joiner.finish(), Vec::<f32>::new());
}

#[test]
fn where_there_is_no_pause_one_piece_becomes_the_other() {
    let mut joiner = Joiner::new(0);
    let first = joiner.push(&[0.5; 4_800], Gap::Blend);
    assert_eq!(first.samples.len(), 4_800 - BLEND);
    assert_eq!(first.samples[4_800 - BLEND - 1], 0.5);
    let second = joiner.push(&[-0.3; 4_800], Gap::Natural(5));
    assert_eq!(second.origin, (4_800 - BLEND) as i64);
    assert_eq!(second.samples.len(), 4_800);
    assert!(second.samples[0] > 0.499 && second.samples[BLEND] == -0.3);
    assert!((second.samples[BLEND / 2] - 0.1).abs() < 0.01);
    assert!(
        second.samples[..BLEND]
            .windows(2)
            .all(|pair| pair[0] > pair[1] && pair[0] - pair[1] < 0.01)
    );
    assert_eq!(joiner.finish().len(), 0);
}

#[test]
fn silence_is_shorter_where_there_is_no_pause() {
    let mut joiner = Joiner::new(0);
    let sound = framed(12_000, 2_400, 12_000);
    let first = joiner.push(&sound, Gap::Blend).samples.len();
    assert_eq!(first, LEAD + 2_400 + TIGHT_TAIL - BLEND);
    let second = joiner.push(&sound, Gap::Blend);
    assert_eq!(
        second.samples.len(),
        TIGHT_LEAD + 2_400 + TIGHT_TAIL - BLEND
    );
    assert_eq!(second.origin, (first + TIGHT_LEAD) as i64 - 12_000);
    assert_eq!(joiner.finish().len(), BLEND);
}

#[test]
fn a_piece_shorter_than_a_cross_fade_is_not_lost() {
    let mut joiner = Joiner::new(0);
    assert_eq!(joiner.push(&[0.5; 100], Gap::Blend).samples.len(), 0);
    assert_eq!(joiner.held.len(), 100);
    assert_eq!(joiner.push(&[0.4; 50], Gap::Blend).samples.len(), 0);
    assert_eq!(joiner.held.len(), 100);
    assert_eq!(
        joiner.push(&[0.3; 1_000], Gap::Natural(0)).samples.len(),
        1_000
    );
}

#[test]
fn a_cross_fade_that_becomes_a_pause_fades_out() {
    let mut joiner = Joiner::new(0);
    assert_eq!(joiner.push(&[0.5; 4_800], Gap::Blend).samples.len(), 4_560);
    assert_eq!(
        joiner.push(&[0.0; 900], Gap::Natural(700)),
        Joined::default()
    );
    let next = joiner.push(&[0.5; 4_800], Gap::Natural(1));
    assert_eq!(next.samples.len(), BLEND + 700 + 4_800);
    assert_eq!(next.origin, 4_560 + 240 + 700);
    assert!(next.samples[BLEND - 1] < 0.001 && next.samples[0] == 0.5);
    assert!(next.samples[BLEND..BLEND + 700].iter().all(|s| *s == 0.0));
}

#[test]
fn the_end_held_for_a_cross_fade_comes_out_in_the_end() {
    let mut joiner = Joiner::new(0);
    let first = joiner.push(&[0.5; 4_800], Gap::Blend).samples;
    let rest = joiner.finish();
    assert_eq!((first.len(), rest.len()), (4_560, 240));
    assert!(rest[0] == 0.5 && rest[239] < 0.001);
    assert_eq!(joiner.finish().len(), 0);
}

#[test]
fn pieces_without_sound_leave_one_pause_the_longest() {
    let mut joiner = Joiner::new(0);
    let quiet = [0.0; 5_000];
    assert_eq!(joiner.push(&quiet, Gap::Natural(900)), Joined::default());
    assert!(!joiner.started());
    assert_eq!(
        joiner.push(&[0.5; 2_400], Gap::Natural(300)).samples.len(),
        2_400
    );
    assert!(joiner.started());
    assert_eq!(joiner.push(&quiet, Gap::Natural(200)), Joined::default());
    assert_eq!(
        joiner.push(&[0.5; 2_400], Gap::Natural(100)).samples.len(),
        2_700
    );
    assert_eq!(joiner.push(&quiet, Gap::Natural(800)), Joined::default());
    assert_eq!(
        joiner.push(&[0.5; 2_400], Gap::Natural(1)).samples.len(),
        3_200
    );
}

#[test]
fn silence_asked_for_is_there_before_between_and_after() {
    let mut joiner = Joiner::new(500);
    assert_eq!(joiner.push(&[0.0; 99], Gap::Asked(250)), Joined::default());
    let first = joiner.push(&[0.5; 2_400], Gap::Asked(300));
    assert_eq!((first.samples.len(), first.origin), (750 + 2_400, 750));
    assert_eq!(
        joiner.push(&[0.0; 99], Gap::Natural(4_000)),
        Joined::default()
    );
    assert_eq!(
        joiner.push(&[0.5; 2_400], Gap::Asked(70)).samples.len(),
        2_700
    );
    assert_eq!(joiner.finish(), vec![0.0; 70]);
    // A text that says nothing is no silence of some length.
    assert_eq!(Joiner::new(500).finish().len(), 0);
}
