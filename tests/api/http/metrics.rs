//! Who may read `/metrics`, and what is counted.

use crate::support::http_client::{Answer, FORM, post, request, send};
use crate::support::http_front::Front;

async fn read(front: &Front, headers: &[(&str, &str)]) -> Answer {
    send(front.address, request("GET", "/metrics", headers, "")).await
}

/// The lines of a metric, without its prefix.
async fn lines(front: &Front, name: &str) -> Vec<String> {
    let answer = read(front, &[]).await;
    let lines = answer.text().lines().filter_map(|line| line.strip_prefix("openfire_provisioner_"));
    lines.filter(|line| line.starts_with(name)).map(str::to_owned).collect()
}

#[tokio::test]
async fn requests_are_counted_by_their_outcome_and_stages_measured() {
    let front = Front::start(|_, limits| limits.failures_per_user = 1).await;
    for user in ["anna", "anna", "wrong", "wrong", "down", ""] {
        send(front.address, post("/provision", &format!("username={user}&password=x"))).await;
    }
    let mut counted = lines(&front, "requests_total").await;
    counted.sort();
    insta::assert_snapshot!(counted.join("\n"), @r#"
    requests_total{outcome="ConnectionException"} 1
    requests_total{outcome="IllegalArgumentException"} 1
    requests_total{outcome="InternalUnauthenticatedException"} 0
    requests_total{outcome="JitsiProvisioning Disabled"} 0
    requests_total{outcome="NotFound"} 0
    requests_total{outcome="PreconditionFailed"} 0
    requests_total{outcome="RangeNotSatisfiable"} 0
    requests_total{outcome="RequestNotAuthorised"} 0
    requests_total{outcome="TemplateException"} 0
    requests_total{outcome="TooManyDownloads"} 0
    requests_total{outcome="TooManyRequests"} 1
    requests_total{outcome="UnauthorizedException"} 1
    requests_total{outcome="UpdateException"} 0
    requests_total{outcome="abandoned"} 0
    requests_total{outcome="panic"} 0
    requests_total{outcome="provisioned"} 2
    requests_total{outcome="update"} 0
    "#);
    let mut measured = lines(&front, "stage_duration_seconds_count").await;
    measured.sort();
    insta::assert_snapshot!(measured.join("\n"), @r#"
    stage_duration_seconds_count{stage="directory"} 2
    stage_duration_seconds_count{stage="login"} 5
    stage_duration_seconds_count{stage="render"} 2
    "#);
}

#[tokio::test]
async fn mistakes_in_the_set_up_are_counted_from_0() {
    let front = Front::start(|_, _| ()).await;
    let mut counted = lines(&front, "setup_mistakes_total").await;
    counted.sort();
    insta::assert_snapshot!(counted.join("\n"), @r#"
    setup_mistakes_total{mistake="placeholder"} 0
    setup_mistakes_total{mistake="plain-on-tls"} 0
    setup_mistakes_total{mistake="tls-on-plain"} 0
    setup_mistakes_total{mistake="unread-proxy-header"} 0
    setup_mistakes_total{mistake="wrong-path"} 0
    "#);
    for form in ["username=${username}@b&password=x", "username=@b&password=x", "username=anna&password=x"] {
        send(front.address, post("/provision", form)).await;
        send(front.address, post("/wrong", form)).await;
    }
    let counted = lines(&front, "setup_mistakes_total").await;
    assert!(counted.contains(&"setup_mistakes_total{mistake=\"placeholder\"} 2".to_owned()), "{counted:?}");
    assert!(counted.contains(&"setup_mistakes_total{mistake=\"wrong-path\"} 3".to_owned()), "{counted:?}");
}

#[tokio::test]
async fn nothing_that_a_client_sends_becomes_a_label() {
    let front = Front::start(|_, _| ()).await;
    let headers = [("content-type", FORM), ("user-agent", "HUSH"), ("x-forwarded-for", "192.0.2.77")];
    let form = "username=HUSH&password=HUSH&HUSH=HUSH";
    send(front.address, request("POST", "/provision", &headers, form)).await;
    send(front.address, request("HUSH", "/provision", &headers, form)).await;
    let answer = read(&front, &[]).await;
    assert!(!answer.text().contains("HUSH") && !answer.text().contains("192.0.2.77"), "{answer}");
}

#[tokio::test]
async fn they_are_for_this_machine_and_for_the_networks_that_are_named() {
    let front = Front::start(|http, _| http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    let answer = read(&front, &[]).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain; version=0.0.4; charset=utf-8")));
    let proxied = [("x-forwarded-for", "192.0.2.9")];
    insta::assert_snapshot!(read(&front, &proxied).await, @"
    403
    cache-control: no-store
    connection: close
    content-length: 81
    content-type: text/plain; charset=utf-8
    x-content-type-options: nosniff

    Metrics are available on localhost and to the networks in http.metrics_networks.
    ");
    assert_eq!(read(&front, &[("host", "provisioning.example.org")]).await.status, 403);

    let front = Front::start(|http, _| {
        http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        http.metrics_networks = vec!["192.0.2.0/28".parse().unwrap()];
    })
    .await;
    assert_eq!(read(&front, &proxied).await.status, 200);
    assert_eq!(read(&front, &[("x-forwarded-for", "192.0.2.99")]).await.status, 403);
    assert_eq!(read(&front, &[("x-forwarded-for", "192.0.2.9"), ("forwarded", "for=192.0.2.1")]).await.status, 403);
    assert_eq!(send(front.address, request("POST", "/metrics", &[], "")).await.status, 405);
}
