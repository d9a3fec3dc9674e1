//! A log or an output that cannot be written, or that is not read: the service goes on and ends as it should.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::time::Duration;

use openfire_provisioner::model::config;
use openfire_provisioner::telemetry;
use rustix::fs::OFlags;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::http_client::{Connection, post, request, send};
use crate::support::service::{Program, Service};

const LIMIT: Duration = Duration::from_secs(30);

/// A configuration that listens here and points at ports where nothing listens.
fn config(listen: SocketAddr) -> String {
    format!(
        "[openfire]\ndomain = \"example.test\"\nhost = \"127.0.0.1\"\nport = 1\n\
         [component]\nname = \"a.example.test\"\nsecret = \"hush\"\nport = 1\n[http]\nlisten = \"{listen}\"\n"
    )
}

/// A port that is free now: a log that cannot be read does not say which one was taken.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

/// The service with its log going there.
fn serve(address: SocketAddr, log: impl Into<Stdio>) -> Service {
    Program::new(&["serve"]).file("config.toml", &config(address)).stderr(log).start()
}

async fn listening(address: SocketAddr) {
    let open = async { while TcpStream::connect(address).await.is_err() {} };
    timeout(LIMIT, open).await.expect("it listens in time");
}

/// The next line of the log that has this text.
fn line(log: &mut impl BufRead, text: &str) -> String {
    let found = log.by_ref().lines().map(Result::unwrap).find(|line| line.contains(text));
    found.unwrap_or_else(|| panic!("no line with {text}"))
}

/// Posts so many forms, each of which makes two lines of the log of some 2 KiB.
async fn ask(address: SocketAddr, count: usize) {
    let mut connection = Connection::open(address).await;
    let form = format!("username={}&password=x", "x".repeat(1000));
    for _ in 0..count {
        let answer = connection.send(post("/provision", &form)).await;
        assert!([503, 429].contains(&answer.status), "{answer}");
    }
}

/// How many lines are missing, as the metrics say.
async fn dropped(address: SocketAddr) -> u64 {
    let answer = send(address, request("GET", "/metrics", &[], "")).await;
    let name = "openfire_provisioner_log_lines_dropped_total ";
    answer.text().lines().find_map(|line| line.strip_prefix(name)).unwrap().parse().unwrap()
}

/// The service answers and ends as if its log were well.
async fn answers_and_ends(service: Service, address: SocketAddr) {
    ask(address, 20).await;
    assert_eq!(send(address, request("GET", "/healthz", &[], "")).await.status, 200);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_harms_nothing_and_the_lines_are_counted() {
    let address = free_address();
    let service = serve(address, full());
    listening(address).await;
    ask(address, 20).await;
    assert!(dropped(address).await >= 40);
    answers_and_ends(service, address).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_whose_reader_leaves_harms_nothing() {
    let address = free_address();
    let (reader, writer) = std::io::pipe().unwrap();
    let service = serve(address, writer);
    let mut log = BufReader::new(reader);
    line(&mut log, "listening on");
    drop(log);
    answers_and_ends(service, address).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_whose_other_end_closes_harms_nothing() {
    let address = free_address();
    let (reader, writer) = UnixStream::pair().unwrap();
    let service = serve(address, OwnedFd::from(writer));
    let mut log = BufReader::new(reader);
    line(&mut log, "listening on");
    drop(log);
    answers_and_ends(service, address).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_that_is_not_read_holds_nothing_up() {
    let address = free_address();
    let (_reader, writer) = std::io::pipe().unwrap();
    let service = serve(address, writer);
    listening(address).await;
    ask(address, 400).await;
    answers_and_ends(service, address).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_comes_back_reads_how_many_lines_are_missing() {
    let address = free_address();
    let (reader, writer) = std::io::pipe().unwrap();
    let service = serve(address, writer);
    listening(address).await;
    while dropped(address).await == 0 {
        ask(address, 50).await;
    }
    let missing = dropped(address).await;
    let read = tokio::task::spawn_blocking(move || {
        let mut log = BufReader::new(reader);
        let notice = line(&mut log, "could not be written and are missing");
        (notice, log)
    });
    let (notice, mut log) = timeout(LIMIT, read).await.expect("a notice in time").unwrap();
    let (_, reported) = notice.split_once("lines.dropped=").unwrap_or_else(|| panic!("{notice}"));
    assert!(notice.contains(" WARN ") && reported.parse::<u64>().unwrap() >= missing, "{missing}: {notice}");
    service.signal("TERM").await;
    let (mut rest, ended) = (String::new(), service.ended());
    tokio::task::spawn_blocking(move || log.read_to_string(&mut rest).map(|_| assert!(rest.ends_with("stopped\n"))))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ended.await.code(), 0);
}

/// Of a start that fails while the log is not read, the exit code is all that can be seen.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_fails_does_not_wait_for_a_reader() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let (_reader, writer) = std::io::pipe().unwrap();
    fill(&writer);
    let ended = serve(taken.local_addr().unwrap(), writer).ended().await;
    assert_eq!(ended.code(), 2);
}

/// Writes to a pipe until it takes no more.
fn fill(mut pipe: &std::io::PipeWriter) {
    rustix::fs::fcntl_setfl(pipe, OFlags::NONBLOCK).unwrap();
    while pipe.write(&[b'x'; 4096]).is_ok() {}
    while pipe.write(b"x").is_ok() {}
    rustix::fs::fcntl_setfl(pipe, OFlags::empty()).unwrap();
}

/// Run by the test below as a process of its own, with a log that cannot be written.
#[test]
#[ignore = "sets up the log of its whole process"]
fn a_thread_panics() {
    telemetry::install_panic_hook();
    let before = std::thread::spawn(|| panic!("before there is a log")).join();
    let log = telemetry::install(&config::Log::default()).unwrap();
    let with_log = std::thread::spawn(|| panic!("with a log")).join();
    log.finish();
    assert!(before.is_err() && with_log.is_err());
}

#[tokio::test]
async fn a_panic_is_no_end_when_the_log_cannot_be_written() {
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "telemetry::unwritable::a_thread_panics", "--ignored", "--nocapture"]).stderr(full());
    let ended = timeout(LIMIT, child.output()).await.expect("an end in time").unwrap();
    assert!(ended.status.success(), "{ended:?}");
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_whose_output_cannot_be_written_says_so() {
    for arguments in [&["lint", "--keys"][..], &["lint", "own.properties"]] {
        let program = Program::new(arguments).file("own.properties", "a=b\n").stdout(full());
        let ended = program.run().await;
        let said = "openfire-provisioner: the output could not be written: No space left on device (os error 28)";
        assert_eq!((ended.code(), ended.stderr.as_str()), (2, said), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_wants_no_more_changes_no_exit_code() {
    for (text, code) in [("a=b\n", 0), ("{% if %}\n", 1)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let program = Program::new(&["lint", "own.properties"]).file("own.properties", text).stdout(writer);
        let ended = program.run().await;
        assert_eq!((ended.code(), ended.stderr.as_str()), (code, ""), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_without_a_place_for_its_complaints_ends_by_its_exit_code() {
    let program = Program::new(&["lint", "absent.properties"]).stdout(full()).stderr(full());
    assert_eq!(program.run().await.code(), 2);
}
