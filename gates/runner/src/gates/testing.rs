//! What the unit tests share: a project in a folder of its own, with programs that are scripts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use caws_evidence::{Evidence, Verdict};

pub(crate) mod server;

use crate::{Host, Interrupt, Options, Project, RunOutcome, Silent, run};

/// A directory that goes with the test.
pub(crate) fn temp() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// An executable shell script.
pub(crate) fn script(dir: &Path, name: &str, body: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(dir).unwrap();
    let path = dir.join(name);
    // Written by a child: a test that forks while this file is open for writing here would make
    // its execution fail with "text file busy".
    let mut child = std::process::Command::new("/bin/sh")
        .arg("-c")
        .arg("cat > \"$0\"")
        .arg(&path)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let text = format!("#!/bin/sh\n{body}\n");
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A machine with its cache under `dir`, the system's own programs and two cores.
pub(crate) fn host(dir: &Path) -> Host {
    let mut host = Host::from_vars(BTreeMap::new(), 2);
    host.cache = dir.join("cache");
    host.keys = None;
    host.path = ["/usr/local/bin", "/usr/bin", "/bin"]
        .map(PathBuf::from)
        .to_vec();
    host
}

const SPEC: &str = include_str!("../../../../fixtures/python-textstats/.caws/working-spec.yaml");
const POLICY: &str = include_str!("../../../../.caws/policy/tier-policy.json");

/// A project: a working spec (tier 3, library), the policy, whatever the test adds, and a `bin`
/// folder before the system's programs.
pub(crate) struct Lab {
    dir: tempfile::TempDir,
}

impl Lab {
    pub(crate) fn new(config: &str) -> Self {
        let lab = Self { dir: temp() };
        lab.file(".caws.yml", config);
        lab.file(".caws/working-spec.yaml", SPEC);
        lab.file(".caws/policy/tier-policy.json", POLICY);
        lab.file("contracts/summary.schema.json", "{}");
        lab.file("textstats/a.py", "");
        lab.file("tests/a.py", "");
        lab
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.path().join("project")
    }

    pub(crate) fn file(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Changes the working spec.
    pub(crate) fn spec(&self, from: &str, to: &str) {
        let path = self.root().join(".caws/working-spec.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.root().join(path)).unwrap();
    }

    /// A program on the search path.
    pub(crate) fn tool(&self, name: &str, body: &str) {
        script(&self.dir.path().join("bin"), name, body);
    }

    /// A program that says its version when asked, and otherwise does as told.
    pub(crate) fn versioned(&self, name: &str, version: &str, body: &str) {
        let ask =
            format!("case \"$*\" in *--version*) echo '{name} {version}'; exit 0;; esac\n{body}");
        self.tool(name, &ask);
    }

    /// A Rust toolchain: `rustc` that answers as rustup's does, and `cargo`.
    pub(crate) fn rust(&self) {
        let sysroot = self.dir.path().join("sysroot");
        script(&sysroot.join("bin"), "rustc", "exit 1");
        script(&sysroot.join("bin"), "cargo", "exit 1");
        let says = format!(
            "case \"$*\" in *sysroot*) echo '{}';; *) printf 'rustc 1.95.0\\nrelease: 1.95.0\\ncommit-hash: 0123456789abcdef\\nhost: x86_64-unknown-linux-gnu\\n';; esac",
            sysroot.display()
        );
        self.tool("rustc", &says);
    }

    /// Everything there is, committed on the branch `main`.
    pub(crate) fn commit(&self) {
        let (root, host) = (self.root(), self.host());
        let author = ["-c", "user.email=a@b", "-c", "user.name=A"];
        let commit = ["-c", "commit.gpgsign=false", "commit", "-q", "-m", "x"];
        for args in [
            vec!["init", "-q", "-b", "main"],
            vec!["add", "."],
            [author.as_slice(), commit.as_slice()].concat(),
        ] {
            crate::git::git(&root, &host, &args).unwrap();
        }
    }

    pub(crate) fn sysroot(&self) -> PathBuf {
        self.dir.path().join("sysroot")
    }

    pub(crate) fn host(&self) -> Host {
        let mut host = host(self.dir.path());
        host.path.insert(0, self.dir.path().join("bin"));
        host
    }

    pub(crate) fn open(&self) -> Project {
        Project::open_on(&self.root(), self.host()).unwrap()
    }

    pub(crate) fn run(&self) -> RunOutcome {
        self.run_with(&offline())
    }

    pub(crate) fn run_with(&self, options: &Options) -> RunOutcome {
        run(&self.open(), options, &Silent, &Interrupt::new()).unwrap()
    }
}

/// Options that install nothing.
pub(crate) fn offline() -> Options {
    Options {
        offline: true,
        ..Options::default()
    }
}

/// The evidence of a gate.
pub(crate) fn evidence<'o>(outcome: &'o RunOutcome, gate: &str) -> &'o Evidence {
    outcome
        .evidence
        .iter()
        .find(|one| one.gate == gate)
        .unwrap_or_else(|| panic!("no evidence of {gate}"))
}

/// What was planned for a gate.
pub(crate) fn planned<'o>(outcome: &'o RunOutcome, gate: &str) -> &'o caws_policy::GatePlan {
    let mut gates = outcome.plan.gates.iter();
    gates
        .find(|one| one.gate == gate)
        .unwrap_or_else(|| panic!("no plan of {gate}"))
}

pub(crate) fn verdict(outcome: &RunOutcome, gate: &str) -> Verdict {
    evidence(outcome, gate).verdict
}

/// The value of a measurement.
pub(crate) fn value(outcome: &RunOutcome, gate: &str, name: &str) -> Option<f64> {
    let found = evidence(outcome, gate)
        .measurements
        .iter()
        .find(|one| one.observation.name == name)?;
    Some(found.observation.value)
}

/// Codes of the findings of a gate.
pub(crate) fn codes_of<'o>(outcome: &'o RunOutcome, gate: &str) -> Vec<&'o str> {
    evidence(outcome, gate)
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}
