use super::*;

#[test]
fn the_short_text_has_exactly_140_characters() {
    assert_eq!(SHORT.len(), 1);
    assert_eq!(SHORT[0].chars().count(), 140);
}

#[test]
fn the_long_text_has_about_500_characters() {
    assert_eq!(LONG.len(), 1);
    assert!((480..=520).contains(&LONG[0].chars().count()));
    assert!(!LONG[0].contains("  ") && !LONG[0].contains('\n'));
}

#[test]
fn ten_clients_say_ten_different_things_of_about_the_short_length() {
    assert_eq!(LOAD.len(), 10);
    for (index, text) in LOAD.iter().enumerate() {
        assert!((125..=145).contains(&text.chars().count()), "{text}");
        assert!(!LOAD[..index].contains(text), "{text}");
    }
}

#[test]
fn the_endless_text_is_as_long_as_a_server_takes() {
    let length = endless().chars().count();
    assert!((3500..=kokoro_server::limits::MAX_CHARACTERS).contains(&length));
}
