//! What policies say about an input.

use serde_json::{Map, Value};

use crate::engine::{Answer, Engine};
use crate::fault::{Fault, FaultKind};
use crate::model::{Kind, Level, Location, Outcome, Report, Rule, Unused};
use crate::policies::Policies;

/// Evaluates every rule of `deny` and `warn` on an input, and takes back what an exception covers.
///
/// # Errors
/// Every rule that broke off or gave something nobody can read.
pub fn evaluate(policies: &Policies, input: &Value) -> Result<Report, Vec<Fault>> {
    let mut engine = policies.engine.clone();
    engine.input(input).map_err(|fault| vec![fault])?;
    let mut faults = Vec::new();
    let mut report = Report::default();
    for rule in policies.deciding() {
        report.rules = report.rules.saturating_add(1);
        match outcomes(&mut engine, rule) {
            Ok(found) => report.outcomes.extend(found),
            Err(fault) => faults.push(fault),
        }
    }
    let mut exceptions = Vec::new();
    for rule in policies
        .rules()
        .iter()
        .filter(|rule| rule.kind == Kind::Exception)
    {
        match elements(&mut engine, rule).and_then(|found| {
            found
                .iter()
                .map(|value| Exception::read(rule, value))
                .collect::<Result<Vec<_>, _>>()
        }) {
            Ok(found) => exceptions.extend(found),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    report.outcomes.sort();
    for exception in &exceptions {
        let mut used = false;
        for outcome in &mut report.outcomes {
            if exception.covers(outcome) {
                used = true;
                outcome
                    .excepted
                    .get_or_insert_with(|| exception.reason.clone());
            }
        }
        if !used {
            report.unused.push(Unused {
                package: exception.package.clone(),
                exception: exception.text(),
            });
        }
    }
    report.unused.sort();
    Ok(report)
}

/// The elements of a rule's set.
fn elements(engine: &mut Engine, rule: &Rule) -> Result<Vec<Value>, Fault> {
    let wrong = |found: &str| {
        Fault::new(
            FaultKind::NoSet,
            format!("`{}` is {found}: expected a set", rule.query()),
        )
        .at(
            &rule.location.path,
            rule.location.line,
            rule.location.column,
        )
    };
    match engine.rule(&rule.location.path, rule.query())? {
        None => Err(wrong("undefined")),
        Some(Answer { set: false, .. }) => Err(wrong("no set")),
        Some(Answer {
            value: Value::Array(items),
            ..
        }) => Ok(items),
        Some(_) => Err(wrong("no set")),
    }
}

fn outcomes(engine: &mut Engine, rule: &Rule) -> Result<Vec<Outcome>, Fault> {
    let level = match rule.kind {
        Kind::Warn => Level::Warn,
        _ => Level::Deny,
    };
    elements(engine, rule)?
        .iter()
        .map(|value| {
            let mut outcome = Outcome {
                level,
                package: rule.package.clone(),
                rule: rule.name.clone(),
                code: None,
                message: String::new(),
                place: None,
                help: None,
                excepted: None,
            };
            match value {
                Value::String(message) => outcome.message.clone_from(message),
                Value::Object(fields) => {
                    read(&mut outcome, fields).map_err(|why| unreadable(rule, value, &why))?
                }
                _ => {
                    return Err(unreadable(
                        rule,
                        value,
                        "it is neither a string nor an object",
                    ));
                }
            }
            if outcome.message.trim().is_empty() {
                return Err(unreadable(rule, value, "its message is empty"));
            }
            Ok(outcome)
        })
        .collect()
}

/// Fields that Conftest and others add beside these are left alone.
fn read(outcome: &mut Outcome, fields: &Map<String, Value>) -> Result<(), String> {
    let text = |name: &str| match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(format!("its `{name}` is no string: {other}")),
    };
    outcome.message = text("msg")?.ok_or("it has no `msg`")?;
    outcome.code = text("code")?;
    outcome.help = text("help")?;
    outcome.place = match (fields.get("place"), fields.get("_loc")) {
        (Some(place), _) => Some(location(place, "path")?),
        (None, Some(place)) => Some(location(place, "file")?),
        (None, None) => None,
    };
    Ok(())
}

fn location(place: &Value, path: &str) -> Result<Location, String> {
    let wrong = || format!("its place is not `{{\"{path}\": ..., \"line\": ...}}`: {place}");
    let number = |name: &str| match place.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .filter(|&number| number > 0)
            .map(Some)
            .ok_or_else(wrong),
    };
    Ok(Location {
        path: place
            .get(path)
            .and_then(Value::as_str)
            .ok_or_else(wrong)?
            .to_owned(),
        line: number("line")?,
        column: number("column")?,
    })
}

fn unreadable(rule: &Rule, value: &Value, why: &str) -> Fault {
    Fault::new(
        FaultKind::Result,
        format!(
            "`{}` gave a result that cannot be read: {why}: {value}",
            rule.query()
        ),
    )
    .at(
        &rule.location.path,
        rule.location.line,
        rule.location.column,
    )
}

/// What takes results of its package back.
struct Exception {
    package: String,
    what: What,
    reason: String,
}

enum What {
    /// Names after `deny_`, `violation_` or `warn_`, as Conftest has it; empty for the plain rule.
    Rules(Vec<String>),
    /// A code, and a path where it is for one file.
    Code { code: String, path: Option<String> },
}

impl Exception {
    fn read(rule: &Rule, value: &Value) -> Result<Self, Fault> {
        let what = match value {
            Value::Array(names) => {
                let names: Option<Vec<String>> = names
                    .iter()
                    .map(|name| name.as_str().map(str::to_owned))
                    .collect();
                names.filter(|names| !names.is_empty()).map(|names| {
                    let reason = format!("excepted by the package {}", rule.package);
                    (What::Rules(names), reason)
                })
            }
            Value::Object(fields) => {
                let text = |name: &str| {
                    fields
                        .get(name)
                        .and_then(Value::as_str)
                        .filter(|text| !text.trim().is_empty())
                };
                text("code").zip(text("reason")).map(|(code, reason)| {
                    let path = text("path").map(str::to_owned);
                    (
                        What::Code {
                            code: code.to_owned(),
                            path,
                        },
                        reason.to_owned(),
                    )
                })
            }
            _ => None,
        };
        let (what, reason) = what.ok_or_else(|| {
            unreadable(
                rule,
                value,
                "an exception names rules (`[\"name\"]`), or a `code` and a `reason`",
            )
        })?;
        Ok(Self {
            package: rule.package.clone(),
            what,
            reason,
        })
    }

    fn covers(&self, outcome: &Outcome) -> bool {
        if outcome.package != self.package {
            return false;
        }
        match &self.what {
            What::Rules(names) => {
                let suffix = outcome.rule.split_once('_').map_or("", |(_, rest)| rest);
                names.iter().any(|name| name == suffix)
            }
            What::Code { code, path } => {
                let place = outcome.place.as_ref().map(|place| place.path.as_str());
                outcome.code.as_ref() == Some(code) && (path.is_none() || path.as_deref() == place)
            }
        }
    }

    fn text(&self) -> String {
        match &self.what {
            What::Rules(names) => names.join(", "),
            What::Code { code, path: None } => code.clone(),
            What::Code {
                code,
                path: Some(path),
            } => format!("{code} in {path}"),
        }
    }
}
