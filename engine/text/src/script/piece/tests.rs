use super::*;

#[test]
fn times_are_seconds_or_milliseconds() {
    assert_eq!(seconds("0.8s"), Some(0.8));
    assert_eq!(seconds(" 250ms "), Some(0.25));
    assert_eq!(seconds("2 s"), Some(2.0));
    assert_eq!(seconds(".5s"), Some(0.5));
    for text in [
        "", "s", "ms", "1", "1m", "-1s", "1e9s", "infs", "nans", "1.2.3s", ".s",
    ] {
        assert_eq!(seconds(text), None, "{text}");
    }
}

#[test]
fn a_speed_stays_within_what_a_voice_can_do() {
    let mut pieces = Pieces::default();
    for rate in [0.1, 0.25, 1.5, 4.0, 9.0] {
        pieces.rate(rate);
    }
    let rates: Vec<f32> = pieces
        .finish()
        .0
        .iter()
        .map(|piece| match piece {
            Piece::Rate(rate) => *rate,
            _ => 0.0,
        })
        .collect();
    assert_eq!(rates, [0.25, 0.25, 1.5, 4.0, 4.0]);
}

#[test]
fn no_time_is_no_pause() {
    let mut pieces = Pieces::default();
    pieces.pause(0.0);
    assert_eq!(pieces.finish(), (Vec::new(), 0));
}

#[test]
fn text_comes_before_what_follows_it() {
    let mut pieces = Pieces::default();
    pieces.copy("a", 0);
    pieces.words(Vec::new());
    pieces.pause(1.0);
    pieces.copy("", 9);
    pieces.end(Boundary::Sentence);
    let (found, _) = pieces.finish();
    assert_eq!(
        found,
        [
            Piece::Text(Mapped::whole("a")),
            Piece::Pause(1.0),
            Piece::End(Boundary::Sentence)
        ]
    );
}
