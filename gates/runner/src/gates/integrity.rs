//! `integrity`: whether a change loosens what judges it.

use caws_evidence::codes;
use caws_evidence::measure::integrity::{ChangedFile, Changes, Content, Guard, guard, is_code};
use caws_policy::Requirement;
use caws_spec::parse;
use serde_json::json;

use crate::gates::static_checks::none_of;
use crate::gates::{Context, Draft, Gate, Stop};
use crate::project::{Options, Project};
use crate::schedule::Needs;
use crate::{config, git, inputs};

pub(crate) struct Integrity;

/// Longest text that is compared, in bytes.
const MAX_BYTES: usize = 2 << 20;
/// Files that make their folder a package.
const MANIFESTS: [&str; 8] = [
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "setup.py",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
];
/// What must not happen in tier 1.
const BLOCKING: [&str; 6] = [
    "guards_loosened",
    "guards_unjudged",
    "tests_removed",
    "tests_ignored",
    "assertions_lost",
    "suppressions_added",
];

impl Gate for Integrity {
    fn id(&self) -> &'static str {
        "integrity"
    }

    fn version(&self) -> u32 {
        2
    }

    fn needs(&self, _project: &Project) -> Needs {
        Needs {
            cores: 1,
            exclusive: false,
        }
    }

    fn draft(&self, project: &Project, options: &Options) -> Option<Draft> {
        let tier = project.spec.risk_tier;
        let base = base_of(project, options);
        if base.is_none() && tier != 1 {
            let reason = "nothing to compare with: name the branch the work goes to with --base, or as gates.integrity.base";
            return Some(Draft::not_applicable("integrity", None, reason));
        }
        // Where there is no such commit the gate says so when it runs.
        let from = base.and_then(|base| git::merge_base(&project.root, &project.host, base).ok());
        Some(Draft {
            requirements: requirements(tier),
            params: json!({
                "tier": tier,
                "policy": project.config.policy,
                "spec": project.config.spec,
                "config": config::FILE,
                "base": from,
                "packages": packages(project),
            }),
            inputs: vec!["**".to_owned()],
            programs: vec!["git".to_owned()],
            ..Draft::new("integrity")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let Some(base) = base_of(project, context.options) else {
            return Err(Stop::new(
                codes::NUMBER_MISSING,
                "in tier 1 a change is held against what it starts from, and nobody said what that is",
            )
            .help("name the branch the work goes to: `cargo caws gates --base origin/main`, or `gates: { integrity: { base: origin/main } }`"));
        };
        let changes = changes(project, base).map_err(|why| {
            Stop::new(
                codes::TOOL_FAILED,
                format!("cannot compare with `{base}`: {why}"),
            )
            .help("fetch its history (`git fetch --unshallow`), or name another revision")
        })?;
        context
            .scope
            .included
            .extend(changes.files.iter().map(|file| file.path.clone()));
        let bytes = serde_json::to_vec(&changes).unwrap_or_default();
        context.raw("changes", "changes.json", bytes);
        Ok(())
    }
}

/// The revision a change is compared with.
fn base_of<'o>(project: &'o Project, options: &'o Options) -> Option<&'o str> {
    let own = project.config.gates.integrity.as_ref();
    options.base_or(own.and_then(|gate| gate.base.as_ref()))
}

/// In tier 1 whatever is found blocks; elsewhere it is told, and all that is asked is that the comparison was made.
fn requirements(tier: u8) -> Vec<Requirement> {
    if tier == 1 {
        let blocking = BLOCKING.map(|measurement| Requirement {
            source: "tier 1".to_owned(),
            ..none_of(measurement)
        });
        return blocking.to_vec();
    }
    vec![none_of("guards_unread")]
}

/// Folders that hold a package; the root as an empty string.
fn packages(project: &Project) -> Vec<String> {
    let mut folders: Vec<String> = inputs::list(&project.root, &project.host)
        .iter()
        .filter_map(|path| {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            MANIFESTS.contains(&name).then(|| folder.to_owned())
        })
        .collect();
    folders.sort_unstable();
    folders.dedup();
    folders
}

/// Both versions of every changed file that counts.
fn changes(project: &Project, base: &str) -> Result<Changes, String> {
    let (root, host) = (&project.root, &project.host);
    let from = git::merge_base(root, host, base)?;
    let (policy, spec) = (&project.config.policy, &project.config.spec);
    let judges = |path: &str| guard(path, policy, spec, config::FILE);
    let mut files = Vec::new();
    for path in git::changed(root, host, &from)? {
        let judge = judges(&path);
        if judge.is_none() && !is_code(&path) {
            continue;
        }
        let document = judge.is_some_and(Guard::is_document);
        let before = match git::content(root, host, &from, &path) {
            Ok(bytes) => bytes.map(|bytes| content(&path, document, &bytes)),
            Err(why) => Some(Content::Unreadable(why)),
        };
        let after = std::fs::read(root.join(&path)).ok();
        files.push(ChangedFile {
            before,
            after: after.map(|bytes| content(&path, document, &bytes)),
            path,
        });
    }
    let guards = inputs::list(root, host)
        .iter()
        .filter(|path| judges(path).is_some())
        .count();
    Ok(Changes {
        base: from,
        guards: u64::try_from(guards).unwrap_or(u64::MAX),
        files,
    })
}

fn content(path: &str, document: bool, bytes: &[u8]) -> Content {
    if bytes.len() > MAX_BYTES {
        return Content::Unreadable(format!("{} bytes, more than {MAX_BYTES}", bytes.len()));
    }
    if document {
        return parse(path, bytes).map_or_else(
            |findings| {
                let first = findings.into_iter().next();
                Content::Unreadable(first.map_or_else(String::new, |finding| finding.message))
            },
            |document| Content::Document(document.value().clone()),
        );
    }
    Content::Text(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests;
