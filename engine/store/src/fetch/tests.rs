use std::time::Duration;

use super::*;
use crate::Silent;
use crate::testing::{Answer, Asked, Server, Told, bytes, hasty, ranged, said, whole};

struct Case {
    folder: tempfile::TempDir,
    part: Part,
}

fn case() -> Case {
    let folder = tempfile::tempdir().unwrap();
    let part = Part::of(folder.path(), "file");
    Case { folder, part }
}

impl Case {
    fn fetch(&self, server: &Server) -> Result<(), StoreError> {
        fetch(
            &format!("{}/file", server.url),
            "file",
            &self.part,
            &hasty(),
            &Silent,
        )
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.part.path).unwrap()
    }
}

fn firsts(server: &Server) -> Vec<usize> {
    server.asked().iter().map(Asked::first).collect()
}

#[test]
fn a_file_comes_whole() {
    let body = bytes(200_000, 1);
    let server = Server::new({
        let body = body.clone();
        move |_, _| whole(&body, "\"a\"")
    });
    let case = case();
    let told = Told::default();
    fetch(
        &format!("{}/file", server.url),
        "file",
        &case.part,
        &hasty(),
        &told,
    )
    .unwrap();
    assert_eq!(case.bytes(), body);
    assert_eq!(
        *told.begun.borrow(),
        [("file".to_owned(), 0, Some(200_000))]
    );
    assert_eq!((*told.at.borrow(), told.notes.borrow().len()), (200_000, 0));
    assert_eq!(server.asked()[0].path, "/file");
    // A part that is complete is not asked for again.
    case.fetch(&server).unwrap();
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn what_is_cut_is_continued_where_it_broke_off() {
    let body = bytes(300_000, 2);
    let server = Server::new({
        let body = body.clone();
        move |count, asked| match count {
            0..5 => ranged(asked, &body, "\"a\"").cut(50_000),
            _ => ranged(asked, &body, "\"a\""),
        }
    });
    let case = case();
    // More cuts than tries: each brings something new.
    case.fetch(&server).unwrap();
    assert_eq!(case.bytes(), body);
    let firsts = firsts(&server);
    assert_eq!(firsts.len(), 6);
    assert!(firsts.is_sorted() && firsts[1] > 0, "{firsts:?}");
    assert_eq!(server.asked()[1].if_range.as_deref(), Some("\"a\""));
}

#[test]
fn a_later_call_continues_an_earlier_one() {
    let body = bytes(100_000, 3);
    let server = Server::new({
        let body = body.clone();
        move |count, asked| match count {
            0 => ranged(asked, &body, "\"a\"").cut(60_000),
            1..4 => Answer {
                status: 503,
                ..Answer::default()
            },
            _ => ranged(asked, &body, "\"a\""),
        }
    });
    let case = case();
    let error = said(case.fetch(&server));
    assert!(
        error.contains("the server answered 503: it is overloaded"),
        "{error}"
    );
    let told = Told::default();
    fetch(
        &format!("{}/file", server.url),
        "file",
        &case.part,
        &hasty(),
        &told,
    )
    .unwrap();
    assert_eq!(case.bytes(), body);
    let already = told.begun.borrow()[0].1;
    assert!(already > 0 && already <= 60_000, "{already}");
    assert!(case.folder.path().join(".note-file").exists());
    case.part.forget_note();
    assert!(!case.folder.path().join(".note-file").exists() && case.part.path.exists());
    case.part.remove().unwrap();
    case.part.remove().unwrap();
    assert_eq!(std::fs::read_dir(case.folder.path()).unwrap().count(), 0);
}

#[test]
fn another_version_is_begun_anew() {
    let (old, new) = (bytes(100_000, 4), bytes(90_000, 5));
    let server = Server::new({
        let (old, new) = (old.clone(), new.clone());
        move |count, asked| match count {
            0 => ranged(asked, &old, "\"old\"").cut(70_000),
            _ => ranged(asked, &new, "\"new\""),
        }
    });
    let case = case();
    case.fetch(&server).unwrap();
    assert_eq!(case.bytes(), new);
    assert_eq!(server.asked()[1].if_range.as_deref(), Some("\"old\""));
}

#[test]
fn without_a_strong_etag_nothing_is_continued() {
    for etag in ["W/\"a\"", "a", "\"\"", "\""] {
        let body = bytes(100_000, 6);
        let server = Server::new({
            let body = body.clone();
            move |count, _| match count {
                0 => whole(&body, etag).cut(70_000),
                _ => whole(&body, etag),
            }
        });
        let case = case();
        case.fetch(&server).unwrap();
        assert_eq!(case.bytes(), body);
        assert_eq!(firsts(&server), [0, 0]);
        assert!(server.asked()[1].range.is_none());
    }
}

#[test]
fn a_rest_that_does_not_fit_is_thrown_away() {
    let body = bytes(100_000, 7);
    let wrong: [fn(&mut Answer); 6] = [
        |answer| answer.headers[1].1 = "bytes 1-99999/100000".to_owned(),
        |answer| answer.headers[1].1 = answer.headers[1].1.replace("/100000", "/100001"),
        |answer| answer.headers[1].1 = answer.headers[1].1.replace("/100000", "/*"),
        |answer| answer.headers[1].1 = "bytes of the file".to_owned(),
        |answer| answer.headers[0].1 = "\"b\"".to_owned(),
        |answer| answer.status = 416,
    ];
    for change in wrong {
        let server = Server::new({
            let body = body.clone();
            move |count, asked| match count {
                0 => ranged(asked, &body, "\"a\"").cut(70_000),
                1 => {
                    let mut answer = ranged(asked, &body, "\"a\"");
                    change(&mut answer);
                    answer
                }
                _ => ranged(asked, &body, "\"a\""),
            }
        });
        let case = case();
        case.fetch(&server).unwrap();
        assert_eq!(case.bytes(), body);
        let firsts = firsts(&server);
        assert!(firsts[1] > 0 && firsts[2] == 0, "{firsts:?}");
    }
}

#[test]
fn a_part_from_elsewhere_or_with_a_torn_note_is_begun_anew() {
    let body = bytes(100_000, 8);
    let first = Server::new({
        let body = body.clone();
        move |count, _| match count {
            0 => whole(&body, "\"a\"").cut(70_000),
            _ => Answer {
                status: 404,
                ..Answer::default()
            },
        }
    });
    let other = Server::new({
        let body = body.clone();
        move |_, asked| ranged(asked, &body, "\"a\"")
    });
    let case = case();
    assert!(said(case.fetch(&first)).contains("answered 404: it is not there"));
    case.fetch(&other).unwrap();
    assert_eq!((firsts(&other), case.bytes()), (vec![0], body));
    // Half a note, or more on record than there is on the disk.
    std::fs::write(&case.part.note, "{\"url\": \"").unwrap();
    case.fetch(&other).unwrap();
    std::fs::write(&case.part.path, "short").unwrap();
    case.fetch(&other).unwrap();
    assert_eq!(firsts(&other), [0, 0, 0]);
}

#[test]
fn bytes_beyond_what_is_known_to_be_on_the_disk_are_not_trusted() {
    let body = bytes(100_000, 9);
    let server = Server::new({
        let body = body.clone();
        move |count, asked| match count {
            0 => whole(&body, "\"a\"").cut(70_000),
            1..4 => Answer {
                status: 500,
                ..Answer::default()
            },
            _ => ranged(asked, &body, "\"a\""),
        }
    });
    let case = case();
    case.fetch(&server).unwrap_err();
    let mut torn = case.bytes();
    let known = torn.len();
    torn.extend([0; 5000]);
    std::fs::write(&case.part.path, torn).unwrap();
    case.fetch(&server).unwrap();
    assert_eq!(
        (case.bytes(), *firsts(&server).last().unwrap()),
        (body, known)
    );
}

#[test]
fn long_files_reach_the_disk_in_pieces() {
    let body = bytes(20 << 20, 10);
    let server = Server::new({
        let body = body.clone();
        move |_, _| Answer {
            stalls: true,
            ..whole(&body, "\"a\"").cut(18 << 20)
        }
    });
    let case = case();
    let patience = Patience {
        read: Duration::from_millis(200),
        tries: 1,
        ..hasty()
    };
    let error = said(fetch(
        &format!("{}/file", server.url),
        "file",
        &case.part,
        &patience,
        &Silent,
    ));
    assert!(
        error.starts_with("cannot reach ") && error.contains("timeout"),
        "{error}"
    );
    let note: Note = serde_json::from_slice(&std::fs::read(&case.part.note).unwrap()).unwrap();
    assert!(
        note.synced >= 16 << 20 && note.total == Some(20 << 20),
        "{note:?}"
    );
}

#[test]
fn redirects_are_followed_with_the_range() {
    let body = bytes(100_000, 11);
    let behind = Server::new({
        let body = body.clone();
        move |count, asked| match count {
            0 => ranged(asked, &body, "\"a\"").cut(40_000),
            _ => ranged(asked, &body, "\"a\""),
        }
    });
    let target = format!("{}/real?signed=1", behind.url);
    let front = Server::new(move |_, _| Answer {
        status: 302,
        headers: vec![("Location", target.clone())],
        ..Answer::default()
    });
    let case = case();
    case.fetch(&front).unwrap();
    assert_eq!(case.bytes(), body);
    assert_eq!(behind.asked()[1].path, "/real?signed=1");
    assert!(firsts(&behind)[1] > 0 && behind.asked()[1].if_range.is_some());
    let round = Server::new(|_, _| Answer {
        status: 302,
        headers: vec![("Location", "/again".to_owned())],
        ..Answer::default()
    });
    assert!(said(case.fetch(&round)).contains("too many redirects"));
}

#[test]
fn refusals_say_what_to_do() {
    for (status, expected, tries) in [
        (
            404,
            "the server answered 404: it is not there (any more); name a mirror",
            1,
        ),
        (410, "answered 410: it is not there", 1),
        (401, "answered 401: it wants credentials", 1),
        (403, "answered 403: it wants credentials or refuses", 1),
        (418, "answered 418; name a mirror with --mirror URL", 1),
        (206, "answered 206; name a mirror", 1),
        (416, "answered 416; name a mirror", 1),
        (429, "answered 429: it is overloaded or broken", 3),
        (500, "answered 500: it is overloaded or broken", 3),
    ] {
        let server = Server::new(move |_, _| Answer {
            status,
            ..Answer::default()
        });
        let case = case();
        let error = said(case.fetch(&server));
        assert!(error.contains(expected), "{error}");
        assert_eq!(server.asked().len(), tries, "{status}");
    }
}

#[test]
fn nobody_there_is_said_after_some_tries() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/file", closed.local_addr().unwrap());
    drop(closed);
    let case = case();
    let told = Told::default();
    let error = said(fetch(&url, "file", &case.part, &hasty(), &told));
    assert!(
        error.starts_with(&format!("cannot reach {url}: ")),
        "{error}"
    );
    let notes = told.notes.borrow();
    assert_eq!(notes.len(), 2);
    assert!(notes[0].ends_with("; trying again"), "{}", notes[0]);
}

#[test]
fn a_length_that_is_not_told_ends_with_the_connection() {
    let body = bytes(50_000, 12);
    let server = Server::new({
        let body = body.clone();
        move |_, _| Answer {
            claims: Some(None),
            ..whole(&body, "\"a\"")
        }
    });
    let case = case();
    case.fetch(&server).unwrap();
    assert_eq!(case.bytes(), body);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_called_by_its_name() {
    let server = Server::new(|_, _| whole(&bytes(100_000, 13), "\"a\""));
    let case = case();
    std::os::unix::fs::symlink("/dev/full", &case.part.path).unwrap();
    let error = said(case.fetch(&server));
    assert!(
        error.starts_with("the disk of ") && error.contains(".part-file is full; make room"),
        "{error}"
    );
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_folder_in_the_way_is_an_error() {
    let server = Server::new(|_, _| whole(b"abc", "\"a\""));
    let case = case();
    std::fs::create_dir(&case.part.path).unwrap();
    assert!(said(case.fetch(&server)).starts_with("cannot write "));
    assert!(case.part.remove().is_err());
}
