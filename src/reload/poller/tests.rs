//! With commands that are really run.

use std::fs;

use tempfile::TempDir;
use tokio::time::timeout;

use super::*;
use crate::model::config::Config;

/// Long, since the machine may be busy.
const LIMIT: Duration = Duration::from_secs(20);

/// Stands for a hundredth of a second.
const SHORT: Duration = Duration::from_secs(5);

const ONE: &str = r#"{"users": {"anna": {"sip": "1"}}}"#;
const TWO: &str = r#"{"users": {"anna": {"sip": "2"}}}"#;

/// A folder with what its command prints, and a configuration with such a command, or several.
struct Site {
    folder: TempDir,
    poller: Poller,
}

impl Site {
    fn new(sources: &[(&str, &str)]) -> Self {
        let mut site = Self { folder: tempfile::tempdir().unwrap(), poller: Poller::default() };
        site.prints(ONE);
        let config = site.config(sources);
        site.poller.set(&config.data, &config.openfire.domain, &BTreeSet::new());
        site
    }

    fn prints(&self, text: &str) {
        let file = self.folder.path().join("new");
        fs::write(&file, text).unwrap();
        fs::rename(file, self.folder.path().join("data")).unwrap();
    }

    /// The command fails from now on.
    fn fails(&self) {
        fs::remove_file(self.folder.path().join("data")).unwrap();
    }

    /// Sources by name with more settings.
    fn config(&self, sources: &[(&str, &str)]) -> Config {
        let mut text =
            "[openfire]\ndomain = \"a.example\"\n[component]\nname = \"p.a.example\"\nsecret = \"x\"\n".to_owned();
        for (name, more) in sources {
            let file = self.folder.path().join("data");
            let data = format!("[[data]]\nname = \"{name}\"\ncommand = [\"cat\", \"{}\"]\n{more}\n", file.display());
            text.push_str(&data);
        }
        let file = self.folder.path().join("config.toml");
        fs::write(&file, text).unwrap();
        let mut config = Config::load(Some(&file)).unwrap();
        // Shorter than a configuration may have it.
        config.data.iter_mut().filter(|data| data.every == SHORT).for_each(|data| data.every = SHORT / 500);
        config
    }

    async fn next(&mut self) -> PollResult {
        timeout(LIMIT, self.poller.next()).await.expect("an answer in time")
    }
}

fn answer(result: Result<Change, &str>, again: bool) -> PollResult {
    PollResult { name: "crm".to_owned(), result: result.map_err(str::to_owned), again }
}

#[tokio::test]
async fn it_is_asked_at_once_and_again_and_tells_other_data_from_the_same() {
    let mut site = Site::new(&[("crm", "every = \"5s\"\ntimeout = \"5s\"")]);
    assert_eq!(site.poller.unread(), ["data `crm`"]);
    assert_eq!(site.next().await, answer(Ok(Change::Other), true));
    assert_eq!(site.next().await, answer(Ok(Change::Same), true));
    site.prints(TWO);
    // One that had begun before may still bring the old data.
    while site.next().await != answer(Ok(Change::Other), true) {}
    assert!(site.poller.unread().is_empty() && site.poller.stale().is_empty());
}

#[tokio::test]
async fn a_failure_keeps_the_data_and_is_reported_once() {
    let mut site = Site::new(&[("crm", "every = \"5s\"\ntimeout = \"5s\"")]);
    site.next().await;
    let before = site.poller.tables();
    site.fails();
    let failed = loop {
        let PollResult { result, again, .. } = site.next().await;
        if let Err(reason) = result {
            break (reason, again);
        }
    };
    assert!(failed.0.starts_with("data `crm`: ") && !failed.1, "{failed:?}");
    assert_eq!(site.next().await, answer(Err(&failed.0), true));
    assert!(site.poller.tables().changed_since(&before).is_empty());
    assert!(site.poller.stale()[0].starts_with(&failed.0), "{:?}", site.poller.stale());
    site.prints(ONE);
    while site.next().await != answer(Ok(Change::Same), false) {}
    assert!(site.poller.stale().is_empty());
}

#[tokio::test]
async fn all_are_asked_when_somebody_wants_it() {
    let mut site = Site::new(&[("crm", "every = \"1h\"")]);
    site.next().await;
    site.prints(TWO);
    site.poller.poll_all();
    assert_eq!(site.next().await, answer(Ok(Change::Other), true));
}

#[tokio::test]
async fn what_was_never_read_is_reported_with_its_reason() {
    let mut site = Site::new(&[("crm", "every = \"1h\"")]);
    site.fails();
    let reason = site.next().await.result.unwrap_err();
    assert_eq!(site.poller.unread(), [reason]);
    assert!(site.poller.stale().is_empty());
}

#[tokio::test]
async fn other_settings_keep_the_data_until_there_are_others() {
    let mut site = Site::new(&[("crm", "every = \"1h\""), ("hr", "every = \"1h\"")]);
    for _ in 0..2 {
        site.next().await;
    }
    let before = site.poller.tables();
    let config = site.config(&[("crm", "every = \"2h\"")]);
    site.poller.set(&config.data, &config.openfire.domain, &BTreeSet::new());
    assert_eq!(site.poller.tables().get(&config.data[0]).map(|(table, _)| table.users()), Some(1));
    assert_eq!(site.poller.tables().changed_since(&before), ["crm"], "other settings, so not the same source");
    // It is asked at once with the new settings.
    assert_eq!(site.next().await, answer(Ok(Change::Same), true));
}

#[tokio::test]
async fn what_would_be_read_in_another_way_is_not_kept() {
    let mut site = Site::new(&[("crm", "every = \"1h\"")]);
    site.next().await;
    let config = site.config(&[("crm", "every = \"1h\"\nsecrets = [\"sip\"]")]);
    site.poller.set(&config.data, &config.openfire.domain, &BTreeSet::new());
    assert_eq!(site.poller.unread(), ["data `crm`"]);
    assert_eq!(site.next().await, answer(Ok(Change::Other), true));
}

#[tokio::test]
async fn what_is_gone_is_not_waited_for() {
    let mut site = Site::new(&[("crm", "timeout = \"4m\"")]);
    let config = site.config(&[]);
    // It is being asked.
    assert!(futures::poll!(std::pin::pin!(site.poller.next())).is_pending());
    site.poller.set(&config.data, &config.openfire.domain, &BTreeSet::new());
    let ended = timeout(LIMIT, site.poller.answers.join_next()).await.expect("an end in time").unwrap();
    assert!(ended.unwrap_err().is_cancelled());
}
