//! What applies to a path, for people: the spec, the tier and why, each number and where it comes from, the gates.

use std::fmt::Write as _;

use caws_evidence::Place;
use caws_policy::applies::{Applies, Component, GateApplies, Looks, Number};
use caws_policy::tier::{Conflict, Layer};
use serde::Serialize;

use crate::view::place_text;
use crate::{Palette, json, plan, text};

/// Statements of the policy that nobody checks, named in a terminal; JSON has all.
const UNREAD: usize = 20;

/// The answer for a terminal.
#[must_use]
pub fn run(applies: &Applies, palette: Palette) -> String {
    let mut out = palette.heading(&shown_path(applies));
    out.push('\n');
    for line in who(applies) {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "\n{}", palette.heading("what is asked"));
    for number in &applies.numbers {
        out.push_str(&number_lines(number, palette));
    }
    if let Some(component) = &applies.component {
        let asks = if component.held {
            "what the component is asked for its own files"
        } else {
            "what the component asks of its own files, and nobody holds it to"
        };
        let _ = writeln!(out, "\n{}", palette.heading(asks));
        for number in &component.numbers {
            out.push_str(&number_lines(number, palette));
        }
    }
    let _ = writeln!(out, "\n{}", palette.heading("gates"));
    for gate in &applies.gates {
        out.push_str(&gate_lines(gate, palette));
    }
    let _ = writeln!(out, "\n{}", palette.heading("review and budget"));
    for line in rules(applies) {
        let _ = writeln!(out, "{line}");
    }
    for (heading, lines) in [
        (
            "conflicts",
            applies.conflicts.iter().map(conflict_line).collect(),
        ),
        (
            "said by the policy, checked by nothing here",
            unread(applies),
        ),
        (
            "to mend",
            applies
                .findings
                .iter()
                .map(|finding| {
                    let place = finding.place.as_ref().map(place_text).unwrap_or_default();
                    text::line(&format!("{place}: {} [{}]", finding.message, finding.code))
                })
                .collect::<Vec<String>>(),
        ),
    ] {
        if !lines.is_empty() {
            let _ = writeln!(out, "\n{}", palette.heading(heading));
            for line in lines {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    out
}

fn shown_path(applies: &Applies) -> String {
    if applies.path.is_empty() {
        "the whole project".to_owned()
    } else {
        text::line(&applies.path)
    }
}

/// Spec, component, tier, profile, policy.
fn who(applies: &Applies) -> Vec<String> {
    let spec = &applies.spec;
    let mut lines = Vec::new();
    match applies.files {
        0 => lines.push("there is no such file yet; this is what will apply to it".to_owned()),
        1 => {}
        files => lines.push(format!("{files} files")),
    }
    if let Some(decides) = applies.decides {
        lines.push(format!(
            "it is {decides}: the gate `integrity` looks at every change of it"
        ));
    }
    lines.push(labelled("spec", &format!("{}, {}", spec.id, spec.title)));
    if let Some(component) = &applies.component {
        lines.extend(component_lines(component));
    }
    let tier = format!(
        "{}, as {} says; a reviewer may raise it, nobody may lower it beside the change",
        spec.tier,
        place_text(&spec.tier_place)
    );
    lines.push(labelled("tier", &tier));
    let profile = format!(
        "{}, as {} says",
        spec.profile,
        place_text(&spec.profile_place)
    );
    lines.push(labelled("profile", &profile));
    let policy = &applies.policy;
    let seen = match &policy.recognised {
        Some(shape) if !policy.because.is_empty() => {
            format!(
                ", recognised as {shape} because {}",
                policy.because.join(", ")
            )
        }
        _ => String::new(),
    };
    lines.push(labelled("policy", &format!("{}{seen}", policy.path)));
    lines
}

/// A line with its label in a column of its own.
fn labelled(label: &str, said: &str) -> String {
    format!("{label:<11}{}", text::line(said))
}

fn component_lines(component: &Component) -> Vec<String> {
    let id = component.id.as_deref().unwrap_or("without an id");
    let tier = component
        .tier
        .map_or_else(|| "no tier".to_owned(), |tier| format!("tier {tier}"));
    let profile = component.profile.as_deref().unwrap_or("no profile");
    let held = if component.held { "held" } else { "not held" };
    vec![
        labelled(
            "component",
            &format!(
                "{id}, {}: {tier}, {profile}, as {} says",
                component.title,
                place_text(&component.tier_place)
            ),
        ),
        labelled(
            "",
            &format!(
                "its {} claims the path; {held} to its targets: {}",
                component.claims, component.why
            ),
        ),
    ]
}

fn number_lines(number: &Number, palette: Palette) -> String {
    let mut out = format!("{}: {}\n", number.words, text::line(&number.value));
    for (index, layer) in number.layers.iter().enumerate() {
        let last = index + 1 == number.layers.len();
        let force = if last { "in force" } else { "replaced" };
        let line = text::line(&format!("{force}: {}", layer_words(layer)));
        let line = if last { line } else { palette.dim(&line) };
        let _ = writeln!(out, "  {line}");
    }
    out
}

fn layer_words(layer: &Layer) -> String {
    format!("{}, {}{}", layer.value, layer.who, at(layer.place.as_ref()))
}

/// ` (path:line:column)`, or nothing.
fn at(place: Option<&Place>) -> String {
    place.map_or_else(String::new, |place| format!(" ({})", place_text(place)))
}

fn gate_lines(gate: &GateApplies, palette: Palette) -> String {
    let name = palette.heading(&text::line(&gate.gate));
    if !gate.applies {
        let reason = gate.reason.as_deref().unwrap_or("no reason recorded");
        return format!("{name}: not applicable, {}\n", text::line(reason));
    }
    let mut out = format!("{name}: {}\n", text::line(&looks(&gate.looks)));
    if let Some(reason) = &gate.reason {
        let _ = writeln!(out, "  {}", text::line(reason));
    }
    out.push_str(&plan::asked(&gate.requirements, gate.term));
    out
}

fn looks(looks: &Looks) -> String {
    match looks {
        Looks::AtAll { pattern } => format!("looks at it, by `{pattern}`"),
        Looks::AtSome { files } => format!("looks at {files} of the files"),
        Looks::Away => "does not look at it: no input of the gate".to_owned(),
        Looks::LeftOut { pattern, reason } => {
            format!(
                "runs when it changes, and leaves it out of what is counted by `{pattern}`: {reason}"
            )
        }
    }
}

fn rules(applies: &Applies) -> Vec<String> {
    let review = &applies.review;
    let mut lines = vec![match (&review.checked_by, review.required) {
        (_, false) => "a person's approval: not asked for".to_owned(),
        (Some(by), true) => format!("a person's approval: required; checked by {by}"),
        (None, true) => "a person's approval: required; nothing checks it, configure `gates.policy` with a review rule".to_owned(),
    }];
    let limit = |words: &str, subject| {
        applies
            .numbers
            .iter()
            .find(|number| number.subject == subject)
            .map_or_else(
                || format!("{words}: no limit is stated"),
                |number| {
                    format!(
                        "{words}: at most {} in one change of the whole spec",
                        number.value
                    )
                },
            )
    };
    lines.push(limit("files", caws_policy::tier::Subject::MaxFiles));
    lines.push(limit(
        "lines added and removed",
        caws_policy::tier::Subject::MaxLoc,
    ));
    lines.push(counted(applies));
    lines
}

/// Who counts files and lines of a change.
fn counted(applies: &Applies) -> String {
    match applies.gates.iter().find(|gate| gate.gate == "scope") {
        Some(gate) if gate.applies => "both are counted by the gate scope".to_owned(),
        Some(gate) => text::line(&format!(
            "nothing counts them here: the gate scope is not applicable, {}",
            gate.reason.as_deref().unwrap_or("no reason recorded")
        )),
        None => "nothing counts them here: there is no gate scope".to_owned(),
    }
}

fn conflict_line(conflict: &Conflict) -> String {
    let side = |side: &caws_policy::tier::Side| {
        format!("{}, {}{}", side.value, side.who, at(side.place.as_ref()))
    };
    text::line(&format!(
        "{}: {} counts; {} does not, because {}",
        conflict.what,
        side(&conflict.won),
        side(&conflict.lost),
        conflict.why
    ))
}

fn unread(applies: &Applies) -> Vec<String> {
    let mut lines: Vec<String> = applies
        .unread
        .iter()
        .take(UNREAD)
        .map(|unread| {
            text::line(&format!(
                "{}: {} ({})",
                unread.key,
                unread.value,
                place_text(&unread.place)
            ))
        })
        .collect();
    let more = applies.unread.len().saturating_sub(UNREAD);
    if more > 0 {
        lines.push(format!("and {more} more; --format json has them all"));
    }
    lines
}

#[derive(Serialize)]
struct AppliesDocument<'a> {
    schema_version: u32,
    kind: &'static str,
    #[serde(flatten)]
    applies: &'a Applies,
}

/// The answer for other programs.
///
/// # Errors
/// When a threshold is not finite.
pub fn json(applies: &Applies) -> serde_json::Result<String> {
    json::document(&AppliesDocument {
        schema_version: json::SCHEMA_VERSION,
        kind: "applies",
        applies,
    })
}
