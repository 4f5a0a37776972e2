//! `caws validate`, `explain`, `doctor`, `setup`, and the command line itself.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Project, assert_caws};

#[test]
fn validate_says_what_is_valid() {
    let project = Project::new();
    assert_caws!("validate", project, project.caws(["validate"]));
    assert_caws!(
        "validate_paths",
        project,
        project.caws([
            "validate",
            ".caws.yml",
            "./.caws/policy/tier-policy.json",
            ".caws/working-spec.yaml"
        ])
    );
}

#[test]
fn validate_points_at_the_mistake() {
    let project = Project::new();
    project.replace(".caws/working-spec.yaml", "risk_tier: 3", "risk_tier: low");
    assert_caws!("validate_spec", project, project.caws(["validate"]));
    assert_caws!(
        "validate_spec_path",
        project,
        project.caws(["validate", ".caws/working-spec.yaml"])
    );
    let json = project.json(["validate", "--format", "json"]);
    assert_eq!(
        (&json["schema_version"], &json["kind"], &json["passed"]),
        (&1.into(), &"validate".into(), &false.into())
    );
    assert_eq!(
        json["findings"][0]["place"],
        serde_json::json!({ "path": ".caws/working-spec.yaml", "line": 3, "column": 12 })
    );
    let sarif = project.json(["validate", "--format", "sarif"]);
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "document-schema");
    for (format, part) in [
        ("junit", "<failure type=\"document-schema\""),
        ("markdown", "- **error document-schema**"),
    ] {
        let output = project
            .caws(["validate", "--format", format])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(
            String::from_utf8(output.stdout).unwrap().contains(part),
            "{format}"
        );
    }
}

#[test]
fn validate_knows_the_other_documents() {
    let project = Project::new();
    project.replace(
        ".caws.yml",
        "report: { format: sarif",
        "reprot: { format: sarif",
    );
    assert_caws!(
        "validate_config",
        project,
        project.caws(["validate", ".caws.yml"])
    );
    project.replace(
        ".caws/policy/tier-policy.json",
        "\"min_coverage\": 0.7",
        "\"min_coverage\": 7",
    );
    assert_eq!(
        project.code(["validate", ".caws/policy/tier-policy.json"]),
        2
    );
    project.write("broken.yaml", "a: [1\n");
    assert_eq!(project.code(["validate", "broken.yaml"]), 2);
    assert_caws!(
        "validate_no_file",
        project,
        project.caws(["validate", "nothing.yaml"])
    );
}

#[test]
fn validate_reads_tier_policies_of_every_shape() {
    let project = Project::new();
    project.write(
        "policy.yaml",
        "version: 1\nrisk_tiers:\n  '2':\n    max_files: 100\n    coverage_threshold: 80\n    min_coverage: 0.85\n    contracts_required: true\nwaiver_approval:\n  required_approvers: 1\n",
    );
    assert_caws!(
        "validate_policy_shape",
        project,
        project.caws(["validate", "policy.yaml"])
    );
    project.write(
        "policy.yaml",
        "risk_tiers:\n  '2':\n    coverage_threshold: 0.8\n",
    );
    assert_caws!(
        "validate_policy_scale",
        project,
        project.caws(["validate", "policy.yaml"])
    );
}

#[test]
fn validate_lets_warnings_pass_and_quiet_leaves_them_out() {
    let project = Project::new();
    project.replace(
        ".caws/working-spec.yaml",
        "    - src/\n  out",
        "    - src/\n    - gone/\n  out",
    );
    assert_caws!("validate_warning", project, project.caws(["validate"]));
    assert_caws!(
        "validate_warning_quiet",
        project,
        project.caws(["validate", "--quiet"])
    );
}

#[test]
fn validate_holds_documents_against_any_schema() {
    let project = Project::new();
    project.write(
        "s.json",
        r#"{"$schema": "http://json-schema.org/draft-07/schema#", "required": ["b"], "properties": {"a": {"type": "integer"}}}"#,
    );
    project.write("good.yaml", "a: 1\nb: 2\n");
    project.write("bad.yaml", "b: 1\na: '2'\n");
    assert_eq!(
        project.code(["validate", "--schema", "s.json", "good.yaml"]),
        0
    );
    assert_caws!(
        "validate_schema",
        project,
        project.caws(["validate", "--schema", "s.json", "good.yaml", "bad.yaml"])
    );
    // What is no YAML is told both: where, and what is wrong once that is mended.
    project.write("broken.yaml", "a: >x\n");
    let json = project.json([
        "validate",
        "--schema",
        "s.json",
        "broken.yaml",
        "--format",
        "json",
    ]);
    let codes: Vec<_> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["document-syntax", "document-schema", "document-schema"]
    );
    assert_eq!(json["codes"][0]["explain"], "caws explain document-schema");
    project.write("s.json", r#"{"$schema": "https://example.com/mine"}"#);
    assert_caws!(
        "validate_schema_unknown_draft",
        project,
        project.caws(["validate", "--schema", "s.json", "good.yaml"])
    );
    for args in [
        ["validate", "--schema", "s.json"].as_slice(),
        &["validate", "--fix", "--schema", "s.json", "good.yaml"],
        &["validate", "--schema", "gone.json", "good.yaml"],
    ] {
        assert_eq!(project.code(args), 2, "{args:?}");
    }
}

#[test]
fn validate_judges_many_files_in_their_order() {
    let project = Project::new();
    let names: Vec<String> = (0..100)
        .map(|index| format!("spec-{index:03}.yaml"))
        .collect();
    for (index, name) in names.iter().enumerate() {
        project.write(name, &format!("title: {index}\n"));
    }
    let mut args = vec!["validate", "--format", "json"];
    args.extend(names.iter().map(String::as_str));
    let json = project.json(args);
    let mut places: Vec<&str> = json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["place"]["path"].as_str().unwrap())
        .collect();
    places.dedup();
    assert_eq!(places, names);
    let output = project.caws(["validate", ".caws"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(".caws is a directory, and documents are files"),
        "{said}"
    );
}

#[test]
fn explain_prints_pages() {
    let project = Project::new();
    let page = |topic: &str| {
        let output = project.caws(["explain", topic]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{topic}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(page("threshold-missed").starts_with("# threshold-missed\n"));
    assert!(page("coverage").starts_with("# coverage"));
    assert!(page("config").starts_with("# `.caws.yml`\n"));
    let json = project.json(["explain", "threshold-missed", "--format", "json"]);
    assert_eq!(
        (&json["schema_version"], &json["topic"]),
        (&1.into(), &"threshold-missed".into())
    );
    assert_eq!(
        project.code(["explain", "threshold-missed", "--format", "sarif"]),
        2
    );
}

#[test]
fn explain_lists_all_topics() {
    let project = Project::new();
    let output = project.caws(["explain"]).output().unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    for line in ["- coverage\n", "- threshold-missed\n", "- config\n"] {
        assert!(list.contains(line), "{list}");
    }
    let json = project.json(["explain", "--format", "json"]);
    assert_eq!(json["kind"], "topics");
    assert!(
        json["codes"]
            .as_array()
            .unwrap()
            .contains(&"threshold-missed".into())
    );
    assert!(
        json["gates"]
            .as_array()
            .unwrap()
            .contains(&"coverage".into())
    );
    assert_eq!(project.code(["explain", "--format", "junit"]), 2);
}

#[test]
fn explain_suggests_what_was_meant() {
    let project = Project::new();
    assert_caws!(
        "explain_near",
        project,
        project.caws(["explain", "treshold-mised"])
    );
    assert_caws!(
        "explain_unknown",
        project,
        project.caws(["explain", "zzzzzzzzzzzz"])
    );
}

#[test]
fn doctor_says_what_is_missing_and_the_mend() {
    let project = Project::new();
    assert_caws!("doctor_complete", project, project.caws(["doctor"]));
    project.replace(
        ".caws.yml",
        "gates:",
        "tools:\n  ruff: { from: pip, version: \"0.17.5\" }\n\ngates:",
    );
    project.replace(".caws.yml", "static:", "static:\n    uses: [ruff]");
    assert_caws!("doctor_missing", project, project.caws(["doctor"]));
    assert_caws!(
        "setup_offline",
        project,
        project.caws(["setup", "--offline"])
    );
    let json = project.json(["doctor", "--format", "json"]);
    assert_eq!(
        (&json["schema_version"], &json["kind"], &json["complete"]),
        (&1.into(), &"doctor".into(), &false.into())
    );
    assert_eq!(
        (&json["tools"][0]["name"], &json["tools"][0]["found"]),
        (&"ruff".into(), &serde_json::Value::Null)
    );
    assert_eq!(project.code(["doctor", "--format", "markdown"]), 2);
    project.replace(
        ".caws.yml",
        "gates:",
        "  black: { from: pip, version: \"1\" }\n\ngates:",
    );
    let output = project.caws(["doctor"]).output().unwrap();
    assert!(
        String::from_utf8(output.stdout).unwrap().ends_with(
            "2 tools are missing; the gates that use them are unmeasured without them\n"
        )
    );
}

#[cfg(unix)]
#[test]
fn doctor_finds_a_tool_on_the_path() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::new();
    project.write("bin/ruff", "#!/bin/sh\necho ruff 0.17.5\n");
    std::fs::set_permissions(
        project.path("bin/ruff"),
        std::fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    project.replace(
        ".caws.yml",
        "gates:",
        "tools:\n  ruff: { from: pip, version: \"0.17.5\" }\n\ngates:",
    );
    let with_path = |args: &[&str]| {
        let mut command = project.caws(args);
        command.env("PATH", project.path("bin"));
        command
    };
    assert_caws!("doctor_found", project, with_path(&["doctor"]));
    assert_caws!(
        "doctor_found_quiet",
        project,
        with_path(&["doctor", "--quiet"])
    );
    assert_caws!("setup_nothing_to_do", project, with_path(&["setup"]));
}

#[test]
fn setup_without_its_installer_says_why() {
    let project = Project::new();
    project.replace(
        ".caws.yml",
        "gates:",
        "tools:\n  ruff: { from: npm, version: \"0.17.5\" }\n\ngates:",
    );
    let output = project.caws(["setup"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("ruff: not installed, ")
    );
}

#[test]
fn usage_errors_exit_2_and_help_exits_0() {
    let project = Project::new();
    for args in [
        &[][..],
        &["gates", "--jobs", "0"],
        &["frobnicate"],
        &["gates", "--quiet", "--verbose"],
        &["gates", "--time-budget", "12"],
    ] {
        assert_eq!(project.code(args), 2, "{args:?}");
    }
    for args in [&["--help"][..], &["--version"], &["gates", "--help"]] {
        assert_eq!(project.code(args), 0, "{args:?}");
    }
    assert_caws!("help", project, project.caws(["--help"]));
    assert_caws!("version", project, project.caws(["--version"]));
}

#[test]
fn every_exit_code_is_documented() {
    use caws_runner::ExitCode;
    let codes = [
        ExitCode::Pass,
        ExitCode::GateFailed,
        ExitCode::Invalid,
        ExitCode::NotMeasured,
        ExitCode::VerificationFailed,
        ExitCode::Waiver,
        ExitCode::Internal,
    ];
    assert_eq!(codes.map(ExitCode::code), [0, 1, 2, 3, 4, 5, 70]);
    let project = Project::new();
    let help = project.caws(["--help"]).output().unwrap().stdout;
    let help = String::from_utf8(help)
        .unwrap()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for code in codes {
        assert!(help.contains(&format!(" {} ", code.code())), "{code:?}");
    }
}

#[test]
fn a_form_a_command_does_not_have_is_named() {
    let project = Project::new();
    for (args, message) in [
        (
            ["explain", "sarif"],
            "error: `caws explain` has no SARIF form\n",
        ),
        (["plan", "junit"], "error: `caws plan` has no JUnit form\n"),
        (
            ["doctor", "markdown"],
            "error: `caws doctor` has no Markdown form\n",
        ),
        (
            ["setup", "sarif"],
            "error: `caws setup` has no SARIF form\n",
        ),
    ] {
        let [command, format] = args;
        let output = project
            .caws([command, "--offline", "--format", format])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}");
        let help = "help: use --format human or --format json\n";
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            format!("{message}{help}")
        );
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let project = Project::new();
    let mut child = project
        .caws(["explain", "config"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_written_is_an_error() {
    let project = Project::new();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let output = project
        .caws(["explain", "config"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.starts_with("error: cannot write standard output: "),
        "{stderr}"
    );
}

/// A hardening spec as such specs were published: two lines of it are no YAML.
const PUBLISHED: &str = include_str!("../../spec/tests/fixtures/dialects/hardening-server.yaml");

#[test]
fn validate_fix_shows_the_difference_and_writes_it() {
    let project = Project::new();
    project.write("grid.yaml", PUBLISHED);
    assert_caws!(
        "fix_not_asked_for",
        project,
        project.caws(["validate", "grid.yaml"])
    );
    assert_eq!(project.read("grid.yaml"), PUBLISHED);
    assert_caws!(
        "fix",
        project,
        project.caws(["validate", "--fix", "--quiet", "grid.yaml"])
    );
    let fixed = project.read("grid.yaml");
    assert!(
        fixed.contains("\n  - \"[ ] Protocol tests passing\"\n"),
        "{fixed}"
    );
    // What parses is left alone, also when it has other faults.
    let output = project
        .caws(["validate", "--fix", "grid.yaml"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(project.read("grid.yaml"), fixed);
    let sarif = project.json(["validate", "grid.yaml", "--format", "sarif"]);
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "spec-dialect");
    assert_eq!(project.code(["validate", "--fix"]), 2);
}

#[test]
fn validate_fix_keeps_a_document_on_stdout_a_document() {
    let project = Project::new();
    project.write("grid.yaml", PUBLISHED);
    let output = project
        .caws(["validate", "--fix", "grid.yaml", "--format", "json"])
        .output()
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["passed"], true);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("+  - \"[ ] Protocol tests passing\"\n"),
        "{stderr}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_shown_is_not_written() {
    let project = Project::new();
    for (args, text) in [
        (&["validate", "--fix", "grid.yaml"][..], PUBLISHED),
        (
            &["migrate", "--write", "grid.yaml"],
            "lifecycle_state: draft\n",
        ),
    ] {
        project.write("grid.yaml", text);
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = project.caws(args).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains("cannot show the change of grid.yaml"),
            "{stderr}"
        );
        assert_eq!(project.read("grid.yaml"), text);
    }
}

#[test]
fn migrate_shows_what_it_would_write() {
    let project = Project::new();
    let text = include_str!("../../spec/tests/fixtures/dialects/cli-3.yaml");
    project.write("lamps.yaml", text);
    assert_caws!("migrate", project, project.caws(["migrate", "lamps.yaml"]));
    assert_eq!(project.read("lamps.yaml"), text);
    let json = project.json(["migrate", "lamps.yaml", "--format", "json"]);
    assert_eq!(
        (&json["kind"], &json["dialect"]),
        (&"migration".into(), &"cli-3".into())
    );
    assert_eq!(project.read("lamps.yaml"), text);
    assert_eq!(project.code(["migrate", "--write", "lamps.yaml"]), 0);
    assert_eq!(project.read("lamps.yaml"), json["text"].as_str().unwrap());
    assert_caws!(
        "migrate_again",
        project,
        project.caws(["migrate", "--write", "lamps.yaml"])
    );
    assert_eq!(project.code(["validate", "lamps.yaml"]), 0);
    assert_eq!(
        project.code(["migrate", "lamps.yaml", "--format", "sarif"]),
        2
    );
    project.write("list.yaml", "- a\n");
    assert_caws!(
        "migrate_list",
        project,
        project.caws(["migrate", "list.yaml"])
    );
    project.write("broken.yaml", "a: [1\n");
    assert_eq!(project.code(["migrate", "broken.yaml"]), 2);
}

#[test]
fn specs_of_every_generation_are_migrated_for_people_and_programs() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../spec/tests/fixtures/dialects"
    );
    let mut titles = std::collections::BTreeSet::new();
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let project = Project::new();
        project.write("spec.yaml", &text);
        // Some are as they were published, and no YAML.
        project.code(["validate", "--fix", "spec.yaml"]);
        let text = project.read("spec.yaml");
        let json = project.json(["migrate", "spec.yaml", "--format", "json", "--write"]);
        let written = project.read("spec.yaml");
        assert_eq!(json["text"].as_str(), Some(written.as_str()));
        project.write("spec.yaml", &text);
        let output = project.caws(["migrate", "spec.yaml"]).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains("spec.yaml: recognised as "), "{said}");
        // What people read is what programs read: a list with entries has its title, an empty one has none.
        for (key, title) in [
            ("rewritten", "written another way:"),
            ("unmapped", "unmapped, kept where nothing reads it:"),
            ("open_questions", "open questions:"),
        ] {
            let entries = json[key].as_array().unwrap();
            let shown = said.lines().any(|line| line == title);
            assert_eq!(shown, !entries.is_empty(), "{title} {said}");
            titles.extend(shown.then_some(title));
        }
        files += 1;
    }
    assert!(files >= 11, "{files}");
    assert_eq!(titles.len(), 3, "{titles:?}");
}

#[test]
fn a_spec_with_open_questions_is_valid_and_runs_no_gate() {
    let project = Project::new();
    let spec = project.read(".caws/working-spec.yaml");
    let line = spec
        .lines()
        .find(|line| line.starts_with("profile:"))
        .unwrap()
        .to_owned();
    project.replace(".caws/working-spec.yaml", &format!("{line}\n"), "");
    project.write(
        ".caws/working-spec.yaml",
        &format!(
            "{}open_questions:\n  - {{ at: /profile, ask: Which kind? }}\n",
            project.read(".caws/working-spec.yaml")
        ),
    );
    assert_eq!(project.code(["validate"]), 0);
    let output = project.caws(["gates"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("open question: Which kind?"), "{stderr}");
    assert!(
        stderr.contains("error: the working spec is not finished: gates run when its open questions are answered"),
        "{stderr}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_link_stays_one() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::new();
    project.write("grid.yaml", PUBLISHED);
    let mode = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(project.path("grid.yaml"), mode.clone()).unwrap();
    std::os::unix::fs::symlink("grid.yaml", project.path("link.yaml")).unwrap();
    assert_eq!(project.code(["validate", "--fix", "link.yaml"]), 0);
    assert!(project.path("link.yaml").is_symlink());
    assert!(
        project
            .read("grid.yaml")
            .contains("\"[ ] Protocol tests passing\"")
    );
    let found = std::fs::metadata(project.path("grid.yaml"))
        .unwrap()
        .permissions();
    assert_eq!(found.mode() & 0o777, 0o600);
}

#[test]
fn a_file_of_a_hundred_megabytes_is_refused_unread() {
    let project = Project::new();
    project.write("large.yaml", "a: 1\n");
    // Without content: what is read of it would be counted.
    std::fs::OpenOptions::new()
        .write(true)
        .open(project.path("large.yaml"))
        .unwrap()
        .set_len(100_000_000)
        .unwrap();
    assert_caws!(
        "too_large",
        project,
        project.caws(["validate", "large.yaml"])
    );
}
