use super::*;

#[test]
fn a_text_is_its_own_source() {
    let mapped = Mapped::whole("héllo");
    assert_eq!(mapped.text(), "héllo");
    assert_eq!(mapped.source(0..6), 0..6);
    assert_eq!(mapped.source(1..3), 1..3);
    assert_eq!(Mapped::default().source(0..0), 0..0);
}

#[test]
fn copies_keep_their_places() {
    let mut mapped = Mapped::default();
    mapped.copy("one ", 7);
    mapped.copy("two", 20);
    assert_eq!(mapped.text(), "one two");
    assert_eq!(mapped.source(0..3), 7..10);
    assert_eq!(mapped.source(4..7), 20..23);
    assert_eq!(mapped.source(2..5), 9..21);
}

#[test]
fn text_said_instead_stands_for_all_its_source() {
    let mut mapped = Mapped::default();
    mapped.copy("a ", 0);
    mapped.instead("two words", 2..7);
    assert_eq!(mapped.source(2..5), 2..7);
    assert_eq!(mapped.source(6..11), 2..7);
    let mut outer = Mapped::default();
    outer.copy("x", 50);
    outer.append(&mapped);
    assert_eq!(outer.text(), "xa two words");
    assert_eq!(outer.source(4..6), 2..7);
    assert_eq!(mapped.whole_source(), 0..7);
}
