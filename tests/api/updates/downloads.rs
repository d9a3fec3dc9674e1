//! Downloads: ranges, conditions, their number, their pace, their end.

use std::time::Duration;

use futures::future::join_all;
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, timeout};

use crate::support::app::TestApp;
use crate::support::http_client::{Answer, Raw, request, send};
use crate::support::update_folder::{INSTALLER, INSTALLER_PATH, UpdateFolder};

const LARGE: &str = "windows/2.12.1/jitsi.exe";
const LARGE_PATH: &str = "/updates/windows/2.12.1/jitsi.exe";
const LIMIT: Duration = Duration::from_secs(20);

async fn ask(app: &TestApp, method: &str, headers: &[(&str, &str)]) -> Answer {
    send(app.address(), request(method, INSTALLER_PATH, headers, "")).await
}

/// A client that asks for the large file and reads no more than the head of the answer.
async fn stalled(app: &TestApp) -> Raw {
    let mut socket = Raw::open(app.address()).await;
    socket.write(&format!("GET {LARGE_PATH} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
    let begin = socket.read_until("\r\n\r\n").await;
    assert!(begin.starts_with("HTTP/1.1 200 OK\r\n"), "{begin}");
    socket
}

/// Asks for a byte of the large file until there is a place for it.
async fn until_free(app: &TestApp) {
    let byte = || request("GET", LARGE_PATH, &[("range", "bytes=0-0")], "");
    let free = async { while send(app.address(), byte()).await.status == 503 {} };
    timeout(LIMIT, free).await.expect("a place is free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_with_all_that_a_client_needs_to_go_on_later() {
    let folder = UpdateFolder::everyday();
    let app = folder.serve("");
    let answer = ask(&app, "GET", &[]).await;
    assert_eq!((answer.status, answer.text()), (200, INSTALLER));
    let (tag, modified) = (answer.header("etag").unwrap(), answer.header("last-modified").unwrap());
    assert!(tag.starts_with('"') && tag.ends_with("-2c\""), "{tag}");
    let shown = answer.to_string().replace(tag, "TAG").replace(modified, "TIME");
    insta::assert_snapshot!(shown, @"
    200
    accept-ranges: bytes
    cache-control: no-cache
    content-length: 44
    content-security-policy: sandbox
    content-type: application/vnd.microsoft.portable-executable
    etag: TAG
    last-modified: TIME
    x-content-type-options: nosniff

    MZ the installer, of 44 bytes, more or less.
    ");
    let head = ask(&app, "HEAD", &[("range", "bytes=0-3")]).await;
    assert_eq!((head.status, head.text(), head.header("content-length")), (200, "", Some("44")));
    assert_eq!((head.header("etag"), head.header("accept-ranges")), (Some(tag), Some("bytes")));
    let feed = "/updates/windows-x64/versionupdate.properties";
    let text = send(app.address(), request("GET", feed, &[], "")).await.text().len().to_string();
    let head = send(app.address(), request("HEAD", feed, &[], "")).await;
    assert_eq!((head.status, head.text(), head.header("content-length")), (200, "", Some(text.as_str())));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_are_answered_as_rfc_9110_has_them() {
    let folder = UpdateFolder::everyday();
    let app = folder.serve("");
    for (range, expected) in [
        ("bytes=0-0", Ok(0..1)),
        ("bytes=3-15", Ok(3..16)),
        ("bytes=40-", Ok(40..44)),
        ("bytes=40-4000", Ok(40..44)),
        ("bytes=-4", Ok(40..44)),
        ("bytes=-4000", Ok(0..44)),
        ("bytes=44-", Err(416)),
        ("bytes=-0", Err(416)),
        ("bytes=0-1,3-4", Err(200)),
        ("bytes=4-3", Err(200)),
        ("pages=1-2", Err(200)),
    ] {
        let answer = ask(&app, "GET", &[("range", range)]).await;
        match expected {
            Ok(part) => {
                let content = format!("bytes {}-{}/44", part.start, part.end - 1);
                let length = part.len().to_string();
                assert_eq!((answer.status, answer.text()), (206, &INSTALLER[part]), "{range}");
                assert_eq!(answer.header("content-range"), Some(content.as_str()), "{range}");
                assert_eq!(answer.header("content-length"), Some(length.as_str()), "{range}");
            }
            Err(416) => {
                assert_eq!((answer.status, answer.header("content-range")), (416, Some("bytes */44")), "{range}");
            }
            Err(status) => {
                assert_eq!((answer.status, answer.text()), (status, INSTALLER), "{range}");
                assert_eq!(answer.header("content-range"), None, "{range}");
            }
        }
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_decide_before_ranges_do() {
    let folder = UpdateFolder::everyday();
    let app = folder.serve("");
    let answer = ask(&app, "GET", &[]).await;
    let (tag, modified) = (answer.header("etag").unwrap(), answer.header("last-modified").unwrap());
    let part = ("range", "bytes=0-1");
    for (headers, status) in [
        (&[("if-none-match", tag)][..], 304),
        (&[("if-modified-since", modified)], 304),
        (&[part, ("if-none-match", tag)], 304),
        (&[("if-none-match", "\"other\"")], 200),
        (&[("if-match", "\"other\"")], 412),
        (&[("if-unmodified-since", "Sun, 06 Nov 1994 08:49:37 GMT")], 412),
        (&[part, ("if-range", tag)], 206),
        (&[part, ("if-range", "\"other\"")], 200),
        (&[part, ("if-range", "Sun, 06 Nov 1994 08:49:37 GMT")], 200),
    ] {
        let answer = ask(&app, "GET", headers).await;
        assert_eq!(answer.status, status, "{headers:?}");
        if status == 304 {
            assert_eq!((answer.text(), answer.header("etag")), ("", Some(tag)), "{headers:?}");
        }
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_refused() {
    let folder = UpdateFolder::everyday();
    let app = folder.serve("");
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"] {
        let answer = ask(&app, method, &[]).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn downloads_beyond_the_bound_are_asked_to_come_again_and_nothing_else_suffers() {
    let folder = UpdateFolder::everyday();
    folder.write_large(LARGE);
    let app = folder.serve("max_downloads = 1\n");
    let stalled = stalled(&app).await;
    insta::assert_snapshot!(ask(&app, "GET", &[]).await, @"
    503
    cache-control: no-store
    content-length: 67
    content-type: text/plain; charset=utf-8
    retry-after: 30
    x-content-type-options: nosniff

    TooManyDownloads: Too many downloads are running. Try again later.
    ");
    let head = ask(&app, "HEAD", &[]).await;
    let known = ask(&app, "GET", &[("if-none-match", head.header("etag").unwrap())]).await;
    assert_eq!((head.status, known.status), (200, 304));
    let health = send(app.address(), request("GET", "/healthz", &[], "")).await;
    let feed = send(app.address(), request("GET", "/updates/windows/versionupdate.properties", &[], "")).await;
    assert_eq!((health.status, feed.status), (200, 200));
    drop(stalled);
    until_free(&app).await;
    assert_eq!(ask(&app, "GET", &[]).await.text(), INSTALLER);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_clients_is_served_while_places_are_free() {
    let folder = UpdateFolder::everyday();
    let app = folder.serve("max_downloads = 8\n[http]\nlisten = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.1\"]\n");
    let tag = ask(&app, "HEAD", &[]).await.header("etag").unwrap().to_owned();
    let clients: Vec<String> = (1..=12).map(|number| format!("192.0.2.{number}")).collect();
    for _ in 0..20 {
        let get = async |client: &str| ask(&app, "GET", &[("x-forwarded-for", client)]).await;
        // Those that know the file take no place, and so have nothing to wait for.
        let know = async |_: &str| ask(&app, "GET", &[("if-none-match", &tag)]).await;
        let head = async |_: &str| ask(&app, "HEAD", &[]).await;
        let (sent, known, heads) = tokio::join!(
            join_all(clients.iter().map(|client| get(client))),
            join_all(clients.iter().map(|client| know(client))),
            join_all(clients.iter().map(|client| head(client))),
        );
        assert!(sent.iter().all(|answer| (answer.status, answer.text()) == (200, INSTALLER)), "{sent:?}");
        assert!(known.iter().all(|answer| answer.status == 304), "{known:?}");
        assert!(heads.iter().all(|answer| answer.status == 200), "{heads:?}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_leaves_places_for_others() {
    let folder = UpdateFolder::everyday();
    folder.write_large(LARGE);
    let app = folder.serve("max_downloads = 8\n");
    let _held = (stalled(&app).await, stalled(&app).await);
    let answer = ask(&app, "GET", &[]).await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("30")));
    assert!(answer.text().contains("from this address"), "{answer}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_takes_nothing_is_cut_off_and_its_place_is_free() {
    let folder = UpdateFolder::everyday();
    let size = folder.write_large(LARGE);
    let app = folder.serve("max_downloads = 1\nstall_timeout = \"1s\"\n");
    let begun = Instant::now();
    let mut stalled = stalled(&app).await;
    until_free(&app).await;
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
    assert!((stalled.read_to_end().await.len() as u64) < size);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_comes_whole() {
    let folder = UpdateFolder::everyday();
    let size = folder.write_large(LARGE);
    let app = folder.serve("");
    let answer = send(app.address(), request("GET", LARGE_PATH, &[], "")).await;
    assert_eq!((answer.status, answer.body.len() as u64), (200, size));
    assert!(answer.body.iter().all(|byte| *byte == 0));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_while_it_is_sent_breaks_off() {
    let folder = UpdateFolder::everyday();
    let size = folder.write_large(LARGE);
    let app = folder.serve("");
    let mut stalled = stalled(&app).await;
    folder.write(LARGE, "another one");
    let mut taken = Vec::new();
    drop(timeout(LIMIT, stalled.0.read_to_end(&mut taken)).await.expect("an end in time"));
    assert!((taken.len() as u64) < size);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_cuts_downloads_after_the_grace() {
    let folder = UpdateFolder::everyday();
    folder.write_large(LARGE);
    let app = folder.serve("[limits]\nshutdown_grace = \"300ms\"\n");
    let _stalled = stalled(&app).await;
    let begun = Instant::now();
    app.stop().await;
    assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
}
