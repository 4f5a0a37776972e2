//! Tier policies beside the one `.caws.yml` names. Nobody reads them, and who edits one thinks that somebody does.

#[cfg(test)]
mod tests;

use std::path::Path;

use caws_policy::tier::{By, Conflict, Layer, Side};
use caws_policy::{TierPolicy, TierRules};
use caws_spec::parse;

/// Where the generations of the tools put their policy.
const PLACES: [&str; 8] = [
    ".caws/policy/tier-policy.json",
    ".caws/policy/tier-policy.yaml",
    ".caws/policy/tier-policy.yml",
    ".caws/policy/policy.yaml",
    ".caws/policy/policy.yml",
    ".caws/policy.yaml",
    ".caws/policy.yml",
    ".caws/tier-policy.json",
];

/// What other policies of the project say otherwise than the one that counts, of the same tier and profile.
///
/// `rules` are those of the policy alone. What a policy does not state contradicts nothing, and a file that is no
/// policy is passed over: `caws validate FILE` says what is wrong with it.
pub(crate) fn conflicts(root: &Path, named: &str, rules: &TierRules) -> Vec<Conflict> {
    let named = named.trim_start_matches("./");
    PLACES
        .into_iter()
        .filter(|place| *place != named)
        .filter_map(|place| {
            let bytes = std::fs::read(root.join(place)).ok()?;
            let document = parse(place, &bytes).ok()?;
            let other = TierPolicy::from_document(&document).ok()?;
            other.rules(rules.tier, rules.profile)
        })
        .flat_map(|other| differences(rules, &other, named))
        .collect()
}

fn differences(rules: &TierRules, other: &TierRules, named: &str) -> Vec<Conflict> {
    let stated = |layers: &[Layer]| {
        let last = layers.last()?;
        (last.by != By::Default).then(|| last.clone())
    };
    other
        .layers
        .iter()
        .filter_map(|(subject, layers)| {
            let lost = stated(layers)?;
            let won = rules.layers.get(subject)?.last()?;
            (won.value != lost.value).then(|| Conflict {
                what: format!("the {} of tier {}", subject.words(), rules.tier),
                won: side(won.clone()),
                lost: side(lost),
                why: format!("`{named}` is the policy that .caws.yml names"),
            })
        })
        .collect()
}

fn side(layer: Layer) -> Side {
    Side {
        value: layer.value,
        who: layer.who,
        place: layer.place,
    }
}
