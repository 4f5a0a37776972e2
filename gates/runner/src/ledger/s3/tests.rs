use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use caws_evidence::sha256_hex;
use caws_ledger::remote::objects::{Condition, Objects as _};

use super::{Bucket, parse};
use crate::gates::testing::{host, temp};
use crate::host::Host;

/// How a store answers conditions.
#[derive(Clone, Copy)]
enum Kind {
    Heeds,
    Ignores,
    NoBucket,
}

type Kept = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A store on this machine's loopback: objects in memory, one request for each connection.
fn store(kind: Kind) -> (String, Kept) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let kept = Kept::default();
    let objects = Arc::clone(&kept);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            serve(&mut stream.unwrap(), kind, &objects);
        }
    });
    (address, kept)
}

fn serve(stream: &mut TcpStream, kind: Kind, objects: &Kept) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim().split_once(':') else {
            break;
        };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = target.split_once('?').unwrap();
    // Signed in the query, the conditions with it.
    assert!(query.contains("X-Amz-Signature="), "{query}");
    let signed = query
        .split('&')
        .find(|part| part.starts_with("X-Amz-SignedHeaders="))
        .unwrap();
    for name in ["if-match", "if-none-match"] {
        assert_eq!(
            signed.contains(name),
            headers.contains_key(name),
            "{signed}"
        );
    }
    let etag = |bytes: &[u8]| format!("\"{}\"", sha256_hex(bytes));
    let mut objects = objects.lock().unwrap();
    let now = objects.get(path).map(|bytes| etag(bytes));
    let holds = match (headers.get("if-none-match"), headers.get("if-match")) {
        _ if matches!(kind, Kind::Ignores) => true,
        (Some(_), _) => now.is_none(),
        (None, Some(wanted)) => now.as_ref() == Some(wanted),
        (None, None) => true,
    };
    let error = |code: &str| format!("<Error><Code>{code}</Code></Error>").into_bytes();
    let (status, tag, answer) = match method {
        _ if matches!(kind, Kind::NoBucket) => ("404 Not Found", None, error("NoSuchBucket")),
        "GET" => match objects.get(path) {
            Some(bytes) => ("200 OK", now, bytes.clone()),
            None => ("404 Not Found", None, error("NoSuchKey")),
        },
        "PUT" if holds => {
            objects.insert(path.to_owned(), body.clone());
            ("200 OK", Some(etag(&body)), Vec::new())
        }
        "PUT" if now.is_none() => ("404 Not Found", None, error("NoSuchKey")),
        _ => ("412 Precondition Failed", None, error("PreconditionFailed")),
    };
    let tag = tag.map_or_else(String::new, |tag| format!("ETag: {tag}\r\n"));
    let head = format!(
        "HTTP/1.1 {status}\r\n{tag}Content-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&answer).unwrap();
}

fn with(vars: &[(&str, &str)]) -> Host {
    let dir = temp();
    let mut host = host(dir.path());
    for (name, value) in vars {
        host.vars.insert((*name).into(), (*value).into());
    }
    host
}

fn bucket(endpoint: &str) -> Bucket {
    let host = with(&[
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_ENDPOINT_URL_S3", endpoint),
    ]);
    Bucket::open("s3://logs/caws/main/", &host).unwrap()
}

#[test]
fn objects_are_written_under_conditions_and_read_back() {
    let (endpoint, kept) = store(Kind::Heeds);
    let mut bucket = bucket(&endpoint);
    assert_eq!(bucket.name(), "s3://logs/caws/main/");
    assert_eq!(bucket.get("checkpoint"), Ok(None));
    assert_eq!(
        bucket.put("checkpoint", b"one", Condition::Absent),
        Ok(true)
    );
    assert_eq!(
        bucket.put("checkpoint", b"two", Condition::Absent),
        Ok(false)
    );
    let one = bucket.get("checkpoint").unwrap().unwrap();
    assert_eq!(one.bytes, b"one");
    let when = Condition::Unchanged(&one.etag);
    assert_eq!(bucket.put("checkpoint", b"two", when), Ok(true));
    assert_eq!(bucket.put("checkpoint", b"three", when), Ok(false));
    assert_eq!(
        bucket.put("log/a/tile/0/000", b"tile", Condition::Always),
        Ok(true)
    );
    let paths: Vec<String> = kept.lock().unwrap().keys().cloned().collect();
    let all = ["checkpoint", "conditions", "log/a/tile/0/000"];
    assert_eq!(paths, all.map(|key| format!("/logs/caws/main/{key}")));
    kept.lock().unwrap().clear();
    assert_eq!(bucket.put("checkpoint", b"four", when), Ok(false), "gone");
}

#[test]
fn a_store_that_cannot_keep_a_log_is_refused() {
    let (endpoint, _) = store(Kind::Ignores);
    let said = bucket(&endpoint).put("checkpoint", b"one", Condition::Absent);
    assert!(said.unwrap_err().contains("ignores conditional writes"));
    let (endpoint, _) = store(Kind::NoBucket);
    let said = bucket(&endpoint).get("checkpoint").unwrap_err();
    assert_eq!(said, "the store answered 404 NoSuchBucket");
    let said = bucket(&endpoint)
        .put("x", b"", Condition::Always)
        .unwrap_err();
    assert_eq!(said, "the store answered 404 NoSuchBucket");
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    assert!(
        bucket(&format!("http://{nobody}"))
            .get("checkpoint")
            .is_err()
    );
}

#[test]
fn places_and_variables_are_named_where_they_are_wrong() {
    assert_eq!(parse("s3://b"), Some(("b".to_owned(), String::new())));
    assert_eq!(parse("s3://b/"), Some(("b".to_owned(), String::new())));
    assert_eq!(
        parse("s3://b/p/q/"),
        Some(("b".to_owned(), "p/q".to_owned()))
    );
    for wrong in [
        "",
        "b/p",
        "s3://",
        "s3:///p",
        "s3://b//p",
        "s3://b/../p",
        "s3://b/p?x",
        "s3://b c/p",
    ] {
        assert_eq!(parse(wrong), None, "{wrong}");
    }
    let opened = |url: &str, vars: &[(&str, &str)]| {
        Bucket::open(url, &with(vars))
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    let keys = [
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    assert!(opened("https://b", &keys).contains("expected s3://BUCKET/PREFIX"));
    assert!(opened("s3://b", &[]).contains("needs AWS_ACCESS_KEY_ID"));
    assert!(opened("s3://b", &keys[..1]).contains("needs AWS_SECRET_ACCESS_KEY"));
    assert!(opened("s3://b", &keys).contains("needs AWS_REGION"));
    let endpoint = [keys[0], keys[1], ("AWS_ENDPOINT_URL", "nowhere")];
    assert!(opened("s3://b", &endpoint).contains("the endpoint `nowhere`"));
    // AWS's own, with a token; nothing is asked yet, and no secret is shown.
    let own = [
        keys[0],
        keys[1],
        ("AWS_SESSION_TOKEN", "token"),
        ("AWS_REGION", "eu-west-1"),
    ];
    let bucket = Bucket::open("s3://b/p", &with(&own)).unwrap();
    let shown = format!("{bucket:?}");
    assert!(
        shown.contains("s3://b/p") && !shown.contains("secret"),
        "{shown}"
    );
}
