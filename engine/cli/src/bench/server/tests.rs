use super::*;

#[test]
fn a_given_server_is_taken_as_it_is() {
    let mut target = Target::of(Some("http://127.0.0.1:9"), &EngineArguments::default()).unwrap();
    assert_eq!(target.url(), "http://127.0.0.1:9");
    assert!(!target.has_ended());
}

#[test]
fn our_own_server_is_gone_when_dropped() {
    let spawn = |seconds: &str| {
        Own(Command::new("sleep")
            .arg(seconds)
            .stdout(Stdio::null())
            .spawn()
            .unwrap())
    };
    let own = spawn("30");
    let pid = own.0.id().to_string();
    let begun = Instant::now();
    drop(own);
    assert!(begun.elapsed() < Duration::from_secs(10));
    let lives = Command::new("kill")
        .args(["-0", &pid])
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success();
    assert!(!lives);
}

#[test]
fn a_server_that_ended_is_not_waited_for() {
    let mut target = Target {
        url: "http://127.0.0.1:9".to_owned(),
        own: Some(Own(Command::new("true").spawn().unwrap())),
    };
    let begun = Instant::now();
    assert!(target.wait_until_ready().is_err());
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(target.has_ended());
}
