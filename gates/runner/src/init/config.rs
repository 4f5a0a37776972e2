//! `.caws.yml`: the checks whose tools the repository itself asks for. What needs a choice stands there as a comment.

use super::detect::{Detected, Language, Package};

/// A check: its name, its command, and what to do when it fails.
type Check = (&'static str, Vec<String>, &'static str);

/// Python tools that check, by the name under which a project asks for them.
const PYTHON: [(&str, &str, &[&str], &str); 5] = [
    (
        "ruff",
        "lint",
        &["ruff", "check", "."],
        "mend what ruff says, at the place it names",
    ),
    (
        "black",
        "format",
        &["black", "--check", "."],
        "run `black .`",
    ),
    ("flake8", "lint", &["flake8"], "mend what flake8 says"),
    ("mypy", "types", &["mypy", "."], "mend what mypy says"),
    ("pyright", "types", &["pyright"], "mend what pyright says"),
];

/// Scripts of `package.json` that check and change nothing, by the names they go by.
const SCRIPTS: [(&str, &str); 6] = [
    ("lint", "lint"),
    ("format:check", "format"),
    ("check", "check"),
    ("typecheck", "types"),
    ("type-check", "types"),
    ("check-types", "types"),
];

/// The configuration as YAML.
pub(super) fn text(detected: &Detected) -> String {
    let mut out = String::from(
        "# yaml-language-server: $schema=.caws/schemas/caws-config.schema.json\n\
         # What caws runs in this repository; `caws explain config` documents every key.\n\
         schema_version: 1\n",
    );
    let rust = roots(detected).any(|package| package.language == Language::Rust);
    if rust {
        out.push_str(RUST_TOOLS);
    }
    out.push_str(
        "\ngates:\n  spec:\n    inputs: [\".caws/**\", .caws.yml]\n\n  \
         # Each acceptance criterion is cited by a test that ran and passed.\n  acceptance: {}\n",
    );
    let checks = checks(detected);
    let inputs = inputs(detected);
    if checks.is_empty() {
        out.push_str(NO_CHECKS);
    } else {
        out.push_str(&format!("\n  static:\n    inputs: {inputs}\n    checks:\n"));
        for (name, command, help) in &checks {
            out.push_str(&format!(
                "      - name: {name}\n        command: {}\n        help: {}\n",
                list(command),
                quoted(help)
            ));
        }
    }
    let mut told = Vec::new();
    // A gate stands once: what a second language measures is told in a comment.
    let mut taken = false;
    for package in roots(detected) {
        if !told.contains(&package.language) {
            told.push(package.language);
            out.push_str(&measured(package, &inputs, taken));
            taken |= is_measured(package);
        }
    }
    out
}

/// Packages whose commands run in the root.
fn roots(detected: &Detected) -> impl Iterator<Item = &Package> {
    detected.packages.iter().filter(|package| package.is_root())
}

/// The checks, each name once: where two languages have a linter, the second is `lint-2`.
fn checks(detected: &Detected) -> Vec<(String, Vec<String>, &'static str)> {
    let mut checks: Vec<(String, Vec<String>, &'static str)> = Vec::new();
    for package in roots(detected) {
        for (name, command, help) in of_package(detected, package) {
            let mut unique = name.to_owned();
            let mut number = 1;
            while checks.iter().any(|(known, _, _)| *known == unique) {
                number += 1;
                unique = format!("{name}-{number}");
            }
            checks.push((unique, command, help));
        }
    }
    checks
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn of_package(detected: &Detected, package: &Package) -> Vec<Check> {
    match package.language {
        Language::Rust => vec![
            (
                "format",
                words(&["cargo", "fmt", "--all", "--check"]),
                "run `cargo fmt --all`",
            ),
            (
                "lint",
                words(&[
                    "cargo",
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--",
                    "-D",
                    "warnings",
                ]),
                "mend what clippy says, at the place it names",
            ),
        ],
        Language::Python => {
            let mut known = Vec::new();
            PYTHON
                .into_iter()
                .filter(|(tool, _, _, _)| {
                    package.mentions(tool) || (*tool == "ruff" && detected.has("ruff.toml"))
                })
                .filter(|(_, name, _, _)| {
                    let first = !known.contains(name);
                    known.push(*name);
                    first
                })
                .map(|(_, name, command, help)| (name, words(command), help))
                .collect()
        }
        Language::TypeScript | Language::JavaScript => {
            let runner = package_manager(detected);
            let mut checks: Vec<Check> = SCRIPTS
                .into_iter()
                .filter(|(script, _)| package.scripts.iter().any(|one| one == script))
                .map(|(script, name)| {
                    (
                        name,
                        words(&[runner, "run", script]),
                        "mend what the script says",
                    )
                })
                .collect();
            let typed = checks.iter().any(|(name, _, _)| *name == "types");
            if package.language == Language::TypeScript && !typed && package.mentions("typescript")
            {
                checks.push((
                    "types",
                    words(&["npx", "--no-install", "tsc", "--noEmit"]),
                    "mend what the compiler says",
                ));
            }
            checks
        }
        Language::Go => {
            let mut checks = vec![(
                "vet",
                words(&["go", "vet", "./..."]),
                "mend what go vet says",
            )];
            if [
                ".golangci.yml",
                ".golangci.yaml",
                ".golangci.toml",
                ".golangci.json",
            ]
            .iter()
            .any(|name| detected.has(name))
            {
                checks.push((
                    "lint",
                    words(&["golangci-lint", "run"]),
                    "mend what golangci-lint says",
                ));
            }
            checks
        }
        Language::Java => {
            let command: &[&str] = match package.manifest.as_str() {
                "pom.xml" if detected.has("mvnw") => {
                    &["./mvnw", "-B", "-q", "-DskipTests", "verify"]
                }
                "pom.xml" => &["mvn", "-B", "-q", "-DskipTests", "verify"],
                _ if detected.has("gradlew") => &["./gradlew", "check", "-x", "test"],
                _ => &["gradle", "check", "-x", "test"],
            };
            vec![("build", words(command), "mend what the build says")]
        }
    }
}

pub(super) fn package_manager(detected: &Detected) -> &'static str {
    if detected.has("pnpm-lock.yaml") {
        "pnpm"
    } else if detected.has("yarn.lock") {
        "yarn"
    } else if detected.has("bun.lock") {
        "bun"
    } else {
        "npm"
    }
}

/// Patterns of the files a check depends on.
fn inputs(detected: &Detected) -> String {
    let patterns: Vec<String> = detected
        .sources
        .iter()
        .map(|path| match path.strip_suffix('/') {
            Some(folder) => format!("{folder}/**"),
            None => path.clone(),
        })
        .collect();
    list(&patterns)
}

/// A flow sequence of quoted strings, which is JSON as well.
fn list(items: &[String]) -> String {
    serde_json::Value::from(items.to_vec()).to_string()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

const NO_CHECKS: &str = "
  # No formatter or linter was found that this repository asks for. Name the commands that must exit 0:
  # static:
  #   inputs: [\"src/**\"]
  #   checks:
  #     - { name: lint, command: [your-linter, --check] }
";

/// Versions caws is tested with.
const RUST_TOOLS: &str = "
# Pinned programs. Looked for in the cache by name and version, then on the PATH, else installed.
tools:
  cargo-llvm-cov: { from: cargo, version: \"0.9.1\" }
  cargo-nextest: { from: cargo, version: \"0.9.143\" }
  cargo-mutants: { from: cargo, version: \"27.1.0\" }
";

/// Whether coverage can be configured from what the repository asks for.
fn is_measured(package: &Package) -> bool {
    match package.language {
        Language::Rust => true,
        Language::Python => package.mentions("pytest-cov"),
        Language::TypeScript | Language::JavaScript | Language::Go | Language::Java => false,
    }
}

/// Coverage and mutation: measured where that can be configured, else told how.
fn measured(package: &Package, inputs: &str, taken: bool) -> String {
    match package.language {
        Language::Rust => format!(
            "\n  coverage:\n    adapter: cargo-llvm-cov\n    toolchain: nightly          # with the component llvm-tools: it measures branches\n    \
             uses: [cargo-llvm-cov, cargo-nextest]\n    inputs: {inputs}\n\n  \
             mutation:\n    adapter: cargo-mutants\n    uses: [cargo-mutants, cargo-nextest]\n    inputs: {inputs}\n    time_budget: 12m\n"
        ),
        Language::Python if is_measured(package) && !taken => format!(
            "\n  coverage:\n    inputs: {inputs}\n    \
             tests: {{ format: junit, path: reports/tests.xml, command: [python, -m, pytest, --cov, --cov-branch, --junitxml=reports/tests.xml] }}\n    \
             report: {{ format: cobertura, path: reports/coverage.xml, command: [python, -m, coverage, xml, -o, reports/coverage.xml] }}\n"
        ),
        Language::Python => template(
            "pytest with the plugin pytest-cov",
            "tests: { format: junit, path: reports/tests.xml, command: [python, -m, pytest, --cov, --cov-branch, --junitxml=reports/tests.xml] }",
            "report: { format: cobertura, path: reports/coverage.xml, command: [python, -m, coverage, xml, -o, reports/coverage.xml] }",
        ),
        Language::TypeScript | Language::JavaScript => template(
            "a test runner that writes JUnit and LCOV, such as vitest or jest with jest-junit",
            "tests: { format: junit, path: reports/tests.xml, command: [npm, test] }",
            "report: { format: lcov, path: coverage/lcov.info }",
        ),
        Language::Go => template(
            "gotestsum for JUnit and gocover-cobertura for coverage",
            "tests: { format: junit, path: reports/tests.xml, command: [gotestsum, --junitfile, reports/tests.xml, --, -coverprofile=reports/cover.out, ./...] }",
            "report: { format: cobertura, path: reports/coverage.xml }",
        ),
        Language::Java => template(
            "the JUnit report of the build and a Cobertura report",
            "tests: { format: junit, path: target/tests.xml }",
            "report: { format: cobertura, path: target/coverage.xml }",
        ),
    }
}

/// A gate that needs a choice, as a comment.
fn template(what: &str, tests: &str, report: &str) -> String {
    format!(
        "\n  # Coverage is read from reports: {what}. Until this stands here, the gate is unmeasured.\n  \
         # coverage:\n  #   inputs: [\"**\"]\n  #   {tests}\n  #   {report}\n"
    )
}
