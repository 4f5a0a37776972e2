//! The policy's file.

use std::collections::BTreeMap;

use caws_evidence::{Finding, Place, Severity, codes};
use caws_spec::spec::Profile;
use caws_spec::{Document, validate_policy};
use num_bigint::BigInt;
use serde::Deserialize;
use serde_json::{Number, Value};

use super::layers::{By, Layer, Layers, Subject};
use super::shape::{self, Normal, Recognition};
use super::{CoverageMetric, Override, Stated, Tier, TierPolicy, Trust};
use crate::exact;
use crate::plan::Term;

/// The published weights, in hundredths, in the order of [`Term`].
const WEIGHTS: [u32; 6] = [25, 25, 20, 10, 10, 10];
/// The published targets.
const COVERAGE_TARGET: &str = "0.95";
const MUTATION_TARGET: &str = "0.9";
/// The published threshold, and that of tier 1.
const THRESHOLD: u32 = 80;
const TIER_1_THRESHOLD: u32 = 85;

#[derive(Deserialize)]
struct File {
    #[serde(rename = "1")]
    first: TierFile,
    #[serde(rename = "2")]
    second: TierFile,
    #[serde(rename = "3")]
    third: TierFile,
    #[serde(default)]
    trust: TrustFile,
}

#[derive(Deserialize)]
struct TierFile {
    coverage_metric: CoverageMetric,
    min_coverage: Number,
    min_line_coverage: Option<Number>,
    min_mutation: Number,
    requires_contracts: bool,
    #[serde(default)]
    requires_manual_review: bool,
    #[serde(default)]
    change_budget: BudgetFile,
    #[serde(default)]
    profiles: BTreeMap<String, OverrideFile>,
}

#[derive(Deserialize)]
struct OverrideFile {
    coverage_metric: Option<CoverageMetric>,
    min_coverage: Option<Number>,
    min_line_coverage: Option<Number>,
    min_mutation: Option<Number>,
    requires_contracts: Option<bool>,
    requires_manual_review: Option<bool>,
    #[serde(default)]
    change_budget: BudgetFile,
}

#[derive(Deserialize, Default)]
struct BudgetFile {
    max_files: Option<Number>,
    max_loc: Option<Number>,
}

#[derive(Deserialize, Default)]
struct TrustFile {
    threshold: Option<u32>,
    #[serde(default)]
    tiers: BTreeMap<String, u32>,
    weights: Option<BTreeMap<Term, Number>>,
    #[serde(default)]
    targets: TargetsFile,
    #[serde(default)]
    flakes: FlakesFile,
}

#[derive(Deserialize, Default)]
struct TargetsFile {
    coverage: Option<Number>,
    mutation: Option<Number>,
}

#[derive(Deserialize, Default)]
struct FlakesFile {
    full: Option<Number>,
    half: Option<Number>,
}

/// A policy in the current shape, and where its statements stand.
struct Text<'d> {
    document: &'d Document,
    value: Value,
    /// Of a policy of another shape.
    places: Option<BTreeMap<String, Place>>,
}

impl Text<'_> {
    /// Where a statement stands; `None` where nobody made it.
    fn place(&self, pointer: &str) -> Option<Place> {
        match &self.places {
            Some(places) => places.get(pointer).cloned(),
            None => self
                .value
                .pointer(pointer)
                .map(|_| self.document.place_of(pointer)),
        }
    }

    /// Where a fault of a part is shown.
    fn key_place(&self, pointer: &str) -> Place {
        match &self.places {
            Some(places) => places
                .get(pointer)
                .cloned()
                .unwrap_or_else(|| self.document.place_of("")),
            None => self.document.key_place_of(pointer),
        }
    }
}

pub(super) fn read(document: &Document) -> Result<TierPolicy, Vec<Finding>> {
    let recognition = shape::recognise(document);
    let foreign = recognition
        .as_ref()
        .is_some_and(|recognition| !recognition.shape.is_current());
    let (normal, text, file) = if foreign {
        let normal = shape::of(document)?;
        let file = serde_json::from_value(normal.value.clone())
            .map_err(|fault| vec![unreadable(document, &fault)])?;
        let text = Text {
            document,
            value: normal.value.clone(),
            places: Some(normal.places.clone()),
        };
        (normal, text, file)
    } else {
        let faults = validate_policy(document);
        if !faults.is_empty() {
            return Err(faults);
        }
        let file = document.to_struct().map_err(|fault| vec![*fault])?;
        let text = Text {
            document,
            value: document.value().clone(),
            places: None,
        };
        (Normal::default(), text, file)
    };
    policy(&text, file, normal, recognition)
}

fn policy(
    text: &Text<'_>,
    file: File,
    normal: Normal,
    recognition: Option<Recognition>,
) -> Result<TierPolicy, Vec<Finding>> {
    let tiers = BTreeMap::from([
        (1, tier(text, 1, file.first)),
        (2, tier(text, 2, file.second)),
        (3, tier(text, 3, file.third)),
    ]);
    let trust = trust(text, file.trust)?;
    let mut notes: Vec<Finding> = recognition
        .as_ref()
        .filter(|recognition| !recognition.shape.is_current())
        .and_then(|recognition| recognition.said(text.document))
        .into_iter()
        .collect();
    notes.extend(unread(text.document, &normal));
    notes.extend(out_of_order(text, &tiers));
    let because = recognition
        .as_ref()
        .map(|recognition| recognition.reasons(text.document))
        .unwrap_or_default();
    Ok(TierPolicy {
        tiers,
        trust,
        recognition,
        because,
        paths: normal.paths,
        conflicts: normal.conflicts,
        unread: normal.unread,
        notes,
    })
}

fn unreadable(document: &Document, fault: &serde_json::Error) -> Finding {
    let mut finding = contradiction(
        document.place_of(""),
        "the policy cannot be read",
        "what each tier asks, in one of the published shapes",
        fault.to_string(),
        "mend the part the message names",
    );
    finding.code = codes::DOCUMENT_SCHEMA.to_owned();
    finding
}

fn stated(number: &Number, source: &str) -> Stated {
    Stated {
        text: number.to_string(),
        value: number.as_f64().unwrap_or(f64::NAN),
        source: source.to_owned(),
    }
}

/// Every word of a tier, or of one of its profiles; `who` says it.
fn layers(text: &Text<'_>, at: &str, by: By, who: &str, default: &str) -> Layers {
    let mut layers = Layers::new();
    for (subject, key) in Subject::KEYS {
        let pointer = format!("{at}{key}");
        let Some(value) = text.value.pointer(&pointer) else {
            continue;
        };
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let layer = match text.place(&pointer) {
            Some(place) => Layer {
                by,
                who: who.to_owned(),
                value,
                place: Some(place),
            },
            None => Layer {
                by: By::Default,
                who: default.to_owned(),
                value,
                place: None,
            },
        };
        layers.insert(subject, vec![layer]);
    }
    layers
}

/// Who asks for a number.
fn source(layers: &Layers, subject: Subject, otherwise: &str) -> String {
    layers
        .get(&subject)
        .and_then(|layers| layers.last())
        .map_or_else(|| otherwise.to_owned(), |layer| layer.who.clone())
}

fn tier(text: &Text<'_>, number: u8, file: TierFile) -> Tier {
    let who = format!("tier {number}");
    let default = format!("published default, tier {number}");
    let at = format!("/{number}");
    let own = layers(text, &at, By::Policy, &who, &default);
    let asked = |number: &Number, subject| stated(number, &source(&own, subject, &who));
    let profiles = file
        .profiles
        .into_iter()
        .filter_map(|(name, differs)| {
            let name = Profile::parse(&name)?.as_str();
            let who = format!("tier {number}, profile {name}");
            let default = format!("published default, tier {number}, profile {name}");
            let at = format!("{at}/profiles/{name}");
            let layers = layers(text, &at, By::Profile, &who, &default);
            let asked = |number: Option<Number>, subject| {
                number.map(|number| stated(&number, &source(&layers, subject, &who)))
            };
            let differs = Override {
                metric: differs.coverage_metric,
                coverage: asked(differs.min_coverage, Subject::Coverage),
                lines: asked(differs.min_line_coverage, Subject::LineCoverage),
                mutation: asked(differs.min_mutation, Subject::Mutation),
                contracts: differs.requires_contracts,
                review: differs.requires_manual_review,
                max_files: asked(differs.change_budget.max_files, Subject::MaxFiles),
                max_loc: asked(differs.change_budget.max_loc, Subject::MaxLoc),
                layers,
            };
            Some((name, differs))
        })
        .collect();
    Tier {
        metric: file.coverage_metric,
        coverage: asked(&file.min_coverage, Subject::Coverage),
        lines: file
            .min_line_coverage
            .map(|number| asked(&number, Subject::LineCoverage)),
        mutation: asked(&file.min_mutation, Subject::Mutation),
        contracts: file.requires_contracts,
        review: file.requires_manual_review,
        max_files: file
            .change_budget
            .max_files
            .map(|number| asked(&number, Subject::MaxFiles)),
        max_loc: file
            .change_budget
            .max_loc
            .map(|number| asked(&number, Subject::MaxLoc)),
        profiles,
        layers: own,
    }
}

fn trust(text: &Text<'_>, file: TrustFile) -> Result<Trust, Vec<Finding>> {
    let mut faults = Vec::new();
    let weights = match file.weights {
        None => WEIGHTS,
        Some(weights) => hundredths(&weights).unwrap_or_else(|found| {
            faults.push(contradiction(
                text.key_place("/trust/weights"),
                "the weights of the trust score do not make 1",
                "six weights in steps of 0.01 that add up to 1",
                found,
                "raise or lower a weight until they make 1",
            ));
            WEIGHTS
        }),
    };
    let source = "policy trust.flakes";
    let full = file.flakes.full.map_or_else(
        || published("0.005", 0.005),
        |number| stated(&number, source),
    );
    let half = file
        .flakes
        .half
        .map_or_else(|| published("0.05", 0.05), |number| stated(&number, source));
    if full.value > half.value {
        faults.push(contradiction(
            text.key_place("/trust/flakes"),
            "a flake rate worth the whole weight is above one worth half",
            "`full` at most `half`",
            format!("{} above {}", full.text, half.text),
            "swap the two, or lower `full`",
        ));
    }
    let threshold = file.threshold.unwrap_or(THRESHOLD);
    let mut thresholds: BTreeMap<u8, u32> = file
        .tiers
        .into_iter()
        .filter_map(|(tier, score)| Some((tier.parse().ok()?, score)))
        .collect();
    if file.threshold.is_none() {
        thresholds.entry(1).or_insert(TIER_1_THRESHOLD);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let layers = [1, 2, 3]
        .into_iter()
        .map(|tier| {
            let score = thresholds.get(&tier).copied().unwrap_or(threshold);
            (tier, threshold_layers(text, tier, score))
        })
        .collect();
    Ok(Trust {
        threshold,
        thresholds,
        layers,
        weights,
        coverage_target: file
            .targets
            .coverage
            .map_or_else(|| COVERAGE_TARGET.to_owned(), |target| target.to_string()),
        mutation_target: file
            .targets
            .mutation
            .map_or_else(|| MUTATION_TARGET.to_owned(), |target| target.to_string()),
        flakes_full: full,
        flakes_half: half,
    })
}

/// Who says what score a tier must reach: the policy for all, then for this tier.
fn threshold_layers(text: &Text<'_>, tier: u8, score: u32) -> Vec<Layer> {
    let said = |pointer: &str, who: String| {
        let place = text.place(pointer)?;
        let value = text.value.pointer(pointer)?.to_string();
        Some(Layer {
            by: By::Policy,
            who,
            value,
            place: Some(place),
        })
    };
    let mut layers: Vec<Layer> = [
        said("/trust/threshold", "policy trust.threshold".to_owned()),
        said(
            &format!("/trust/tiers/{tier}"),
            format!("policy trust of tier {tier}"),
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    if layers.is_empty() {
        layers.push(Layer {
            by: By::Default,
            who: format!("published default, tier {tier}"),
            value: score.to_string(),
            place: None,
        });
    }
    layers
}

fn published(text: &str, value: f64) -> Stated {
    Stated {
        text: text.to_owned(),
        value,
        source: "published default".to_owned(),
    }
}

/// The weights in hundredths, in the order of [`Term`], or what is wrong with them.
fn hundredths(weights: &BTreeMap<Term, Number>) -> Result<[u32; 6], String> {
    let mut whole = Vec::with_capacity(WEIGHTS.len());
    for number in weights.values() {
        let hundredfold =
            exact::decimal(&number.to_string()).map(|weight| weight * BigInt::from(100));
        match hundredfold
            .filter(|weight| weight.is_integer())
            .and_then(|weight| u32::try_from(weight.to_integer()).ok())
        {
            Some(weight) => whole.push(weight),
            None => return Err(format!("{number}, which is no step of 0.01")),
        }
    }
    let sum: u32 = whole.iter().sum();
    match <[u32; 6]>::try_from(whole) {
        Ok(whole) if sum == 100 => Ok(whole),
        Ok(_) => Err(format!("they make {}.{:02}", sum / 100, sum % 100)),
        Err(_) => Err(format!("{} weights", weights.len())),
    }
}

/// Statements nothing here acts on, as one warning: who wrote them expects that something does.
fn unread(document: &Document, normal: &Normal) -> Option<Finding> {
    /// Named in the finding; `caws plan --explain` shows all.
    const MOST: usize = 12;
    let all = &normal.unread;
    let first = all.first()?;
    let mut names: Vec<&str> = all
        .iter()
        .take(MOST)
        .map(|unread| unread.key.as_str())
        .collect();
    if all.len() > MOST {
        names.push("...");
    }
    Some(Finding {
        code: codes::POLICY_UNREAD.to_owned(),
        severity: Severity::Warning,
        message: match all.len() {
            1 => "one statement of the policy is checked by nothing here".to_owned(),
            count => format!("{count} statements of the policy are checked by nothing here"),
        },
        place: Some(first.place.clone()),
        expected: Some(format!(
            "statements of {} that caws checks",
            document.path()
        )),
        found: Some(names.join(", ")),
        help: Some(
            "see that something else checks them; `caws plan --explain PATH` lists all".to_owned(),
        ),
    })
}

/// Where a stricter tier asks for less than the one below it.
fn out_of_order(text: &Text<'_>, tiers: &BTreeMap<u8, Tier>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (strict, lax) in [(1, 2), (2, 3)] {
        let (Some(one), Some(other)) = (tiers.get(&strict), tiers.get(&lax)) else {
            continue;
        };
        let mut pairs = vec![("/min_mutation", &one.mutation, &other.mutation)];
        if one.metric == other.metric {
            pairs.push(("/min_coverage", &one.coverage, &other.coverage));
        }
        for (key, one, other) in pairs
            .into_iter()
            .filter(|(_, one, other)| one.value < other.value)
        {
            let mut finding = contradiction(
                text.key_place(&format!("/{strict}{key}")),
                &format!(
                    "tier {strict} asks for less than tier {lax} does: `{}`",
                    key.trim_start_matches('/')
                ),
                &format!("at least {} ({})", other.text, other.source),
                format!("{} ({})", one.text, one.source),
                "raise it, or lower that of the laxer tier; each tier keeps its own until then",
            );
            finding.severity = Severity::Warning;
            findings.push(finding);
        }
    }
    findings
}

fn contradiction(
    place: Place,
    message: &str,
    expected: &str,
    found: String,
    help: &str,
) -> Finding {
    Finding {
        code: codes::POLICY_RULE.to_owned(),
        severity: Severity::Error,
        message: message.to_owned(),
        place: Some(place),
        expected: Some(expected.to_owned()),
        found: Some(found),
        help: Some(help.to_owned()),
    }
}
