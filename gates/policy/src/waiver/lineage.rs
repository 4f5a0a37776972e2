//! Whether one commit descends from another, shown by the commits between them: each is named by the hash
//! of its content, and its content names its parents. So nobody has to have the repository to follow it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::Commits;

/// Version of [`Lineage`].
pub const LINEAGE_SCHEMA_VERSION: u32 = 1;

/// Commits that show a run's commit to be in the range of a waiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lineage {
    /// [`LINEAGE_SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// Content of the run's commit, of a parent of it, and so on, up to a child of the first commit of the
    /// range: base64. Empty where the run's commit is the first.
    pub since: Vec<String>,
    /// The same from the last commit of the range up to a child of the run's commit.
    pub until: Vec<String>,
}

impl Lineage {
    /// The contents of commits, from the later on.
    #[must_use]
    pub fn new(since: &[Vec<u8>], until: &[Vec<u8>]) -> Self {
        let encoded = |contents: &[Vec<u8>]| {
            contents
                .iter()
                .map(|content| STANDARD.encode(content))
                .collect()
        };
        Self {
            schema_version: LINEAGE_SCHEMA_VERSION,
            since: encoded(since),
            until: encoded(until),
        }
    }
}

/// Whether a commit is in a range.
///
/// # Errors
/// What was found that does not show it.
pub fn in_range(commit: Option<&str>, commits: &Commits, lineage: &Lineage) -> Result<(), String> {
    let commit = commit.ok_or_else(|| "a run of no commit".to_owned())?;
    if lineage.schema_version != LINEAGE_SCHEMA_VERSION {
        return Err(format!(
            "commits in version {}, not {LINEAGE_SCHEMA_VERSION}",
            lineage.schema_version
        ));
    }
    descends(commit, &commits.from, &lineage.since)?;
    match &commits.to {
        Some(to) => descends(to, commit, &lineage.until),
        None if lineage.until.is_empty() => Ok(()),
        None => Err("commits beyond a range without an end".to_owned()),
    }
}

/// Whether `commit` is `ancestor` or descends from it, shown by the content of the commits from the one on
/// to a child of the other, in base64.
///
/// # Errors
/// Where the chain breaks.
pub fn descends(commit: &str, ancestor: &str, chain: &[String]) -> Result<(), String> {
    let mut may_be = vec![commit.to_owned()];
    for (index, content) in chain.iter().enumerate() {
        let content = STANDARD
            .decode(content)
            .map_err(|error| format!("entry {} is no base64: {error}", index + 1))?;
        let id = commit_id(&content, commit.len());
        if !may_be.contains(&id) {
            return Err(format!(
                "commit {id}, which is no parent of the one before it"
            ));
        }
        may_be = parents(&content);
    }
    if may_be.iter().any(|one| one == ancestor) {
        return Ok(());
    }
    Err(if chain.is_empty() {
        format!("commit {commit}")
    } else {
        format!("commit {commit}, whose way back does not lead to {ancestor}")
    })
}

/// The name git gives a commit of this content: SHA-1, or SHA-256 in a repository of 64 digits.
pub(super) fn commit_id(content: &[u8], digits: usize) -> String {
    let head = format!("commit {}\0", content.len());
    if digits == 64 {
        hex(&Sha256::new()
            .chain_update(head)
            .chain_update(content)
            .finalize())
    } else {
        hex(&Sha1::new()
            .chain_update(head)
            .chain_update(content)
            .finalize())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The parents in a commit's head, which ends at the first empty line.
fn parents(content: &[u8]) -> Vec<String> {
    content
        .split(|byte| *byte == b'\n')
        .take_while(|line| !line.is_empty())
        .filter_map(|line| std::str::from_utf8(line.strip_prefix(b"parent ")?).ok())
        .map(str::to_owned)
        .collect()
}
