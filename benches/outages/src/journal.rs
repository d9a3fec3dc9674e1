//! All answers in one file, with times that can be looked up in the services' logs.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use tokio::time::Instant;

use crate::client::Answer;
use crate::crowd::Event;

/// The file; it is whole after each [`Journal::line`].
#[derive(Debug)]
pub struct Journal {
    file: BufWriter<File>,
}

impl Journal {
    /// Makes the file.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(path).with_context(|| path.display().to_string())?;
        let mut file = BufWriter::new(file);
        writeln!(file, "asked\tanswered\tservice\tpassword\tuser\tanswer")?;
        Ok(Self { file })
    }

    /// Writes an answer.
    pub fn answer(&mut self, event: &Event) -> anyhow::Result<()> {
        let (asked, answered) = (clock(event.asked), clock(event.answered));
        let password = if event.is_right { "right" } else { "WRONG" };
        let answer = match event.answer {
            Answer::Reply => "200".to_owned(),
            Answer::Refused => "401".to_owned(),
            Answer::Throttled => "429".to_owned(),
            Answer::Undecided => "503".to_owned(),
            Answer::Other(status) => format!("other {status}"),
            Answer::Nothing => "nothing".to_owned(),
        };
        writeln!(self.file, "{asked}\t{answered}\t{}\t{password}\t{}\t{answer}", event.service.name(), event.user)?;
        Ok(())
    }

    /// Writes what happens now.
    pub fn line(&mut self, text: &str) -> anyhow::Result<()> {
        writeln!(self.file, "{}\t{text}", clock(Instant::now()))?;
        self.file.flush()?;
        Ok(())
    }
}

/// The time of day (UTC) of a moment in the past, as in `19:05:08.123`.
#[must_use]
pub fn clock(moment: Instant) -> String {
    let time = SystemTime::now().checked_sub(moment.elapsed()).unwrap_or(UNIX_EPOCH);
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let seconds = since.as_secs();
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{:03}", seconds % 60, since.subsec_millis())
}
