use proptest::prelude::*;

use super::*;

#[test]
fn the_table_is_that_of_the_model() {
    assert_eq!(VOCABULARY.len(), 114);
    assert!(VOCABULARY.windows(2).all(|pair| pair[0].1 < pair[1].1));
    for (symbol, id) in [
        (';', 1),
        ('.', 4),
        ('—', 9),
        ('"', 11),
        ('“', 14),
        ('”', 15),
        (' ', 16),
        ('\u{303}', 17),
        ('ꭧ', 23),
        ('A', 24),
        ('T', 36),
        ('ᵊ', 42),
        ('a', 43),
        ('z', 68),
        ('ɑ', 69),
        ('ə', 83),
        ('ɡ', 92),
        ('ɹ', 123),
        ('ʤ', 82),
        ('ʧ', 133),
        ('ˈ', 156),
        ('ː', 158),
        ('ᵻ', 177),
    ] {
        assert_eq!(token_id(symbol), Some(id), "{symbol}");
    }
    for unknown in ['g', '\u{329}', 'é', '$', '\0'] {
        assert_eq!(token_id(unknown), None);
    }
}

#[test]
fn tokens_are_padded_and_unknown_symbols_counted() {
    let tokens = tokenise("həlˈO❓").unwrap();
    assert_eq!(
        tokens,
        Tokens {
            ids: vec![0, 50, 83, 54, 156, 31, 0],
            dropped: 1
        }
    );
    assert_eq!(tokens.phonemes(), 5);
    assert_eq!(
        tokenise(""),
        Ok(Tokens {
            ids: vec![0, 0],
            dropped: 0
        })
    );
    assert_eq!(tokenise("").unwrap().phonemes(), 0);
}

#[test]
fn the_model_takes_510_phonemes_and_not_one_more() {
    assert_eq!(tokenise(&"a".repeat(510)).unwrap().ids.len(), 512);
    assert_eq!(
        tokenise(&"a".repeat(511)),
        Err(TooManyPhonemes { found: 511 })
    );
    // What is left out does not count.
    assert_eq!(
        tokenise(&format!("{}❓", "a".repeat(510))).unwrap().dropped,
        1
    );
}

#[test]
fn batches_end_after_punctuation_then_between_words_then_anywhere() {
    assert_eq!(phoneme_batches("abc, de fgh", 6), ["abc,", "de fgh"]);
    assert_eq!(phoneme_batches("ab, cd efgh", 8), ["ab, cd", "efgh"]);
    assert_eq!(phoneme_batches("abc, d efgh", 8), ["abc,", "d efgh"]);
    assert_eq!(phoneme_batches("ab cd ef", 5), ["ab cd", "ef"]);
    assert_eq!(phoneme_batches("abcdefg", 3), ["abc", "def", "g"]);
    assert_eq!(phoneme_batches("abc", 3), ["abc"]);
    assert_eq!(phoneme_batches("ab", 0), ["a", "b"]);
    assert_eq!(phoneme_batches("", 5), Vec::<String>::new());
    assert_eq!(phoneme_batches("ab cd ef", 4), ["ab", "cd", "ef"]);
    assert_eq!(phoneme_batches("  ab  cd", 2), ["ab", "cd"]);
    assert_eq!(phoneme_batches("     ", 2), Vec::<String>::new());
    for mark in [';', ':', ',', '.', '!', '?', '—', '…'] {
        assert_eq!(
            phoneme_batches(&format!("abc{mark} d efgh"), 7),
            [format!("abc{mark}"), "d efgh".to_owned()]
        );
    }
}

proptest! {
    #[test]
    fn batches_lose_nothing(input in "[a-zəɹˈ ,.]{0,200}", limit in 1_usize..40) {
        let pieces = phoneme_batches(&input, limit);
        prop_assert!(pieces.iter().all(|piece| piece.chars().count() <= limit && !piece.is_empty()));
        let bare = |text: &str| text.replace(' ', "");
        prop_assert_eq!(bare(&pieces.concat()), bare(&input));
    }

    #[test]
    fn any_text_becomes_tokens_the_model_has(input in any::<String>()) {
        if let Ok(tokens) = tokenise(&input) {
            prop_assert!(tokens.ids.iter().all(|id| (0..178).contains(id)));
            prop_assert_eq!(tokens.phonemes() + tokens.dropped, input.chars().count());
        }
    }
}
