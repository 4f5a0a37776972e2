use super::read;

fn listed(function: &str, line: u32, replacement: &str) -> String {
    let function = if function.is_empty() {
        "null".to_owned()
    } else {
        format!(
            r#"{{"function_name":"{function}","return_type":"","span":{{"start":{{"line":1,"column":1}},"end":{{"line":9,"column":1}}}}}}"#
        )
    };
    format!(
        r#"{{"name":"src/lib.rs:{line}:5: replace with {replacement}","package":"p","file":"src/lib.rs","function":{function},"genre":"FnValue","replacement":"{replacement}","diff":"","span":{{"start":{{"line":{line},"column":5}},"end":{{"line":{line},"column":9}}}}}}"#
    )
}

fn ids(list: &[String]) -> Vec<String> {
    read(format!("[{}]", list.join(",")).as_bytes())
        .unwrap()
        .into_iter()
        .map(|mutant| mutant.id)
        .collect()
}

#[test]
fn a_mutant_is_read_with_its_place() {
    let list = read(format!("[{}]", listed("f", 7, "0")).as_bytes()).unwrap();
    let mutant = &list[0];
    assert_eq!(
        (
            mutant.line,
            mutant.column,
            mutant.file.as_str(),
            mutant.package.as_str()
        ),
        (7, 5, "src/lib.rs", "p")
    );
    assert_eq!(mutant.name, "src/lib.rs:7:5: replace with 0");
    assert_eq!(
        (mutant.function.as_deref(), mutant.replacement.as_str()),
        (Some("f"), "0")
    );
    assert_eq!(mutant.id.len(), 32);
    let json = serde_json::to_value(mutant).unwrap();
    assert!(json.get("package").is_none());
}

#[test]
fn an_identity_does_not_move_with_its_line() {
    assert_eq!(ids(&[listed("f", 7, "0")]), ids(&[listed("f", 90, "0")]));
}

#[test]
fn function_replacement_and_ordinal_tell_mutants_apart() {
    let all = ids(&[
        listed("f", 1, "0"),
        listed("f", 2, "0"),
        listed("f", 3, "0"),
        listed("g", 1, "0"),
        listed("f", 1, "1"),
        listed("", 1, "0"),
    ]);
    let distinct: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!(distinct.len(), 6);
    // One more among equals does not rename those before it.
    assert_eq!(all[..2], ids(&[listed("f", 5, "0"), listed("f", 6, "0")]));
}

#[test]
fn no_output_is_no_mutants_and_garbage_is_an_error() {
    assert_eq!(read(b"").unwrap(), []);
    assert_eq!(read(b" \n").unwrap(), []);
    assert_eq!(read(b"[]").unwrap(), []);
    assert!(read(b"INFO no mutants").is_err());
}
