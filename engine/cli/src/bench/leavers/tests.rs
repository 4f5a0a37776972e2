use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use super::*;

const ASK: Ask<'_> = Ask {
    text: "a long text",
    voice: Some("nova"),
    stream: true,
};

/// A server that speaks for ever to whoever asks, up to a number of them at once, as its metrics say.
struct Endless {
    url: String,
    /// Bodies it was sent.
    bodies: Arc<Mutex<Vec<String>>>,
}

impl Endless {
    /// `forgets`: whether it notices that somebody went.
    fn speaking(most: usize, forgets: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let running = Arc::new(AtomicUsize::new(0));
        let kept = Arc::clone(&bodies);
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (running, bodies) = (Arc::clone(&running), Arc::clone(&kept));
                std::thread::spawn(move || {
                    answer(stream.unwrap(), most, forgets, &running, &bodies)
                });
            }
        });
        Self { url, bodies }
    }

    fn client(&self) -> Client {
        Client::new(&self.url)
    }
}

/// A request, body and all, in however many pieces it comes.
fn read(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = stream.read(&mut piece).unwrap();
        request.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            assert!(length > 0, "a request cut off: {text}");
            continue;
        };
        let wanted = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, value)| value.trim().parse().unwrap());
        if body.len() >= wanted || length == 0 {
            return text;
        }
    }
}

fn answer(
    mut stream: TcpStream,
    most: usize,
    forgets: bool,
    running: &AtomicUsize,
    bodies: &Mutex<Vec<String>>,
) {
    let request = read(&mut stream);
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
    if request.starts_with("GET /metrics") {
        let now = running.load(Ordering::Acquire);
        let page = format!(
            "{head}tts_active_requests {now}\ntts_queue_depth 0\nprocess_cpu_seconds_total 5\n"
        );
        stream.write_all(page.as_bytes()).unwrap();
        return;
    }
    bodies
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request.split_once("\r\n\r\n").unwrap().1.to_owned());
    if running.fetch_add(1, Ordering::AcqRel) < most {
        stream.write_all(head.as_bytes()).unwrap();
        // Until the client has gone.
        while stream.write_all(&[0; 4096]).is_ok() {}
    } else {
        // Its turn never comes.
        let _ = stream.read(&mut [0; 1]);
    }
    if !forgets {
        running.fetch_sub(1, Ordering::AcqRel);
    }
}

#[test]
fn a_server_without_listeners_has_nothing_to_do() {
    let server = Endless::speaking(2, false);
    let left = measure(&server.client(), &ASK, 5).unwrap();
    assert_eq!(left.clients, 5);
    // How many of the two come to hear something is a matter of time.
    assert!((1..=2).contains(&left.hearing), "{left:?}");
    assert!(left.idle_after_s.is_some());
    assert_eq!(left.cpu_s, Some(0.0));
    let bodies = server.bodies.lock().unwrap();
    assert_eq!(*bodies, vec![ASK.body().to_string(); 5]);
}

#[test]
fn a_server_with_other_work_is_not_measured() {
    let server = Endless::speaking(1, true);
    let other = connected(&server.url, &ASK).unwrap();
    assert!(wait(PATIENCE, || {
        server.client().activity().is_some_and(|now| !now.is_idle())
    }));
    drop(other);
    assert_eq!(
        measure(&server.client(), &ASK, 1).unwrap_err(),
        "expected a server without other work; others use it now"
    );
}

#[test]
fn waiting_ends() {
    assert!(!wait(Duration::from_millis(30), || false));
    assert!(wait(PATIENCE, || true));
}

#[test]
fn an_address_that_is_none_is_no_client() {
    assert!(connected("http://127.0.0.1:9", &ASK).is_err());
    assert!(connected("/no/address", &ASK).is_err());
}
