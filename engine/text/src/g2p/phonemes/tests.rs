use proptest::prelude::*;

use super::*;

fn phonemes(words: &[&str]) -> Phonemes {
    let mut found = Phonemes::default();
    for (at, word) in words.iter().enumerate() {
        let mark = word.chars().all(|c| ".,!?;:".contains(c));
        found.push(at, word, !mark);
    }
    found
}

fn texts(pieces: &[Phonemes]) -> Vec<&str> {
    pieces.iter().map(|p| p.symbols.as_str()).collect()
}

#[test]
fn words_know_their_symbols() {
    let found = phonemes(&["həlˈO", ",", "", "wˈɜɹld"]);
    assert_eq!(found.symbols, "həlˈO, wˈɜɹld");
    assert_eq!(found.len(), 13);
    let spans: Vec<_> = found
        .spans
        .iter()
        .map(|s| (s.word, s.symbols.clone()))
        .collect();
    assert_eq!(spans, [(0, 0..5), (1, 5..6), (3, 7..13)]);
    assert!(!found.is_empty() && Phonemes::default().is_empty());
}

#[test]
fn pieces_end_after_punctuation_in_their_second_half() {
    let found = phonemes(&["abcd", ",", "efgh", "ij"]);
    assert_eq!(texts(&found.pieces(10)), ["abcd,", "efgh ij"]);
    assert_eq!(texts(&found.pieces(11)), ["abcd, efgh", "ij"]);
    assert_eq!(texts(&found.pieces(13)), ["abcd, efgh ij"]);
    assert_eq!(texts(&found.pieces(12)), ["abcd, efgh", "ij"]);
}

#[test]
fn a_blank_right_after_a_piece_ends_it_and_an_endless_word_is_cut() {
    assert_eq!(texts(&phonemes(&["abcd", "ef"]).pieces(4)), ["abcd", "ef"]);
    assert_eq!(
        texts(&phonemes(&["abcdefg"]).pieces(3)),
        ["abc", "def", "g"]
    );
    assert_eq!(texts(&phonemes(&["ab"]).pieces(0)), ["a", "b"]);
    assert!(Phonemes::default().pieces(5).is_empty());
}

#[test]
fn a_word_cut_in_two_is_in_both_pieces() {
    let mut found = phonemes(&["ab", "cdefgh"]);
    found.spelled = 1;
    found.dropped = 2;
    found.from_outside = 3;
    found.from_lexicon = 4;
    let pieces = found.pieces(4);
    assert_eq!(texts(&pieces), ["ab", "cdef", "gh"]);
    assert_eq!(
        pieces[1].spans,
        [Span {
            word: 1,
            symbols: 0..4
        }]
    );
    assert_eq!(
        pieces[2].spans,
        [Span {
            word: 1,
            symbols: 0..2
        }]
    );
    assert_eq!((pieces[0].spelled, pieces[0].dropped), (1, 2));
    assert_eq!((pieces[0].from_outside, pieces[0].from_lexicon), (3, 4));
    assert_eq!((pieces[1].spelled, pieces[1].dropped), (0, 0));
}

proptest! {
    #[test]
    fn no_symbol_is_lost_and_no_piece_is_too_long(
        words in prop::collection::vec("[a-zˈ]{1,12}|[.,;!?]", 0..60),
        limit in 1_usize..40,
    ) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let whole = phonemes(&words);
        let pieces = whole.pieces(limit);
        let bare = |text: &str| text.replace(' ', "");
        prop_assert_eq!(bare(&pieces.iter().map(|p| p.symbols.as_str()).collect::<String>()), bare(&whole.symbols));
        let mut of_words = vec![String::new(); words.len()];
        for piece in &pieces {
            prop_assert!(piece.len() <= limit && !piece.is_empty());
            let symbols: Vec<char> = piece.symbols.chars().collect();
            for span in &piece.spans {
                of_words[span.word].extend(&symbols[span.symbols.clone()]);
            }
        }
        prop_assert_eq!(of_words, words);
    }
}
