//! What is logged about a request, and what never is.

use std::collections::BTreeMap;

use test_servers::log::Log;

use crate::support::front_log::front_lines;
use crate::support::http_client::{FORM, Raw, raw_post, request, send};
use crate::support::http_front::Front;

/// The lines with words in place of what differs from run to run.
fn masked(front: &Front, lines: &[String]) -> String {
    let without_times = lines.iter().map(|line| {
        let (level, fields) = line.split_once(' ').unwrap();
        let mut fields: serde_json::Value = serde_json::from_str(fields).unwrap();
        for stage in ["ms.login", "ms.directory", "ms.render"] {
            fields.as_object_mut().unwrap().entry(stage).and_modify(|time| *time = "TIME".into());
        }
        format!("{level} {fields}")
    });
    let text = without_times.collect::<Vec<_>>().join("\n");
    let text = text.replace(&front.script.peer.address().to_string(), "SERVER");
    text.replace(&front.folder().display().to_string(), "FOLDER")
}

#[tokio::test]
async fn each_request_is_one_line_and_our_failures_have_their_reason() {
    let (log, _guard) = Log::start();
    let front = Front::start(|_, _| ()).await;
    for user in ["anna", "wrong", "down", "template", ""] {
        let headers = [("content-type", FORM), ("user-agent", "Jitsi/2.10.5550")];
        send(front.address, request("POST", "/provision", &headers, &format!("username={user}&password=x"))).await;
    }
    insta::assert_snapshot!(masked(&front, &front_lines(&log)), @r#"
    INFO {"client.address":"127.0.0.1","client.agent":"Jitsi/2.10.5550","client.version":"2.10.5550","http.status":200,"message":"request of anna from 127.0.0.1: provisioned","ms.directory":"TIME","ms.login":"TIME","ms.render":"TIME","outcome":"provisioned","template.file":"FOLDER/all.properties","user.name":"anna"}
    INFO {"client.address":"127.0.0.1","client.agent":"Jitsi/2.10.5550","client.version":"2.10.5550","http.status":401,"message":"request of wrong from 127.0.0.1: UnauthorizedException","ms.login":"TIME","outcome":"UnauthorizedException","reason":"the server refused the login: unknown user or wrong password","user.name":"wrong"}
    INFO {"client.address":"127.0.0.1","client.agent":"Jitsi/2.10.5550","client.version":"2.10.5550","http.status":503,"message":"request of down from 127.0.0.1: ConnectionException","ms.login":"TIME","outcome":"ConnectionException","user.name":"down"}
    WARN {"client.address":"127.0.0.1","message":"the request of down from 127.0.0.1 could not be served: the server closed the connection (the SASL exchange)","outcome":"ConnectionException","reason":"the server closed the connection (the SASL exchange)","user.name":"down"}
    INFO {"client.address":"127.0.0.1","client.agent":"Jitsi/2.10.5550","client.version":"2.10.5550","http.status":500,"message":"request of template from 127.0.0.1: TemplateException","ms.directory":"TIME","ms.login":"TIME","ms.render":"TIME","outcome":"TemplateException","template.file":"FOLDER/staff.properties","template.rule":"staff","user.name":"template"}
    WARN {"client.address":"127.0.0.1","message":"the request of template from 127.0.0.1 could not be served: FOLDER/staff.properties:1: invalid operation; the details are left out, since they could quote a user's data: look at this line of the template","outcome":"TemplateException","reason":"FOLDER/staff.properties:1: invalid operation; the details are left out, since they could quote a user's data: look at this line of the template","template.file":"FOLDER/staff.properties","template.rule":"staff","user.name":"template"}
    INFO {"client.address":"127.0.0.1","client.agent":"Jitsi/2.10.5550","client.version":"2.10.5550","http.status":400,"message":"request of - from 127.0.0.1: IllegalArgumentException","outcome":"IllegalArgumentException","reason":"The request is malformed: the user name is empty."}
    "#);
}

#[tokio::test]
async fn a_client_that_goes_away_is_logged_too() {
    let (log, _guard) = Log::start();
    let front = Front::start(|_, _| ()).await;
    let mut socket = Raw::open(front.address).await;
    socket.write(&raw_post("username=silent&password=x")).await;
    front.script.began(1).await;
    drop(socket);
    front.script.all_ended().await;
    let lines = front_lines(&log);
    assert!(lines[0].contains(r#""outcome":"abandoned""#), "{lines:?}");
    assert!(lines[0].contains(r#""user.name":"silent""#), "{lines:?}");
}

#[tokio::test]
async fn no_secret_is_logged_at_any_level() {
    let (log, _guard) = Log::start();
    let front = Front::start(|http, _| http.allow_get = true).await;
    let form = [("content-type", FORM), ("cookie", "HUSH"), ("authorization", "Basic YW5uYTpIVVNI")];
    for user in ["anna", "wrong", "down", "template", "throttled"] {
        let fields = format!("username={user}&password=HUSH&secret=HUSH&pass=HUSH");
        send(front.address, request("POST", "/provision?x=HUSH", &form, &fields)).await;
        send(front.address, request("GET", &format!("/provision?{fields}"), &[], "")).await;
    }
    for broken in ["HUSH=%zz", "username=a&HUSH%00=1", "username=a&password=HUSH%FF", "HUSH"] {
        send(front.address, request("POST", "/provision", &form, broken)).await;
    }
    send(front.address, request("POST", "/provision", &form[2..], "")).await;
    for path in ["/x?HUSH", "/x&password=HUSH", "/x;HUSH", "/x%3FHUSH", "/x:HUSH@host"] {
        send(front.address, request("GET", path, &form, "username=anna&password=HUSH")).await;
    }
    let text = log.text();
    assert!(text.contains("anna") && text.contains(r#""http.path":"/x""#), "{text}");
    assert!(!text.contains("HUSH") && !text.contains("YW5uYTpIVVNI"), "{text}");
}

#[tokio::test]
async fn a_user_agent_cannot_forge_a_line() {
    let (log, _guard) = Log::start();
    let front = Front::start(|_, _| ()).await;
    let agent = format!("Jitsi\t{}\u{e9}", "x".repeat(400));
    let headers = [("content-type", FORM), ("user-agent", agent.as_str())];
    send(front.address, request("POST", "/provision", &headers, "username=anna&password=x")).await;
    let kept = format!(r#""client.agent":"Jitsi{}""#, "x".repeat(251));
    assert!(front_lines(&log)[0].contains(&kept), "{:?}", front_lines(&log));
}

#[tokio::test]
async fn a_target_without_a_path_is_logged_and_never_panics() {
    let (log, _guard) = Log::start();
    let front = Front::start(|_, _| ()).await;
    let mut socket = Raw::open(front.address).await;
    socket.write("CONNECT hush:80 HTTP/1.1\r\nHost: hush\r\nUser-Agent: curl/8\r\n\r\n").await;
    socket.read_to_end().await;
    insta::assert_snapshot!(front_lines(&log).join("\n"), @r#"INFO {"client.address":"127.0.0.1","client.agent":"curl/8","client.version":"8","http.status":400,"message":"request of - from 127.0.0.1: IllegalArgumentException","outcome":"IllegalArgumentException","reason":"The request is malformed: its target is not a path."}"#);
    assert!(!log.text().contains("hush"), "{}", log.text());
}

#[tokio::test]
async fn a_proxy_that_nobody_has_named_is_reported_once() {
    let (log, _guard) = Log::start();
    let front = Front::start(|_, _| ()).await;
    for header in ["x-forwarded-for", "forwarded", "x-forwarded-for"] {
        let headers = [("content-type", FORM), (header, "192.0.2.1")];
        send(front.address, request("POST", "/provision", &headers, "username=anna&password=x")).await;
    }
    let lines = front_lines(&log);
    let warnings: Vec<_> = lines.iter().filter(|line| line.starts_with("WARN")).map(String::as_str).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r#"WARN {"client.address":"127.0.0.1","message":"127.0.0.1 sends Forwarded or X-Forwarded-For but is not trusted: set http.trusted_proxies if this is your proxy, since until then all its users count as one client (this is logged once)"}"#);
}

#[tokio::test]
async fn a_proxy_that_is_named_is_not_reported() {
    let (log, _guard) = Log::start();
    let front = Front::start(|http, _| http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    let headers = [("content-type", FORM), ("x-forwarded-for", "192.0.2.1")];
    send(front.address, request("POST", "/provision", &headers, "username=anna&password=x")).await;
    assert!(front_lines(&log).iter().all(|line| line.starts_with("INFO")), "{:?}", front_lines(&log));
}

#[tokio::test]
async fn a_wrong_path_is_logged_once_for_each_address() {
    let (log, _guard) = Log::start();
    let front = Front::start(|http, _| http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    let client = [("content-type", FORM), ("user-agent", "Jitsi/2.10.5550")];
    for _ in 0..50 {
        let answer =
            send(front.address, request("POST", "/provisioning?x=HUSH", &client, "username=anna&password=HUSH")).await;
        assert_eq!(answer.status, 404);
    }
    send(front.address, request("GET", "/provisioning", &[("x-forwarded-for", "192.0.2.7")], "")).await;
    insta::assert_snapshot!(front_lines(&log).join("\n"), @r#"
    INFO {"client.address":"127.0.0.1","client.agent":"Jitsi/2.10.5550","http.method":"POST","http.path":"/provisioning","http.status":404,"message":"127.0.0.1 asks for /provisioning with POST, where there is nothing; if this is a client, correct its provisioning URI. There is nothing at this path. Clients post their form to /provision or /plugins/jitsiProvisioning/provision."}
    INFO {"client.address":"192.0.2.7","http.method":"GET","http.path":"/provisioning","http.status":404,"message":"192.0.2.7 asks for /provisioning with GET, where there is nothing; if this is a client, correct its provisioning URI. There is nothing at this path. Clients post their form to /provision or /plugins/jitsiProvisioning/provision."}
    "#);
    assert!(!log.text().contains("HUSH"), "{}", log.text());
}

#[tokio::test]
async fn a_proxy_that_sends_only_a_header_that_is_not_read_is_logged_with_the_remedy() {
    for trusted in [true, false] {
        let (log, _guard) = Log::start();
        let front = Front::start(|http, _| {
            http.trusted_proxies = if trusted { vec!["127.0.0.1/32".parse().unwrap()] } else { Vec::new() };
        })
        .await;
        for number in 0..5 {
            let client = format!("192.0.2.{number}");
            let headers = [("content-type", FORM), ("x-real-ip", client.as_str())];
            send(front.address, request("POST", "/provision", &headers, "username=anna&password=x")).await;
            assert_eq!(front.script.count(), number + 1);
        }
        let lines = front_lines(&log);
        let warnings: Vec<_> = lines.iter().filter(|line| line.starts_with("WARN")).collect();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        for said in ["x-real-ip", "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;", "127.0.0.1 sends"] {
            assert!(warnings[0].contains(said), "{warnings:?}");
        }
        assert_eq!(warnings[0].contains("`http.trusted_proxies`"), !trusted, "{warnings:?}");
        let metrics = send(front.address, request("GET", "/metrics", &[], "")).await;
        assert!(metrics.text().contains("{mistake=\"unread-proxy-header\"} 5\n"), "{metrics}");
    }
}

#[tokio::test]
async fn both_headers_are_read_and_no_remedy_is_needed() {
    let (log, _guard) = Log::start();
    let front = Front::start(|http, _| http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()]).await;
    let headers = [("content-type", FORM), ("x-real-ip", "192.0.2.1"), ("x-forwarded-for", "192.0.2.1")];
    send(front.address, request("POST", "/provision", &headers, "username=anna&password=x")).await;
    assert!(front_lines(&log).iter().all(|line| line.starts_with("INFO")), "{:?}", front_lines(&log));
}

#[tokio::test]
async fn a_field_that_has_nothing_to_say_is_left_out() {
    let (log, _guard) = Log::start();
    let front = Front::start(|_, _| ()).await;
    for agent in ["", "curl", "\u{e9}"] {
        let headers = [("content-type", FORM), ("user-agent", agent)];
        send(front.address, request("POST", "/provision", &headers, "username=${username}@b&password=x")).await;
        send(front.address, request("POST", &format!("/{}", agent.len()), &headers, "")).await;
    }
    let lines = front_lines(&log);
    assert_eq!(lines.len(), 6, "{lines:?}");
    assert!(lines.iter().all(|line| !line.contains(r#":"""#)), "{lines:?}");
    assert!(lines[0].contains("a placeholder must be the whole value"), "{lines:?}");
}

/// The text of a field, as JSON has it.
fn text_of<'a>(line: &'a serde_json::Value, field: &str) -> &'a str {
    line["fields"][field].as_str().unwrap_or_default()
}

#[tokio::test]
async fn each_line_of_a_login_names_the_request_that_it_is_for() {
    const REQUESTS: usize = 64;
    let (log, _guard) = Log::start();
    let front = Front::start(|_, limits| {
        limits.concurrent_logins = REQUESTS;
        limits.new_connections_per_second = 0;
        // A second attempt has lines of its own.
        limits.confirm_refusals = false;
    })
    .await;
    // All are under way at the same time, and end as their names say.
    let users = (0..REQUESTS).map(|n| format!("{}-{n}", if n % 3 == 0 { "wrong" } else { "held" }));
    let asked = users.map(|user| {
        let form = format!("username={user}&password=x");
        async move { send(front.address, request("POST", "/provision", &[("content-type", FORM)], &form)).await.status }
    });
    let (statuses, ()) = tokio::join!(futures::future::join_all(asked), async {
        front.script.began(REQUESTS).await;
        front.script.release.send_replace(true);
    });
    assert!(
        statuses.iter().enumerate().all(|(n, status)| *status == if n % 3 == 0 { 401 } else { 200 }),
        "{statuses:?}"
    );

    let text = log.text();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let from = |target: &'static str| {
        lines.iter().filter(move |line| line["target"].as_str().is_some_and(|from| from.starts_with(target)))
    };
    let requests: BTreeMap<u64, &str> = from("openfire_provisioner::http::request_log")
        .map(|line| (line["fields"]["request.id"].as_u64().unwrap(), text_of(line, "user.name")))
        .collect();
    assert_eq!(requests.len(), REQUESTS, "{requests:?}");
    let logins: Vec<_> = from("openfire_provisioner::openfire::login").collect();
    assert_eq!(logins.len(), 2 * REQUESTS, "one line where a login begins and one where it ends");
    for line in logins {
        assert_eq!(line["span"]["name"], "request", "{line}");
        let user = line["span"]["id"].as_u64().and_then(|id| requests.get(&id));
        assert_eq!(user, Some(&text_of(line, "user.name")), "{line}");
        assert!(
            text_of(line, "message").ends_with("begins")
                || text_of(line, "message").contains(if text_of(line, "user.name").starts_with("wrong") {
                    "failed"
                } else {
                    "succeeded"
                }),
            "{line}"
        );
    }
}
