use super::{now, without};
use crate::gates::testing::{Lab, evidence};

#[test]
fn a_prefix_is_taken_out_wherever_it_stands() {
    assert_eq!(
        without(b"\"/a/b/c\" /a/b/d /a/bc", b"/a/b/"),
        b"\"c\" d /a/bc"
    );
    assert_eq!(
        without(b"/x", b"/"),
        b"/x",
        "a root directory would garble everything"
    );
    assert_eq!(without(b"", b"/a/"), b"");
}

#[test]
fn times_are_utc_to_the_millisecond() {
    let time = now();
    assert_eq!(time.len(), "2026-11-20T12:00:00.000Z".len(), "{time}");
    assert!(time.ends_with('Z'));
}

#[test]
fn the_record_holds_neither_this_machines_paths_nor_secrets() {
    let lab = Lab::new(
        "
schema_version: 1
gates:
  static:
    checks: [{ name: leak, command: [leak] }]
",
    );
    lab.tool("leak", "echo \"$PWD/src/a.rs $PWD $MY_TOKEN\"");
    let mut host = lab.host();
    host.vars.insert("MY_TOKEN".into(), "abcdefghij".into());
    let project = crate::Project::open_on(&lab.root(), host).unwrap();
    let options = crate::gates::testing::offline();
    let outcome = crate::run(&project, &options, &crate::Silent, &crate::Interrupt::new()).unwrap();
    assert_eq!(
        evidence(&outcome, "static").steps[0].key_output,
        "src/a.rs . ***"
    );
}

#[test]
fn a_command_past_its_limit_says_so() {
    use crate::gates::context::Call;
    let call = Call::new("x", ["a", "b"])
        .env("A", "1")
        .deadline(std::time::Duration::from_secs(2));
    assert_eq!(call.command, ["a", "b"]);
    assert_eq!(call.deadline.as_secs(), 2);
    assert_eq!(call.env, [("A".to_owned(), "1".into())]);
}
