//! A command as a source of site data: all that it can do to us.

use std::path::{Path, PathBuf};
use std::time::Duration;

use openfire_provisioner::model::config;
use openfire_provisioner::site_data::{DataError, Source, Table};
use tempfile::TempDir;
use test_servers::openfire::DOMAIN;
use tokio::time::{Instant, timeout};
use xmpp_parsers::jid::DomainPart;

/// Time in which whatever happens must have happened; long, since the machine may be busy.
const LIMIT: Duration = Duration::from_secs(30);

/// A shell script as a source, in a folder of its own.
struct Script {
    source: Source,
    folder: TempDir,
}

impl Script {
    fn new(script: &str, settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script");
        // Read by the shell, and not run by itself: another test may just be starting a process with the file open.
        std::fs::write(&path, format!("cd '{}'\n{script}\n", folder.path().display())).unwrap();
        let text = format!("name = \"s\"\ncommand = [\"/bin/sh\", \"{}\", \"sEcReT\"]\n{settings}", path.display());
        let settings: config::Data = toml::from_str(&text).unwrap();
        let domain = DomainPart::new(DOMAIN).unwrap().into_owned();
        Self { source: Source::new(&settings, &domain).unwrap(), folder }
    }

    async fn fetch(&self) -> Result<Table, DataError> {
        timeout(LIMIT, self.source.fetch()).await.expect("it ends in time")
    }

    async fn fails(&self) -> String {
        let error = self.fetch().await.unwrap_err().to_string();
        assert!(!error.contains("sEcReT"), "{error}");
        error
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The process whose id the script wrote into a file, once it has.
    async fn process(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        let id = until(|| std::fs::read_to_string(&path).ok().filter(|text| text.ends_with('\n'))).await;
        Path::new("/proc").join(id.trim())
    }
}

/// Waits until there is something.
async fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    let looking = async {
        loop {
            ticks.tick().await;
            if let Some(found) = look() {
                return found;
            }
        }
    };
    timeout(LIMIT, looking).await.expect("it comes in time")
}

/// Waits until a process is gone. A zombie is not.
async fn gone(process: &Path) {
    until(|| (!process.exists()).then_some(())).await;
}

#[tokio::test]
async fn what_it_prints_is_read_and_our_environment_stays_ours() {
    let script = Script::new(
        "[ -z \"$CARGO_MANIFEST_DIR\" ] && [ -n \"$PATH\" ] && ! read line && echo '{\"users\": {\"anna\": {\"a\": \"1\"}}}'",
        "",
    );
    assert_eq!(script.fetch().await.unwrap().users(), 1);
    assert!(script.source.read().unwrap().is_none());
}

#[tokio::test]
async fn one_that_fails_is_reported_with_its_code_and_first_words() {
    insta::assert_snapshot!(Script::new("exit 3", "").fails().await, @"data `s`: /bin/sh: ended with exit code 3");
    let script = Script::new("echo; printf 'no \\033[1mdatabase\\n' >&2; echo 'and more' >&2; echo '{}'; exit 1", "");
    insta::assert_snapshot!(script.fails().await, @r"data `s`: /bin/sh: ended with exit code 1; it said: no \u{1b}[1mdatabase");
    insta::assert_snapshot!(Script::new("kill -9 $$", "").fails().await, @"data `s`: /bin/sh: was ended by signal 9");
}

#[tokio::test]
async fn one_that_is_not_there_is_reported() {
    let settings: config::Data = toml::from_str("name = \"s\"\ncommand = [\"/does/not/exist\"]").unwrap();
    let source = Source::new(&settings, &DomainPart::new(DOMAIN).unwrap().into_owned()).unwrap();
    insta::assert_snapshot!(source.fetch().await.unwrap_err(), @"data `s`: /does/not/exist: cannot be started: No such file or directory (os error 2)");
}

#[tokio::test]
async fn garbage_is_reported_with_its_line() {
    let script = Script::new("printf '{\\n\"users\": sEcReT}'", "");
    insta::assert_snapshot!(script.fails().await, @"data `s`: /bin/sh, line 2: this is not JSON: expected value");
    insta::assert_snapshot!(Script::new("", "").fails().await, @"data `s`: /bin/sh, line 1: this is not JSON: EOF while parsing a value");
}

#[tokio::test]
async fn one_that_hangs_is_ended_with_its_children_and_reaped() {
    let script = Script::new("sleep 1000 & echo $! > child; echo $$ > parent; wait", "timeout = \"1s\"\n");
    let (message, parent, child) = tokio::join!(script.fails(), script.process("parent"), script.process("child"));
    assert_eq!(message, "data `s`: /bin/sh: did not end within 1s (`timeout`), so it was ended");
    tokio::join!(gone(&parent), gone(&child));
}

#[tokio::test]
async fn one_that_floods_is_ended() {
    let out = Script::new("echo $$ > parent; exec yes", "");
    let (message, parent) = tokio::join!(out.fails(), out.process("parent"));
    assert_eq!(message, "data `s`: /bin/sh: prints more than 16 MiB, so it was ended");
    gone(&parent).await;
    let complaints = Script::new("yes 'oh no' >&2 & echo $! > child; wait", "timeout = \"1s\"\n");
    let (message, child) = tokio::join!(complaints.fails(), complaints.process("child"));
    assert_eq!(message, "data `s`: /bin/sh: did not end within 1s (`timeout`), so it was ended; it said: oh no");
    gone(&child).await;
}

#[tokio::test]
async fn what_it_leaves_running_is_ended_and_not_waited_for() {
    let script = Script::new("sleep 1000 & echo $! > child; echo '{}'", "");
    let begun = Instant::now();
    assert!(script.fetch().await.is_ok());
    assert!(begun.elapsed() < Duration::from_secs(9), "the time-out was waited for");
    gone(&script.process("child").await).await;
}

#[tokio::test]
async fn one_in_another_session_that_holds_the_pipes_is_not_waited_for() {
    let script =
        Script::new("setsid sh -c 'echo $$ > child; exec sleep 20' & until [ -s child ]; do :; done; echo '{}'", "");
    let begun = Instant::now();
    assert!(script.fetch().await.is_ok());
    assert!(begun.elapsed() < Duration::from_secs(9), "the time-out was waited for");
    let id = std::fs::read_to_string(script.path("child")).unwrap();
    std::process::Command::new("kill").arg(id.trim()).status().unwrap();
}

#[tokio::test]
async fn it_ends_when_nobody_waits_for_it_any_more() {
    let script = Script::new("sleep 1000 & echo $! > child; echo $$ > parent; wait", "");
    let both = async { (script.process("parent").await, script.process("child").await) };
    let (parent, child) = tokio::select! {
        ended = script.source.fetch() => panic!("{ended:?}"),
        both = both => both,
    };
    tokio::join!(gone(&parent), gone(&child));
}
