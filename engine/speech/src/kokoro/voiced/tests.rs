use super::*;

/// Samples of one frame.
const FRAME: usize = 600;

fn tokens(symbols: &[usize]) -> Tokens {
    Tokens {
        ids: vec![0; symbols.len() + 2],
        symbols: symbols.to_vec(),
        dropped: 0,
    }
}

fn output(durations: &[f32]) -> Output {
    let frames: f32 = durations.iter().filter(|frames| frames.is_finite()).sum();
    let length = count(frames * 0.025);
    Output {
        samples: (0..length).map(|n| n as f32).collect(),
        durations: durations.to_vec(),
    }
}

fn close(found: &[(f32, f32)], expected: &[(f32, f32)]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (a, b) in found.iter().zip(expected) {
        assert!(
            (a.0 - b.0).abs() < 1e-5 && (a.1 - b.1).abs() < 1e-5,
            "{found:?}"
        );
    }
}

#[test]
fn symbols_are_heard_when_their_tokens_are() {
    let voiced = voiced(&tokens(&[0, 1]), output(&[1.0, 2.0, 4.0, 1.0]));
    assert_eq!(voiced.samples.len(), 8 * FRAME);
    close(&voiced.spans, &[(0.025, 0.075), (0.075, 0.175)]);
}

#[test]
fn all_but_one_frame_of_the_padding_in_front_goes() {
    let voiced = voiced(&tokens(&[0]), output(&[5.0, 2.0, 3.0]));
    assert_eq!(voiced.samples.len(), 6 * FRAME);
    assert_eq!(voiced.samples[0], 4.0 * 600.0);
    close(&voiced.spans, &[(0.025, 0.075)]);
    // Less than one frame stays as it is.
    let voiced = super::voiced(&tokens(&[0]), output(&[0.0, 2.0, 1.0]));
    assert_eq!(voiced.samples.len(), 3 * FRAME);
    close(&voiced.spans, &[(0.0, 0.05)]);
}

#[test]
fn a_symbol_of_several_tokens_has_all_their_time_and_one_of_none_has_none() {
    let voiced = voiced(&tokens(&[0, 0, 2]), output(&[1.0, 1.0, 1.0, 2.0, 1.0]));
    close(
        &voiced.spans,
        &[(0.025, 0.075), (0.075, 0.075), (0.075, 0.125)],
    );
    close(
        &voiced.reaching(4).spans[2..],
        &[(0.075, 0.125), (0.125, 0.125)],
    );
}

#[test]
fn without_durations_that_make_sense_nothing_is_told_or_cut() {
    for durations in [
        &[][..],
        &[3.0, 3.0],
        &[3.0, -1.0, 3.0],
        &[3.0, f32::NAN, 1.0],
        &[0.0, 0.5, 0.0],
    ] {
        let output = Output {
            samples: vec![0.5; 9 * FRAME],
            durations: durations.to_vec(),
        };
        let voiced = voiced(&tokens(&[0]), output);
        assert_eq!(
            (voiced.samples.len(), voiced.spans.len()),
            (9 * FRAME, 0),
            "{durations:?}"
        );
        assert_eq!(voiced.reaching(3).spans, []);
    }
    let empty = voiced(
        &tokens(&[0]),
        Output {
            samples: Vec::new(),
            durations: vec![1.0; 3],
        },
    );
    assert_eq!(empty, Voiced::default());
}

#[test]
fn one_run_follows_another() {
    let run = || voiced(&tokens(&[0]), output(&[1.0, 2.0, 1.0]));
    let mut all = Voiced::default();
    all.append(0, run());
    all.append(2, run());
    assert_eq!(all.samples.len(), 8 * FRAME);
    close(
        &all.spans,
        &[(0.025, 0.075), (0.1, 0.1), (0.1, 0.1), (0.125, 0.175)],
    );
    let untold = Voiced {
        samples: vec![0.0; FRAME],
        spans: Vec::new(),
    };
    let mut all = untold.clone();
    all.append(3, untold);
    assert_eq!((all.samples.len(), all.spans.len()), (2 * FRAME, 0));
}

#[test]
fn another_pace_moves_the_times() {
    let voiced = voiced(&tokens(&[0]), output(&[1.0, 2.0, 1.0])).paced(vec![0.0; 2 * FRAME], 2.0);
    assert_eq!(voiced.samples.len(), 2 * FRAME);
    close(&voiced.spans, &[(0.0125, 0.0375)]);
}
