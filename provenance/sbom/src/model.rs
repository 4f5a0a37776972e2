//! What a lock file says, whoever wrote it.

use std::collections::BTreeSet;

/// Reference of the project itself.
pub(crate) const ROOT: &str = "project:root";
/// Steps of [`Effort`]: some seconds at most.
const EFFORT_LIMIT: usize = 1 << 28;

/// Why there is no inventory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SbomError {
    /// Not of its format.
    #[error("expected {expected}, found: {found}")]
    Format {
        /// What should be there.
        expected: &'static str,
        /// What is.
        found: String,
    },
    /// Something that the lock file does not pin.
    #[error("line {line}: expected `NAME==VERSION`, found `{found}`; {help}")]
    NotPinned {
        /// From 1.
        line: usize,
        /// What stands there.
        found: String,
        /// What to do.
        help: &'static str,
    },
    /// A component needs one that the lock file does not have.
    #[error("{component} needs `{dependency}`, which the lock file does not have{}", if *.ambiguous { " only once" } else { "" })]
    Dangling {
        /// Who needs it.
        component: String,
        /// What.
        dependency: String,
        /// Whether there are several.
        ambiguous: bool,
    },
    /// One thing twice, and not the same.
    #[error("expected {component} with one content, found it a second time with other digests")]
    Twice {
        /// What.
        component: String,
    },
    /// A digest that is none.
    #[error(
        "expected a digest such as sha256 in hexadecimal or sha512 in base64 on {component}, found `{found}`"
    )]
    Digest {
        /// Whose.
        component: String,
        /// What stands there.
        found: String,
    },
}

/// A digest, by its name in CycloneDX.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash {
    /// `SHA-1`, `SHA-256`, `SHA-384`, `SHA-512`, `MD5`.
    pub alg: &'static str,
    /// Lowercase hexadecimal digits.
    pub content: String,
}

/// One of several files a component comes as.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Distribution {
    /// Where it is, or a package URL that names it.
    pub url: String,
    /// Its digest.
    pub hash: Option<Hash>,
}

/// How much a component is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Need {
    /// Always.
    #[default]
    Required,
    /// On some systems or with some features.
    Optional,
    /// Only to develop.
    Development,
}

/// Something that is pinned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// Unique in the document.
    pub reference: String,
    /// Its name; npm's with the scope.
    pub name: String,
    /// The exact version.
    pub version: String,
    /// Package URL; none for what is part of the project itself.
    pub purl: Option<String>,
    /// Digests of the one file it comes as.
    pub hashes: Vec<Hash>,
    /// The files it comes as, where there are several.
    pub distributions: Vec<Distribution>,
    /// What its author says of its licence.
    pub license: Option<String>,
    /// How much it is needed.
    pub need: Need,
    /// References of what it needs.
    pub depends_on: BTreeSet<String>,
    /// Whether the project itself needs it, where the lock file says so.
    pub direct: bool,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The project as the lock file names it: name and version.
    pub root: Option<(String, Option<String>)>,
    /// In the order of their references.
    pub components: Vec<Component>,
    /// SHA-256 of the lock file.
    pub lock_sha256: String,
}

impl Inventory {
    /// Sorts, so that the order of a lock file does not matter, and holds it to what a document needs:
    /// each reference is there once, and whatever needs it finds it.
    pub(crate) fn normalise(&mut self) -> Result<(), SbomError> {
        self.components
            .sort_by(|a, b| a.reference.cmp(&b.reference));
        for component in &mut self.components {
            component.hashes.sort();
            component.hashes.dedup();
        }
        let mut twice = None;
        self.components.dedup_by(|again, first| {
            let same = again.reference == first.reference;
            if same {
                if again.hashes != first.hashes {
                    twice = Some(first.reference.clone());
                }
                first.merge(again);
            }
            same
        });
        if let Some(component) = twice {
            return Err(SbomError::Twice { component });
        }
        for component in &mut self.components {
            component.distributions.sort();
            component.distributions.dedup();
        }
        let known: BTreeSet<&str> = self.references().collect();
        if known.contains(ROOT) {
            return Err(SbomError::Twice {
                component: ROOT.to_owned(),
            });
        }
        for component in &self.components {
            let lost = |needed: &&String| *needed != ROOT && !known.contains(needed.as_str());
            if let Some(dependency) = component.depends_on.iter().find(lost) {
                return Err(SbomError::Dangling {
                    component: component.reference.clone(),
                    dependency: dependency.clone(),
                    ambiguous: false,
                });
            }
        }
        Ok(())
    }

    fn references(&self) -> impl Iterator<Item = &str> {
        self.components
            .iter()
            .map(|component| component.reference.as_str())
    }
}

impl Component {
    /// Adds what another entry says of the same thing: one for each platform or index, say.
    fn merge(&mut self, other: &mut Self) {
        self.distributions.append(&mut other.distributions);
        self.depends_on.append(&mut other.depends_on);
        self.need = self.need.min(other.need);
        self.direct |= other.direct;
        self.license = self.license.take().or_else(|| other.license.take());
    }
}

/// What finding out who needs what may cost. A lock file somebody made for it could ask for days: a
/// million packages of one name that all need that name.
#[derive(Debug)]
pub(crate) struct Effort(usize);

impl Default for Effort {
    fn default() -> Self {
        Self(EFFORT_LIMIT)
    }
}

impl Effort {
    /// Takes as many steps; a step is a comparison, or a byte of a path.
    pub(crate) fn take(&mut self, steps: usize) -> Result<(), SbomError> {
        self.0 = self.0.checked_sub(steps).ok_or(SbomError::Format {
            expected: "a lock file in which finding all dependencies takes at most 2^28 steps",
            found: "more".to_owned(),
        })?;
        Ok(())
    }
}
