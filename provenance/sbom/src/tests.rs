use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Component, Inventory, Lock, Need, SbomError, add_licenses, document};

fn read(lock: Lock, text: &str) -> Inventory {
    lock.read(text.as_bytes()).unwrap_or_else(|e| panic!("{e}"))
}

fn error(lock: Lock, text: &str) -> String {
    lock.read(text.as_bytes()).unwrap_err().to_string()
}

fn find<'i>(inventory: &'i Inventory, reference: &str) -> &'i Component {
    let found = inventory
        .components
        .iter()
        .find(|c| c.reference == reference);
    found.unwrap_or_else(|| panic!("no {reference} in {:?}", references(inventory)))
}

fn references(inventory: &Inventory) -> Vec<&str> {
    inventory
        .components
        .iter()
        .map(|c| c.reference.as_str())
        .collect()
}

fn needs(inventory: &Inventory, reference: &str) -> Vec<String> {
    find(inventory, reference)
        .depends_on
        .iter()
        .cloned()
        .collect()
}

const INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn cargo_lock() -> String {
    let sum = "ab".repeat(32);
    format!(
        r#"
version = 4
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["a 1.0.0", "b", "c 3.0.0 (git+https://example.org/c?branch=main)"]
[[package]]
name = "a"
version = "1.0.0"
source = "{INDEX}"
checksum = "{sum}"
dependencies = ["a 2.0.0"]
[[package]]
name = "a"
version = "2.0.0+x"
source = "{INDEX}"
[[package]]
name = "b"
version = "0.1.0"
source = "sparse+https://crates.example.org/"
[[package]]
name = "c"
version = "3.0.0"
source = "git+https://example.org/c?branch=main#0123abc"
"#
    )
    .replace(r#"["a 2.0.0"]"#, r#"["a 2.0.0+x"]"#)
}

#[test]
fn cargo_packages_have_their_source_in_their_purl() {
    let inventory = read(Lock::Cargo, &cargo_lock());
    let other = "pkg:cargo/b@0.1.0?repository_url=https:%2F%2Fcrates.example.org%2F";
    let git = "pkg:cargo/c@3.0.0?vcs_url=git%2Bhttps:%2F%2Fexample.org%2Fc%400123abc";
    assert_eq!(
        references(&inventory),
        [
            "path:app@0.1.0",
            "pkg:cargo/a@1.0.0",
            "pkg:cargo/a@2.0.0%2Bx",
            other,
            git
        ]
    );
    assert_eq!(
        needs(&inventory, "path:app@0.1.0"),
        ["pkg:cargo/a@1.0.0", other, git]
    );
    assert_eq!(
        needs(&inventory, "pkg:cargo/a@1.0.0"),
        ["pkg:cargo/a@2.0.0%2Bx"]
    );
    let app = find(&inventory, "path:app@0.1.0");
    assert_eq!((app.direct, &app.purl), (true, &None));
    let a = find(&inventory, "pkg:cargo/a@1.0.0");
    assert!(!a.direct);
    assert_eq!(a.purl.as_deref(), Some("pkg:cargo/a@1.0.0"));
    assert_eq!(
        (a.hashes[0].alg, a.hashes[0].content.as_str()),
        ("SHA-256", "ab".repeat(32).as_str())
    );
    assert_eq!(a.hashes.len(), 1);
}

#[test]
fn checksums_of_the_first_version_are_found() {
    let sum = "cd".repeat(32);
    let text = format!(
        "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"{INDEX}\"\n[metadata]\n\"checksum a 1.0.0 ({INDEX})\" = \"{sum}\"\n"
    );
    let inventory = read(Lock::Cargo, &text);
    assert_eq!(inventory.components[0].hashes[0].content, sum);
}

#[test]
fn a_dependency_that_is_not_there_or_there_twice_is_an_error() {
    let without = cargo_lock().replace("\"b\", ", "\"x\", ");
    assert_eq!(
        error(Lock::Cargo, &without),
        "path:app@0.1.0 needs `x`, which the lock file does not have"
    );
    let twice = cargo_lock().replace("\"b\", ", "\"a\", ");
    assert_eq!(
        error(Lock::Cargo, &twice),
        "path:app@0.1.0 needs `a`, which the lock file does not have only once"
    );
    let version = cargo_lock().replace("a 2.0.0+x\"]", "a 2.0.1\"]");
    assert!(error(Lock::Cargo, &version).contains("needs `a 2.0.1`"));
    let source = cargo_lock().replace("branch=main)", "branch=other)");
    assert!(error(Lock::Cargo, &source).contains("branch=other)`"));
    let sum = cargo_lock().replace(&"ab".repeat(32), "zz");
    assert!(error(Lock::Cargo, &sum).contains("found `sha256:zz`"));
}

#[test]
fn licences_come_from_cargo_metadata_by_name_and_version() {
    let mut inventory = read(Lock::Cargo, &cargo_lock());
    let metadata = json!({ "packages": [
        { "name": "a", "version": "1.0.0", "license": "MIT/Apache-2.0" },
        { "name": "a", "version": "2.0.0+x", "license": null },
        { "name": "unknown", "version": "1.0.0", "license": "MIT" },
    ] });
    add_licenses(&mut inventory, metadata.to_string().as_bytes()).unwrap();
    let license = |reference| find(&inventory, reference).license.as_deref();
    assert_eq!(license("pkg:cargo/a@1.0.0"), Some("MIT/Apache-2.0"));
    assert_eq!(license("pkg:cargo/a@2.0.0%2Bx"), None);
    let error = add_licenses(&mut inventory, b"[]").unwrap_err().to_string();
    assert!(
        error.starts_with("expected the output of `cargo metadata"),
        "{error}"
    );
}

fn package_lock() -> Value {
    json!({
        "name": "app", "version": "1.2.3", "lockfileVersion": 3,
        "packages": {
            "": { "name": "app", "version": "1.2.3", "dependencies": { "@s/a": "^1", "w": "*" }, "devDependencies": { "d": "1" } },
            "node_modules/@s/a": { "version": "1.0.0", "integrity": "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA= sha512-".to_owned() + &"A".repeat(86) + "==",
                "license": "MIT", "dependencies": { "b": "2" }, "optionalDependencies": { "o": "1", "gone": "1" },
                "peerDependencies": { "p": "1", "q": "1" }, "peerDependenciesMeta": { "q": { "optional": true } } },
            "node_modules/@s/a/node_modules/b": { "version": "2.0.0", "dependencies": { "d": "1" }, "license": { "type": "ISC" } },
            "node_modules/b": { "version": "1.0.0" },
            "node_modules/d": { "version": "1.0.0", "dev": true, "resolved": "git+ssh://git@example.org/d.git#0123" },
            "node_modules/o": { "version": "1.0.0", "optional": true, "dependencies": { "absent": "1" } },
            "node_modules/p": { "version": "1.0.0", "devOptional": true },
            "node_modules/w": { "resolved": "packages/w", "link": true },
            "packages/w": { "version": "0.0.1", "dependencies": { "b": "1" } }
        }
    })
}

#[test]
fn npm_folders_are_resolved_as_node_does() {
    let inventory = read(Lock::Npm, &package_lock().to_string());
    assert_eq!(
        inventory.root,
        Some(("app".to_owned(), Some("1.2.3".to_owned())))
    );
    assert_eq!(
        needs(&inventory, "node_modules/@s/a"),
        [
            "node_modules/@s/a/node_modules/b",
            "node_modules/o",
            "node_modules/p"
        ]
    );
    assert_eq!(
        needs(&inventory, "node_modules/@s/a/node_modules/b"),
        ["node_modules/d"]
    );
    assert_eq!(needs(&inventory, "packages/w"), ["node_modules/b"]);
    let a = find(&inventory, "node_modules/@s/a");
    assert_eq!(a.name, "@s/a");
    assert_eq!(a.purl.as_deref(), Some("pkg:npm/%40s/a@1.0.0"));
    assert_eq!(
        a.hashes.iter().map(|h| h.alg).collect::<Vec<_>>(),
        ["SHA-1", "SHA-512"]
    );
    assert_eq!(a.hashes[1].content, "0".repeat(128));
    assert_eq!(a.license.as_deref(), Some("MIT"));
    let b = find(&inventory, "node_modules/@s/a/node_modules/b");
    assert_eq!((b.name.as_str(), b.license.as_deref()), ("b", Some("ISC")));
    let d = find(&inventory, "node_modules/d");
    let git = "pkg:npm/d@1.0.0?vcs_url=git%2Bssh:%2F%2Fgit%40example.org%2Fd.git%230123";
    assert_eq!(d.purl.as_deref(), Some(git));
    let need = |reference| find(&inventory, reference).need;
    assert_eq!(need("node_modules/d"), Need::Development);
    assert_eq!(need("node_modules/p"), Need::Development);
    assert_eq!(need("node_modules/o"), Need::Optional);
    assert_eq!(need("node_modules/b"), Need::Required);
    let direct = inventory
        .components
        .iter()
        .filter(|c| c.direct)
        .map(|c| c.reference.as_str());
    assert_eq!(
        direct.collect::<Vec<_>>(),
        ["node_modules/@s/a", "node_modules/d", "packages/w"]
    );
    assert_eq!(find(&inventory, "packages/w").purl, None);
}

#[test]
fn npm_locks_that_cannot_be_trusted_are_errors() {
    let mut old = package_lock();
    old["lockfileVersion"] = json!(1);
    assert!(error(Lock::Npm, &old.to_string()).ends_with("found: lockfileVersion 1"));
    let mut missing = package_lock();
    missing["packages"]
        .as_object_mut()
        .unwrap()
        .remove("node_modules/b");
    assert_eq!(
        error(Lock::Npm, &missing.to_string()),
        "packages/w needs `b`, which the lock file does not have"
    );
    let mut missing = package_lock();
    missing["packages"]
        .as_object_mut()
        .unwrap()
        .remove("node_modules/@s/a");
    assert!(error(Lock::Npm, &missing.to_string()).starts_with("the project needs `@s/a`"));
    for bad in ["sha512-AAAA", "sha3-AAAA", "sha512", "sha512-*"] {
        let mut lock = package_lock();
        lock["packages"]["node_modules/b"]["integrity"] = json!(bad);
        let error = error(Lock::Npm, &lock.to_string());
        assert!(
            error.ends_with(&format!("on node_modules/b, found `{bad}`")),
            "{error}"
        );
    }
    assert!(error(Lock::Npm, "{").starts_with("expected a package-lock.json"));
}

#[test]
fn pinned_requirements_are_read_with_hashes_markers_and_extras() {
    let (one, two) = ("11".repeat(32), "22".repeat(32));
    let text = format!(
        "# comment\n--index-url https://example.org/simple\n\nFoo_Bar[x, y]==1.0 ; python_version >= \"3\" \\\n    --hash=sha256:{one} \\\n    --hash=sha256:{two}  # why\nbaz===2.0+local\nfoo.bar==1.0 --hash=sha512:{}\n",
        "33".repeat(64)
    );
    let inventory = read(Lock::Requirements, &text);
    assert_eq!(
        references(&inventory),
        ["pkg:pypi/baz@2.0%2Blocal", "pkg:pypi/foo-bar@1.0"]
    );
    let foo = find(&inventory, "pkg:pypi/foo-bar@1.0");
    assert_eq!(foo.hashes, []);
    let algorithms: Vec<&str> = foo
        .distributions
        .iter()
        .map(|d| d.hash.as_ref().unwrap().alg)
        .collect();
    assert_eq!(algorithms, ["SHA-256", "SHA-256", "SHA-512"]);
    assert_eq!(
        foo.distributions[0].url,
        format!("pkg:pypi/foo-bar@1.0?checksum=sha256:{one}")
    );
}

#[test]
fn what_is_not_pinned_is_named_with_its_line() {
    for (line, help) in [
        ("foo>=1", "pin it"),
        ("foo", "pin it"),
        ("foo @ https://example.org/foo.whl", "pin it"),
        ("-r other.txt", "list what it stands for"),
        ("-e .", "list what it stands for"),
        ("--requirement=other.txt", "list what it stands for"),
        ("foo==1.*", "name one package and one version"),
        ("foo==", "name one package and one version"),
        ("==1", "name one package and one version"),
        ("foo bar==1", "name one package and one version"),
    ] {
        let found = Lock::Requirements
            .read(format!("a==1 \\\n\n{line}\n").as_bytes())
            .unwrap_err();
        assert!(
            matches!(&found, SbomError::NotPinned { line: 3, found, help: h } if found == line && h.starts_with(help)),
            "{found:?}"
        );
    }
    let error = error(Lock::Requirements, "a==1 --hash=sha256:zz");
    assert!(
        error.ends_with("on pkg:pypi/a@1, found `sha256:zz`"),
        "{error}"
    );
}

#[test]
fn uv_locks_know_their_project() {
    let sum = "11".repeat(32);
    let text = format!(
        r#"
version = 1
[[package]]
name = "app"
version = "0.1.0"
source = {{ editable = "." }}
dependencies = [{{ name = "a", version = "1.0", marker = "x" }}, {{ name = "g" }}]
[package.optional-dependencies]
extra = [{{ name = "part" }}]
[package.dev-dependencies]
dev = [{{ name = "a", version = "2.0" }}]
[[package]]
name = "a"
version = "1.0"
source = {{ registry = "https://example.org/simple" }}
sdist = {{ url = "https://example.org/a.tar.gz", hash = "sha256:{sum}" }}
wheels = [{{ url = "https://example.org/a.whl", hash = "sha256:{sum}" }}, {{ path = "a.whl" }}]
[[package]]
name = "a"
version = "2.0"
source = {{ registry = "https://example.org/simple" }}
[[package]]
name = "g"
version = "1"
source = {{ git = "https://example.org/g#0123" }}
[[package]]
name = "part"
source = {{ directory = "part" }}
dependencies = [{{ name = "g" }}]
"#
    );
    let inventory = read(Lock::Uv, &text);
    assert_eq!(
        inventory.root,
        Some(("app".to_owned(), Some("0.1.0".to_owned())))
    );
    let git = "pkg:pypi/g@1?vcs_url=git%2Bhttps:%2F%2Fexample.org%2Fg%400123";
    assert_eq!(
        references(&inventory),
        ["path:part@", "pkg:pypi/a@1.0", "pkg:pypi/a@2.0", git]
    );
    assert!(
        inventory
            .components
            .iter()
            .all(|component| component.direct)
    );
    let a = find(&inventory, "pkg:pypi/a@1.0");
    let urls: Vec<&str> = a.distributions.iter().map(|d| d.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "a.whl",
            "https://example.org/a.tar.gz",
            "https://example.org/a.whl"
        ]
    );
    assert_eq!(needs(&inventory, "path:part@"), [git]);
    assert_eq!(find(&inventory, "path:part@").purl, None);
    let dangling = error(
        Lock::Uv,
        &text.replace(r#"{ name = "part" }"#, r#"{ name = "a" }"#),
    );
    assert_eq!(
        dangling,
        "path:app@0.1.0 needs `a`, which the lock file does not have only once"
    );
    let dangling = error(
        Lock::Uv,
        &text.replace(r#"{ name = "part" }"#, r#"{ name = "z" }"#),
    );
    assert_eq!(
        dangling,
        "path:app@0.1.0 needs `z`, which the lock file does not have"
    );
    assert!(error(Lock::Uv, "[[package]]").starts_with("expected a uv.lock, found:"));
}

#[test]
fn whatever_is_needed_is_in_the_document_once() {
    // A link that leads nowhere, and one to the project itself.
    let mut lock = package_lock();
    lock["packages"]["node_modules/w"]["resolved"] = json!("gone");
    assert_eq!(
        error(Lock::Npm, &lock.to_string()),
        "the project needs `w`, which the lock file does not have"
    );
    lock["packages"]["node_modules/w"]["resolved"] = json!("");
    lock["packages"]["packages/w"]["dependencies"] = json!({ "w": "*" });
    let inventory = read(Lock::Npm, &lock.to_string());
    assert_eq!(needs(&inventory, "packages/w"), ["project:root"]);
    lock["packages"]["project:root"] = json!({ "version": "1.0.0" });
    assert!(
        error(Lock::Npm, &lock.to_string()).starts_with("expected project:root with one content")
    );

    let app = "[[package]]\nname = \"app\"\nsource = { virtual = \".\" }\n";
    let part = "[[package]]\nname = \"part\"\nsource = { directory = \"part\" }\ndependencies = [{ name = \"app\" }]\n";
    let inventory = read(Lock::Uv, &format!("{app}{part}"));
    assert_eq!(needs(&inventory, "path:part@"), ["project:root"]);

    // One commit of one repository by two of its names.
    let git = |query: &str| {
        let source = format!("git+https://example.org/c?{query}#0123abc");
        format!("[[package]]\nname = \"c\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n")
    };
    let inventory = read(Lock::Cargo, &(git("branch=main") + &git("tag=v1")));
    assert_eq!(inventory.components.len(), 1);
    let digest = |digit: &str| {
        let head = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n";
        format!(
            "{head}source = \"{INDEX}\"\nchecksum = \"{}\"\n",
            digit.repeat(64)
        )
    };
    assert_eq!(
        error(Lock::Cargo, &(digest("1") + &digest("2"))),
        "expected pkg:cargo/a@1.0.0 with one content, found it a second time with other digests"
    );
}

#[test]
fn a_lock_file_made_to_take_days_is_refused() {
    let package = "[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = { a = \"*\" }\n";
    let found = error(Lock::Poetry, &package.repeat(1_100));
    assert!(
        found.contains("takes at most 2^28 steps, found: more"),
        "{found}"
    );
}

#[test]
fn poetry_locks_have_groups() {
    let sum = "11".repeat(32);
    let text = format!(
        r#"
[[package]]
name = "Foo.Bar"
version = "1.0"
optional = false
groups = ["main", "dev"]
files = [{{ file = "foo-1.0.whl", hash = "sha256:{sum}" }}]
[package.dependencies]
baz = ">=1"
absent = {{ version = "*", optional = true }}
[[package]]
name = "baz"
version = "1.0"
optional = true
[[package]]
name = "tool"
version = "1.0"
optional = false
groups = ["dev"]
"#
    );
    let inventory = read(Lock::Poetry, &text);
    assert_eq!(
        needs(&inventory, "pkg:pypi/foo-bar@1.0"),
        ["pkg:pypi/baz@1.0"]
    );
    let need = |reference| find(&inventory, reference).need;
    assert_eq!(need("pkg:pypi/foo-bar@1.0"), Need::Required);
    assert_eq!(need("pkg:pypi/baz@1.0"), Need::Optional);
    assert_eq!(need("pkg:pypi/tool@1.0"), Need::Development);
    let file = &find(&inventory, "pkg:pypi/foo-bar@1.0").distributions[0];
    assert_eq!(file.url, "pkg:pypi/foo-bar@1.0?file_name=foo-1.0.whl");
    assert!(error(Lock::Poetry, "package = 1").starts_with("expected a poetry.lock, found:"));
}

#[test]
fn the_document_says_all_of_it() {
    let mut inventory = read(Lock::Npm, &package_lock().to_string());
    inventory.components[0].license = Some("SEE LICENSE".to_owned());
    let document = document(&inventory, "unused").unwrap();
    assert_eq!(document["bomFormat"], "CycloneDX");
    assert_eq!(document["specVersion"], "1.6");
    assert_eq!(document["metadata"]["component"]["name"], "app");
    assert_eq!(document["metadata"]["component"]["version"], "1.2.3");
    assert_eq!(
        document["metadata"]["properties"][0]["value"],
        inventory.lock_sha256
    );
    let a = &document["components"][0];
    assert_eq!(a["bom-ref"], "node_modules/@s/a");
    assert_eq!(a["scope"], "required");
    assert_eq!(
        a["licenses"],
        json!([{ "license": { "name": "SEE LICENSE" } }])
    );
    assert_eq!(a["hashes"][0]["alg"], "SHA-1");
    assert_eq!(a["purl"], "pkg:npm/%40s/a@1.0.0");
    let scopes: Vec<&str> = document["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["scope"].as_str().unwrap())
        .collect();
    assert_eq!(
        scopes,
        [
            "required", "required", "required", "excluded", "optional", "excluded", "required"
        ]
    );
    let dependencies = document["dependencies"].as_array().unwrap();
    assert_eq!(dependencies.len(), 8);
    assert_eq!(
        dependencies[0],
        json!({ "ref": "project:root", "dependsOn": ["node_modules/@s/a", "node_modules/d", "packages/w"] })
    );
}

#[test]
fn files_of_a_distribution_are_references_with_their_digests_where_there_are_any() {
    let sum = "11".repeat(32);
    let text = format!(
        "[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = {{ registry = \"https://example.org/simple\" }}\n\
         wheels = [{{ url = \"https://example.org/a.whl\", hash = \"sha256:{sum}\" }}, {{ path = \"a.whl\" }}]\n"
    );
    let document = document(&read(Lock::Uv, &text), "mine").unwrap();
    assert_eq!(
        document["components"][0]["externalReferences"],
        json!([
            { "type": "distribution", "url": "a.whl" },
            { "type": "distribution", "url": "https://example.org/a.whl", "hashes": [{ "alg": "SHA-256", "content": sum }] },
        ])
    );
    assert_eq!(document["components"][0].get("hashes"), None);
}

#[test]
fn a_source_may_be_written_out_and_a_digest_must_be_one() {
    let out = cargo_lock().replace(
        "\"b\", ",
        "\"b 0.1.0 (sparse+https://crates.example.org/)\", ",
    );
    let (short, long) = (read(Lock::Cargo, &cargo_lock()), read(Lock::Cargo, &out));
    assert_eq!(
        needs(&short, "path:app@0.1.0"),
        needs(&long, "path:app@0.1.0")
    );
    // As long as a digest, and none.
    let sum = "zz".repeat(32);
    let not_hex = cargo_lock().replace(&"ab".repeat(32), &sum);
    assert!(error(Lock::Cargo, &not_hex).ends_with(&format!("found `sha256:{sum}`")));
}

#[test]
fn what_is_optional_may_lack_what_it_needs() {
    let mut lock = package_lock();
    let from = "https://registry.example.org/p/-/p-1.0.0.tgz";
    lock["packages"]["node_modules/p"] = json!({
        "version": "1.0.0", "devOptional": true, "resolved": from, "dependencies": { "absent": "1" }
    });
    lock["packages"]["node_modules/b"] = json!({ "license": "MIT" });
    let inventory = read(Lock::Npm, &lock.to_string());
    let p = find(&inventory, "node_modules/p");
    assert!(p.depends_on.is_empty());
    // An archive of a registry adds nothing to the name.
    assert_eq!(p.purl.as_deref(), Some("pkg:npm/p@1.0.0"));
    let b = find(&inventory, "node_modules/b");
    assert_eq!((b.version.as_str(), &b.purl), ("", &None));
}

#[test]
fn where_the_lock_does_not_say_it_the_project_needs_what_nothing_else_does() {
    let text = "[[package]]\nname = \"a\"\nversion = \"1\"\n[package.dependencies]\nb = \"*\"\n[[package]]\nname = \"b\"\nversion = \"1\"\n";
    let document = document(&read(Lock::Poetry, text), "mine").unwrap();
    assert_eq!(document["metadata"]["component"]["name"], "mine");
    assert_eq!(document["metadata"]["component"].get("version"), None);
    assert_eq!(
        document["dependencies"][0]["dependsOn"],
        json!(["pkg:pypi/a@1"])
    );
}

#[test]
fn the_same_pins_give_the_same_bytes_and_other_pins_another_serial_number() {
    let text = |lock: &str| {
        serde_json::to_string(&document(&read(Lock::Cargo, lock), "x").unwrap()).unwrap()
    };
    assert_eq!(text(&cargo_lock()), text(&cargo_lock()));
    let serial = |lock: &str| {
        document(&read(Lock::Cargo, lock), "x").unwrap()["serialNumber"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let one = serial(&cargo_lock());
    assert_ne!(one, serial(&(cargo_lock() + "\n")));
    let rest = one.strip_prefix("urn:uuid:").unwrap();
    let groups: Vec<usize> = rest.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12]);
    assert_eq!(
        &rest[14..15],
        "8",
        "version 8: made of something else than the eight known ways"
    );
    assert!("89ab".contains(&rest[19..20]), "the variant of RFC 9562");
}

#[test]
fn lock_files_are_known_by_name() {
    for (name, lock) in [
        ("Cargo.lock", Some(Lock::Cargo)),
        ("package-lock.json", Some(Lock::Npm)),
        ("npm-shrinkwrap.json", Some(Lock::Npm)),
        ("requirements.txt", Some(Lock::Requirements)),
        ("requirements-dev.txt", Some(Lock::Requirements)),
        ("uv.lock", Some(Lock::Uv)),
        ("poetry.lock", Some(Lock::Poetry)),
        ("requirements.in", None),
        ("notes.txt", None),
        ("yarn.lock", None),
    ] {
        assert_eq!(Lock::named(name), lock, "{name}");
    }
    let error = Lock::Cargo.read(b"\xff").unwrap_err().to_string();
    assert!(
        error.starts_with("expected a lock file in UTF-8"),
        "{error}"
    );
    assert!(error_of_size().contains("at most 64 MiB"));
}

fn error_of_size() -> String {
    Lock::Cargo
        .read(&vec![b'#'; super::SIZE_LIMIT + 1])
        .unwrap_err()
        .to_string()
}

/// This workspace's own lock file, as a document with every package once.
#[test]
fn our_own_lock_is_read() {
    let lock = include_str!("../../../Cargo.lock");
    let inventory = read(Lock::Cargo, lock);
    assert_eq!(
        inventory.components.len(),
        lock.matches("[[package]]").count()
    );
    let mut all = references(&inventory);
    all.dedup();
    assert_eq!(all.len(), inventory.components.len());
    assert!(find(&inventory, "path:caws-sbom@0.1.0").direct);
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "[-a-z=\\[\\]\"\n{}#;: .0-9@]{0,200}") {
        for lock in [Lock::Cargo, Lock::Npm, Lock::Requirements, Lock::Uv, Lock::Poetry] {
            let _ = lock.read(&bytes);
            let _ = lock.read(text.as_bytes());
        }
    }
}
