//! Runs something against a service of the project: built, started, waited for, stopped.

use std::path::PathBuf;

use caws_evidence::{Step, codes};

use crate::gates::context::{Call, now};
use crate::gates::{Context, Stop};
use crate::process::Invocation;
use crate::service::{Service, ServiceError, free_port};

/// Fills in `{name}` placeholders.
pub(crate) fn fill(words: &[String], values: &[(&str, &str)]) -> Vec<String> {
    words
        .iter()
        .map(|word| {
            values.iter().fold(word.clone(), |word, (name, value)| {
                word.replace(&format!("{{{name}}}"), value)
            })
        })
        .collect()
}

/// Calls `work` with the address of the running service, which ends with it.
pub(crate) fn with_service<T>(
    context: &mut Context<'_>,
    name: &str,
    work: impl FnOnce(&mut Context<'_>, &str) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let project = context.project;
    let Some(config) = project.config.services.get(name) else {
        return Err(Stop::new(
            codes::SERVICE_NOT_READY,
            format!("the service `{name}` is not declared"),
        ));
    };
    if !config.build.is_empty() {
        context.progress(0, 0, &format!("building {name}"));
        let (observer, gate) = (context.observer, context.gate);
        let call = Call::new(format!("build-{name}"), config.build.iter().cloned())
            .env("CARGO_TERM_COLOR", "never");
        context.call_ok(&call, &mut |line| observer.gate_progress(gate, 0, 0, line))?;
    }
    context.progress(0, 0, &format!("starting {name}"));
    let port = free_port().map_err(|error| {
        Stop::new(
            codes::SERVICE_NOT_READY,
            format!("no free port for `{name}`: {error}"),
        )
    })?;
    let command = fill(&config.command, &[("port", &port.to_string())]);
    let call = Call::new(format!("serve-{name}"), command);
    let Some(invocation) = context.invocation(&call) else {
        let program = call.command.first().cloned().unwrap_or_default();
        return Err(Stop::new(
            codes::SERVICE_NOT_READY,
            format!("the service `{name}` cannot be started: `{program}` is not there"),
        )
        .help("give the service a `build`, or build it before the gate runs"));
    };
    let log: PathBuf = context.scratch.join(format!("{name}.log"));
    let started = now();
    let service = Service::start(
        &Invocation {
            path: tool_dirs(context),
            ..invocation
        },
        port,
        &config.ready,
        config.ready_within,
        &log,
        &project.host,
        context.interrupt,
    );
    let mut service = match service {
        Ok(service) => service,
        Err(error) => {
            record(context, &call, &started, &error.to_string());
            return Err(not_ready(context, name, &error));
        }
    };
    let url = service.url.clone();
    let result = work(context, &url);
    // A server that died while it was asked explains failures better than they do themselves.
    let died = !service.is_alive();
    let lines = service.last_lines();
    drop(service);
    record(context, &call, &started, &lines);
    if died {
        let stop = Stop::new(
            codes::SERVICE_NOT_READY,
            format!("the service `{name}` ended while it was asked"),
        )
        .found(context.shown(&lines))
        .help("read its last lines; a server must outlive its clients");
        context.findings.push(*stop.0);
    }
    result
}

fn tool_dirs(context: &Context<'_>) -> Vec<PathBuf> {
    context
        .found
        .tools
        .values()
        .map(crate::tools::Located::dir)
        .collect()
}

/// The server is a step like any other; it has no exit status because the gate ends it.
fn record(context: &mut Context<'_>, call: &Call, started: &str, lines: &str) {
    let command = call
        .command
        .iter()
        .map(|word| context.shown(word))
        .collect();
    let key_output = context.shown(lines);
    context.steps.push(Step {
        name: call.name.clone(),
        command,
        started: started.to_owned(),
        finished: now(),
        exit_code: None,
        key_output,
    });
}

fn not_ready(context: &Context<'_>, name: &str, error: &ServiceError) -> Stop {
    if matches!(error, ServiceError::Interrupted) {
        return Stop::interrupted();
    }
    Stop::new(
        codes::SERVICE_NOT_READY,
        format!("the service `{name}` did not become ready"),
    )
    .found(context.shown(&error.to_string()))
    .help("start it by hand with the command of `services` in .caws.yml and read what it says")
}
