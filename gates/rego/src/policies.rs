//! Policies, compiled: everything that would later be taken for silence is found here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::engine::{Engine, Form, Module, is_builtin};
use crate::fault::{Fault, FaultKind};
use crate::lexis::{self, Name};
use crate::model::{Kind, Location, Rule, Source};
use crate::schema;

/// What may stand before `(` and is neither a function nor a rule.
const WORDS: [&str; 12] = [
    "as", "contains", "default", "else", "every", "if", "import", "in", "not", "set", "some",
    "with",
];

/// Policy files that hold.
#[derive(Debug, Clone)]
pub struct Policies {
    pub(crate) engine: Engine,
    pub(crate) rules: Vec<Rule>,
    pub(crate) sources: Vec<Source>,
    packages: BTreeSet<String>,
}

impl Policies {
    /// Compiles policies with their data. `input_schema` is the JSON Schema of the input where there is one:
    /// what it does not have no policy may ask for.
    ///
    /// # Errors
    /// Every fault of every file.
    pub fn compile(
        sources: &[Source],
        data: &Value,
        input_schema: Option<&Value>,
    ) -> Result<Self, Vec<Fault>> {
        if sources.is_empty() {
            return Err(vec![Fault::new(
                FaultKind::Empty,
                "there is no policy file",
            )]);
        }
        // Each by itself first, so that one run names the faults of all.
        let mut faults: Vec<Fault> = sources
            .iter()
            .filter_map(|source| Engine::new().add(source).err())
            .collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut engine = Engine::new();
        for source in sources {
            engine.add(source).map_err(|fault| vec![fault])?;
        }
        engine.data(data).map_err(|fault| vec![fault])?;
        let modules = engine.modules().map_err(|fault| vec![fault])?;
        let files: Vec<(&Source, &Module)> = sources.iter().zip(&modules).collect();
        faults.extend(silent(&files));
        faults.extend(forms(&files));
        for (source, module) in &files {
            let names = lexis::names(&source.text);
            faults.extend(functions(source, module, &modules, &names));
            if let Some(schema) = input_schema {
                faults.extend(inputs(source, schema, &names));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let packages = files
            .iter()
            .filter(|(source, _)| !source.is_test())
            .map(|(_, module)| module.package.clone());
        Ok(Self {
            rules: rules(&files),
            packages: packages.collect(),
            engine,
            sources: sources.to_vec(),
        })
    }

    /// The rules that decide or test, each once, in the order of package and name.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The packages that decide, sorted.
    #[must_use]
    pub fn packages(&self) -> Vec<&str> {
        let packages: BTreeSet<&str> = self.deciding().map(|rule| rule.package.as_str()).collect();
        packages.into_iter().collect()
    }

    /// The packages of all files but tests.
    pub(crate) fn modules(&self) -> &BTreeSet<String> {
        &self.packages
    }

    /// The rules of `deny` and `warn`.
    pub(crate) fn deciding(&self) -> impl Iterator<Item = &Rule> {
        self.rules
            .iter()
            .filter(|rule| matches!(rule.kind, Kind::Deny | Kind::Warn))
    }
}

fn rules(files: &[(&Source, &Module)]) -> Vec<Rule> {
    let mut found: BTreeMap<(String, String), Rule> = BTreeMap::new();
    for (source, module) in files {
        for head in &module.heads {
            // What a test file calls `deny` is a helper of its tests.
            let kind = Kind::of(&head.name)
                .filter(|kind| !source.is_test() || *kind == Kind::Test)
                .filter(|_| head.form != Form::Function);
            if let Some(kind) = kind {
                found
                    .entry((module.package.clone(), head.name.clone()))
                    .or_insert_with(|| Rule {
                        package: module.package.clone(),
                        name: head.name.clone(),
                        kind,
                        location: Location {
                            path: source.path.clone(),
                            line: Some(head.line),
                            column: Some(head.column),
                        },
                    });
            }
        }
    }
    found.into_values().collect()
}

/// Packages that decide nothing and that nobody uses.
fn silent(files: &[(&Source, &Module)]) -> Vec<Fault> {
    let decides = |package: &str| {
        files.iter().any(|(source, module)| {
            module.package == package
                && !source.is_test()
                && module
                    .heads
                    .iter()
                    .any(|head| matches!(Kind::of(&head.name), Some(Kind::Deny | Kind::Warn)))
        })
    };
    let used = |source: &Source, package: &str| {
        let wanted: Vec<&str> = std::iter::once("data").chain(package.split('.')).collect();
        files.iter().any(|(other, module)| {
            module.package != package
                && other.path != source.path
                && !other.is_test()
                && lexis::names(&other.text).iter().any(|name| {
                    name.parts.len() >= wanted.len()
                        && name
                            .parts
                            .iter()
                            .zip(&wanted)
                            .all(|(part, word)| part == word)
                })
        })
    };
    let mut faults: Vec<Fault> = files
        .iter()
        .filter(|(source, module)| {
            !source.is_test() && !decides(&module.package) && !used(source, &module.package)
        })
        .map(|(source, module)| {
            Fault::new(
                FaultKind::NoRule,
                format!(
                    "the package `{}` has no rule `deny` or `warn`, and no policy uses it",
                    module.package
                ),
            )
            .at(&source.path, None, None)
        })
        .collect();
    if files.iter().all(|(source, _)| source.is_test()) {
        faults.push(Fault::new(
            FaultKind::Empty,
            "there are tests and no policy",
        ));
    }
    faults
}

/// Rules that decide and are no sets.
fn forms(files: &[(&Source, &Module)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (source, module) in files.iter().filter(|(source, _)| !source.is_test()) {
        for head in &module.heads {
            let decides = matches!(
                Kind::of(&head.name),
                Some(Kind::Deny | Kind::Warn | Kind::Exception)
            );
            if decides && head.form == Form::Value {
                faults.push(
                    Fault::new(
                        FaultKind::NoSet,
                        format!(
                            "`{}` is no set: expected `{} contains ...`",
                            head.name, head.name
                        ),
                    )
                    .at(&source.path, Some(head.line), Some(head.column)),
                );
            }
        }
    }
    faults
}

/// Calls of functions that are neither built in nor defined.
fn functions(source: &Source, module: &Module, modules: &[Module], names: &[Name]) -> Vec<Fault> {
    let defined = |package: &str, name: &str| {
        modules.iter().any(|other| {
            other.package == package
                && other
                    .heads
                    .iter()
                    .any(|head| head.form == Form::Function && head.name == name)
        })
    };
    let imports = imported(names);
    let known = |name: &Name| {
        let text = name.text();
        let Some((last, path)) = name.parts.split_last() else {
            return true;
        };
        if path.is_empty() && (WORDS.contains(&last.as_str()) || defined(&module.package, last)) {
            return true;
        }
        if is_builtin(&text) {
            return true;
        }
        let full = match path.split_first() {
            Some((first, rest)) if first == "data" => Some(rest.join(".")),
            Some((first, rest)) => imports.get(first.as_str()).map(|package| {
                [package.as_str()]
                    .into_iter()
                    .chain(rest.iter().map(String::as_str))
                    .collect::<Vec<_>>()
                    .join(".")
            }),
            None => None,
        };
        full.is_some_and(|package| defined(&package, last))
            // `import data.lib.f` and then `f(x)`.
            || (path.is_empty()
                && imports.get(last.as_str()).is_some_and(|whole| {
                    whole
                        .rsplit_once('.')
                        .is_some_and(|(package, name)| defined(package, name))
                }))
    };
    names
        .iter()
        .filter(|name| name.call && !name.continued && !known(name))
        .map(|name| {
            Fault::new(
                FaultKind::UnknownFunction,
                format!("there is no function `{}`", name.text()),
            )
            .at(&source.path, Some(name.line), Some(name.column))
        })
        .collect()
}

/// What `import data.a.b` and `import data.a.b as c` bring in, by the name they bring it in as.
fn imported(names: &[Name]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = names.iter().peekable();
    while let Some(name) = rest.next() {
        if name.text() != "import" {
            continue;
        }
        let Some(target) = rest.next() else { break };
        let Some((first, path)) = target.parts.split_first() else {
            continue;
        };
        if first != "data" {
            continue;
        }
        let mut alias = path.last().cloned().unwrap_or_default();
        if rest
            .peek()
            .is_some_and(|next| next.text() == "as" && next.line == target.line)
        {
            rest.next();
            if let Some(named) = rest.next() {
                alias = named.text();
            }
        }
        found.insert(alias, path.join("."));
    }
    found
}

/// Parts of the input that are never there.
fn inputs(source: &Source, schema: &Value, names: &[Name]) -> Vec<Fault> {
    names
        .iter()
        .filter(|name| !name.continued)
        .filter_map(|name| {
            let (first, path) = name.parts.split_first()?;
            let (index, word) = (first == "input").then(|| schema::unknown(schema, path))??;
            let parent = name.parts.get(..=index)?.join(".");
            Some(
                Fault::new(
                    FaultKind::UnknownInput,
                    format!("`{parent}` has no `{word}`"),
                )
                .at(&source.path, Some(name.line), Some(name.column)),
            )
        })
        .collect()
}
