//! Any bytes as YAML and as JSON: a document whose every part has its place in the file, or findings that have theirs.
#![no_main]

use caws_spec::parse::{MAX_DEPTH, MAX_VALUES};
use caws_spec::{Span, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for path in ["f.yaml", "f.json"] {
        match parse(path, bytes) {
            Ok(document) => {
                let text = std::str::from_utf8(bytes).expect("what parses is UTF-8");
                let lines = lengths(text);
                let mut places = 0;
                for (pointer, node) in document.spans() {
                    assert!(document.value().pointer(pointer).is_some(), "{pointer}");
                    assert!(pointer.matches('/').count() <= MAX_DEPTH);
                    for span in node.key.into_iter().chain([node.value]) {
                        assert!(inside(&lines, span), "{span:?} of {text:?}");
                    }
                    places += 1;
                }
                assert!(places <= MAX_VALUES);
                // What was read is JSON, and is the same when it is read as such.
                let written = document.value().to_string();
                let again = parse("f.json", written.as_bytes()).expect("it is JSON");
                assert_eq!(again.value(), document.value());
            }
            Err(findings) => {
                assert!(!findings.is_empty());
                for finding in findings {
                    assert!(finding.help.is_some() && finding.place.is_some());
                    assert!(finding.message.len() < 2_000, "{}", finding.message);
                }
            }
        }
    }
});

/// How many characters each line has; one more than stands there, since a line end counts, too.
fn lengths(text: &str) -> Vec<usize> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let normal = text.replace("\r\n", " \n").replace('\r', " \n");
    normal
        .split('\n')
        .map(|line| line.chars().count())
        .collect()
}

fn inside(lines: &[usize], span: Span) -> bool {
    let column = span.column as usize;
    let length = lines.get(span.line as usize - 1);
    column >= 1 && length.is_some_and(|length| column <= length + 1)
}
