//! Which forms are carried out: those that a page of ours has sent, for an account that may change something.

use crate::support::http_client::{Answer, FORM, request, send};
use crate::support::site::Site;
use crate::support::visitor::{HOST, Visitor};

const SETTINGS: &str = "/admin/settings";

/// Sends the form that pauses provisioning, with the session of `visitor`.
async fn pause(site: &Site, visitor: &Visitor, (method, path): (&str, &str), more: &[(&str, &str)]) -> Answer {
    let cookie = format!("__Host-openfire-provisioner={}", visitor.session().unwrap());
    let form = format!("csrf={}&action=pause", visitor.form_token(SETTINGS));
    let mut headers = vec![("host", HOST), ("cookie", &*cookie)];
    headers.extend_from_slice(more);
    send(site.app.address(), request(method, path, &headers, &form)).await
}

async fn is_paused(site: &Site) -> bool {
    site.provision("anna.berger", "sunflower-42", "test").await == 503
}

#[tokio::test]
async fn a_form_that_no_page_of_ours_sent_changes_nothing_though_its_token_is_right() {
    let site = Site::start("").await;
    let admin = site.administrator().await;
    let own = format!("http://{HOST}");
    let form = ("content-type", FORM);
    for (status, headers) in [
        (403, &[form][..]),
        (403, &[form, ("sec-fetch-site", "cross-site")]),
        (403, &[form, ("sec-fetch-site", "same-site"), ("origin", &own)]),
        (403, &[form, ("sec-fetch-site", "none"), ("origin", &own)]),
        (403, &[form, ("sec-fetch-site", "")]),
        (403, &[form, ("origin", "null")]),
        (403, &[form, ("origin", "http://localhost:9998")]),
        (403, &[form, ("origin", "http://localhost:9999.evil.test")]),
        (403, &[form, ("origin", "https://localhost:9999")]),
        (403, &[form, ("referer", "http://localhost:9999/admin/settings")]),
        (415, &[("content-type", "text/plain"), ("origin", &own)]),
        (415, &[("content-type", "multipart/form-data; boundary=x"), ("origin", &own)]),
        (415, &[("origin", &own)]),
        (403, &[form, ("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "iframe")]),
    ] {
        let answer = pause(&site, &admin, ("POST", SETTINGS), headers).await;
        assert_eq!(answer.status, status, "{headers:?}: {answer}");
    }
    // Another site can send a form only without our cookies, and replaces none by that.
    let headers = [("host", HOST), form, ("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "document")];
    for path in [SETTINGS, "/admin/sign-in"] {
        let answer = send(site.app.address(), request("POST", path, &headers, "username=x")).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (403, None), "{path}");
    }
    let from_us = [form, ("sec-fetch-site", "same-origin")];
    for (status, method, path) in [
        (405, "PUT", SETTINGS),
        (405, "DELETE", SETTINGS),
        (405, "PATCH", SETTINGS),
        (200, "GET", SETTINGS),
        (200, "HEAD", SETTINGS),
        (403, "POST", "/admin/settings/x"),
        (403, "POST", "/admin/settings%2F"),
        (403, "POST", "/admin/settings%00"),
        (403, "POST", "/admin/locked-out/..%2Fsettings"),
        (403, "POST", "/admin/locked-out"),
        (404, "POST", "/Admin/settings"),
        (403, "POST", "/admin/Settings"),
    ] {
        let answer = pause(&site, &admin, (method, path), &from_us).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer}");
    }
    assert!(!is_paused(&site).await);
    // However the path is written, it is the page that the token is for.
    for path in ["//admin//settings/", "/admin/%73ettings"] {
        let answer = pause(&site, &admin, ("POST", path), &from_us).await;
        assert_eq!(answer.status, 303, "{path}: {answer}");
    }
    assert!(is_paused(&site).await);
    site.app.stop().await;
}

#[tokio::test]
async fn an_account_that_may_only_look_changes_nothing_by_any_form() {
    let site = Site::start("viewers = [\"anna.berger\"]").await;
    let mut viewer = Visitor::signed_in(site.app.address(), "anna.berger", "sunflower-42").await;
    for (path, fields) in [
        (SETTINGS, &[("action", "pause")][..]),
        (SETTINGS, &[("action", "set-secret"), ("secret", "new-s3cret")]),
        (SETTINGS, &[("action", "generate-secret")]),
        (SETTINGS, &[("action", "show-secret"), ("password", "sunflower-42")]),
        (SETTINGS, &[("action", "networks"), ("networks", "127.0.0.0/8")]),
        (SETTINGS, &[("action", "give-back-secret")]),
        ("/admin/locked-out", &[("door", "provisioning"), ("kind", "user"), ("user", "x")]),
        ("/admin/audit", &[]),
        ("/admin/", &[]),
        ("/admin/requests", &[]),
        ("/admin/console-plugin.jar", &[]),
    ] {
        let token = viewer.form_token(path);
        let answer = viewer.post(path, fields, &token).await;
        assert_eq!(answer.status, 403, "{path} {fields:?}: {answer}");
    }
    let files: Vec<_> = std::fs::read_dir(site.state()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!files.iter().any(|name| name == "settings.toml"), "{files:?}");
    assert!(!is_paused(&site).await);
    site.app.stop().await;
}

#[tokio::test]
async fn a_form_without_its_field_is_no_empty_list_of_networks() {
    let site = Site::start("").await;
    let mut admin = site.administrator().await;
    let set = [("action", "networks"), ("networks", "127.0.0.0/8")];
    assert_eq!(admin.submit(SETTINGS, &set).await.status, 303);
    assert_eq!(admin.submit(SETTINGS, &[("action", "networks")]).await.status, 400);
    assert!(admin.page(SETTINGS).await.contains("<code>127.0.0.0/8</code>"));
    // One administrator has the form open while another one changes the list.
    let stale = [("action", "networks"), ("networks", "127.0.0.0/8 10.0.0.0/8"), ("seen", "")];
    let answer = admin.submit(SETTINGS, &stale).await;
    assert!(answer.status == 422 && answer.text().contains("were changed while you edited them"), "{answer}");
    assert!(answer.text().contains("name=\"seen\" value=\"127.0.0.0&#x2f;8\""), "{answer}");
    assert!(answer.text().contains("127.0.0.0&#x2f;8 10.0.0.0&#x2f;8</textarea>"), "{answer}");
    let seen = [("action", "networks"), ("networks", "127.0.0.0/8 10.0.0.0/8"), ("seen", "127.0.0.0/8")];
    assert_eq!(admin.submit(SETTINGS, &seen).await.status, 303);
    site.app.stop().await;
}

/// A stranger sends more than a form of a page has, and large names that the page would show again.
#[tokio::test]
async fn what_a_stranger_sends_comes_back_short() {
    let site = Site::start("").await;
    let mut stranger = Visitor::new(site.app.address());
    let long = "'".repeat(20_000);
    for fields in [
        [("username", long.as_str()), ("password", "x"), ("kept", "")],
        [("username", "anna.berger"), ("password", "x"), ("kept", long.as_str())],
    ] {
        let answer = stranger.submit("/admin/sign-in", &fields).await;
        assert_eq!(answer.status, 403, "{answer}");
        assert!(answer.body.len() < 80_000, "{}", answer.body.len());
    }
    let large = "x".repeat(1024 * 1024);
    assert_eq!(stranger.submit("/admin/sign-in", &[("username", &large)]).await.status, 413);
    site.app.stop().await;
}
