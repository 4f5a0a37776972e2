//! What can be seen of a repository: languages, packages, folders with source, interfaces, the CI it has.

use std::collections::BTreeSet;
use std::path::Path;

use super::manifest::{self, Facts};
use crate::host::Host;
use crate::{git, inputs};

/// A language whose manifests are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// `Cargo.toml`.
    Rust,
    /// `pyproject.toml`, `setup.py`, `setup.cfg`, `requirements.txt`.
    Python,
    /// `package.json` with `tsconfig.json` or the compiler.
    TypeScript,
    /// `package.json` alone.
    JavaScript,
    /// `go.mod`.
    Go,
    /// `pom.xml`, `build.gradle`, `build.gradle.kts`.
    Java,
}

impl Language {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::TypeScript => "TypeScript",
            Self::JavaScript => "JavaScript",
            Self::Go => "Go",
            Self::Java => "Java",
        }
    }

    /// How its files end.
    fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Rust => &["rs"],
            Self::Python => &["py", "pyi"],
            Self::TypeScript | Self::JavaScript => {
                &["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"]
            }
            Self::Go => &["go"],
            Self::Java => &["java", "kt"],
        }
    }
}

/// A package of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its language.
    pub language: Language,
    /// Its manifest, relative to the root.
    pub manifest: String,
    /// Its name, where the manifest says it.
    pub name: Option<String>,
    /// What the manifest asks for and configures.
    pub(super) mentions: Vec<String>,
    /// Scripts of the manifest.
    pub(super) scripts: Vec<String>,
}

impl Package {
    /// Whether it lies in the root, so that a command there is about it.
    pub(super) fn is_root(&self) -> bool {
        !self.manifest.contains('/')
    }

    pub(super) fn mentions(&self, name: &str) -> bool {
        self.mentions.iter().any(|one| one == name)
    }
}

/// An interface somebody wrote down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// As the spec calls it: `openapi`.
    pub kind: &'static str,
    /// The file.
    pub path: String,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detected {
    /// Packages: those in the root first.
    pub packages: Vec<Package>,
    /// What the repository is called: by its first package, else its folder.
    pub name: String,
    /// Folders and files with source, manifests and lock files.
    pub sources: Vec<String>,
    /// Interfaces.
    pub interfaces: Vec<Interface>,
    /// The branch work goes to.
    pub branch: Option<String>,
    /// A CI that is there, where it is not GitHub's.
    pub other_ci: Option<&'static str>,
    /// Files in the root.
    pub(super) root_files: BTreeSet<String>,
}

impl Detected {
    /// Languages, in the order of the packages.
    #[must_use]
    pub fn languages(&self) -> Vec<Language> {
        let mut languages = Vec::new();
        for package in &self.packages {
            if !languages.contains(&package.language) {
                languages.push(package.language);
            }
        }
        languages
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.root_files.contains(name)
    }
}

/// Files other CI services read.
const OTHER_CI: [&str; 5] = [
    ".gitlab-ci.yml",
    "Jenkinsfile",
    "azure-pipelines.yml",
    ".circleci/config.yml",
    "bitbucket-pipelines.yml",
];

/// Files in the root that belong to a build beside its manifests.
const BUILD_FILES: [&str; 20] = [
    "Cargo.lock",
    "build.rs",
    "bun.lock",
    "go.sum",
    "gradle.properties",
    "gradlew",
    "mvnw",
    "package-lock.json",
    "pdm.lock",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "poetry.lock",
    "requirements-dev.txt",
    "requirements.txt",
    "rust-toolchain.toml",
    "settings.gradle",
    "settings.gradle.kts",
    "tsconfig.json",
    "uv.lock",
    "yarn.lock",
];

/// Looks at a repository. Runs nothing but git, and reads nothing but manifests.
#[must_use]
pub fn detect(root: &Path, host: &Host) -> Detected {
    let files = inputs::list(root, host);
    let root_files: BTreeSet<String> = files
        .iter()
        .filter(|path| !path.contains('/'))
        .cloned()
        .collect();
    let mut packages: Vec<Package> = files
        .iter()
        .filter_map(|path| package(root, path, &files))
        .collect();
    packages.sort_by_key(|package| (package.manifest.matches('/').count(), package.language));
    // A folder with two manifests of a language is one package of it.
    let mut seen = BTreeSet::new();
    packages.retain(|package| {
        let folder = package
            .manifest
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        seen.insert((folder.to_owned(), package.language))
    });
    let folder = root
        .canonicalize()
        .ok()
        .and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let mut detected = Detected {
        name: packages
            .iter()
            .find_map(|package| package.name.clone())
            .or(folder)
            .unwrap_or_default(),
        interfaces: files.iter().filter_map(|path| interface(path)).collect(),
        branch: branch(root, host),
        other_ci: other_ci(&files),
        root_files,
        packages,
        sources: Vec::new(),
    };
    detected.sources = sources(&detected, &files);
    detected
}

fn package(root: &Path, path: &str, files: &[String]) -> Option<Package> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let beside = |name: &str| {
        let path = if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        };
        files.contains(&path)
    };
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap_or_default();
    let (language, facts) = match name {
        "Cargo.toml" => (Language::Rust, manifest::cargo(&read(path))),
        "pyproject.toml" => (Language::Python, manifest::pyproject(&read(path))),
        "setup.py" | "setup.cfg" | "requirements.txt" if !beside("pyproject.toml") => {
            let mentions = read(path).lines().map(manifest::requirement).collect();
            (
                Language::Python,
                Facts {
                    mentions,
                    ..Facts::default()
                },
            )
        }
        "package.json" => {
            let facts = manifest::package_json(&read(path));
            let typed = beside("tsconfig.json") || facts.mentions.iter().any(|n| n == "typescript");
            let language = if typed {
                Language::TypeScript
            } else {
                Language::JavaScript
            };
            (language, facts)
        }
        "go.mod" => (Language::Go, manifest::go_mod(&read(path))),
        "pom.xml" => (Language::Java, manifest::pom(&read(path))),
        "build.gradle" | "build.gradle.kts" => {
            let settings = ["settings.gradle", "settings.gradle.kts"]
                .into_iter()
                .find(|name| beside(name));
            let settings = settings.map(|name| {
                let path = Path::new(folder).join(name);
                manifest::gradle_settings(&read(&path.to_string_lossy()))
            });
            (Language::Java, settings.unwrap_or_default())
        }
        _ => return None,
    };
    Some(Package {
        language,
        manifest: path.to_owned(),
        name: facts.name.filter(|name| !name.is_empty()),
        mentions: facts.mentions,
        scripts: facts.scripts,
    })
}

/// Interfaces by the names their files go by.
fn interface(path: &str) -> Option<Interface> {
    let name = path.rsplit('/').next()?.to_ascii_lowercase();
    let (stem, extension) = name.rsplit_once('.')?;
    let is_document = matches!(extension, "yaml" | "yml" | "json");
    let kind = match extension {
        "proto" => "proto",
        "graphql" | "gql" if stem.contains("schema") => "graphql",
        _ if is_document && (stem.starts_with("openapi") || stem.starts_with("swagger")) => {
            "openapi"
        }
        _ if is_document && stem.starts_with("asyncapi") => "asyncapi",
        "json" if path.starts_with("pacts/") || path.contains("/pacts/") => "pact",
        _ => return None,
    };
    Some(Interface {
        kind,
        path: path.to_owned(),
    })
}

/// Top-level folders with source of the languages found, patterns for source in the root, manifests and lock files.
fn sources(detected: &Detected, files: &[String]) -> Vec<String> {
    let languages = detected.languages();
    let mut found = BTreeSet::new();
    for path in files {
        let Some((_, extension)) = path.rsplit_once('.') else {
            continue;
        };
        let is_source = languages
            .iter()
            .any(|language| language.extensions().contains(&extension));
        if !is_source || path.starts_with('.') {
            continue;
        }
        found.insert(match path.split_once('/') {
            Some((folder, _)) => format!("{folder}/"),
            None => format!("*.{extension}"),
        });
    }
    let covered = |path: &str| {
        found
            .iter()
            .any(|entry| caws_evidence::paths::covers(entry, path))
    };
    let beside: Vec<String> = detected
        .packages
        .iter()
        .map(|package| package.manifest.clone())
        .chain(BUILD_FILES.iter().map(|name| (*name).to_owned()))
        .chain(detected.interfaces.iter().map(|one| one.path.clone()))
        .filter(|path| files.contains(path) && !covered(path))
        .collect();
    found.extend(beside);
    found.into_iter().collect()
}

/// The branch of the remote that new clones start with, else the one that is checked out.
fn branch(root: &Path, host: &Host) -> Option<String> {
    let ask = |args: &[&str]| {
        let text = String::from_utf8(git::git(root, host, args).ok()?).ok()?;
        let name = text.trim();
        (!name.is_empty() && name != "HEAD").then(|| name.to_owned())
    };
    ask(&[
        "symbolic-ref",
        "--quiet",
        "--short",
        "refs/remotes/origin/HEAD",
    ])
    .and_then(|name| name.strip_prefix("origin/").map(str::to_owned))
    .or_else(|| ask(&["symbolic-ref", "--quiet", "--short", "HEAD"]))
}

fn other_ci(files: &[String]) -> Option<&'static str> {
    if files
        .iter()
        .any(|path| path.starts_with(".github/workflows/"))
    {
        return None;
    }
    OTHER_CI
        .into_iter()
        .find(|file| files.iter().any(|path| path == file))
}
