//! `contracts`: a running server held against its published contract, or a JUnit report of who did.

use caws_evidence::{codes, sha256_hex};
use caws_policy::Term;
use caws_spec::parse;
use serde_json::{Value, json};

use crate::config::{Contract, ContractAdapter};
use crate::gates::context::Call;
use crate::gates::service_run::{fill, with_service};
use crate::gates::{Context, Draft, Gate, Stop, report};
use crate::project::{Options, Project};
use crate::schedule::Needs;

pub(crate) struct Contracts;

const DEFAULT_EXAMPLES: u32 = 25;
/// Names of operations in a path item (OpenAPI 3.1, "Path Item Object").
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

impl Gate for Contracts {
    fn id(&self) -> &'static str {
        "contracts"
    }

    fn version(&self) -> u32 {
        1
    }

    fn needs(&self, _project: &Project) -> Needs {
        Needs {
            cores: 1,
            exclusive: false,
        }
    }

    fn draft(&self, project: &Project, _options: &Options) -> Option<Draft> {
        let term = Some(Term::Contracts);
        let requirements = project
            .rules
            .requirement(Term::Contracts)
            .into_iter()
            .collect();
        let gate = project
            .config
            .gates
            .contracts
            .as_ref()
            .filter(|gate| !gate.contracts.is_empty());
        let Some(gate) = gate else {
            if let Some(reason) = project.rules.not_applicable(Term::Contracts, false) {
                return Some(Draft::not_applicable("contracts", term, reason));
            }
            let declared: Vec<Value> = project
                .spec
                .contracts
                .iter()
                .map(|contract| json!({ "name": contract.path, "path": contract.path, "role": contract.role }))
                .collect();
            let params = json!({ "contracts": declared });
            return Some(Draft {
                requirements,
                params,
                ..Draft::not_configured("contracts", term)
            });
        };
        let named = gate.contracts.iter();
        let mut declared: Vec<Value> = named
            .clone()
            .map(|contract| as_param(project, contract))
            .collect();
        // What the spec promises and nobody tests must not vanish: it has no report, so no number.
        let untested = project
            .spec
            .contracts
            .iter()
            .filter(|one| gate.contracts.iter().all(|tested| tested.path != one.path));
        declared.extend(
            untested.map(|one| json!({ "name": one.path, "path": one.path, "role": one.role })),
        );
        let mut uses = gate.uses.clone();
        for contract in &gate.contracts {
            uses.extend(contract.uses.iter().cloned());
            let service = contract
                .service
                .as_ref()
                .and_then(|name| project.config.services.get(name));
            uses.extend(
                service
                    .into_iter()
                    .flat_map(|service| service.uses.iter().cloned()),
            );
        }
        uses.sort_unstable();
        uses.dedup();
        let mut inputs = gate.inputs.clone();
        inputs.extend(
            named
                .clone()
                .map(|contract| globset::escape(&contract.path)),
        );
        inputs.sort_unstable();
        inputs.dedup();
        Some(Draft {
            term,
            requirements,
            params: json!({ "contracts": declared }),
            inputs,
            reports: report::inputs(
                named
                    .clone()
                    .filter_map(|contract| contract.report.as_ref()),
            ),
            uses,
            programs: named
                .filter_map(|contract| {
                    let of_report = contract.report.as_ref().map(|report| &report.command);
                    of_report.unwrap_or(&contract.command).first().cloned()
                })
                .collect(),
            toolchain: builds_with_cargo(
                project,
                gate.contracts
                    .iter()
                    .filter_map(|contract| contract.service.as_deref()),
            ),
            ..Draft::new("contracts")
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let Some(gate) = &project.config.gates.contracts else {
            return Ok(());
        };
        let mut stopped = None;
        for contract in &gate.contracts {
            context.scope.included.push(contract.path.clone());
            if let Err(stop) = one(context, contract) {
                if context.interrupt.is_raised() {
                    return Err(stop);
                }
                // The others are tested all the same: one run names everything.
                context
                    .findings
                    .extend(stopped.replace(stop).map(|Stop(finding)| *finding));
            }
        }
        stopped.map_or(Ok(()), Err)
    }
}

/// Whether a service is built by cargo, so that the compiler belongs to what decides the verdict.
pub(crate) fn builds_with_cargo<'s>(
    project: &Project,
    services: impl Iterator<Item = &'s str>,
) -> Option<Option<String>> {
    let mut builds = services
        .filter_map(|name| project.config.services.get(name))
        .map(|service| service.build.first());
    builds
        .any(|program| program.is_some_and(|program| program == "cargo"))
        .then_some(None)
}

fn as_param(project: &Project, contract: &Contract) -> Value {
    let mut param = json!({ "name": contract.name, "path": contract.path, "role": contract.role });
    // A client need not ask for every operation; who tests the provider does.
    if contract.adapter == Some(ContractAdapter::Schemathesis)
        && let (Some(count), Some(map)) =
            (operations(project, &contract.path), param.as_object_mut())
    {
        map.insert("operations".to_owned(), count.into());
    }
    param
}

/// How many operations an OpenAPI document declares.
fn operations(project: &Project, path: &str) -> Option<u64> {
    let bytes = std::fs::read(project.root.join(path)).ok()?;
    let document = parse(path, &bytes).ok()?;
    let paths = document.value().get("paths")?.as_object()?;
    let count = paths
        .values()
        .filter_map(Value::as_object)
        .flat_map(|item| item.keys())
        .filter(|key| METHODS.contains(&key.as_str()));
    u64::try_from(count.count()).ok()
}

fn one(context: &mut Context<'_>, contract: &Contract) -> Result<(), Stop> {
    if let Some(wanted) = &contract.report {
        return report::keep(context, &contract.name, wanted);
    }
    let (Some(adapter), Some(service)) = (contract.adapter, &contract.service) else {
        return Err(Stop::new(
            codes::GATE_NOT_CONFIGURED,
            format!("the contract `{}` has neither an adapter with a service nor a report", contract.name),
        )
        .help("give it `adapter: schemathesis` or `adapter: client`, and `service`; or `report: { format: junit, path: ... }`"));
    };
    with_service(context, service, |context, url| match adapter {
        ContractAdapter::Schemathesis => schemathesis(context, contract, url),
        ContractAdapter::Client => client(context, contract, url),
    })
}

/// A client of the project's, whose JUnit report says what it found. A file of an earlier run is not taken for it:
/// the report lies in the gate's own folder.
fn client(context: &mut Context<'_>, contract: &Contract, url: &str) -> Result<(), Stop> {
    let name = &contract.name;
    let junit = context.scratch.join(format!("{name}.xml"));
    let report = as_text(&junit);
    if !contract
        .command
        .iter()
        .any(|word| word.contains("{report}"))
    {
        return Err(Stop::new(
            codes::GATE_NOT_CONFIGURED,
            format!("the command of the contract `{name}` does not say where its report goes"),
        )
        .found(contract.command.join(" "))
        .help("give it `command: [my-client, \"{url}\", \"{report}\"]`; the client writes JUnit there"));
    }
    context.progress(0, 0, &format!("testing {name}"));
    let (observer, gate) = (context.observer, context.gate);
    let command = fill(&contract.command, &[("url", url), ("report", &report)]);
    let call = Call::new(format!("test-{name}"), command);
    let finished = context.call(&call, &mut |line| observer.gate_progress(gate, 0, 0, line))?;
    if junit.is_file() {
        return context.raw_text(name, &format!("{name}.xml"), &junit);
    }
    // A program that was stopped has ended the call already.
    let status = finished.ended.code().unwrap_or_default();
    Err(Stop::new(
        codes::TOOL_FAILED,
        format!("the client of `{name}` ended with exit status {status} and left no report"),
    )
    .found(context.shown(&finished.tail.join("\n")))
    .help("run the command of this step by hand; it must write JUnit to the file it is given"))
}

fn schemathesis(context: &mut Context<'_>, contract: &Contract, url: &str) -> Result<(), Stop> {
    context.main_tool = Some("schemathesis".to_owned());
    let name = &contract.name;
    let junit = context.scratch.join(format!("{name}.xml"));
    let examples = contract.examples.unwrap_or(DEFAULT_EXAMPLES).to_string();
    // The same contract is always tested with the same cases.
    let seed = seed(context.plan.inputs_sha256.as_str(), name).to_string();
    let mut command = vec!["schemathesis".to_owned()];
    // It runs in a folder of ours, because it leaves a cache where it stands; the project's own
    // configuration counts all the same.
    let config = context.root().join("schemathesis.toml");
    if config.is_file() {
        command.extend(["--config-file".to_owned(), as_text(&config)]);
    }
    command.extend([
        "run".to_owned(),
        as_text(&context.root().join(&contract.path)),
    ]);
    command.extend(["--url".to_owned(), url.to_owned()]);
    command.extend(["--phases", "examples,coverage,fuzzing"].map(str::to_owned));
    command.extend([
        "--max-examples".to_owned(),
        examples,
        "--seed".to_owned(),
        seed,
    ]);
    command.extend(["--request-timeout", "30", "--continue-on-failure"].map(str::to_owned));
    command.extend(["--generation-database", "none", "--no-color"].map(str::to_owned));
    command.extend(["--report", "junit", "--report-junit-path"].map(str::to_owned));
    command.push(as_text(&junit));
    context.progress(0, 0, &format!("testing {name}"));
    let (observer, gate) = (context.observer, context.gate);
    let call = Call::new(format!("test-{name}"), command).cwd(context.scratch);
    let finished = context.call(&call, &mut |line| observer.gate_progress(gate, 0, 0, line))?;
    match finished.ended.code() {
        // 1 says that violations were found; they are in the report.
        Some(0 | 1) => context.raw_text(name, &format!("{name}.xml"), &junit),
        _ => Err(Stop::new(
            codes::TOOL_FAILED,
            format!("schemathesis could not test `{name}`"),
        )
        .found(context.shown(&finished.tail.join("\n")))
        .help("run the command of this step by hand and mend what it says")),
    }
}

fn as_text(path: &std::path::Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A seed of 31 bits out of what is tested.
fn seed(inputs_sha256: &str, name: &str) -> u32 {
    let digest = sha256_hex(format!("{inputs_sha256}:{name}").as_bytes());
    let digits: String = digest.chars().take(8).collect();
    u32::from_str_radix(&digits, 16).unwrap_or_default() & 0x7fff_ffff
}

#[cfg(test)]
mod tests;
