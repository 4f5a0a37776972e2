//! The engine behind, and the only file that knows its types.

use std::num::NonZeroU32;
use std::time::Duration;

// Only for its features: what a pattern means must not depend on what else is in the program.
use regex as _;
use regorus::unstable::{BUILTINS, Expr, Ref, Rule as Parsed, RuleHead};
use regorus::utils::limits::ExecutionTimerConfig;
use serde_json::Value;

use crate::fault::{Fault, FaultKind};
use crate::model::Source;
use crate::nesting;

/// How long one rule may take. A policy that takes longer is at fault; its answer would still be the same.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Steps between two looks at the clock.
const CHECK_INTERVAL: NonZeroU32 = NonZeroU32::MIN.saturating_add(1023);

/// Policies the engine has read.
#[derive(Debug, Clone)]
pub(crate) struct Engine(regorus::Engine);

/// A rule as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) form: Form,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// What a rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `name contains x if`.
    Set,
    /// `name := x`, `name if`.
    Value,
    /// `name(x) := y`.
    Function,
}

/// A file as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Module {
    pub(crate) package: String,
    pub(crate) heads: Vec<Head>,
}

impl Engine {
    pub(crate) fn new() -> Self {
        let mut engine = regorus::Engine::new();
        engine.set_rego_v0(false);
        engine.set_strict_builtin_errors(true);
        engine.set_execution_timer_config(ExecutionTimerConfig {
            limit: TIME_LIMIT,
            check_interval: CHECK_INTERVAL,
        });
        Self(engine)
    }

    pub(crate) fn add(&mut self, source: &Source) -> Result<(), Fault> {
        if let Some((line, column)) = nesting::excess(&source.text) {
            let message = "the expression nests too deep";
            return Err(Fault::new(FaultKind::TooDeep, message).at(
                &source.path,
                Some(line),
                Some(column),
            ));
        }
        self.0
            .add_policy(source.path.clone(), source.text.clone())
            .map(drop)
            .map_err(|error| Fault::of_engine(FaultKind::Syntax, &source.path, &error.to_string()))
    }

    /// The modules, in the order they were added.
    pub(crate) fn modules(&mut self) -> Result<Vec<Module>, Fault> {
        let packages = self
            .0
            .get_packages()
            .map_err(|error| Fault::of_engine(FaultKind::Syntax, "", &error.to_string()))?;
        let modules = self.0.get_modules().iter().zip(packages);
        Ok(modules
            .map(|(module, package)| Module {
                package: package.strip_prefix("data.").unwrap_or(&package).to_owned(),
                heads: module.policy.iter().filter_map(|rule| head(rule)).collect(),
            })
            .collect())
    }

    pub(crate) fn data(&mut self, data: &Value) -> Result<(), Fault> {
        self.0.add_data_json(&data.to_string()).map_err(|error| {
            Fault::new(FaultKind::Data, format!("the data cannot be used: {error}"))
        })
    }

    pub(crate) fn input(&mut self, input: &Value) -> Result<(), Fault> {
        self.0.set_input_json(&input.to_string()).map_err(|error| {
            Fault::new(
                FaultKind::Data,
                format!("the input cannot be used: {error}"),
            )
        })
    }

    /// The value of a rule; `None` where it is undefined.
    pub(crate) fn rule(&mut self, path: &str, query: String) -> Result<Option<Answer>, Fault> {
        let value = self
            .0
            .eval_rule(query)
            .map_err(|error| Fault::of_engine(FaultKind::Evaluation, path, &error.to_string()))?;
        if value == regorus::Value::Undefined {
            return Ok(None);
        }
        let set = value.as_set().is_ok();
        let json = value
            .to_json_str()
            .map_err(|error| error.to_string())
            .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()))
            .map_err(|why| Fault::new(FaultKind::Result, why).at(path, None, None))?;
        Ok(Some(Answer { value: json, set }))
    }

    pub(crate) fn cover(&mut self) {
        self.0.set_enable_coverage(true);
    }

    /// Lines reached and not reached, by file. A file none of whose rules were asked is not among them.
    pub(crate) fn coverage(&self) -> Result<Vec<Reached>, Fault> {
        let report = self
            .0
            .get_coverage_report()
            .map_err(|error| Fault::new(FaultKind::Evaluation, error.to_string()))?;
        Ok(report
            .files
            .into_iter()
            .map(|file| {
                let missed = file
                    .not_covered
                    .difference(&file.covered)
                    .copied()
                    .collect();
                Reached {
                    path: file.path.clone(),
                    covered: file.covered.into_iter().collect(),
                    missed,
                }
            })
            .collect())
    }
}

/// Lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) path: String,
    pub(crate) covered: Vec<u32>,
    pub(crate) missed: Vec<u32>,
}

/// What a rule gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) value: Value,
    /// Whether it is a set; in JSON both sets and arrays are arrays.
    pub(crate) set: bool,
}

/// Built-in functions whose answer depends on more than their arguments. Most are not compiled in; whether all are is
/// the engine's affair, and must not become ours.
const IMPURE: [&str; 6] = [
    "http.send",
    "net.lookup_ip_addr",
    "opa.runtime",
    "rand.intn",
    "time.now_ns",
    "uuid.rfc4122",
];

/// Whether the engine has a built-in function of this name that policies may call.
pub(crate) fn is_builtin(name: &str) -> bool {
    BUILTINS.contains_key(name) && !IMPURE.contains(&name)
}

fn head(rule: &Parsed) -> Option<Head> {
    let span = rule.span();
    let (form, reference) = match rule {
        Parsed::Spec { head, .. } => match head {
            RuleHead::Compr { refr, .. } => (Form::Value, refr),
            RuleHead::Set { refr, .. } => (Form::Set, refr),
            RuleHead::Func { refr, .. } => (Form::Function, refr),
        },
        Parsed::Default { refr, .. } => (Form::Value, refr),
    };
    Some(Head {
        name: name(reference)?,
        form,
        line: span.line,
        column: span.col,
    })
}

/// The first word of a reference.
fn name(reference: &Ref<Expr>) -> Option<String> {
    match reference.as_ref() {
        Expr::Var { span, .. } => Some(span.text().to_owned()),
        Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } => name(refr),
        _ => None,
    }
}
