use serde_json::{Value, json};

use super::documents;
use super::workflows::describe;

fn described(text: &str) -> Value {
    describe(".github/workflows/ci.yml", Ok(text.as_bytes().to_vec()))
}

#[test]
fn a_workflow_keeps_its_steps_with_their_lines() {
    let found = described(
        "name: ci\non: [push, pull_request]\njobs:\n  main:\n    needs: before\n    steps:\n      - uses: a/b@v1\n      - name: test\n        if: false\n        run: make\n        env: { A: b }\n",
    );
    assert_eq!(found["error"], Value::Null);
    assert_eq!(found["triggers"], json!(["pull_request", "push"]));
    let job = &found["jobs"][0];
    assert_eq!(
        (&job["id"], &job["line"], &job["needs"]),
        (&json!("main"), &json!(4), &json!(["before"]))
    );
    assert_eq!(
        (&job["steps"][0]["uses"], &job["steps"][0]["line"]),
        (&json!("a/b@v1"), &json!(7))
    );
    let second = &job["steps"][1];
    assert_eq!(
        (&second["run"], &second["condition"]),
        (&json!("make"), &json!("false"))
    );
    assert_eq!(
        (&second["env"], &second["with"]),
        (&json!({ "A": "b" }), &json!({}))
    );
}

#[test]
fn triggers_are_read_in_all_three_forms() {
    for (on, expected) in [
        ("push", json!(["push"])),
        (
            "{ push: { branches: [main] }, pull_request: }",
            json!(["pull_request", "push"]),
        ),
    ] {
        let found = described(&format!("on: {on}\njobs: {{}}\n"));
        assert_eq!(found["triggers"], expected, "{on}");
    }
}

#[test]
fn a_workflow_that_cannot_be_read_says_why() {
    for text in ["jobs: [", "name: nothing to do\n", "just words"] {
        let found = described(text);
        assert!(found["error"].is_string(), "{text}");
    }
    let missing = describe("x.yml", Err("no such file".to_owned()));
    assert_eq!(missing["error"], "no such file");
}

#[test]
fn where_a_package_comes_from_is_in_its_purl() {
    let lock = "version = 4\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\ndependencies = [\"one\", \"two\"]\n\n[[package]]\nname = \"one\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"0000000000000000000000000000000000000000000000000000000000000000\"\n\n[[package]]\nname = \"two\"\nversion = \"2.0.0\"\nsource = \"git+https://example.com/two?rev=1#0123456789012345678901234567890123456789\"\n";
    let found = documents::lock("a/Cargo.lock", || Ok(lock.as_bytes().to_vec())).unwrap();
    assert_eq!(
        (&found["kind"], &found["error"]),
        (&json!("cargo"), &Value::Null)
    );
    let packages: Vec<(&str, &str, bool)> = found["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["name"].as_str().unwrap(),
                one["source"].as_str().unwrap(),
                one["hashed"].as_bool().unwrap(),
            )
        })
        .collect();
    assert!(
        packages.contains(&("own", "project", false)),
        "{packages:?}"
    );
    assert!(
        packages.contains(&("one", "registry", true)),
        "{packages:?}"
    );
    assert!(packages.contains(&("two", "git", false)), "{packages:?}");
    assert!(documents::lock("README.md", || Ok(Vec::new())).is_none());
}

#[test]
fn a_lock_file_or_sbom_that_cannot_be_read_says_why() {
    let lock = documents::lock("Cargo.lock", || Ok(b"no = [".to_vec())).unwrap();
    assert!(lock["error"].is_string());
    for bytes in [
        Err("not there".to_owned()),
        Ok(b"{".to_vec()),
        Ok(b"{}".to_vec()),
    ] {
        assert!(documents::sbom("bom.json", bytes)["error"].is_string());
    }
}

#[test]
fn an_sbom_names_its_lock_file_and_its_packages() {
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6",
        "metadata": { "properties": [{ "name": "caws:lock:sha256", "value": "aa" }] },
        "components": [
            { "name": "one", "version": "1", "purl": "pkg:cargo/one@1", "licenses": [{ "expression": "MIT OR Zlib" }] },
            { "group": "@s", "name": "two", "version": "2", "licenses": [{ "license": { "id": "ISC" } }, { "license": { "name": "X" } }] },
        ],
    });
    let found = documents::sbom("bom.json", Ok(document.to_string().into_bytes()));
    assert_eq!(
        (&found["lock_sha256"], &found["error"]),
        (&json!("aa"), &Value::Null)
    );
    assert_eq!(found["packages"][0]["license"], "MIT OR Zlib");
    assert_eq!(
        (
            &found["packages"][1]["name"],
            &found["packages"][1]["license"]
        ),
        (&json!("@s/two"), &json!("ISC AND X"))
    );
}

#[test]
fn owners_stand_line_by_line() {
    let found = documents::codeowners("CODEOWNERS", b"# all\n* @team # of us\n\n/docs/\n");
    assert_eq!(
        found["rules"],
        json!([
            { "pattern": "*", "owners": ["@team"], "line": 2 },
            { "pattern": "/docs/", "owners": [], "line": 4 },
        ])
    );
}
