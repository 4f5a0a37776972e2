//! `coverage`: what the tests reach, from the raw records of `cargo llvm-cov` or a report.

use std::path::{Path, PathBuf};

use caws_evidence::{canonical_json, codes, sha256_hex};
use caws_policy::Term;
use serde_json::json;

use crate::components::demand;
use crate::config::{CoverageAdapter, CoverageGate};
use crate::gates::context::Call;
use crate::gates::static_checks::none_of;
use crate::gates::{Context, Draft, Gate, Stop, nextest, report};
use crate::project::{Options, Project};
use crate::schedule::Needs;
use crate::tools::Located;

pub(crate) struct Coverage;

/// Where the instrumented build lives, apart from the developer's own.
const TARGET: &str = "target/caws/coverage";

impl Gate for Coverage {
    fn id(&self) -> &'static str {
        "coverage"
    }

    fn version(&self) -> u32 {
        1
    }

    fn needs(&self, project: &Project) -> Needs {
        let builds = project
            .config
            .gates
            .coverage
            .as_ref()
            .is_some_and(|gate| gate.adapter.is_some());
        Needs {
            cores: if builds { usize::MAX } else { 1 },
            exclusive: false,
        }
    }

    fn draft(&self, project: &Project, _options: &Options) -> Option<Draft> {
        let term = Some(Term::Coverage);
        let Some(gate) = &project.config.gates.coverage else {
            return Some(Draft::not_configured("llvm-cov", term));
        };
        let mut params = json!({ "exclude": gate.exclude });
        let method = method(gate);
        let mut requirements = vec![none_of("tests_failed")];
        requirements.extend(project.rules.requirement(Term::Coverage));
        requirements.extend(project.rules.line_requirement());
        demand(
            &project.components,
            |asked| &asked.coverage,
            &mut params,
            &mut requirements,
        );
        let reports = gate.report.iter().chain(&gate.tests);
        let programs = reports
            .clone()
            .filter_map(|report| report.command.first().cloned())
            .collect();
        Some(Draft {
            term,
            requirements,
            params,
            inputs: gate.inputs.clone(),
            reports: report::inputs(reports),
            uses: gate.uses.clone(),
            toolchain: gate.adapter.is_some().then(|| gate.toolchain.clone()),
            programs,
            ..Draft::new(method)
        })
    }

    fn run(&self, context: &mut Context<'_>) -> Result<(), Stop> {
        let project = context.project;
        let Some(gate) = &project.config.gates.coverage else {
            return Ok(());
        };
        context.scope.included.extend(gate.inputs.iter().cloned());
        context.scope.excluded.extend(
            gate.exclude
                .iter()
                .map(|out| format!("{}: {}", out.path, out.reason)),
        );
        match gate.adapter {
            Some(CoverageAdapter::CargoLlvmCov) => cargo_llvm_cov(context),
            None => {
                if let Some(tests) = &gate.tests {
                    report::keep(context, "tests", tests)?;
                }
                gate.report
                    .as_ref()
                    .map_or(Ok(()), |wanted| report::keep(context, "coverage", wanted))
            }
        }
    }
}

fn method(gate: &CoverageGate) -> &'static str {
    match gate.report.as_ref().map(|report| report.format.as_str()) {
        Some("cobertura") => "cobertura",
        Some("lcov") => "lcov",
        _ => "llvm-cov",
    }
}

fn cargo_llvm_cov(context: &mut Context<'_>) -> Result<(), Stop> {
    context.main_tool = Some("cargo-llvm-cov".to_owned());
    let (llvm_cov, llvm_profdata) = llvm_tools(context)?;
    let target = context.root().join(TARGET);
    let toolchain = context.plan_toolchain();
    let call = |name: &str, args: &[&str]| {
        let mut call = Call::new(
            name,
            ["cargo-llvm-cov", "llvm-cov"].iter().chain(args).copied(),
        )
        .env("CARGO_LLVM_COV_TARGET_DIR", target.as_os_str())
        .env("LLVM_COV", llvm_cov.as_os_str())
        .env("LLVM_PROFDATA", llvm_profdata.as_os_str())
        .env("CARGO_TERM_COLOR", "never");
        if let Some(channel) = &toolchain {
            call = call.env("RUSTUP_TOOLCHAIN", channel.as_str());
        }
        call
    };
    // Counters of an earlier run would add to this one's.
    let layout = layout_digest(context);
    let marker = target.join(".caws-layout");
    let same = std::fs::read_to_string(&marker).is_ok_and(|known| known == layout);
    let clean: &[&str] = if same {
        &["clean", "--profraw-only"]
    } else {
        &["clean", "--workspace"]
    };
    if target.exists() {
        context.call_ok(&call("clean", clean), &mut |_| {})?;
    }
    let runner = nextest::prepare(context, "tests")?;
    let mut args = vec![
        "--branch",
        "--no-report",
        "nextest",
        "--workspace",
        "--locked",
    ];
    args.extend(runner.args.iter().map(String::as_str));
    let (observer, gate) = (context.observer, context.gate);
    let mut on_line = |line: &str| match nextest::progress(line) {
        Some((done, total)) => observer.gate_progress(gate, done, total, line),
        None => observer.gate_progress(gate, 0, 0, line),
    };
    let tests = call("tests", &args);
    // Failing tests are in the report, where the method counts them; without one, nothing was run.
    let finished = context.call(&tests, &mut on_line)?;
    std::fs::write(&marker, layout).ok();
    if !runner.junit.is_file() {
        return Err(Stop::new(
            codes::TOOL_FAILED,
            "the tests could not be built or run with coverage",
        )
        .found(context.shown(&finished.tail.join("\n")))
        .help(format!(
            "run `{}` by hand and mend what it says",
            context.shown(&tests.command.join(" "))
        )));
    }
    context.raw_text("tests", "junit.xml", &runner.junit)?;
    let json = context.scratch.join("coverage.json");
    let path = json.to_string_lossy().into_owned();
    context.progress(0, 0, "exporting the raw records");
    context.call_ok(
        &call(
            "export",
            &["report", "--branch", "--json", "--output-path", &path],
        ),
        &mut |_| {},
    )?;
    context.raw_text("coverage", "llvm-cov.json", &json)
}

/// The LLVM tools that read what this compiler writes: the toolchain's own, else those declared.
fn llvm_tools(context: &Context<'_>) -> Result<(PathBuf, PathBuf), Stop> {
    let tool = |name: &str| {
        let own = context
            .found
            .toolchain
            .as_ref()
            .and_then(|toolchain| toolchain.llvm_tool(name));
        let declared = context.found.tools.iter().find(|(tool, _)| {
            tool.as_str() == name
                || tool
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('-'))
        });
        own.or_else(|| declared.map(|(_, located): (&String, &Located)| located.path.clone())).ok_or_else(|| {
            Stop::new(codes::TOOL_MISSING, format!("`{name}` is not to be had"))
                .help("run `rustup component add llvm-tools --toolchain nightly`, or declare an LLVM tool of the compiler's version under `tools`")
        })
    };
    Ok((tool("llvm-cov")?, tool("llvm-profdata")?))
}

/// Changes when a test binary could have gone or got another name: what is left of it would be read
/// as if it had run.
fn layout_digest(context: &Context<'_>) -> String {
    let files = crate::inputs::list(context.root(), &context.project.host);
    let content = |file: &String| {
        let name = Path::new(file).file_name()?.to_str()?;
        let decides = matches!(
            name,
            "Cargo.toml" | "Cargo.lock" | "config.toml" | "build.rs"
        );
        let bytes = if decides {
            std::fs::read(context.root().join(file)).ok()?
        } else {
            Vec::new()
        };
        (decides || name.ends_with(".rs")).then(|| (file.clone(), sha256_hex(&bytes)))
    };
    let known: Vec<(String, String)> = files.iter().filter_map(content).collect();
    sha256_hex(&canonical_json(&(known, &context.plan.tools)).unwrap_or_default())
}

#[cfg(test)]
mod tests;
