use axum::body::{Body, HttpBody as _};
use axum::http::Request;
use tower::ServiceExt as _;

use super::*;
use crate::app::{App, router};
use crate::tests::tight;

async fn get(path: &str, known: &[&str]) -> Response {
    let mut request = Request::get(path);
    for tag in known {
        request = request.header(header::IF_NONE_MATCH, *tag);
    }
    router(&App::new(tight()))
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap()
}

async fn text(response: Response) -> String {
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while let Some(frame) =
        std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context)).await
    {
        bytes.extend_from_slice(&frame.unwrap().into_data().unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

fn head<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

fn all() -> impl Iterator<Item = File> {
    [SPEAK, DOCS].into_iter().chain(ASSETS)
}

#[tokio::test]
async fn pages_and_their_files_are_served_while_the_engine_is_still_loading() {
    let pages = [("/".to_owned(), SPEAK), ("/docs".to_owned(), DOCS)];
    let assets = ASSETS.map(|file| (format!("/assets/{}", file.name), file));
    for (path, file) in pages.into_iter().chain(assets) {
        let response = get(&path, &[]).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(head(&response, "content-type"), file.media_type, "{path}");
        assert_eq!(head(&response, "etag"), tag(file.content), "{path}");
        assert_eq!(text(response).await, file.content, "{path}");
    }
}

#[tokio::test]
async fn every_file_comes_with_the_headers_that_keep_a_browser_strict() {
    for path in ["/", "/docs", "/assets/speak.js", "/assets/icon.svg"] {
        let response = get(path, &[]).await;
        let policy = head(&response, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; "),
            "{policy}"
        );
        assert!(
            !policy.contains("unsafe") && !policy.contains(['*', '\n']) && !policy.contains("  "),
            "{policy}"
        );
        assert_eq!(head(&response, "x-content-type-options"), "nosniff");
        assert_eq!(head(&response, "referrer-policy"), "no-referrer");
        assert_eq!(head(&response, "cache-control"), "no-cache");
        assert!(head(&response, "x-request-id").starts_with("req_"));
    }
}

#[tokio::test]
async fn who_has_the_file_already_is_told_so_and_gets_no_body() {
    let current = tag(SPEAK.content);
    let weak = format!("W/{current}");
    let listed = format!("\"other\" , {current}");
    for known in [
        vec![current.as_str()],
        vec![weak.as_str()],
        vec![listed.as_str()],
        vec!["\"other\"", current.as_str()],
        vec!["*"],
    ] {
        let response = get("/", &known).await;
        assert_eq!(response.status(), 304, "{known:?}");
        assert_eq!(head(&response, "etag"), current);
        assert_eq!(head(&response, "cache-control"), "no-cache");
        assert_eq!(text(response).await, "");
    }
    let bare = current.trim_matches('"');
    for known in [vec![], vec!["\"other\""], vec![bare], vec![""]] {
        assert_eq!(get("/", &known).await.status(), 200, "{known:?}");
    }
}

#[tokio::test]
async fn the_folder_of_the_docs_leads_to_the_docs() {
    let response = get("/docs/", &[]).await;
    assert_eq!(response.status(), 308);
    assert_eq!(head(&response, "location"), "../docs");
}

#[tokio::test]
async fn a_file_that_the_pages_do_not_have_is_not_found() {
    for path in [
        "/assets/nothing.js",
        "/assets/speak.html",
        "/assets/..%2Fpages.rs",
    ] {
        let response = get(path, &[]).await;
        assert_eq!(response.status(), 404, "{path}");
        let body = text(response).await;
        assert!(body.contains("\"the pages have no such file\""), "{body}");
        assert!(body.contains("\"NOT_FOUND\""), "{body}");
    }
}

#[test]
fn the_tag_is_fnv_1a() {
    assert_eq!(tag(""), "\"cbf29ce484222325\"");
    assert_eq!(tag("a"), "\"af63dc4c8601ec8c\"");
    assert_eq!(tag("foobar"), "\"85944171f73967e8\"");
}

#[test]
fn no_file_names_an_address_elsewhere() {
    // A namespace is a name, never loaded.
    const NAMESPACE: &str = "http://www.w3.org/2000/svg";
    for file in all() {
        let content = file.content.replace(NAMESPACE, "");
        for forbidden in ["://", "\"//", "'//", "url(", "@import", "data:"] {
            assert!(!content.contains(forbidden), "{}: {forbidden}", file.name);
        }
    }
}

#[test]
fn no_file_needs_what_the_policy_forbids() {
    for file in all() {
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "<style",
            " style=",
            " onclick=",
            "javascript:",
        ] {
            assert!(
                !file.content.contains(forbidden),
                "{}: {forbidden}",
                file.name
            );
        }
        // Scripts are files, never written in the page.
        for script in file.content.split("<script").skip(1) {
            assert!(script.starts_with(" type=\"module\" src=\"assets/"));
            assert!(script.contains("\"></script>"));
        }
    }
}

#[test]
fn every_file_a_page_names_is_there_and_every_file_is_named() {
    let mut named = Vec::new();
    for file in all() {
        for prefix in ["\"assets/", "from \"./"] {
            for rest in file.content.split(prefix).skip(1) {
                named.push(rest.split('"').next().unwrap());
            }
        }
    }
    for name in &named {
        assert!(ASSETS.iter().any(|file| file.name == *name), "{name}");
    }
    for file in ASSETS {
        assert!(named.contains(&file.name), "{}", file.name);
    }
}
