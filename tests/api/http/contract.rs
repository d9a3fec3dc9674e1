//! The HTTP contract: every row of the table of answers, paths and methods.

use std::time::Duration;

use openfire_provisioner::model::config::{self, ErrorStatus};
use socket2::SockRef;
use test_servers::log::Log;

use crate::support::front_log::front_lines;
use crate::support::http_client::{Answer, Raw, post, request, send};
use crate::support::http_front::{Front, TEXT};

async fn ask(front: &Front, user: &str) -> Answer {
    send(front.address, post("/provision", &format!("username={user}&password=secret"))).await
}

#[tokio::test]
async fn right_credentials_get_the_text() {
    let front = Front::start(|_, _| ()).await;
    let answer = ask(&front, "anna").await;
    assert!(answer.headers.contains_key("date"));
    insta::assert_snapshot!(answer, @r"
    200
    cache-control: no-store
    content-length: 57
    content-type: text/plain; charset=utf-8
    x-content-type-options: nosniff

    org.example.site.wallpaper=/usr/share/site/wallpaper.jpg
    ");
}

#[tokio::test]
async fn every_failure_has_its_line() {
    let front = Front::start(|_, limits| limits.failures_per_user = 2).await;
    insta::assert_snapshot!(ask(&front, "wrong").await, @r"
    401
    cache-control: no-store
    content-length: 91
    content-type: text/plain; charset=utf-8
    x-content-type-options: nosniff

    UnauthorizedException: The user name or the password is wrong, or the account is disabled.
    ");
    insta::assert_snapshot!(ask(&front, "down").await, @r"
    503
    cache-control: no-store
    content-length: 71
    content-type: text/plain; charset=utf-8
    x-content-type-options: nosniff

    ConnectionException: The chat server does not answer. Try again later.
    ");
    insta::assert_snapshot!(ask(&front, "uncheckable").await, @r"
    503
    cache-control: no-store
    content-length: 94
    content-type: text/plain; charset=utf-8
    x-content-type-options: nosniff

    InternalUnauthenticatedException: The chat server could not check the login. Try again later.
    ");
    insta::assert_snapshot!(ask(&front, "template").await, @r"
    500
    cache-control: no-store
    content-length: 93
    content-type: text/plain; charset=utf-8
    x-content-type-options: nosniff

    TemplateException: The provisioning text could not be made. The log of the service says why.
    ");
    for _ in 0..2 {
        assert_eq!(ask(&front, "throttled").await.status, 401);
    }
    let throttled = ask(&front, "throttled").await;
    let seconds = throttled.header("retry-after").unwrap().parse::<u64>().unwrap();
    assert!((1..=config::Limits::default().failure_window.as_secs()).contains(&seconds), "{throttled}");
    assert_eq!(throttled.status, 429);
    assert_eq!(throttled.text(), format!("TooManyRequests: Too many failed logins. Try again in {seconds} s.\n"));
    insta::assert_snapshot!(ask(&front, "").await, @r"
    400
    cache-control: no-store
    connection: close
    content-length: 76
    content-type: text/plain; charset=utf-8
    x-content-type-options: nosniff

    IllegalArgumentException: The request is malformed: the user name is empty.
    ");
}

#[tokio::test]
async fn the_plugin_mode_answers_401_as_the_old_plugin_did() {
    let front = Front::start(|http, limits| {
        http.error_status = ErrorStatus::Plugin;
        http.allow_get = false;
        limits.failures_per_user = 1;
    })
    .await;
    let users = ["wrong", "down", "uncheckable", "template", "throttled", "throttled", "", "anna"];
    let mut statuses = Vec::new();
    for user in users {
        let answer = ask(&front, user).await;
        assert!(!answer.headers.contains_key("www-authenticate"), "{user}");
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [401, 401, 401, 500, 401, 429, 401, 200]);
}

#[tokio::test]
async fn without_any_credentials_basic_is_asked_for_and_nobody_is_logged_in() {
    let front = Front::start(|_, _| ()).await;
    let empty = request("POST", "/provision", &[], "");
    insta::assert_snapshot!(send(front.address, empty).await, @r#"
    401
    cache-control: no-store
    content-length: 62
    content-type: text/plain; charset=utf-8
    www-authenticate: Basic realm="example.test", charset="UTF-8"
    x-content-type-options: nosniff

    UnauthorizedException: A user name and a password are needed.
    "#);
    for form in ["os=linux", "username=${username}&password=${password}"] {
        assert_eq!(send(front.address, post("/provision", form)).await.status, 401, "{form}");
    }
    assert_eq!(front.script.count(), 0);
}

#[tokio::test]
async fn the_path_counts_whatever_its_slashes() {
    let front = Front::start(|http, _| http.paths.push("own/path/".to_owned())).await;
    for path in [
        "/provision",
        "/provision/",
        "//provision",
        "/provision//",
        "/plugins/jitsiProvisioning/provision",
        "/plugins//jitsiProvisioning/provision/",
        "/own/path",
        "/own/path/?x=y",
    ] {
        assert_eq!(send(front.address, post(path, "user=anna&pass=x")).await.text(), TEXT, "{path}");
    }
}

#[tokio::test]
async fn other_paths_are_not_there() {
    let front = Front::start(|_, _| ()).await;
    for path in ["/", "/Provision", "/provision/x", "/provision.txt", "/%70rovision", "/plugins/jitsiProvisioning"] {
        assert_eq!(send(front.address, post(path, "user=anna&pass=x")).await.status, 404, "{path}");
    }
    insta::assert_snapshot!(send(front.address, request("GET", "/", &[], "")).await, @r"
    404
    cache-control: no-store
    connection: close
    content-length: 110
    content-type: text/plain; charset=utf-8
    x-content-type-options: nosniff

    There is nothing at this path. Clients post their form to /provision or /plugins/jitsiProvisioning/provision.
    ");
    let own = Front::start(|http, _| http.paths = vec!["own/path/".to_owned()]).await;
    for method in ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "BREW"] {
        let answer = send(own.address, request(method, "/%3Cx%3E", &[], "")).await;
        assert_eq!(answer.status, 404, "{method}");
        let is_reported = answer.text().ends_with(" Clients post their form to /provision or /own/path/.\n");
        assert!(is_reported || method == "HEAD", "{answer}");
        assert!(!answer.text().contains("%3C"), "{answer}");
    }
}

/// HAProxy's check when its configuration names no other: HTTP/1.0 without a `Host`, and a reset at the end.
#[tokio::test]
async fn the_check_of_a_load_balancer_is_answered_and_is_no_client() {
    let (log, _guard) = Log::start();
    let front = Front::start(|_, _| ()).await;
    let counts = async || {
        let text = send(front.address, request("GET", "/metrics", &[], "")).await.text().to_owned();
        let is_count = |line: &&str| line.contains("requests_total{") || line.contains("mistakes_total{");
        text.lines().filter(is_count).map(str::to_owned).collect::<Vec<_>>()
    };
    let before = counts().await;
    for check in ["OPTIONS / HTTP/1.0\r\n\r\n", "OPTIONS / HTTP/1.0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"] {
        let mut socket = Raw::open(front.address).await;
        SockRef::from(&socket.0).set_linger(Some(Duration::ZERO)).unwrap();
        socket.write(check).await;
        let answer = socket.read_until("\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.0 204 "), "{answer}");
        assert!(answer.contains("\r\nallow: OPTIONS\r\n"), "{answer}");
    }
    assert_eq!(counts().await, before);
    assert_eq!(front_lines(&log), Vec::<String>::new());
    // Other methods find nothing there.
    for method in ["GET", "HEAD", "POST"] {
        assert_eq!(send(front.address, request(method, "/", &[], "")).await.status, 404, "{method}");
    }
}

#[tokio::test]
async fn get_is_refused_unless_it_is_allowed() {
    let front = Front::start(|_, _| ()).await;
    let get = || request("GET", "/provision?username=anna&password=x", &[], "");
    insta::assert_snapshot!(send(front.address, get()).await, @r"
    405
    allow: POST
    cache-control: no-store
    connection: close
    content-length: 95
    content-type: text/plain; charset=utf-8
    x-content-type-options: nosniff

    IllegalArgumentException: This method is not served here. Send the fields as a form with POST.
    ");
    assert_eq!(front.script.count(), 0);

    let front = Front::start(|http, _| http.allow_get = true).await;
    assert_eq!(send(front.address, get()).await.text(), TEXT);
    assert_eq!(front.script.only(), ("anna".to_owned(), "x".to_owned()));
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_are_allowed() {
    let front = Front::start(|http, _| http.allow_get = true).await;
    for method in ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
        let answer = send(front.address, request(method, "/provision", &[], "")).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, POST")), "{method}");
    }
    let answer = send(front.address, post("/healthz", "")).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
}

#[tokio::test]
async fn a_posted_query_is_not_read() {
    let front = Front::start(|http, _| http.allow_get = true).await;
    let answer = send(front.address, post("/provision?username=anna&password=x", "")).await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn health_is_that_the_process_answers() {
    let front = Front::start(|_, _| ()).await;
    let answer = send(front.address, request("GET", "/healthz", &[], "")).await;
    assert_eq!((answer.status, answer.text()), (200, "ok\n"));
}

#[tokio::test]
async fn readiness_says_what_is_missing_to_those_on_this_machine() {
    let front = Front::start(|_, _| ()).await;
    let answer = send(front.address, request("GET", "/readyz", &[], "")).await;
    assert_eq!(answer.status, 200, "{answer}");
    assert!(answer.text().starts_with("component: ok\nopenfire: ok\npasswords: ok\npolicy: "), "{answer}");

    let other = Front::without_component().await;
    let answer = send(other.address, request("GET", "/readyz", &[], "")).await;
    assert_eq!(answer.status, 503, "{answer}");
    let said: Vec<&str> = answer.text().lines().collect();
    assert!(said[0].starts_with("component: ") && said[0].contains("front.example.test"), "{answer}");
    assert_eq!(said[1], "openfire: ok", "{answer}");
    let withheld = "component: not ready; asked on the service's own machine as localhost, this line says why\n\
                    openfire: ok\npasswords: ok\npolicy: ok\nsettings: ok\n";
    for proxied in [("x-forwarded-for", "192.0.2.1"), ("via", "1.1 proxy"), ("host", "provisioning.example.test")] {
        let answer = send(other.address, request("GET", "/readyz", &[proxied], "")).await;
        assert_eq!((answer.status, answer.text()), (503, withheld), "{proxied:?}");
    }
}

#[tokio::test]
async fn many_who_ask_for_readiness_share_one_check() {
    let front = Front::start(|_, _| ()).await;
    let ask = || send(front.address, request("GET", "/readyz", &[], ""));
    let answers = futures::future::join_all((0..20).map(|_| ask())).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    // Twenty answers can straddle the second after which the next check is due.
    assert!(front.script.peer.accepted() <= 2);
}
