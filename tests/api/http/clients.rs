//! Who may ask, how it says who it is, and what is known about it afterwards.

use base64::Engine;
use secrecy::SecretString;

use crate::support::http_client::{Answer, FORM, post, request, send};
use crate::support::http_front::{ECHO, Front, TEXT};

const ANNA: &str = "username=anna&password=x";

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}")))
}

/// The lines of [`ECHO`] about the form's fields.
fn fields(answer: &Answer) -> Vec<&str> {
    answer.text().lines().filter(|line| line.starts_with("field.")).collect()
}

async fn ask(front: &Front, headers: &[(&str, &str)], form: &str) -> Answer {
    let headers: Vec<_> = headers.iter().copied().chain([("content-type", FORM)]).collect();
    send(front.address, request("POST", "/provision", &headers, form)).await
}

#[tokio::test]
async fn a_jitsi_client_is_known_by_what_it_sends() {
    let front = Front::start_with(ECHO, |_, _| ()).await;
    let form = "user=Anna%40example.test&password=p%C3%A4ss+w%25rd&os=linux&mac=${hwaddr}&uuid=1&uuid=2&empty&secret=s";
    let answer = ask(&front, &[("user-agent", "Jitsi Desktop/2.14-SNAPSHOT.0")], form).await;
    assert_eq!(front.script.only(), ("anna".to_owned(), "päss w%rd".to_owned()));
    insta::assert_snapshot!(answer.text(), @r"
    name=anna
    address=127.0.0.1
    product=Jitsi Desktop
    version=2.14-SNAPSHOT.0
    field.empty=
    field.os=linux
    field.uuid=2
    ");
}

#[tokio::test]
async fn field_names_are_the_sites_own() {
    let front = Front::start_with(ECHO, |http, _| {
        http.username_fields = vec!["login".to_owned(), "name".to_owned()];
        http.password_fields = vec!["pin".to_owned()];
    })
    .await;
    let answer = ask(&front, &[], "name=berta&login=anna&pin=1&username=x&password=y").await;
    assert_eq!(front.script.only(), ("anna".to_owned(), "1".to_owned()));
    assert_eq!(fields(&answer), ["field.password=y", "field.username=x"]);
}

#[tokio::test]
async fn basic_counts_when_no_credential_field_came() {
    let front = Front::start_with(ECHO, |_, _| ()).await;
    let answer = ask(&front, &[("authorization", &basic("anna", "pä:ss"))], "os=linux").await;
    assert_eq!(front.script.only(), ("anna".to_owned(), "pä:ss".to_owned()));
    assert_eq!(fields(&answer), ["field.os=linux"]);
}

#[tokio::test]
async fn wrong_basic_credentials_are_challenged_again_and_form_credentials_are_not() {
    let front = Front::start(|_, _| ()).await;
    let challenge = Some(r#"Basic realm="example.test", charset="UTF-8""#);
    for (name, password) in [("wrong", "x"), ("anna", "")] {
        let answer = ask(&front, &[("authorization", &basic(name, password))], "").await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, challenge), "{name}");
    }
    // With both, the form counts.
    let answer = ask(&front, &[("authorization", &basic("anna", "x"))], "username=wrong&password=x").await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, None));
    let answer = ask(&front, &[("authorization", &basic("anna", "x"))], "username=anna").await;
    assert_eq!(answer.status, 400);
}

/// As in `https://${username}:${password}@host/provision`. A 401 would have the client forget the password that it has.
#[tokio::test]
async fn a_placeholder_in_basic_is_malformed_and_no_wrong_password() {
    let front = Front::start(|_, _| ()).await;
    for (name, password) in [("${username}", "${password}"), ("anna", "${password}"), ("${username}", "x")] {
        let answer = ask(&front, &[("authorization", &basic(name, password))], "").await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (400, None), "{name}: {answer}");
        assert!(answer.text().contains("username=${username}&password=${password}"), "{name}: {answer}");
    }
    assert_eq!(front.script.count(), 0);
}

#[tokio::test]
async fn a_broken_authorization_is_malformed_and_another_scheme_is_none() {
    let front = Front::start(|_, _| ()).await;
    assert_eq!(ask(&front, &[("authorization", "Basic ???")], "").await.status, 400);
    assert_eq!(ask(&front, &[("authorization", &basic("", "x"))], "").await.status, 400);
    assert_eq!(ask(&front, &[("authorization", "Bearer abc")], "").await.status, 401);
    assert_eq!(front.script.count(), 0);
}

#[tokio::test]
async fn the_secret_is_checked_before_the_credentials() {
    let front = Front::start_with(ECHO, |http, _| http.secret = Some(SecretString::from("s3cret"))).await;
    insta::assert_snapshot!(ask(&front, &[], "username=&password=&secret=guess").await, @r"
    400
    cache-control: no-store
    connection: close
    content-length: 101
    content-type: text/plain; charset=utf-8
    x-content-type-options: nosniff

    RequestNotAuthorised: This client may not be provisioned: its secret or its address is not accepted.
    ");
    for form in ["", ANNA, "username=anna&password=x&secret=", "username=anna&password=x&secret=${secret}"] {
        assert!(ask(&front, &[], form).await.text().starts_with("RequestNotAuthorised: "), "{form}");
    }
    assert_eq!(front.script.count(), 0);
    let answer = ask(&front, &[], "username=anna&password=x&secret=s3cret").await;
    assert_eq!((answer.status, fields(&answer).len()), (200, 0), "{answer}");
}

#[tokio::test]
async fn networks_that_are_not_allowed_get_nothing() {
    let front = Front::start(|http, _| http.allowed_networks = vec!["10.0.0.0/8".parse().unwrap()]).await;
    let answer = ask(&front, &[], ANNA).await;
    assert!(answer.text().starts_with("RequestNotAuthorised: "));
    // Nobody has said that this peer is a proxy.
    assert_eq!(ask(&front, &[("x-forwarded-for", "10.0.0.1")], ANNA).await.status, 400);
    assert_eq!(front.script.count(), 0);
}

#[tokio::test]
async fn a_trusted_proxy_says_who_asks() {
    let front = Front::start_with(ECHO, |http, _| {
        http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        http.allowed_networks = vec!["192.0.2.0/24".parse().unwrap()];
    })
    .await;
    let answer = ask(&front, &[("x-forwarded-for", "10.0.0.1, 192.0.2.7")], ANNA).await;
    assert!(answer.status == 200 && answer.text().contains("\naddress=192.0.2.7\n"), "{answer}");
    let forwarded = [("forwarded", "for=192.0.2.9, for=\"[2001:db8::1]:80\"")];
    assert_eq!(ask(&front, &forwarded, ANNA).await.status, 400);
    let spoofed = [("forwarded", "for=192.0.2.9"), ("x-forwarded-for", "203.0.113.1")];
    assert!(ask(&front, &spoofed, ANNA).await.text().starts_with("RequestNotAuthorised: "));
}

#[tokio::test]
async fn a_text_is_compressed_only_when_that_is_asked_for_and_helps() {
    let front = Front::start(|_, _| ()).await;
    let long = "username=long&password=x";
    let gzip = [("accept-encoding", "gzip,deflate")];
    let answer = ask(&front, &gzip, long).await;
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*answer.body), &mut text).unwrap();
    let whole = ask(&front, &[], long).await;
    assert_eq!(text, whole.text());
    assert!(text.starts_with(TEXT) && text.lines().count() == 101, "{text}");

    for (headers, form) in [
        (&[][..], long),
        (&[("accept-encoding", "gzip;q=0, *")][..], long),
        (&gzip[..], ANNA),
        (&gzip[..], "username=wrong&password=x"),
    ] {
        assert_eq!(ask(&front, headers, form).await.header("content-encoding"), None, "{headers:?} {form}");
    }
    let off = Front::start(|http, _| http.gzip = false).await;
    assert_eq!(ask(&off, &gzip, long).await.text(), text);
}

#[tokio::test]
async fn two_servers_live_in_one_process() {
    let (one, two) = (Front::start(|_, _| ()).await, Front::start(|http, _| http.paths.clear()).await);
    assert_ne!(one.address, two.address);
    let path = "/plugins/jitsiProvisioning/provision";
    assert_eq!(send(one.address, post(path, ANNA)).await.status, 200);
    assert_eq!(send(two.address, post(path, ANNA)).await.status, 404);
}
