//! The workflow that runs the gates on every pull request.

use super::config::package_manager;
use super::detect::{Detected, Language};

/// The commits of actions that our own workflow runs; a test holds them against it.
const CHECKOUT: &str = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";
const UPLOAD: &str = "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0";
/// Where caws comes from.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The workflow as YAML.
pub(super) fn text(detected: &Detected) -> String {
    let branch = detected.branch.as_deref().unwrap_or("main");
    let branch = serde_json::Value::from(branch).to_string();
    let mut steps = String::new();
    for (name, run) in dependencies(detected) {
        steps.push_str(&format!("      - name: {name}\n        run: {run}\n"));
    }
    format!(
        "# The gates on every pull request, against the commit it left from. Make the check `caws / gates` required.\n\
         name: caws\n\
         on:\n  pull_request:\n  push:\n    branches: [{branch}]\n\
         permissions:\n  contents: read\n\
         concurrency:\n  group: caws-${{{{ github.ref }}}}\n  cancel-in-progress: true\n\
         jobs:\n  gates:\n    runs-on: ubuntu-latest\n    timeout-minutes: 90\n    steps:\n      \
         - uses: {CHECKOUT}\n        with:\n          fetch-depth: 0 # the gates compare with the merge base\n          persist-credentials: false\n{steps}      \
         - name: install caws\n        run: cargo install --locked --git {REPOSITORY} caws\n      \
         - name: gates\n        env:\n          BASE: ${{{{ github.base_ref }}}}\n        \
         run: caws gates ${{BASE:+--base \"origin/$BASE\"}}\n      \
         - name: report\n        if: always()\n        run: caws report --format markdown >> \"$GITHUB_STEP_SUMMARY\"\n      \
         - uses: {UPLOAD}\n        if: always()\n        with:\n          name: caws\n          path: artifacts\n          if-no-files-found: error\n"
    )
}

/// What the checks need installed, by the lock files that say it.
fn dependencies(detected: &Detected) -> Vec<(&'static str, &'static str)> {
    let mut steps = Vec::new();
    let root = |language: &[Language]| {
        let mut packages = detected.packages.iter();
        packages.any(|package| package.is_root() && language.contains(&package.language))
    };
    if root(&[Language::Python]) {
        let run = if detected.has("uv.lock") {
            "pipx run uv sync --locked && echo \"$PWD/.venv/bin\" >> \"$GITHUB_PATH\""
        } else if detected.has("requirements-dev.txt") {
            "python -m pip install -r requirements-dev.txt"
        } else if detected.has("requirements.txt") {
            "python -m pip install -r requirements.txt"
        } else {
            "python -m pip install ."
        };
        steps.push(("install Python dependencies", run));
    }
    if root(&[Language::TypeScript, Language::JavaScript]) {
        let run = match package_manager(detected) {
            "pnpm" => "corepack enable && pnpm install --frozen-lockfile",
            "yarn" => "corepack enable && yarn install --immutable",
            "bun" => "npx bun install --frozen-lockfile",
            _ if detected.has("package-lock.json") => "npm ci",
            _ => "npm install",
        };
        steps.push(("install JavaScript dependencies", run));
    }
    steps
}
