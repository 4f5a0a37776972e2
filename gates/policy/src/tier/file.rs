//! The policy's file.

use std::collections::BTreeMap;

use caws_evidence::{Finding, Severity, codes};
use caws_spec::spec::Profile;
use caws_spec::{Document, validate_policy};
use num_bigint::BigInt;
use serde::Deserialize;
use serde_json::Number;

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
    min_mutation: Number,
    requires_contracts: bool,
    #[serde(default)]
    requires_manual_review: bool,
    #[serde(default)]
    profiles: BTreeMap<String, OverrideFile>,
}

#[derive(Deserialize)]
struct OverrideFile {
    coverage_metric: Option<CoverageMetric>,
    min_coverage: Option<Number>,
    min_mutation: Option<Number>,
    requires_contracts: Option<bool>,
    requires_manual_review: Option<bool>,
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

pub(super) fn read(document: &Document) -> Result<TierPolicy, Vec<Finding>> {
    let faults = validate_policy(document);
    if !faults.is_empty() {
        return Err(faults);
    }
    let file: File = document.to_struct().map_err(|fault| vec![*fault])?;
    let tiers = BTreeMap::from([
        (1, tier(1, file.first)),
        (2, tier(2, file.second)),
        (3, tier(3, file.third)),
    ]);
    let trust = trust(document, file.trust)?;
    Ok(TierPolicy { tiers, trust })
}

fn stated(number: &Number, source: &str) -> Stated {
    Stated {
        text: number.to_string(),
        value: number.as_f64().unwrap_or(f64::NAN),
        source: source.to_owned(),
    }
}

fn tier(number: u8, file: TierFile) -> Tier {
    let source = format!("tier {number}");
    let profiles = file
        .profiles
        .into_iter()
        .filter_map(|(name, differs)| {
            let name = Profile::parse(&name)?.as_str();
            let source = format!("tier {number}, profile {name}");
            let differs = Override {
                metric: differs.coverage_metric,
                coverage: differs.min_coverage.map(|number| stated(&number, &source)),
                mutation: differs.min_mutation.map(|number| stated(&number, &source)),
                contracts: differs.requires_contracts,
                review: differs.requires_manual_review,
            };
            Some((name, differs))
        })
        .collect();
    Tier {
        metric: file.coverage_metric,
        coverage: stated(&file.min_coverage, &source),
        mutation: stated(&file.min_mutation, &source),
        contracts: file.requires_contracts,
        review: file.requires_manual_review,
        profiles,
    }
}

fn trust(document: &Document, file: TrustFile) -> Result<Trust, Vec<Finding>> {
    let mut faults = Vec::new();
    let weights = match file.weights {
        None => WEIGHTS,
        Some(weights) => hundredths(&weights).unwrap_or_else(|found| {
            faults.push(contradiction(
                document,
                "/trust/weights",
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
            document,
            "/trust/flakes",
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
    Ok(Trust {
        threshold,
        thresholds,
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

fn contradiction(
    document: &Document,
    pointer: &str,
    message: &str,
    expected: &str,
    found: String,
    help: &str,
) -> Finding {
    Finding {
        code: codes::POLICY_RULE.to_owned(),
        severity: Severity::Error,
        message: message.to_owned(),
        place: Some(document.key_place_of(pointer)),
        expected: Some(expected.to_owned()),
        found: Some(found),
        help: Some(help.to_owned()),
    }
}
