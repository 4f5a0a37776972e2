//! From a validator's error to findings: place, expected, found, mend.

use caws_evidence::{Finding, codes};
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use crate::document::{Document, escape};
use crate::nearest::nearest;
use crate::notice::{Details as _, error};

/// Where we are: the document, the schema, and which part of each the error is about.
struct Fault<'a> {
    document: &'a Document,
    /// JSON pointer of the instance.
    at: &'a str,
    /// The subschema that holds the keyword.
    rule: Option<&'a Value>,
    instance: &'a Value,
}

pub(super) fn findings(
    document: &Document,
    schema: &Value,
    error: &ValidationError<'_>,
) -> Vec<Finding> {
    let keyword = error.schema_path().as_str();
    let rule = keyword
        .rfind('/')
        .and_then(|end| schema.pointer(keyword.get(..end)?));
    let fault = Fault {
        document,
        at: error.instance_path().as_str(),
        rule,
        instance: error.instance(),
    };
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            fault.unknown_keys(unexpected)
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match likeliest(context) {
            Some(branch) => branch
                .iter()
                .flat_map(|inner| findings(document, schema, inner))
                .collect(),
            None => vec![fault.breaks("the value fits none of the forms allowed here".to_owned())],
        },
        kind => vec![fault.one(kind, error)],
    }
}

/// The alternative the author most likely meant: the one whose faults lie deepest in the document,
/// and of those the one with the fewest.
fn likeliest<'e>(
    context: &'e [Vec<ValidationError<'static>>],
) -> Option<&'e Vec<ValidationError<'static>>> {
    context
        .iter()
        .filter(|branch| !branch.is_empty())
        .min_by_key(|branch| {
            let wrong_form = branch.iter().any(|fault| {
                matches!(
                    fault.kind(),
                    Kind::Type { .. } | Kind::Constant { .. } | Kind::FalseSchema
                )
            });
            let depth = branch
                .iter()
                .map(|fault| fault.instance_path().as_str().matches('/').count())
                .max()
                .unwrap_or(0);
            (wrong_form, std::cmp::Reverse(depth), branch.len())
        })
}

impl Fault<'_> {
    fn one(&self, kind: &Kind, fault: &ValidationError<'_>) -> Finding {
        let name = self.name();
        match kind {
            Kind::Required { property } => self.missing(property.as_str().unwrap_or_default()),
            Kind::Enum { options } => self.choice(options),
            Kind::Constant { expected_value } => self
                .breaks(format!("{name} is not {}", show(expected_value)))
                .expected(show(expected_value))
                .help(format!("write {}", show(expected_value))),
            Kind::Type { kind } => {
                let types = types(kind);
                self.breaks(format!("{name} is {}, not {types}", form(self.instance)))
                    .expected(self.wanted(&types))
                    .help(self.written(&types))
            }
            Kind::Pattern { pattern } => self
                .breaks(format!("{name} does not have the form asked for"))
                .expected(self.wanted(&format!("text that matches `{pattern}`")))
                .help("write it in the form expected"),
            Kind::MinLength { limit } => self
                .breaks(format!("{name} is too short"))
                .expected(self.wanted(&format!("at least {}", counted(*limit, "character"))))
                .help("say more"),
            Kind::MaxLength { limit } => self
                .breaks(format!("{name} is too long"))
                .expected(self.wanted(&format!("at most {}", counted(*limit, "character"))))
                .help("say it shorter"),
            Kind::MinItems { limit } => self
                .breaks(format!("{name} has too few entries"))
                .expected(self.wanted(&format!("at least {}", entries(*limit))))
                .help("add what is missing"),
            Kind::MaxItems { limit } => self
                .breaks(format!("{name} has too many entries"))
                .expected(self.wanted(&format!("at most {}", entries(*limit))))
                .help("remove what is too many"),
            Kind::Minimum { limit } => self.bound(&name, "at least", limit),
            Kind::Maximum { limit } => self.bound(&name, "at most", limit),
            Kind::ExclusiveMinimum { limit } => self.bound(&name, "more than", limit),
            Kind::ExclusiveMaximum { limit } => self.bound(&name, "less than", limit),
            Kind::MultipleOf { multiple_of } => self
                .breaks(format!(
                    "{name} is {}, not a multiple of {multiple_of}",
                    show(self.instance)
                ))
                .expected(self.wanted(&format!("a multiple of {multiple_of}")))
                .help(format!("round it to a multiple of {multiple_of}")),
            Kind::UniqueItems => self
                .breaks(format!("{name} holds the same entry twice"))
                .expected("each entry once")
                .help("remove the repeated entry"),
            Kind::PropertyNames { error: inner } => self
                .breaks(format!("a key of {name} is not allowed: {inner}"))
                .expected(self.wanted("keys in the form asked for"))
                .help("rename the key"),
            _ => self
                .breaks(format!("{name} breaks a rule of the schema: {fault}"))
                .help("mend this part"),
        }
    }

    fn bound(&self, name: &str, relation: &str, limit: &Value) -> Finding {
        self.breaks(format!(
            "{name} is {}, not {relation} {limit}",
            show(self.instance)
        ))
        .expected(self.wanted(&format!("a number of {relation} {limit}")))
        .help(match self.share(relation, limit) {
            Some(share) => format!("write a share: {share} for {} percent", self.instance),
            None => format!("write a number of {relation} {limit}"),
        })
    }

    /// The share a percentage stands for, where shares are asked for. Up to ten it may be of ten.
    fn share(&self, relation: &str, limit: &Value) -> Option<f64> {
        let percent = self.instance.as_f64()?;
        let shares = relation == "at most" && limit.as_f64() == Some(1.0);
        (shares && percent > 10.0 && percent <= 100.0).then_some(percent / 100.0)
    }

    fn missing(&self, key: &str) -> Finding {
        let required = self
            .rule
            .and_then(|rule| rule.get("required")?.as_array())
            .map(|keys| list(keys.iter().filter_map(Value::as_str)));
        let what = self.rule.and_then(|rule| {
            rule.get("properties")?
                .get(key)?
                .get("description")?
                .as_str()
        });
        let found = self.present();
        let place = self.document.key_place_of(self.at);
        let finding = error(
            codes::DOCUMENT_SCHEMA,
            place,
            format!("{} has no `{key}`", self.name()),
        )
        .expected(required.map_or_else(
            || format!("the key `{key}`"),
            |keys| format!("the keys {keys}"),
        ))
        .found(found);
        match what {
            Some(what) => finding.help(format!("add `{key}`: {what}")),
            None => finding.help(format!("add `{key}`")),
        }
    }

    fn unknown_keys(&self, keys: &[String]) -> Vec<Finding> {
        let known: Vec<&str> = self
            .rule
            .and_then(|rule| rule.get("properties")?.as_object())
            .map(|properties| properties.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let absent: Vec<&str> = known
            .iter()
            .copied()
            .filter(|name| self.instance.get(name).is_none())
            .collect();
        let expected = if known.is_empty() {
            "no further keys".to_owned()
        } else {
            format!("one of {}", list(known))
        };
        let name = self.name();
        keys.iter()
            .map(|key| {
                let place = self
                    .document
                    .key_place_of(&format!("{}/{}", self.at, escape(key)));
                let short = clipped(key);
                let finding = error(
                    codes::DOCUMENT_UNKNOWN_KEY,
                    place,
                    format!("{name} knows no key `{short}`"),
                )
                .expected(expected.as_str())
                .found(code(&short));
                match nearest(key, absent.iter().copied()) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help(format!(
                        "remove `{short}`, or put what it says under a key that is known"
                    )),
                }
            })
            .collect()
    }

    fn choice(&self, options: &Value) -> Finding {
        let options: Vec<&Value> = options
            .as_array()
            .map(|options| options.iter().collect())
            .unwrap_or_default();
        let list = options
            .iter()
            .copied()
            .map(show)
            .collect::<Vec<_>>()
            .join(", ");
        let near = self
            .instance
            .as_str()
            .and_then(|text| nearest(text, options.iter().filter_map(|option| option.as_str())));
        let finding = self
            .breaks(format!(
                "{} is {}, which is none of the values allowed",
                self.name(),
                show(self.instance)
            ))
            .expected(self.wanted(&format!("one of {list}")));
        match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help("write one of the values allowed"),
        }
    }

    /// How a value of the type asked for is written.
    fn written(&self, types: &str) -> String {
        match self.instance {
            // Where text is asked for, a number, a word like `true` or a mapping made by a bare `: ` wants quotes.
            Value::Number(_) | Value::Bool(_) if types == "text" => {
                "write text, in quotes".to_owned()
            }
            Value::Object(members) if types == "text" && members.len() == 1 => {
                "write text, in quotes: a bare `: ` within it made it a mapping".to_owned()
            }
            Value::String(text) if types.contains("number") && is_number(text) => {
                format!("write {text} without quotes")
            }
            Value::String(text)
                if types == "true or false" && matches!(text.as_str(), "true" | "false") =>
            {
                format!("write {text} without quotes")
            }
            _ if types == "a mapping" => {
                let known = self
                    .rule
                    .and_then(|rule| rule.get("properties")?.as_object());
                match known.filter(|known| !known.is_empty()) {
                    Some(known) => format!("write a mapping, of the keys {}", list(known.keys())),
                    None => "write a mapping".to_owned(),
                }
            }
            _ => format!("write {types}"),
        }
    }

    /// A finding at the value, with what was found there.
    fn breaks(&self, message: String) -> Finding {
        error(
            codes::DOCUMENT_SCHEMA,
            self.document.place_of(self.at),
            message,
        )
        .found(show(self.instance))
    }

    /// What the rule wants, with the schema's own words for it.
    fn wanted(&self, rule: &str) -> String {
        match self.rule.and_then(|rule| rule.get("description")?.as_str()) {
            Some(description) => format!("{rule} ({})", description.trim_end_matches('.')),
            None => rule.to_owned(),
        }
    }

    /// The keys that are there, the first ones where they are many.
    fn present(&self) -> String {
        const MOST: usize = 40;
        let members = self.instance.as_object().filter(|keys| !keys.is_empty());
        let Some(members) = members else {
            return "no keys".to_owned();
        };
        let keys = list(members.keys().take(MOST).map(|key| clipped(key)));
        match members.len().saturating_sub(MOST) {
            0 => keys,
            more => format!("{keys} and {more} more"),
        }
    }

    /// What a person calls the part: `` `acceptance[0].given` ``, or `the document`.
    fn name(&self) -> String {
        let mut name = String::new();
        let mut part = Some(self.document.value());
        for step in self.at.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            part = match part {
                Some(Value::Array(items)) => {
                    name.push_str(&format!("[{step}]"));
                    step.parse::<usize>()
                        .ok()
                        .and_then(|index| items.get(index))
                }
                around => {
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.push_str(&clipped(&step));
                    around.and_then(|around| around.get(&step))
                }
            };
        }
        if name.is_empty() {
            "the document".to_owned()
        } else {
            code(&name)
        }
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Names with backticks around, and commas between them.
fn list<T: AsRef<str>>(names: impl IntoIterator<Item = T>) -> String {
    names
        .into_iter()
        .map(|name| code(name.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A key, cut where nobody would read on.
fn clipped(key: &str) -> String {
    const MOST: usize = 80;
    if key.chars().nth(MOST).is_none() {
        return key.to_owned();
    }
    key.chars().take(MOST - 1).chain(['…']).collect()
}

/// A value as one would write it, cut to a line.
fn show(value: &Value) -> String {
    const MOST: usize = 60;
    let text = match value {
        Value::String(text) => format!("\"{text}\""),
        other => other.to_string(),
    };
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

fn form(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "a whole number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

fn types(kind: &TypeKind) -> String {
    let name = |kind: &str| match kind {
        "null" => "empty",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "string" => "text",
        "array" => "a list",
        "object" => "a mapping",
        _ => "another type",
    };
    match kind {
        TypeKind::Single(single) => name(&single.to_string()).to_owned(),
        TypeKind::Multiple(several) => several
            .iter()
            .map(|kind| name(&kind.to_string()))
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

/// Whether a text is a number as JSON writes it.
fn is_number(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text).is_ok()
}

fn counted(number: u64, thing: &str) -> String {
    if number == 1 {
        format!("1 {thing}")
    } else {
        format!("{number} {thing}s")
    }
}

fn entries(number: u64) -> String {
    if number == 1 {
        "1 entry".to_owned()
    } else {
        format!("{number} entries")
    }
}
