//! Bad input: one line, and nobody is logged in.

use crate::support::http_client::{FORM, Raw, post, request, send};
use crate::support::http_front::{Front, TEXT};

/// The answer's first words and its sentence, for a form that is refused.
async fn refusal(front: &Front, headers: &[(&str, &str)], body: &str) -> String {
    let answer = send(front.address, request("POST", "/provision", headers, body)).await;
    assert_eq!(front.script.count(), 0, "{body}");
    assert_eq!(answer.header("connection"), Some("close"), "{body}");
    format!("{} {}", answer.status, answer.text())
}

#[tokio::test]
async fn a_malformed_form_is_refused_with_what_is_wrong() {
    let front = Front::start(|_, _| ()).await;
    let long = |length: usize| "x".repeat(length);
    let cases = [
        ("username=anna".to_owned(), "the field `password` is missing"),
        ("user=anna&password=${password}".to_owned(), "the field `password` is missing"),
        ("password=x".to_owned(), "the field `username` is missing"),
        ("username=+&password=x".to_owned(), "the user name is empty"),
        ("username=@example.test&password=".to_owned(), "the user name is empty"),
        (format!("username={}&password=x", long(1024)), "the user name is longer than 1023 bytes"),
        (format!("username=a&password={}", long(1024)), "the password is longer than 1023 bytes"),
        (format!("username=a&password=x&os={}", long(1024)), "field 3 of the form has a value longer than 1023 bytes"),
        (format!("username=a&password=x&{}=1", long(65)), "field 3 of the form has a name longer than 64 bytes"),
        ("username=a&password=%FF".to_owned(), "field 2 of the form is not UTF-8"),
        (
            "username=a&password=100%".to_owned(),
            "field 2 of the form has a % that is not followed by two hexadecimal digits",
        ),
        ("username=a%0A&password=x".to_owned(), "field 1 of the form contains a control character"),
        ("username=a&password=x%00".to_owned(), "field 2 of the form contains a control character"),
        ("=x&username=a&password=x".to_owned(), "field 1 of the form has no name"),
        ("a=1&".repeat(65), "the form has more than 64 fields"),
        (format!("username=a&password={}", long(16 * 1024)), "the form is larger than 16 KiB"),
    ];
    for (body, sentence) in cases {
        let expected = format!("400 IllegalArgumentException: The request is malformed: {sentence}.\n");
        assert_eq!(refusal(&front, &[("content-type", FORM)], &body).await, expected);
    }
}

#[tokio::test]
async fn what_is_not_a_plain_form_is_refused() {
    let front = Front::start(|_, _| ()).await;
    let form = "username=anna&password=x";
    let not_a_form = "the body is not a form: its content type must be application/x-www-form-urlencoded";
    for (headers, sentence) in [
        (vec![], not_a_form),
        (vec![("content-type", "application/json")], not_a_form),
        (vec![("content-type", "multipart/form-data; boundary=x")], not_a_form),
        (vec![("content-type", "application/x-www-form-urlencoded; charset=utf-16")], "the form must be in UTF-8"),
        (vec![("content-type", FORM), ("content-encoding", "gzip")], "the form must not be compressed"),
        (vec![("content-type", FORM), ("content-type", "text/plain")], "it has more than one Content-Type header"),
        (vec![("content-type", FORM), ("content-type", FORM)], "it has more than one Content-Type header"),
        (
            vec![("content-type", FORM), ("content-encoding", "identity"), ("content-encoding", "gzip")],
            "it has more than one Content-Encoding header",
        ),
    ] {
        let expected = format!("400 IllegalArgumentException: The request is malformed: {sentence}.\n");
        assert_eq!(refusal(&front, &headers, form).await, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn limits_are_inclusive_and_charset_is_welcome() {
    let front = Front::start(|_, _| ()).await;
    let form = format!("username=anna&password={}&os={}", "x".repeat(1023), "y".repeat(1023));
    let headers = [("content-type", "application/x-www-form-urlencoded; charset=UTF-8")];
    assert_eq!(send(front.address, request("POST", "/provision", &headers, &form)).await.text(), TEXT);
    // A form of 16 KiB to the byte.
    let padding = "&".repeat(16 * 1024 - "username=anna&password=x".len());
    let form = format!("username=anna&password=x{padding}");
    assert_eq!(send(front.address, post("/provision", &form)).await.text(), TEXT);
    assert_eq!(send(front.address, post("/provision", &format!("{form}&"))).await.status, 400);
}

#[tokio::test]
async fn an_empty_password_is_a_wrong_password_and_openfire_is_not_asked() {
    let front = Front::start(|_, _| ()).await;
    let answer = send(front.address, post("/provision", "username=anna&password=")).await;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, None));
    assert!(answer.text().starts_with("UnauthorizedException: "));
    // U+202E is prohibited by nodeprep (RFC 3454 table C.8), so no account has such a name.
    let answer = send(front.address, post("/provision", "username=an%E2%80%AEna&password=x")).await;
    assert_eq!(answer.status, 401);
    assert_eq!(front.script.count(), 0);
}

#[tokio::test]
async fn a_length_over_the_limit_is_refused_before_the_body_comes() {
    let front = Front::start(|_, _| ()).await;
    let mut socket = Raw::open(front.address).await;
    socket
        .write(&format!("POST /provision HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 20000\r\n\r\n"))
        .await;
    let answer = socket.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("larger than 16 KiB"), "{answer}");
}

#[tokio::test]
async fn an_expected_100_is_not_given_for_a_body_that_is_refused() {
    let front = Front::start(|_, _| ()).await;
    let mut socket = Raw::open(front.address).await;
    socket.write("POST /provision HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 20000\r\n\r\n").await;
    assert!(socket.read_to_end().await.starts_with("HTTP/1.1 400 "));
}

#[tokio::test]
async fn a_client_that_sends_far_too_much_still_reads_why() {
    let front = Front::start(|_, _| ()).await;
    let mut socket = Raw::open(front.address).await;
    let body = "x".repeat(200_000);
    socket
        .write(&format!(
            "POST /provision HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await;
    let answer = socket.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("larger than 16 KiB"), "{answer}");
}

#[tokio::test]
async fn a_form_in_chunks_is_read_within_the_same_limit() {
    let front = Front::start(|_, _| ()).await;
    let head =
        format!("POST /provision HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n");
    let mut socket = Raw::open(front.address).await;
    socket.write(&format!("{head}9\r\nuser=anna\r\n7\r\n&pass=x\r\n0\r\n\r\n")).await;
    assert!(socket.read_until(TEXT).await.starts_with("HTTP/1.1 200 OK"));

    let mut socket = Raw::open(front.address).await;
    socket.write(&head).await;
    for _ in 0..5 {
        socket.write(&format!("1000\r\n{}\r\n", "x".repeat(4096))).await;
    }
    let answer = socket.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("larger than 16 KiB"), "{answer}");
}

#[tokio::test]
async fn a_placeholder_beside_other_text_is_malformed_and_no_wrong_password() {
    let front = Front::start(|http, _| http.secret = Some("s3cret".into())).await;
    let rule = "must be the whole value of its field in the provisioning URI, as in username=${username}";
    let placeholder = format!("holds a placeholder of the client beside other text; a placeholder {rule}");
    for (body, sentence) in [
        ("username=${username}@example.test&password=x&secret=s3cret", format!("the user name {placeholder}")),
        ("user=DOM%5C$%7Busername%7D&pass=&secret=s3cret", format!("the user name {placeholder}")),
        ("user=${username}@${hostname}&pass=x&secret=s3cret", format!("the user name {placeholder}")),
        ("user=x-${env.USER}&pass=x&secret=s3cret", format!("the user name {placeholder}")),
        ("user=anna&pass=x&secret=s3cret${uuid}", format!("the secret {placeholder}")),
        ("user=anna&pass=x&secret=s3cret&mail=${username}@b.test", format!("field 4 of the form {placeholder}")),
        // What a Jitsi client makes of `${username}@other.test`.
        (
            "user=%40other.test&pass=&secret=s3cret",
            format!("the user name has nothing before its @; a placeholder {rule}"),
        ),
    ] {
        let expected = format!("400 IllegalArgumentException: The request is malformed: {sentence}.\n");
        assert_eq!(refusal(&front, &[("content-type", FORM)], body).await, expected);
    }
    let answer =
        refusal(&front, &[("authorization", "Basic JHt1c2VybmFtZX1AYTp4"), ("content-type", FORM)], "secret=s3cret")
            .await;
    assert!(answer.starts_with("400 ") && answer.contains(&placeholder), "{answer}");
}

#[tokio::test]
async fn a_password_may_hold_anything_but_be_a_placeholder() {
    let front = Front::start(|_, _| ()).await;
    for password in ["${username}x", "a${b}c", "${a}${b}", "${", "$%7Bpassword"] {
        let answer = send(front.address, post("/provision", &format!("username=anna&password={password}"))).await;
        assert_eq!(answer.text(), TEXT, "{password}");
    }
    assert_eq!(front.script.count(), 5);
    let bare = send(front.address, post("/provision", "username=anna&password=${password}")).await;
    assert!(bare.status == 400 && bare.text().contains("the field `password` is missing"), "{bare}");
    // A client that cannot find what another field is about leaves it as it is.
    let unset = "username=anna&password=x&host=pc-${env.COMPUTERNAME}&mac=${hwaddr}";
    assert_eq!(send(front.address, post("/provision", unset)).await.text(), TEXT);
}
