//! Reads the record of a run back into a view, from a directory or an audit package.

use std::cell::OnceCell;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use caws_attest::Bundle;
use caws_attest::seal::cosigner_of;
use caws_evidence::Evidence;
use caws_evidence::Manifest;
use caws_evidence::manifest::layout;
use caws_policy::{Plan, trust_score};
use caws_report::{RunView, Seal};
use caws_verify::{Limits, Package, PackageError};
use serde::de::DeserializeOwned;

use crate::error::CliError;

/// Where a record lies.
#[derive(Debug)]
pub(crate) enum Artifacts {
    /// What a run left.
    Directory(PathBuf),
    /// The same in one file.
    Package {
        /// The file.
        path: PathBuf,
        /// What is in it.
        package: Package,
    },
}

impl Artifacts {
    /// A directory, or a package whose container is in order.
    ///
    /// # Errors
    /// When a file is no package.
    pub(crate) fn open(path: &Path) -> Result<Self, CliError> {
        if !path.is_file() {
            return Ok(Self::Directory(path.to_owned()));
        }
        let package = read_package(path)?.map_err(|error| CliError::Record {
            path: path.to_owned(),
            expected: "audit package",
            found: error.to_string(),
        })?;
        Ok(Self::Package {
            path: path.to_owned(),
            package,
        })
    }

    /// As the user typed it.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Directory(path) | Self::Package { path, .. } => path,
        }
    }

    /// A file of the record; `None` where it does not have it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn find(&self, path: &str) -> Result<Option<Vec<u8>>, CliError> {
        match self.read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(CliError::NoRecord { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether there is a file of that path.
    pub(crate) fn has(&self, path: &str) -> bool {
        match self {
            Self::Directory(dir) => dir.join(path).symlink_metadata().is_ok(),
            Self::Package { package, .. } => package.get(path).is_some(),
        }
    }

    /// A file of the record.
    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>, CliError> {
        let missing = || CliError::NoRecord {
            dir: self.path().to_owned(),
            path: path.to_owned(),
        };
        match self {
            Self::Directory(dir) => {
                let at = dir.join(path);
                std::fs::read(&at).map_err(|error| match error.kind() {
                    std::io::ErrorKind::NotFound => missing(),
                    _ => CliError::file("read", &at)(error),
                })
            }
            Self::Package { package, .. } => {
                package.get(path).map(<[u8]>::to_vec).ok_or_else(missing)
            }
        }
    }
}

/// Reads a file that should be a package, no more of it than a package may have.
///
/// # Errors
/// When the file cannot be read; the inner error is about what is in it.
pub(crate) fn read_package(path: &Path) -> Result<Result<Package, PackageError>, CliError> {
    let limits = Limits::default();
    let most = limits.package.saturating_add(1);
    let read = || {
        let file = std::fs::File::open(path)?;
        let length = file.metadata()?.len().min(most);
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        file.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(CliError::file("read", path))?;
    Ok(Package::read(bytes, &limits))
}

/// A record that is opened once, and read into a view once, however many look at it.
#[derive(Debug)]
pub(crate) struct Opened {
    from: Artifacts,
    view: OnceCell<RunView>,
}

impl Opened {
    /// A record that nobody looked at yet.
    pub(crate) fn new(from: Artifacts) -> Self {
        Self {
            from,
            view: OnceCell::new(),
        }
    }

    /// Where it lies.
    pub(crate) fn artifacts(&self) -> &Artifacts {
        &self.from
    }

    /// As [`load`].
    ///
    /// # Errors
    /// When there is no record, or a file of it does not parse.
    pub(crate) fn view(&self) -> Result<&RunView, CliError> {
        if let Some(view) = self.view.get() {
            return Ok(view);
        }
        let view = load(&self.from)?;
        Ok(self.view.get_or_init(|| view))
    }
}

/// The view of a run. The score is computed again from plan and evidence.
///
/// # Errors
/// When there is no record, or a file of it does not parse.
pub(crate) fn load(from: &Artifacts) -> Result<RunView, CliError> {
    let manifest: Manifest = document(from, layout::MANIFEST, "manifest")?;
    let plan: Plan = document(from, layout::PLAN, "plan")?;
    let mut evidence = Vec::new();
    for entry in &manifest.caws.gates {
        // The name is foreign, and becomes a path.
        if !caws_attest::seal::is_gate_name(&entry.gate) {
            return Err(CliError::Record {
                path: from.path().join(layout::MANIFEST),
                expected: "manifest",
                found: format!("`{}` cannot be a gate's name", entry.gate),
            });
        }
        let path = format!(
            "{}/{}/{}",
            layout::EVIDENCE_DIR,
            entry.gate,
            layout::EVIDENCE_FILE
        );
        evidence.push(document::<Evidence>(from, &path, "evidence record")?);
    }
    let score = trust_score(&plan, &evidence);
    // A plan without a gate that its own score rests on is the plan of a run of some gates.
    let planned = |gate: &String| plan.gates.iter().any(|entry| entry.gate == *gate);
    let partial = !plan
        .trust
        .terms
        .iter()
        .flat_map(|term| &term.gates)
        .all(planned);
    Ok(RunView {
        partial,
        score,
        seal: seal(from)?,
        artifacts: from.path().display().to_string(),
        plan,
        evidence,
        manifest,
    })
}

/// A JSON document of the record.
pub(crate) fn document<T: DeserializeOwned>(
    from: &Artifacts,
    path: &str,
    expected: &'static str,
) -> Result<T, CliError> {
    serde_json::from_slice(&from.read(path)?).map_err(|error| CliError::Record {
        path: from.path().join(path),
        expected,
        found: error.to_string(),
    })
}

/// Whether the manifest's bundle is there, and which key it names.
fn seal(from: &Artifacts) -> Result<Seal, CliError> {
    let Some(bytes) = from.find(layout::MANIFEST_BUNDLE)? else {
        return Ok(Seal::Unsigned { why: None });
    };
    let bundle = Bundle::parse(&bytes).map_err(|error| CliError::Record {
        path: from.path().join(layout::MANIFEST_BUNDLE),
        expected: "Sigstore bundle",
        found: error.to_string(),
    })?;
    let named = bundle
        .envelope
        .signatures
        .first()
        .map(|signature| signature.keyid.clone());
    Ok(Seal::Signed {
        key: named.filter(|id| !id.is_empty()).unwrap_or(bundle.hint),
        cosigners: cosigners(from)?,
    })
}

/// The keys whose bundles lie beside the first, by their names.
fn cosigners(from: &Artifacts) -> Result<Vec<String>, CliError> {
    let paths: Vec<String> = match from {
        Artifacts::Package { package, .. } => package.paths().map(str::to_owned).collect(),
        Artifacts::Directory(dir) => {
            let parent = Path::new(layout::MANIFEST_BUNDLE).parent();
            let folder = parent.unwrap_or(Path::new(""));
            let at = dir.join(folder);
            let entries = std::fs::read_dir(&at).map_err(CliError::file("read", &at))?;
            let names: Result<Vec<_>, _> = entries
                .map(|entry| entry.map(|entry| folder.join(entry.file_name())))
                .collect();
            let names = names.map_err(CliError::file("read", &at))?;
            names
                .into_iter()
                .filter_map(|path| path.into_os_string().into_string().ok())
                .collect()
        }
    };
    let mut found: Vec<String> = paths
        .iter()
        .filter_map(|path| cosigner_of(path))
        .map(str::to_owned)
        .collect();
    found.sort_unstable();
    Ok(found)
}
