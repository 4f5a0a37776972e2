use std::path::PathBuf;

use caws_spec::{Schema, parse, validate_schema};
use serde_json::{Value, json};

use super::manifest;
use super::*;
use crate::gates::testing::{host, temp};

/// A copy of a fixture, in a folder of its own without git.
struct Repository {
    dir: tempfile::TempDir,
}

impl Repository {
    fn of(language: &str) -> Self {
        let copy = Self { dir: temp() };
        let from = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../../fixtures/init")
            .join(language);
        crate::record::copy_dir(&from, &copy.root()).unwrap();
        copy
    }

    fn empty() -> Self {
        let copy = Self { dir: temp() };
        std::fs::create_dir_all(copy.root()).unwrap();
        copy
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("repository")
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.root().join(path)).unwrap()
    }

    fn detect(&self) -> Detected {
        detect(&self.root(), &host(self.dir.path()))
    }

    fn scaffold(&self) -> Scaffold {
        scaffold(self.detect(), Answers::default())
    }

    /// A document of the scaffold, as a value.
    fn document(&self, path: &str) -> Value {
        let scaffold = self.scaffold();
        let file = scaffold
            .files
            .iter()
            .find(|file| file.path == path)
            .unwrap();
        parse(path, file.text.as_bytes()).unwrap().value().clone()
    }

    fn checks(&self) -> Vec<String> {
        let config = self.document(".caws.yml");
        let checks = config.pointer("/gates/static/checks");
        checks
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|check| {
                let command: Vec<&str> = check["command"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter_map(Value::as_str)
                    .collect();
                format!("{}: {}", check["name"].as_str().unwrap(), command.join(" "))
            })
            .collect()
    }
}

const LANGUAGES: [&str; 5] = ["rust", "python", "typescript", "go", "java"];

#[test]
fn five_languages_are_recognised_by_their_manifests() {
    use Language::{Go, Java, Python, Rust, TypeScript};
    let table = [
        ("rust", Rust, "greeter-core", "Cargo.toml"),
        ("python", Python, "greeter", "pyproject.toml"),
        ("typescript", TypeScript, "greeter-api", "package.json"),
        ("go", Go, "greeter", "go.mod"),
        ("java", Java, "greeter-java", "pom.xml"),
    ];
    for (fixture, language, name, manifest) in table {
        let detected = Repository::of(fixture).detect();
        assert_eq!(detected.languages(), [language]);
        let package = &detected.packages[0];
        assert_eq!(
            (package.name.as_deref(), package.manifest.as_str()),
            (Some(name), manifest)
        );
        assert_eq!(detected.name, name);
    }
}

#[test]
fn the_scope_is_what_is_there() {
    let sources = |fixture| Repository::of(fixture).detect().sources;
    assert_eq!(sources("rust"), ["Cargo.toml", "src/", "tests/"]);
    assert_eq!(sources("python"), ["pyproject.toml", "src/", "tests/"]);
    assert_eq!(
        sources("typescript"),
        [
            "openapi.yaml",
            "package.json",
            "src/",
            "test/",
            "tsconfig.json"
        ]
    );
    assert_eq!(
        sources("go"),
        ["*.go", "api/greeter.proto", "go.mod", "internal/"]
    );
    assert_eq!(sources("java"), ["pom.xml", "src/"]);
}

#[test]
fn interfaces_are_contracts_whose_role_is_asked_for() {
    let spec = Repository::of("typescript").document(SPEC);
    assert_eq!(
        spec["contracts"],
        json!([{ "type": "openapi", "path": "openapi.yaml" }])
    );
    let asked: Vec<&str> = spec["open_questions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|question| question["at"].as_str().unwrap())
        .collect();
    assert_eq!(
        asked,
        [
            "/title",
            "/risk_tier",
            "/profile",
            "/rationale",
            "/invariants",
            "/acceptance",
            "/non_functional",
            "/contracts/0/role"
        ]
    );
    let kind = |path: &str| {
        let copy = Repository::empty();
        copy.file(path, "");
        let found = copy.detect().interfaces;
        found.first().map(|one| one.kind)
    };
    for (path, expected) in [
        ("api/OpenAPI.json", Some("openapi")),
        ("swagger.yml", Some("openapi")),
        ("asyncapi.yaml", Some("asyncapi")),
        ("a/b.proto", Some("proto")),
        ("schema.graphql", Some("graphql")),
        ("query.graphql", None),
        ("pacts/web-api.json", Some("pact")),
        ("package.json", None),
        ("openapi.md", None),
        ("openapi", None),
    ] {
        assert_eq!(kind(path), expected, "{path}");
    }
}

#[test]
fn nothing_is_said_that_was_not_seen_or_told() {
    for fixture in LANGUAGES {
        let copy = Repository::of(fixture);
        let spec = copy.document(SPEC);
        let object = spec.as_object().unwrap();
        let said: Vec<&str> = object.keys().map(String::as_str).collect();
        let mut expected = vec!["id", "scope", "open_questions"];
        if !copy.detect().interfaces.is_empty() {
            expected.insert(2, "contracts");
        }
        assert_eq!(said, expected, "{fixture}");
        for key in [
            "title",
            "risk_tier",
            "profile",
            "rationale",
            "invariants",
            "acceptance",
            "non_functional",
        ] {
            let at = format!("/{key}");
            let asked = spec["open_questions"].as_array().unwrap();
            assert!(asked.iter().any(|one| one["at"] == at), "{fixture} {key}");
        }
    }
    let told = Answers {
        profile: Some(Profile::Cli),
        tier: Some(3),
    };
    let scaffold = scaffold(Repository::of("go").detect(), told);
    let text = &scaffold.files[0].text;
    assert!(text.contains("\nrisk_tier: 3\nprofile: cli\n"), "{text}");
    assert!(
        scaffold
            .questions
            .iter()
            .all(|question| question.at != "/risk_tier" && question.at != "/profile")
    );
}

#[test]
fn the_checks_are_those_the_repository_asks_for() {
    assert_eq!(
        Repository::of("rust").checks(),
        [
            "format: cargo fmt --all --check",
            "lint: cargo clippy --workspace --all-targets -- -D warnings"
        ]
    );
    assert_eq!(
        Repository::of("python").checks(),
        ["lint: ruff check .", "types: mypy ."]
    );
    assert_eq!(
        Repository::of("typescript").checks(),
        ["lint: npm run lint", "types: npx --no-install tsc --noEmit"]
    );
    assert_eq!(
        Repository::of("go").checks(),
        ["vet: go vet ./...", "lint: golangci-lint run"]
    );
    assert_eq!(
        Repository::of("java").checks(),
        ["build: mvn -B -q -DskipTests verify"]
    );
    let both = Repository::of("rust");
    both.file(
        "package.json",
        r#"{"scripts": {"lint": "x", "type-check": "y", "build": "z"}}"#,
    );
    both.file("pnpm-lock.yaml", "");
    assert_eq!(
        both.checks()[2..],
        ["lint-2: pnpm run lint", "types: pnpm run type-check"]
    );
    both.file("pyproject.toml", "[tool.flake8]\n");
    assert_eq!(both.checks()[2], "lint-2: flake8");
    assert_eq!(both.checks()[3], "lint-3: pnpm run lint");
    let gradle = Repository::empty();
    gradle.file("build.gradle.kts", "");
    gradle.file("settings.gradle.kts", "rootProject.name = \"shop\"\n");
    gradle.file("gradlew", "");
    assert_eq!(gradle.checks(), ["build: ./gradlew check -x test"]);
    assert_eq!(gradle.detect().name, "shop");
    assert_eq!(Repository::empty().checks(), Vec::<String>::new());
}

#[test]
fn every_configuration_holds_its_schema_and_says_what_is_measured() {
    let schema = Schema::compile(CONFIG_SCHEMA).unwrap();
    for fixture in LANGUAGES {
        let scaffold = Repository::of(fixture).scaffold();
        let file = scaffold
            .files
            .iter()
            .find(|file| file.path == ".caws.yml")
            .unwrap();
        let document = parse(".caws.yml", file.text.as_bytes()).unwrap();
        assert_eq!(validate_schema(&document, &schema), [], "{fixture}");
        let config: crate::config::Config = document.to_struct().unwrap();
        assert_eq!(config.dangling().len(), 0, "{fixture}");
        assert!(config.gates.spec.is_some() && config.gates.acceptance.is_some());
        let measured = matches!(fixture, "rust" | "python");
        assert_eq!(config.gates.coverage.is_some(), measured, "{fixture}");
        assert_eq!(file.text.contains("# coverage:"), !measured, "{fixture}");
    }
    // Two languages that could both be measured: one is, the other is told.
    let both = Repository::of("python");
    both.file("Cargo.toml", "[package]\nname = 'both'\n");
    let config = both.document(".caws.yml");
    assert_eq!(config["gates"]["coverage"]["adapter"], "cargo-llvm-cov");
}

#[test]
fn the_workflow_is_pinned_and_reads_no_name_of_a_branch_as_code() {
    for (fixture, installs) in [
        ("rust", None),
        ("python", Some("python -m pip install .")),
        ("typescript", Some("npm install")),
        ("go", None),
        ("java", None),
    ] {
        let workflow = Repository::of(fixture).document(".github/workflows/caws.yml");
        assert_eq!(workflow["permissions"], json!({ "contents": "read" }));
        assert_eq!(workflow["on"]["push"]["branches"], json!(["main"]));
        let steps = workflow["jobs"]["gates"]["steps"].as_array().unwrap();
        let uses: Vec<&str> = steps
            .iter()
            .filter_map(|step| step["uses"].as_str())
            .collect();
        assert_eq!(uses.len(), 2);
        for action in uses {
            let (_, commit) = action.split_once('@').unwrap();
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{action}"
            );
            let ours = include_str!("../../../../.github/workflows/caws.yml");
            assert!(ours.contains(action), "{action}");
        }
        let runs: Vec<&str> = steps
            .iter()
            .filter_map(|step| step["run"].as_str())
            .collect();
        assert!(runs.iter().all(|run| !run.contains("${{")), "{runs:?}");
        assert!(runs.contains(&"caws gates ${BASE:+--base \"origin/$BASE\"}"));
        assert_eq!(runs.len(), 3 + usize::from(installs.is_some()));
        assert!(installs.is_none_or(|run| runs.contains(&run)), "{runs:?}");
        assert_eq!(steps[0]["with"]["fetch-depth"], 0);
    }
    let elsewhere = Repository::of("go");
    elsewhere.file(".gitlab-ci.yml", "");
    let scaffold = elsewhere.scaffold();
    assert!(
        scaffold
            .files
            .iter()
            .all(|file| !file.path.starts_with(".github"))
    );
    assert!(next_steps(&scaffold.detected, Some(2))[2].ends_with("in .gitlab-ci.yml"));
    elsewhere.file(".github/workflows/x.yml", "");
    assert_eq!(elsewhere.detect().other_ci, None);
}

#[test]
fn dependencies_are_installed_from_the_lock_file_that_is_there() {
    let run = |fixture: &str, lock: &str| {
        let copy = Repository::of(fixture);
        copy.file(lock, "");
        let workflow = copy.document(".github/workflows/caws.yml");
        workflow["jobs"]["gates"]["steps"][1]["run"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for (fixture, lock, expected) in [
        ("python", "uv.lock", "pipx run uv sync --locked"),
        (
            "python",
            "requirements-dev.txt",
            "python -m pip install -r requirements-dev.txt",
        ),
        (
            "python",
            "requirements.txt",
            "python -m pip install -r requirements.txt",
        ),
        ("typescript", "package-lock.json", "npm ci"),
        (
            "typescript",
            "pnpm-lock.yaml",
            "corepack enable && pnpm install",
        ),
        ("typescript", "yarn.lock", "corepack enable && yarn install"),
        ("typescript", "bun.lock", "npx bun install"),
    ] {
        assert!(run(fixture, lock).starts_with(expected), "{fixture} {lock}");
    }
}

#[test]
fn hooks_are_scripts_and_a_configuration_for_prek_and_pre_commit() {
    let copy = Repository::of("rust");
    write(&copy.root(), &copy.scaffold().files).unwrap();
    let hooks = copy.document(".pre-commit-config.yaml");
    let ids: Vec<&str> = hooks["repos"][0]["hooks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hook| hook["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["caws-validate", "caws-static"]);
    for hook in ["pre-commit", "pre-push"] {
        let path = format!(".caws/hooks/{hook}");
        assert!(copy.read(&path).starts_with("#!/bin/sh\n"));
        assert!(crate::host::is_executable(&copy.root().join(path)));
    }
}

#[test]
fn what_is_there_is_kept_and_said_to_be() {
    let copy = Repository::of("python");
    copy.file(".caws.yml", "mine\n");
    copy.file(".pre-commit-config.yml", "mine too\n");
    copy.file(".caws/working-spec.yml", "id: OURS-1\n");
    let before = preview(&copy.root(), &copy.scaffold().files).unwrap();
    assert!(!copy.root().join("artifacts").exists());
    let files = copy.scaffold().files;
    let outcomes = write(&copy.root(), &files).unwrap();
    assert_eq!(outcomes, before);
    let kept: Vec<(&str, &str, bool)> = files
        .iter()
        .zip(&outcomes)
        .filter_map(|(file, outcome)| match outcome {
            Outcome::Written => None,
            Outcome::Kept { by, same } => Some((file.path, by.as_str(), *same)),
        })
        .collect();
    assert_eq!(
        kept,
        [
            (SPEC, ".caws/working-spec.yml", false),
            (".caws.yml", ".caws.yml", false),
            (".pre-commit-config.yaml", ".pre-commit-config.yml", false),
        ]
    );
    assert_eq!(copy.read(".caws.yml"), "mine\n");
    assert!(!copy.root().join(SPEC).exists());
    // A second time everything is there.
    let files = copy.scaffold().files;
    let again = write(&copy.root(), &files).unwrap();
    assert!(again.iter().all(|outcome| *outcome != Outcome::Written));
}

#[cfg(unix)]
#[test]
fn a_link_is_somebodys_and_a_folder_that_cannot_be_made_is_named() {
    let copy = Repository::of("go");
    std::os::unix::fs::symlink("/nowhere/at/all", copy.root().join(".caws.yml")).unwrap();
    let files = copy.scaffold().files;
    let outcomes = write(&copy.root(), &files).unwrap();
    let place = files
        .iter()
        .position(|file| file.path == ".caws.yml")
        .unwrap();
    assert_eq!(
        outcomes[place],
        Outcome::Kept {
            by: ".caws.yml".to_owned(),
            same: false
        }
    );
    let copy = Repository::of("go");
    copy.file(".caws", "a file");
    let error = write(&copy.root(), &copy.scaffold().files).unwrap_err();
    assert!(error.to_string().contains(".caws"), "{error}");
}

#[test]
fn an_id_is_made_of_the_name() {
    let table = [
        ("text-stats", "TEXTSTATS-001"),
        ("a2b", "AB-001"),
        ("", "PROJECT-001"),
        ("123", "PROJECT-001"),
        ("größe", "GRE-001"),
    ];
    for (name, id) in table {
        assert_eq!(spec::id(name), id);
    }
}

#[test]
fn manifests_are_read_as_far_as_they_go() {
    let python = manifest::pyproject(
        "[tool.poetry]\nname = 'p'\n[tool.poetry.dependencies]\nblack = '*'\n[project]\ndependencies = ['Flake8[x]>=1 ; python_version > \"3\"']\n",
    );
    assert_eq!(python.name.as_deref(), Some("p"));
    assert!(
        ["black", "flake8", "poetry"]
            .iter()
            .all(|name| python.mentions.iter().any(|one| one == name))
    );
    assert_eq!(
        manifest::go_mod("module example.org/v2x\n").name.as_deref(),
        Some("v2x")
    );
    assert_eq!(manifest::go_mod("// nothing\n").name, None);
    assert_eq!(
        manifest::pom("<artifactId>x</artifactId>").name.as_deref(),
        Some("x")
    );
    assert_eq!(manifest::pom("<project/>").name, None);
    assert_eq!(
        manifest::gradle_settings("rootProject.name = 'x'")
            .name
            .as_deref(),
        Some("x")
    );
    for broken in ["[", "\0", ""] {
        assert_eq!(manifest::cargo(broken).name, None);
        assert_eq!(manifest::pyproject(broken).name, None);
        assert_eq!(manifest::package_json(broken).name, None);
    }
    assert_eq!(manifest::requirement("  Ruff==1.0 # x"), "ruff");
}

#[test]
fn the_branch_is_the_remotes_before_the_one_checked_out() {
    let copy = Repository::of("rust");
    let machine = host(copy.dir.path());
    let git = |args: &[&str]| {
        crate::git::git(&copy.root(), &machine, args).unwrap();
    };
    git(&["init", "-q", "-b", "work"]);
    assert_eq!(copy.detect().branch.as_deref(), Some("work"));
    git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/trunk",
    ]);
    assert_eq!(copy.detect().branch.as_deref(), Some("trunk"));
    assert_eq!(
        copy.document(".github/workflows/caws.yml")["on"]["push"]["branches"],
        json!(["trunk"])
    );
}
