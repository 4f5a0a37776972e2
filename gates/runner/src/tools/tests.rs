use std::collections::BTreeMap;
use std::path::PathBuf;

use super::version::{ask, parse};
use super::{doctor, home, identity, locate, setup, toolchain};
use crate::config::ToolPin;
use crate::gates::testing::{Lab, script};
use crate::{Interrupt, Silent};

const CONFIG: &str = "
schema_version: 1
tools:
  linter: { from: pip, version: '2.0.0' }
  other: { from: system, packages: { apt: other-package, brew: other-brew } }
gates:
  static:
    uses: [linter]
    checks: [{ name: lint, command: [linter] }]
";

fn cargo(version: &str) -> ToolPin {
    ToolPin::Cargo {
        version: version.to_owned(),
        package: None,
        program: None,
    }
}

fn system(packages: &[(&str, &str)]) -> ToolPin {
    let packages = packages
        .iter()
        .map(|(name, package)| ((*name).to_owned(), (*package).to_owned()))
        .collect();
    ToolPin::System {
        version: None,
        packages,
        program: None,
    }
}

#[test]
fn the_first_thing_that_looks_like_a_version_is_it() {
    let pairs = [
        ("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)", "0.9.143"),
        ("0.9.2", "0.9.2"),
        ("schemathesis, version 4.32.5", "4.32.5"),
        ("Debian LLVM version 22.1.8\n  Optimized build.", "22.1.8"),
        (
            "eSpeak NG text-to-speech: 1.51  Data at: /usr/lib/x",
            "1.51",
        ),
        ("v1.2.3-rc.1+build", "1.2.3-rc.1+build"),
        ("Python 3.14.0rc1", "3.14.0rc1"),
        (
            "cargo 1.97.0-nightly (4d1f98451 2026-05-15)",
            "1.97.0-nightly",
        ),
    ];
    for (text, expected) in pairs {
        assert_eq!(parse(text).as_deref(), Some(expected), "{text}");
    }
    for text in [
        "",
        "no version",
        "7",
        "a.b",
        "1.",
        ".1",
        "2026-11-20",
        "1.x",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
}

#[test]
fn a_program_is_asked_as_it_wants_to_be() {
    let lab = Lab::new(CONFIG);
    let bin = lab.root().join("bin");
    let direct = script(
        &bin,
        "cargo-one",
        "[ \"$1\" = --version ] && echo cargo-one 1.0.0",
    );
    assert_eq!(
        ask(&lab.host(), "cargo-one", &direct).as_deref(),
        Some("1.0.0")
    );
    let sub = script(
        &bin,
        "cargo-two",
        "[ \"$1 $2\" = 'two --version' ] && echo cargo-two 2.0.0",
    );
    assert_eq!(
        ask(&lab.host(), "cargo-two", &sub).as_deref(),
        Some("2.0.0")
    );
    assert_eq!(ask(&lab.host(), "two", &sub), None);
    let stderr = script(&bin, "three", "echo three 3.0.0 >&2");
    assert_eq!(ask(&lab.host(), "three", &stderr).as_deref(), Some("3.0.0"));
    let fails = script(&bin, "four", "echo four 4.0.0; exit 1");
    assert_eq!(ask(&lab.host(), "four", &fails), None);
    let one_dash = script(&bin, "five", "[ \"$1\" = -version ] && echo five 5.0.0");
    assert_eq!(
        ask(&lab.host(), "five", &one_dash).as_deref(),
        Some("5.0.0")
    );
}

#[test]
fn a_tool_is_looked_for_in_the_cache_and_then_on_the_path_at_its_version() {
    let lab = Lab::new(CONFIG);
    let host = lab.host();
    let pin = cargo("1.0.0");
    let absent = locate(&host, "tool", &pin).unwrap_err();
    assert_eq!(
        (
            absent.wanted.as_str(),
            absent.found.as_deref(),
            absent.mend.as_str()
        ),
        ("1.0.0", None, "cargo caws setup")
    );
    lab.versioned("tool", "2.0.0", "");
    assert_eq!(
        locate(&host, "tool", &pin).unwrap_err().found.as_deref(),
        Some("2.0.0")
    );
    lab.versioned("tool", "1.0.0", "");
    let on_path = locate(&host, "tool", &pin).unwrap();
    assert_eq!(on_path.dir(), lab.root().parent().unwrap().join("bin"));
    assert_eq!(
        (
            on_path.identity.name.as_str(),
            on_path.identity.version.as_str()
        ),
        ("tool", "1.0.0")
    );
    assert_eq!(
        on_path.identity.sha256,
        caws_evidence::sha256_hex(&std::fs::read(&on_path.path).unwrap())
    );
    let dir = home(&host, "tool", &pin).unwrap();
    assert!(dir.ends_with("tools/cargo/tool/1.0.0"), "{}", dir.display());
    let cached = script(&dir.join("bin"), "tool", "echo tool 1.0.0 cached");
    assert_eq!(locate(&host, "tool", &pin).unwrap().path, cached);
}

#[test]
fn each_ecosystem_has_its_place() {
    let lab = Lab::new(CONFIG);
    let host = lab.host();
    let version = "1.0.0".to_owned();
    let npm = ToolPin::Npm {
        version: version.clone(),
        package: None,
        program: Some("prog".to_owned()),
    };
    let pip = ToolPin::Pip {
        version,
        package: Some("pkg".to_owned()),
        program: None,
    };
    assert_eq!(home(&host, "x", &system(&[])), None);
    let npm_bin = home(&host, "x", &npm).unwrap().join("node_modules/.bin");
    let program = script(&npm_bin, "prog", "echo 1.0.0");
    assert_eq!(locate(&host, "x", &npm).unwrap().path, program);
    let program = script(
        &home(&host, "x", &pip).unwrap().join("bin"),
        "x",
        "echo 1.0.0",
    );
    assert_eq!(locate(&host, "x", &pip).unwrap().path, program);
    assert_eq!(
        (pip.package(), npm.package(), npm.program()),
        (Some("pkg"), None, Some("prog"))
    );
}

#[test]
fn a_system_tool_may_have_any_version_or_an_exact_one() {
    let lab = Lab::new(CONFIG);
    lab.versioned("speak", "1.51", "");
    assert_eq!(
        locate(&lab.host(), "speak", &system(&[]))
            .unwrap()
            .identity
            .version,
        "1.51"
    );
    let exact = ToolPin::System {
        version: Some("1.52".to_owned()),
        packages: BTreeMap::new(),
        program: None,
    };
    assert_eq!(
        locate(&lab.host(), "speak", &exact)
            .unwrap_err()
            .found
            .as_deref(),
        Some("1.51")
    );
}

#[test]
fn an_identity_is_remembered_while_the_file_stays_the_same() {
    let lab = Lab::new(CONFIG);
    let dir = lab.root().join("bin");
    let counted = "echo x >> \"$0.asked\"; echo 1.0.0";
    let program = script(&dir, "tool", counted);
    let asked =
        || std::fs::read_to_string(dir.join("tool.asked")).map_or(0, |text| text.lines().count());
    let first = identity::of(&lab.host(), "tool", &program).unwrap();
    assert_eq!(identity::of(&lab.host(), "tool", &program).unwrap(), first);
    assert_eq!(asked(), 1);
    std::fs::write(dir.join("longer"), "").unwrap();
    let program = script(&dir, "tool", &format!("{counted} more"));
    assert_ne!(
        identity::of(&lab.host(), "tool", &program).unwrap().sha256,
        first.sha256
    );
    assert_eq!(asked(), 2);
    assert_eq!(
        identity::of(&lab.host(), "tool", &dir.join("nowhere")),
        None
    );
    assert_eq!(
        identity::of(&lab.host(), "tool", &dir),
        None,
        "a directory is no program"
    );
    let silent = script(&dir, "silent", "exit 0");
    assert_eq!(identity::of(&lab.host(), "silent", &silent), None);
    assert_eq!(
        identity::with_version(&lab.host(), "silent", &silent, "9.9")
            .unwrap()
            .version,
        "9.9"
    );
}

#[test]
fn doctor_says_what_is_there_why_and_how_to_mend() {
    let lab = Lab::new(CONFIG);
    lab.versioned("linter", "1.0.0", "");
    let all = doctor(&lab.open());
    assert_eq!(all.len(), 2);
    assert_eq!(
        (
            all[0].name.as_str(),
            all[0].wanted.as_str(),
            all[0].found.as_deref()
        ),
        ("linter", "2.0.0", None)
    );
    assert_eq!(all[0].why, "used by static; found version 1.0.0");
    assert_eq!(all[0].mend, "cargo caws setup");
    assert_eq!(all[1].why, "pinned, but no gate uses it");
    assert_eq!(
        (all[1].wanted.as_str(), all[1].mend.as_str()),
        ("any", "sudo apt-get install other-package")
    );
    lab.versioned("linter", "2.0.0", "");
    lab.tool("brew", "exit 0");
    let all = doctor(&lab.open());
    assert_eq!(
        (
            all[0].found.as_deref(),
            all[0].why.as_str(),
            all[0].mend.as_str()
        ),
        (Some("2.0.0"), "used by static", "")
    );
    assert!(all[0].path.as_ref().unwrap().ends_with("bin/linter"));
    assert_eq!(all[1].mend, "brew install other-brew");
}

#[test]
fn setup_installs_what_is_missing_and_leaves_the_rest() {
    let lab = Lab::new(CONFIG);
    lab.versioned("other", "7.0", "");
    // A `python3` that makes the environment and installs into it.
    let environment = "if [ \"$2\" = venv ]; then mkdir -p \"$3/bin\"; cp \"$0\" \"$3/bin/python3\"; exit 0; fi
case \"$*\" in *linter==2.0.0*) printf '#!/bin/sh\\necho linter 2.0.0\\n' > \"$(dirname \"$0\")/linter\"; chmod +x \"$(dirname \"$0\")/linter\";; *) exit 1;; esac";
    lab.tool("python3", environment);
    let project = lab.open();
    let all = setup(&project, &Interrupt::new(), &Silent);
    assert_eq!(all[0].found.as_deref(), Some("2.0.0"), "{:?}", all[0]);
    assert_eq!(all[1].found.as_deref(), Some("7.0"));
    // Once it is there, nothing is installed again.
    lab.tool("python3", "exit 1");
    assert_eq!(
        setup(&project, &Interrupt::new(), &Silent)[0]
            .found
            .as_deref(),
        Some("2.0.0")
    );
}

#[test]
fn an_interrupted_setup_installs_nothing() {
    let lab = Lab::new(CONFIG);
    lab.tool("python3", "touch \"$0.ran\"; exit 1");
    let interrupt = Interrupt::new();
    interrupt.raise();
    let all = setup(&lab.open(), &interrupt, &Silent);
    assert_eq!(all[0].found, None);
    assert!(!lab.root().join("../bin/python3.ran").exists());
}

#[test]
fn the_toolchain_is_the_real_one_behind_the_proxy() {
    let lab = Lab::new(CONFIG);
    lab.rust();
    let found = toolchain::locate(&lab.host(), &lab.root(), Some("nightly")).unwrap();
    assert_eq!(
        (found.rustc.name.as_str(), found.rustc.version.as_str()),
        ("rustc+nightly", "1.95.0 (012345678)")
    );
    assert_eq!(found.cargo.name, "cargo+nightly");
    assert_eq!(found.sysroot, lab.sysroot());
    let real = std::fs::read(lab.sysroot().join("bin/rustc")).unwrap();
    assert_eq!(found.rustc.sha256, caws_evidence::sha256_hex(&real));
    assert_eq!(found.llvm_tool("llvm-cov"), None);
    let plain = toolchain::locate(&lab.host(), &lab.root(), None).unwrap();
    assert_eq!(
        (plain.rustc.name.as_str(), plain.cargo.name.as_str()),
        ("rustc", "cargo")
    );
}

#[test]
fn a_toolchain_that_is_not_there_has_its_mend() {
    let lab = Lab::new(CONFIG);
    let mut host = lab.host();
    host.path = vec![PathBuf::from("/nowhere")];
    let absent = toolchain::locate(&host, &lab.root(), None).unwrap_err();
    assert_eq!(
        (absent.name.as_str(), absent.wanted.as_str()),
        ("rustc", "any")
    );
    assert_eq!(absent.mend, "install Rust with rustup (https://rustup.rs)");
    let absent = toolchain::locate(&host, &lab.root(), Some("nightly")).unwrap_err();
    assert_eq!(
        (absent.name.as_str(), absent.mend.as_str()),
        ("rustc +nightly", "rustup toolchain install nightly")
    );
}

#[test]
fn doctor_knows_the_toolchains_gates_need() {
    let lab = Lab::new(
        "schema_version: 1\ngates: { static: { checks: [{ name: f, command: [cargo, fmt] }] } }",
    );
    lab.rust();
    let all = doctor(&lab.open());
    assert_eq!(all.len(), 1);
    assert_eq!(
        (
            all[0].name.as_str(),
            all[0].why.as_str(),
            all[0].mend.as_str()
        ),
        ("rustc", "used by static", "")
    );
    assert_eq!(all[0].found.as_deref(), Some("1.95.0 (012345678)"));
    lab.tool("rustc", "exit 1");
    let all = doctor(&lab.open());
    assert_eq!(
        (all[0].found.as_deref(), all[0].mend.as_str()),
        (None, "install Rust with rustup (https://rustup.rs)")
    );
}
