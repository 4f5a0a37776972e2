//! `docs/tamper-matrix.md`, from the rows.

use std::fmt::Write as _;

use crate::row::{Row, Said, Who};
use crate::word::WORDS;

const HEAD: &str = "# Tamper matrix

What can be done to a record, by whom, and what `caws verify` says of it: each row is a case of a test (`provenance/verify/tests/tamper`), which writes
this page. The record has three gates with raw outputs, is signed, and is logged in a ledger. Each case is made anew, and verified as a directory and as an
audit package, but where the package itself is what is changed.

- *anyone* has the files and no key. *signer* has the signing key and keeps the ledger: digests, signatures and proofs are made anew, so that only the
  content can give the lie away.
- The first finding is named, with its place; the test holds all of them, in order. A page for each code: `caws explain CODE`.
- *second* is the verifier in Python (`provenance/second-verifier`), asked about the same packages: *yes*, it refuses this one too; or why it accepts it.
";

pub(crate) fn page(matrix: &[Row], words: &[(Row, &'static str)], tried: usize) -> String {
    let mut page = HEAD.to_owned();
    let by = |who| matrix.iter().filter(|row| row.who == who).count();
    let both = matrix.iter().filter(|row| row.left.is_none()).count();
    let (anyone, signer) = (by(Who::Anyone), by(Who::Signer));
    let all = matrix.len();
    line(
        &mut page,
        &format!(
            "\n{all} kinds, all found: {anyone} by anyone, {signer} by the signer; {both} by both verifiers. Besides, every value of every"
        ),
    );
    line(
        &mut page,
        &format!(
            "document and bundle is changed one at a time without a key, and every list cut, doubled and reversed: {tried} changes, all found."
        ),
    );
    let mut group = "";
    for row in matrix {
        if row.group != group {
            group = row.group;
            line(
                &mut page,
                &format!(
                    "\n## {group}\n| what | who | code | place | second |\n|---|---|---|---|---|"
                ),
            );
        }
        line(&mut page, &cells(row));
    }
    line(&mut page, UNFOUND);
    for (row, why) in words {
        line(&mut page, &format!("| {} | {why} |", row.name));
    }
    line(&mut page, WORD);
    for word in WORDS {
        let places: Vec<String> = word
            .places
            .iter()
            .map(|place| format!("`{place}`"))
            .collect();
        line(
            &mut page,
            &format!("| {} | {} | {} |", word.claim, word.why, places.join(" ")),
        );
    }
    page
}

const UNFOUND: &str = "
## Not found, and why
Runs that are not what they seem, signed by the key an auditor trusts. The test holds that they are accepted, so that this list stays true.

| what | why |
|---|---|";

const WORD: &str = "
### Values that follow from nothing else
A test changes every value of plan, evidence and manifest, makes anew everything that follows from it, and signs. What is accepted is this list, exactly.

| claim | why nothing contradicts it | where |
|---|---|---|";

fn line(page: &mut String, text: &str) {
    let _ = writeln!(page, "{text}");
}

fn cells(row: &Row) -> String {
    let who = match row.who {
        Who::Anyone => "anyone",
        Who::Signer => "signer",
    };
    let (code, place) = row.said.first().copied().unwrap_or_default();
    let second = row.left.unwrap_or("yes");
    format!(
        "| {} | {who} | `{code}`{} | {place} | {second} |",
        row.name,
        more(&row.said)
    )
}

/// How many findings follow the first.
fn more(said: &[Said]) -> String {
    match said.len() {
        0 | 1 => String::new(),
        found => format!(" +{}", found - 1),
    }
}
