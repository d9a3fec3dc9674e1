//! The JDK as the fuzz targets ask it: one process, one question at a time.
//!
//! [`ORACLE`] describes questions and answers.

use std::cell::RefCell;
use std::io::{self, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The program that answers.
const ORACLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/test-servers/oracle/PropertiesOracle.java");

/// Why a text gives no pairs of text.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The JDK throws.
    Exception,
    /// The JDK reads it, but a key or value holds half a surrogate pair, for which there is no text.
    HalfCharacter,
}

/// What `Properties.load(InputStream)` reads, as a client does: pairs in the order of the text, with duplicates.
pub fn load_bytes(bytes: &[u8]) -> Result<Vec<(String, String)>, Refusal> {
    ask(b'B', bytes)
}

/// What `Properties.load(Reader)` reads: Unicode.
pub fn load_text(text: &str) -> Result<Vec<(String, String)>, Refusal> {
    ask(b'T', text.as_bytes())
}

struct Jdk {
    _child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

thread_local! {
    static JDK: RefCell<Jdk> = RefCell::new(Jdk::start());
}

fn ask(way: u8, text: &[u8]) -> Result<Vec<(String, String)>, Refusal> {
    JDK.with_borrow_mut(|jdk| jdk.ask(way, text)).expect("the JDK answers")
}

impl Jdk {
    fn start() -> Self {
        let java = std::env::var_os("JAVA_HOME").map_or("java".into(), |home| PathBuf::from(home).join("bin/java"));
        let mut child = Command::new(java)
            .args(["-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"])
            .arg(ORACLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("fuzzing needs a JDK: install default-jdk-headless, or set JAVA_HOME");
        let questions = child.stdin.take().expect("a pipe was asked for");
        let answers = BufReader::new(child.stdout.take().expect("a pipe was asked for"));
        Self { _child: child, questions, answers }
    }

    fn ask(&mut self, way: u8, text: &[u8]) -> io::Result<Result<Vec<(String, String)>, Refusal>> {
        let length = u32::try_from(text.len()).map_err(io::Error::other)?;
        self.questions.write_all(&[way])?;
        self.questions.write_all(&length.to_be_bytes())?;
        self.questions.write_all(text)?;
        self.questions.flush()?;
        let mut status = [0];
        self.answers.read_exact(&mut status)?;
        let count = self.number()?;
        let mut strings = Vec::new();
        for _ in 0..count {
            strings.push(self.string()?);
        }
        if status != [0] {
            return Ok(Err(Refusal::Exception));
        }
        let mut strings = strings.into_iter();
        let pairs = std::iter::from_fn(|| Some((strings.next()?, strings.next()?)));
        Ok(pairs.map(|(key, value)| Ok((key?, value?))).collect())
    }

    fn number(&mut self) -> io::Result<u32> {
        let mut bytes = [0; 4];
        self.answers.read_exact(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn string(&mut self) -> io::Result<Result<String, Refusal>> {
        let mut bytes = vec![0; self.number()? as usize];
        self.answers.read_exact(&mut bytes)?;
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        Ok(String::from_utf16(&units).map_err(|_| Refusal::HalfCharacter))
    }
}
