//! A random order anyone can repeat.

use caws_evidence::sha256_hex;

use crate::gates::mutation::population::Mutant;

/// The seed: the content the sample is drawn from. The same code always gives the same sample, and
/// whoever wants another one has to change the code.
pub(crate) fn seed(inputs_sha256: &str) -> String {
    sha256_hex(format!("caws mutation sample:{inputs_sha256}").as_bytes())
}

/// Indices of the mutants in the order of `sha256(seed:id)`.
pub(crate) fn order(seed: &str, mutants: &[Mutant]) -> Vec<usize> {
    let mut keyed: Vec<(String, usize)> = mutants
        .iter()
        .enumerate()
        .map(|(index, mutant)| {
            (
                sha256_hex(format!("{seed}:{}", mutant.id).as_bytes()),
                index,
            )
        })
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests;
