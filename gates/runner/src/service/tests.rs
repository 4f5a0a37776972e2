use std::time::{Duration, Instant};

use super::{Service, ServiceError, free_port};
use crate::gates::testing::{Lab, server};
use crate::interrupt::Interrupt;
use crate::process::Invocation;

fn start(mode: &str, within: Duration, interrupt: &Interrupt) -> Result<Service, ServiceError> {
    let lab = Lab::new("schema_version: 1\ngates: {}");
    server::install(&lab, mode);
    let port = free_port().unwrap();
    let invocation = Invocation {
        program: lab.host().find("server").unwrap(),
        args: vec![port.to_string().into()],
        cwd: lab.root(),
        env: Vec::new(),
        path: Vec::new(),
        deadline: Duration::from_secs(60),
    };
    Service::start(
        &invocation,
        port,
        "/ready",
        within,
        &lab.root().join("log"),
        &lab.host(),
        interrupt,
    )
}

const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_service_answers_until_it_is_dropped() {
    let mut service = start("ok", LONG, &Interrupt::new()).unwrap();
    assert!(service.is_alive());
    let address = service.url.strip_prefix("http://").unwrap().to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(service);
    assert!(
        std::net::TcpStream::connect(&address).is_err(),
        "it is gone with all it started"
    );
}

#[test]
fn one_that_is_never_ready_is_given_up_in_time() {
    let began = Instant::now();
    let error = start("never", Duration::from_secs(1), &Interrupt::new()).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(10));
    let text = error.to_string();
    assert!(text.starts_with("/ready did not answer 200 within 1 s (the last answer was 503); its last lines: starting"), "{text}");
}

#[test]
fn one_that_ends_is_noticed_at_once() {
    let began = Instant::now();
    let error = start("dies", LONG, &Interrupt::new()).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(
        matches!(&error, ServiceError::Ended { status, .. } if status == "exit status: 3"),
        "{error}"
    );
}

#[test]
fn an_interrupt_ends_the_wait() {
    let interrupt = Interrupt::new();
    interrupt.raise();
    assert!(matches!(
        start("never", LONG, &interrupt),
        Err(ServiceError::Interrupted)
    ));
}

#[test]
fn a_program_that_is_not_there_or_a_log_that_cannot_be_written_is_an_error() {
    let lab = Lab::new("schema_version: 1\ngates: {}");
    let invocation = Invocation {
        program: lab.root().join("nowhere"),
        args: Vec::new(),
        cwd: lab.root(),
        env: Vec::new(),
        path: Vec::new(),
        deadline: LONG,
    };
    let go = |log: &str| {
        Service::start(
            &invocation,
            1,
            "/",
            LONG,
            &lab.root().join(log),
            &lab.host(),
            &Interrupt::new(),
        )
        .unwrap_err()
        .to_string()
    };
    assert!(
        go("log").contains("nowhere` cannot be started"),
        "{}",
        go("log")
    );
    assert!(
        go("no/where/log").starts_with("its log cannot be written"),
        "{}",
        go("no/where/log")
    );
}

#[test]
fn free_ports_are_free() {
    let port = free_port().unwrap();
    assert!(std::net::TcpListener::bind(("127.0.0.1", port)).is_ok());
}
