use std::path::Path;

use caws_spec::parse;

use super::{Kind, label};

#[test]
fn a_document_is_known_by_its_name_or_its_keys() {
    let kind = |path: &str, text: &str| Kind::of(path, &parse(path, text.as_bytes()).unwrap());
    assert_eq!(kind("x/.caws.yml", "schema_version: 1"), Kind::Config);
    assert_eq!(kind("other.yml", "gates: {}"), Kind::Config);
    assert_eq!(kind("other.yml", "services: {}"), Kind::Config);
    assert_eq!(kind("other.yml", "tools: {}"), Kind::Config);
    assert_eq!(kind("a/tier-policy.json", "{}"), Kind::Policy);
    assert_eq!(kind("policy.json", r#"{"3": {}}"#), Kind::Policy);
    assert_eq!(kind("spec.yaml", "id: A-1"), Kind::Spec);
    assert_eq!(kind("notes.yaml", "- gates"), Kind::Spec);
}

#[test]
fn labels_have_slashes_and_keep_the_root() {
    assert_eq!(label(Path::new("./a/b.yaml")), "a/b.yaml");
    assert_eq!(label(Path::new("../b.yaml")), "../b.yaml");
    assert_eq!(label(Path::new("/tmp/b.yaml")), "/tmp/b.yaml");
}
