use proptest::prelude::*;
use serde_json::json;

use super::*;

fn raws(coverage: &[u8]) -> [Raw; 2] {
    [
        Raw {
            role: "coverage".into(),
            name: "lcov.info".into(),
            bytes: coverage.to_vec(),
        },
        Raw {
            role: "tests".into(),
            name: "junit.xml".into(),
            bytes: br#"<testsuite><testcase name="t"/></testsuite>"#.to_vec(),
        },
    ]
}

fn ratios(reading: &Reading) -> Vec<(&str, u64, u64)> {
    reading
        .observations
        .iter()
        .filter_map(|o| {
            o.ratio
                .map(|r| (o.name.as_str(), r.numerator, r.denominator))
        })
        .collect()
}

#[test]
fn records_of_a_file_are_added_up() {
    let text = "TN:\nSF:src/a.c\nFN:1,f\nFNDA:1,f\nDA:1,1\nBRDA:1,0,0,5\nDA:2,0,checksum\nDA:3,0\nBRDA:2,0,0,-\nBRDA:2,0,1,3\n\
        BRDA:3,0,0,0\nBRDA:3,e1,0,0\nBRF:3\nend_of_record\r\n\nSF:./src/a.c\nDA:2,4\nBRDA:3,0,0,1\nend_of_record\n\
        SF:tests/t.c\nDA:bad\nend_of_record\n";
    let params = json!({"exclude": [{"path": "tests/**", "reason": "tests"}]});
    let reading = read(&params, &raws(text.as_bytes())).unwrap();
    assert_eq!(
        ratios(&reading),
        [("branch_coverage", 3, 5), ("line_coverage", 2, 3)]
    );
    assert_eq!(
        reading.findings[0].found.as_deref(),
        Some("unreached outcomes on lines 2, 3")
    );
}

#[test]
fn without_branches_there_is_no_branch_coverage() {
    let reading = read(&Value::Null, &raws(b"SF:a\nDA:1,0\nend_of_record\n")).unwrap();
    assert_eq!(ratios(&reading), [("line_coverage", 0, 1)]);
    assert_eq!(read(&Value::Null, &raws(b"")).unwrap().examined, 0);
}

#[test]
fn what_is_no_tracefile_is_malformed() {
    for (text, reason) in [
        ("SF:a\nDA:1,0\n", "the last record has no end_of_record"),
        (
            "SF:a\nSF:b\nend_of_record\n",
            "line 2: a record begins inside another",
        ),
        ("DA:1,0\n", "line 1: `DA` outside a record"),
        ("BRDA:1,0,0,0\n", "line 1: `BRDA` outside a record"),
        (
            "end_of_record\n",
            "line 1: `end_of_record` outside a record",
        ),
        (
            "SF:a\nDA:1\nend_of_record\n",
            "line 2: `DA:1` is no DA entry",
        ),
        (
            "SF:a\nDA:x,1\nend_of_record\n",
            "line 2: `DA:x,1` is no DA entry",
        ),
        (
            "SF:a\nDA:1,-5\nend_of_record\n",
            "line 2: `DA:1,-5` is no DA entry",
        ),
        (
            "SF:a\nBRDA:1,0,0\nend_of_record\n",
            "line 2: `BRDA:1,0,0` is no BRDA entry",
        ),
    ] {
        let error = read(&Value::Null, &raws(text.as_bytes()))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("lcov.info is not a valid LCOV tracefile: "),
            "{error}"
        );
        assert!(error.contains(reason), "{error}");
    }
    assert!(read(&Value::Null, &raws(&[0xff])).is_err());
    assert!(matches!(
        read(&Value::Null, &[]),
        Err(MeasureError::Missing { .. })
    ));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(SF:a\n|DA:1,18446744073709551615\n|BRDA:1,0,0,18446744073709551615\n|end_of_record\n|x\n){0,20}") {
        let _ = read(&Value::Null, &raws(text.as_bytes()));
    }
}
