use super::*;
use crate::testing::fixture;

fn onnx(name: &str) -> Onnx {
    Onnx::read(&fixture(name)).unwrap()
}

fn of(choice: VocabularyChoice, name: &str, old: bool) -> &'static str {
    Vocabulary::of(choice, &onnx(name), old).unwrap().name()
}

#[test]
fn the_table_is_the_one_named_else_the_models_else_that_of_the_voices() {
    use VocabularyChoice::{Auto, V0_19, V1_0};
    let (plain, own) = ("tiny-v1.0.onnx", "tiny-v1.1-fp16.onnx");
    assert_eq!(of(Auto, plain, false), "v1.0");
    assert_eq!(of(Auto, plain, true), "v0.19");
    assert_eq!(of(Auto, own, false), "the model's");
    assert_eq!(of(Auto, own, true), "the model's");
    assert_eq!(of(V1_0, own, true), "v1.0");
    assert_eq!(of(V0_19, own, false), "v0.19");
    // A version in the metadata decides nothing.
    assert_eq!(of(Auto, "tiny-sherpa-v0.19.onnx", false), "v1.0");
}

#[test]
fn symbols_become_the_tables_ids_between_padding() {
    let tokens = Vocabulary::V1_0.tokens("hə❓l").unwrap();
    assert_eq!(tokens.ids, [0, 50, 83, 54, 0]);
    assert_eq!((tokens.symbols, tokens.dropped), (vec![0, 1, 3], 1));
    let own = Vocabulary::of(VocabularyChoice::Auto, &onnx("tiny-v1.1-fp16.onnx"), false).unwrap();
    let tokens = own.tokens("ha b").unwrap();
    assert_eq!(
        (tokens.ids, tokens.symbols, tokens.dropped),
        (vec![0, 9, 7, 16, 0], vec![0, 1, 2], 1)
    );
}

#[test]
fn the_old_table_spells_diphthongs_and_affricates() {
    let old = Vocabulary::v0_19();
    let ids = |text: &str| {
        old.tokens(text).unwrap().ids[1..]
            .split_last()
            .unwrap()
            .1
            .to_vec()
    };
    for (symbol, expected) in [
        (";", vec![1]),
        ("”", vec![15]),
        (" ", vec![16]),
        ("B", vec![18]),
        ("Z", vec![42]),
        ("a", vec![43]),
        ("z", vec![68]),
        ("ɑ", vec![69]),
        ("ɡ", vec![92]),
        ("ʘ", vec![122]),
        ("ˈ", vec![156]),
        ("↘", vec![173]),
        ("ᵻ", vec![177]),
        ("'", vec![176]),
        ("\u{0329}", vec![175]),
        ("A", vec![47, 102]),
        ("ʤ", vec![46, 147]),
        ("ʧ", vec![62, 131]),
        ("T", vec![125]),
        ("ᵊ", vec![83]),
        ("(", vec![]),
    ] {
        assert_eq!(ids(symbol), expected, "{symbol}");
    }
    let tokens = old.tokens("hA(").unwrap();
    assert_eq!((tokens.symbols, tokens.dropped), (vec![0, 1, 1], 1));
    let Vocabulary::V0_19(table) = old else {
        panic!()
    };
    // Every id but the padding's and the second apostrophe's.
    assert_eq!(table.len(), 176);
}

#[test]
fn more_than_the_model_takes_is_nothing() {
    let of = |count: usize| {
        Vocabulary::V1_0
            .tokens(&"a".repeat(count))
            .map(|tokens| tokens.ids.len())
    };
    assert_eq!(of(MAX_PHONEMES), Some(MAX_PHONEMES + 2));
    assert_eq!(of(MAX_PHONEMES + 1), None);
    assert_eq!(Vocabulary::V1_0.tokens("❓").unwrap().ids, [0, 0]);
}
