//! An HTTP endpoint with site data that no longer makes sense: its last data are served on.

use std::sync::{Arc, Mutex};

use test_servers::openfire::{Openfire, component_name};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::support::app::config_text;
use crate::support::http_client::{post, request, send};
use crate::support::service::{Program, Service};

const ANNA: &str = "username=anna.berger&password=sunflower-42";

/// What the endpoint does with a request.
#[derive(Clone)]
enum Answer {
    /// It answers with this text.
    Text(String),
    /// It sends without end.
    Endless,
    /// It never answers.
    Silent,
    /// It answers with this status.
    Status(u16),
}

/// Answers every connection as the test has set at that time.
struct Endpoint {
    answer: Arc<Mutex<Answer>>,
    url: String,
    _task: JoinSet<()>,
}

impl Endpoint {
    async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/data.json", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new(answer));
        let mut task = JoinSet::new();
        let reported = Arc::clone(&answer);
        task.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(serve(stream, reported.lock().unwrap().clone()));
            }
        });
        Self { answer, url, _task: task }
    }

    fn set(&self, answer: Answer) {
        *self.answer.lock().unwrap() = answer;
    }
}

async fn serve(mut stream: TcpStream, answer: Answer) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut head).await.unwrap(), 0, "closed before its request was whole");
    }
    let (status, text) = match answer {
        Answer::Text(text) => (200, text),
        Answer::Status(status) => (status, String::new()),
        Answer::Silent => std::future::pending().await,
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n").await.unwrap();
            while stream.write_all(&[b' '; 16384]).await.is_ok() {}
            return;
        }
    };
    let length = text.len();
    let head = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(format!("{head}{text}").as_bytes()).await.unwrap();
}

fn json(number: &str) -> Answer {
    Answer::Text(format!("{{\"users\": {{\"anna.berger\": {{\"sip\": \"{number}\"}}}}}}"))
}

/// Has the endpoint asked, and waits for what comes of it.
async fn again(service: &mut Service, words: &[&str], count: usize) {
    service.signal("HUP").await;
    service.lines(words, count).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_slow_huge_or_no_json_keeps_its_last_data() {
    let endpoint = Endpoint::start(json("11")).await;
    let more = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\n[template]\nfile = \"own.properties\"\n\
         [[data]]\nname = \"crm\"\nurl = \"{}\"\nevery = \"1h\"\ntimeout = \"3s\"\n",
        endpoint.url
    );
    let text = config_text(Openfire::shared().await, &component_name(), &more);
    let program = Program::new(&["serve"]).file("config.toml", &text);
    let mut service = program.file("own.properties", "site.sip={{ extra.sip }}\n").start();
    let address = service.ready().await;
    service.line(&["reloaded in ", ": data crm"]).await;

    let broken = [
        (Answer::Silent, "3s"),
        (Answer::Endless, "answers with more than"),
        (Answer::Text("<html>".to_owned()), "line 1: this is not JSON"),
        (Answer::Status(500), "500"),
    ];
    for (count, (answer, words)) in broken.into_iter().enumerate() {
        endpoint.set(answer);
        again(&mut service, &["WARN", "the data stay as they were: data `crm`: ", words], 1).await;
        let reply = send(address, post("/provision", ANNA)).await;
        assert!(reply.status == 200 && reply.text().contains("site.sip=11\n"), "{reply}");
        let ready = send(address, request("GET", "/readyz", &[], "")).await;
        assert!(ready.status == 200 && ready.text().contains(" stay in use"), "{ready}");
        endpoint.set(json("11"));
        again(&mut service, &["data `crm` can be read again"], count + 1).await;
    }
    endpoint.set(json("22"));
    again(&mut service, &["reloaded in ", ": data crm"], 2).await;
    let reply = send(address, post("/provision", ANNA)).await;
    assert!(reply.text().contains("site.sip=22\n"), "{reply}");
    service.stop().await;
}
