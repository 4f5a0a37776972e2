use std::collections::BTreeMap;
use std::sync::Mutex;

use super::{install, mend};
use crate::config::ToolPin;
use crate::gates::testing::Lab;
use crate::tools::home;
use crate::{Interrupt, Observer, Silent};

const CONFIG: &str = "schema_version: 1\ngates: {}";

fn cargo() -> ToolPin {
    ToolPin::Cargo {
        version: "1.2.3".to_owned(),
        package: Some("pkg".to_owned()),
        program: None,
    }
}

fn system(apt: Option<&str>, brew: Option<&str>) -> ToolPin {
    let mut packages = BTreeMap::new();
    packages.extend(apt.map(|name| ("apt".to_owned(), name.to_owned())));
    packages.extend(brew.map(|name| ("brew".to_owned(), name.to_owned())));
    ToolPin::System {
        version: None,
        packages,
        program: None,
    }
}

/// A `cargo` that installs a program of the version it is asked for.
const FAKE_CARGO: &str = "echo \"$CARGO_PROFILE_DEV_DEBUG $*\" > \"$0.call\"
for word; do case \"$last\" in --root) root=\"$word\";; --version) version=\"$word\";; esac; last=\"$word\"; done
echo Compiling pkg
mkdir -p \"$root/bin\" \"$CARGO_TARGET_DIR\"
printf '#!/bin/sh\\necho tool %s\\n' \"$version\" > \"$root/bin/tool\"; chmod +x \"$root/bin/tool\"";

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn setup_started(&self, tool: &str, how: &str) {
        self.0.lock().unwrap().push(format!(
            "start {tool}: {}",
            how.rsplit('/').next().unwrap_or(how)
        ));
    }

    fn setup_progress(&self, tool: &str, line: &str) {
        self.0.lock().unwrap().push(format!("{tool}: {line}"));
    }

    fn setup_finished(&self, tool: &str, result: Result<&str, &str>) {
        self.0
            .lock()
            .unwrap()
            .push(format!("end {tool}: {result:?}"));
    }
}

#[test]
fn cargo_installs_beside_and_then_all_at_once() {
    let lab = Lab::new(CONFIG);
    lab.tool("cargo", FAKE_CARGO);
    let (host, pin) = (lab.host(), cargo());
    let heard = Heard::default();
    let located = install(&host, "tool", &pin, &Interrupt::new(), &heard).unwrap();
    let home = home(&host, "tool", &pin).unwrap();
    assert_eq!(located.path, home.join("bin/tool"));
    assert_eq!(located.identity.version, "1.2.3");
    assert!(
        !home.join("build").exists(),
        "what was built on the way is gone"
    );
    let beside = std::fs::read_dir(home.parent().unwrap()).unwrap().count();
    assert_eq!(beside, 1, "nothing is left beside it");
    let call = std::fs::read_to_string(lab.root().join("../bin/cargo.call")).unwrap();
    assert!(
        call.starts_with("0 install --locked --profile dev --root "),
        "{call}"
    );
    assert!(call.trim_end().ends_with(" pkg --version 1.2.3"), "{call}");
    let heard = heard.0.into_inner().unwrap();
    assert!(heard[0].starts_with("start tool: "), "{heard:?}");
    assert_eq!(
        heard[1..],
        [
            "tool: Compiling pkg".to_owned(),
            "end tool: Ok(\"1.2.3\")".to_owned()
        ]
    );
}

#[test]
fn a_failed_installation_leaves_nothing_and_says_what_to_run() {
    let lab = Lab::new(CONFIG);
    lab.tool("cargo", "echo 'no such crate' >&2; exit 101");
    let (host, pin) = (lab.host(), cargo());
    let absent = install(&host, "tool", &pin, &Interrupt::new(), &Silent).unwrap_err();
    assert!(
        absent
            .mend
            .contains(" and mend what it says; here it exited 101: no such crate"),
        "{}",
        absent.mend
    );
    assert_eq!(absent.wanted, "1.2.3");
    assert_eq!(
        std::fs::read_dir(home(&host, "tool", &pin).unwrap().parent().unwrap())
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn a_client_that_is_not_there_is_named() {
    let lab = Lab::new(CONFIG);
    let mut host = lab.host();
    host.path.clear();
    let absent = install(&host, "tool", &cargo(), &Interrupt::new(), &Silent).unwrap_err();
    assert_eq!(
        absent.mend,
        "install `cargo`: `tool` is installed by it, and `cargo` is not on the PATH"
    );
}

#[test]
fn a_client_that_installs_another_version_did_not_install_it() {
    let lab = Lab::new(CONFIG);
    lab.tool("cargo", &FAKE_CARGO.replace("\"$version\"", "9.9.9"));
    let absent = install(&lab.host(), "tool", &cargo(), &Interrupt::new(), &Silent).unwrap_err();
    assert_eq!(absent.found.as_deref(), Some("9.9.9"));
}

#[test]
fn npm_installs_into_a_folder_of_its_own() {
    let lab = Lab::new(CONFIG);
    lab.tool(
        "npm",
        "for word; do case \"$last\" in --prefix) p=\"$word\";; esac; last=\"$word\"; done
[ \"$last\" = tool@1.2.3 ] || exit 1
mkdir -p \"$p/node_modules/.bin\"; printf '#!/bin/sh\\necho 1.2.3\\n' > \"$p/node_modules/.bin/tool\"; chmod +x \"$p/node_modules/.bin/tool\"",
    );
    let pin = ToolPin::Npm {
        version: "1.2.3".to_owned(),
        package: None,
        program: None,
    };
    assert_eq!(
        install(&lab.host(), "tool", &pin, &Interrupt::new(), &Silent)
            .unwrap()
            .identity
            .version,
        "1.2.3"
    );
}

#[test]
fn a_python_environment_that_failed_is_taken_away() {
    let lab = Lab::new(CONFIG);
    lab.tool("python3", "[ \"$2\" = venv ] && { mkdir -p \"$3/bin\"; printf '#!/bin/sh\\nexit 1\\n' > \"$3/bin/python3\"; chmod +x \"$3/bin/python3\"; }");
    let pin = ToolPin::Pip {
        version: "1.2.3".to_owned(),
        package: None,
        program: None,
    };
    let host = lab.host();
    let absent = install(&host, "tool", &pin, &Interrupt::new(), &Silent).unwrap_err();
    assert!(absent.mend.contains("tool==1.2.3"), "{}", absent.mend);
    assert!(!home(&host, "tool", &pin).unwrap().exists());
}

#[test]
fn the_systems_manager_is_asked_only_where_it_may() {
    let lab = Lab::new(CONFIG);
    let mut host = lab.host();
    // Only what the test puts there: a machine of its own.
    host.path.truncate(1);
    let pin = system(Some("pkg"), None);
    let body = "/bin/echo \"$DEBIAN_FRONTEND $*\" > \"$0.call\"; /bin/cp \"$0\" \"${0%/*}/tool\"";
    lab.tool(
        "apt-get",
        &format!("case \"$1\" in --version) echo 1.0;; *) {body};; esac"),
    );
    let absent = install(&host, "tool", &pin, &Interrupt::new(), &Silent).unwrap_err();
    assert_eq!(absent.mend, "sudo apt-get install pkg");
    host.may_install_system_packages = true;
    assert_eq!(
        install(&host, "tool", &pin, &Interrupt::new(), &Silent)
            .unwrap()
            .identity
            .version,
        "1.0"
    );
    let call = std::fs::read_to_string(lab.root().join("../bin/apt-get.call")).unwrap();
    assert_eq!(
        call.trim(),
        "noninteractive install --yes --no-install-recommends pkg"
    );
}

/// An `apt-get` that writes down what it is asked, and installs `tool` as `install` says.
fn apt(lab: &Lab, install: &str) -> impl Fn() -> String {
    lab.tool(
        "apt-get",
        &format!(
            "case \"$1\" in --version) echo 1.0; exit;; esac; echo \"$1\" >> \"$0.calls\"; case \"$1\" in update) /bin/cp \"$0\" \"$0.fresh\";; install) {install};; esac"
        ),
    );
    let calls = lab.root().join("../bin/apt-get.calls");
    move || std::fs::read_to_string(&calls).unwrap().replace('\n', " ")
}

#[test]
fn package_lists_are_read_anew_only_when_a_package_is_not_to_be_had() {
    let pin = system(Some("pkg"), None);
    for (script, calls, version) in [
        ("/bin/cp \"$0\" \"${0%/*}/tool\"", "install ", Ok("1.0")),
        (
            "/bin/cp \"$0.fresh\" \"${0%/*}/tool\"",
            "install update install ",
            Ok("1.0"),
        ),
        (
            "echo no such package; exit 100",
            "install update install ",
            Err("exited 100: no such package"),
        ),
    ] {
        let lab = Lab::new(CONFIG);
        let mut host = lab.host();
        host.path.truncate(1);
        host.may_install_system_packages = true;
        let made = apt(&lab, script);
        match (
            install(&host, "tool", &pin, &Interrupt::new(), &Silent),
            version,
        ) {
            (Ok(located), Ok(version)) => assert_eq!(located.identity.version, version),
            (Err(absent), Err(why)) => assert!(absent.mend.ends_with(why), "{}", absent.mend),
            (found, wanted) => panic!("{found:?}, not {wanted:?}"),
        }
        assert_eq!(made(), calls);
    }
}

#[test]
fn homebrew_needs_no_root() {
    let lab = Lab::new(CONFIG);
    let mut host = lab.host();
    host.path.truncate(1);
    let pin = system(Some("pkg"), Some("keg"));
    lab.tool("brew", "case \"$*\" in --version) echo 1.0;; 'install keg') /bin/cp \"$0\" \"${0%/*}/tool\";; *) exit 1;; esac");
    assert_eq!(mend(&host, "tool", &pin), "brew install keg");
    assert_eq!(
        install(&host, "tool", &pin, &Interrupt::new(), &Silent)
            .unwrap()
            .identity
            .version,
        "1.0"
    );
}

#[test]
fn a_tool_without_a_package_is_for_the_person_to_install() {
    let lab = Lab::new(CONFIG);
    let absent = install(
        &lab.host(),
        "tool",
        &system(None, None),
        &Interrupt::new(),
        &Silent,
    )
    .unwrap_err();
    assert_eq!(absent.mend, "install `tool` and put it on the PATH");
    assert_eq!(
        mend(&lab.host(), "tool", &system(None, Some("keg"))),
        "brew install keg"
    );
}

#[test]
fn an_interrupted_installation_says_so() {
    let lab = Lab::new(CONFIG);
    lab.tool("cargo", "sleep 60");
    let interrupt = Interrupt::new();
    interrupt.raise();
    let absent = install(&lab.host(), "tool", &cargo(), &interrupt, &Silent).unwrap_err();
    assert!(
        absent.mend.starts_with("run it again; `"),
        "{}",
        absent.mend
    );
}
