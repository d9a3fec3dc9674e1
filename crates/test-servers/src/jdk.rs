//! The JDK: its own `java.util.Properties`, which is what a client reads an answer with, and what a class does.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use crate::{asset, refuse_if_scripted};

/// A running JDK that reads properties; it ends when this is dropped.
pub struct Jdk {
    _child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Why a text gives no pairs of text.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// What the JDK's exception says.
    Exception(String),
    /// The JDK reads it, but a key or value holds half a surrogate pair.
    HalfCharacter,
}

/// Covers the start of the JDK and the compilation on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(1);

/// For one question.
const LIMIT: Duration = Duration::from_secs(20);

impl Jdk {
    /// Starts `java` of `JAVA_HOME`, else of the path, and waits until it answers.
    pub async fn start() -> Self {
        refuse_if_scripted("JDK");
        let mut child = Command::new(tool("java"))
            .args(["-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"])
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/oracle/PropertiesOracle.java"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the tests need a JDK: install default-jdk-headless, or set JAVA_HOME");
        let questions = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut jdk = Self { _child: child, questions, answers };
        let ready = timeout(START_LIMIT, jdk.ask(b'B', b"")).await.expect("the JDK does not start in time");
        assert_eq!(ready.expect("the JDK ends at once: is it a JDK, or only a JRE?"), Ok(Vec::new()));
        jdk
    }

    /// What `Properties.load(InputStream)` reads: bytes as ISO 8859-1, as a client does. The pairs come in the
    /// order of the text, with duplicates.
    pub async fn load_bytes(&mut self, bytes: &[u8]) -> Result<Vec<(String, String)>, Refusal> {
        timeout(LIMIT, self.ask(b'B', bytes)).await.expect("the JDK answers in time").expect("the JDK runs")
    }

    /// What `Properties.load(Reader)` reads: Unicode.
    pub async fn load_text(&mut self, text: &str) -> Result<Vec<(String, String)>, Refusal> {
        timeout(LIMIT, self.ask(b'T', text.as_bytes())).await.expect("the JDK answers in time").expect("the JDK runs")
    }

    /// What a client makes of an LDAP directory's name to find its keys: `Math.abs(name.trim().hashCode())`.
    pub async fn directory_hash(&mut self, name: &str) -> String {
        let answer = timeout(LIMIT, self.ask(b'H', name.as_bytes())).await.expect("the JDK answers in time");
        let pairs = answer.expect("the JDK runs").expect("every text has a hash");
        pairs.into_iter().map(|(_, hash)| hash).collect()
    }

    async fn ask(&mut self, way: u8, text: &[u8]) -> io::Result<Result<Vec<(String, String)>, Refusal>> {
        let mut question = vec![way];
        question.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
        question.extend(text);
        self.questions.write_all(&question).await?;
        self.questions.flush().await?;
        let status = self.answers.read_u8().await?;
        let count = self.answers.read_u32().await?;
        let mut strings = Vec::new();
        for _ in 0..count {
            strings.push(self.string().await?);
        }
        if status != 0 {
            return Ok(Err(Refusal::Exception(strings.remove(0).unwrap_or_default())));
        }
        let mut strings = strings.into_iter();
        let pairs = std::iter::from_fn(|| Some((strings.next()?, strings.next()?)));
        Ok(pairs.map(|(key, value)| Ok((key?, value?))).collect())
    }

    async fn string(&mut self) -> io::Result<Result<String, Refusal>> {
        let mut bytes = vec![0; self.answers.read_u32().await?.try_into().unwrap()];
        self.answers.read_exact(&mut bytes).await?;
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        Ok(String::from_utf16(&units).map_err(|_| Refusal::HalfCharacter))
    }
}

/// The feature release, for example 17.
pub async fn version() -> u32 {
    let text = output("javac", &["-version".as_ref()]).await;
    text.split([' ', '.']).nth(1).and_then(|number| number.trim().parse().ok()).expect("a version of the JDK")
}

/// The command that runs a Java source of `crates/test-servers/client`, with the libraries with which a Jitsi client
/// looks for its provisioning server.
#[must_use]
pub fn with_client_libraries(source: &str) -> Vec<String> {
    refuse_if_scripted("JDK");
    let output = std::process::Command::new(asset("client/libraries.sh")).output().expect("the script runs");
    assert!(output.status.success(), "client/libraries.sh: {}", String::from_utf8_lossy(&output.stderr));
    let class_path = String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned();
    let java = tool("java").display().to_string();
    let source = asset("client").join(source).display().to_string();
    let options = ["-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp"].map(str::to_owned);
    [vec![java], options.to_vec(), vec![class_path, source]].concat()
}

/// What a class file has and does, without the numbers of its constants, whose order is up to the compiler.
pub async fn class_text(file: &Path) -> String {
    let text = output("javap", &["-p".as_ref(), "-c".as_ref(), "-constants".as_ref(), file.as_ref()]).await;
    let without_number = |word: &str| !word.starts_with('#');
    let lines =
        text.lines().map(|line| line.split_whitespace().filter(|word| without_number(word)).collect::<Vec<_>>());
    lines.map(|words| words.join(" ")).collect::<Vec<_>>().join("\n")
}

async fn output(program: &str, arguments: &[&OsStr]) -> String {
    refuse_if_scripted("JDK");
    let run = Command::new(tool(program)).args(arguments).kill_on_drop(true).output();
    let output = timeout(START_LIMIT, run).await.expect("the JDK answers in time");
    let output = output.expect("the tests need a JDK: install default-jdk-headless, or set JAVA_HOME");
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A program of the JDK.
fn tool(program: &str) -> PathBuf {
    match std::env::var_os("JAVA_HOME") {
        Some(home) => PathBuf::from(home).join("bin").join(program),
        None => PathBuf::from(program),
    }
}
