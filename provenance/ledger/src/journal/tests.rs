use proptest::prelude::*;

use super::*;

fn record(before: u64) -> Record {
    Record {
        before,
        count: 2,
        bundle: b"\0\x01a\0\x01b".to_vec(),
        checkpoint: b"checkpoint".to_vec(),
    }
}

fn two() -> Vec<u8> {
    [record(0).to_bytes().unwrap(), record(2).to_bytes().unwrap()].concat()
}

#[test]
fn records_come_back_in_order() {
    let journal = Journal::read(&two());
    assert_eq!(journal.records, [record(0), record(2)]);
    assert_eq!((journal.whole, journal.torn), (two().len(), 0));
    assert_eq!(
        Journal::read(b""),
        Journal {
            records: Vec::new(),
            whole: 0,
            torn: 0
        }
    );
}

#[test]
fn a_journal_cut_anywhere_keeps_its_whole_records() {
    let bytes = two();
    let half = bytes.len() / 2;
    for end in 0..bytes.len() {
        let journal = Journal::read(&bytes[..end]);
        let whole = if end >= half { half } else { 0 };
        assert_eq!(
            (journal.whole, journal.torn),
            (whole, end - whole),
            "cut at {end}"
        );
        assert_eq!(journal.records.len(), usize::from(end >= half));
    }
}

proptest! {
    #[test]
    fn any_change_of_a_record_ends_the_journal_there(place in any::<usize>(), bit in 0_u8..8) {
        let mut bytes = two();
        let place = place % bytes.len();
        bytes[place] ^= 1 << bit;
        let journal = Journal::read(&bytes);
        prop_assert_eq!(journal.records.len(), usize::from(place >= bytes.len() / 2));
    }

    #[test]
    fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let with_magic = [MAGIC.as_slice(), &bytes].concat();
        prop_assert_eq!(Journal::read(&bytes).records, []);
        prop_assert_eq!(Journal::read(&with_magic).records, []);
    }
}
