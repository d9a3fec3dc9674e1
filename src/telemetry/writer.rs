//! Writes the log without ever waiting for the one who reads it.
//!
//! 1. [`Writer`] takes a line into a buffer of bounded size. When the buffer is full the line is dropped and counted.
//! 2. A thread of its own takes what is in the buffer and writes it. What the system does not take (a full disk, a closed
//!    pipe or socket) is dropped and counted too.
//! 3. When writing works again, one line of the log says how many lines are missing.
//! 4. [`Writer::finish`] gives the last lines a bounded time, and then leaves the thread behind.
//!
//! Not `tracing-appender`: its `NonBlocking` does not count the lines that cannot be written, leaves half a line in front
//! of the next one, bounds the number of lines and not their size, and prints to the standard output when it ends with a
//! full queue, which panics if that is closed.

mod sink;

use std::io::{self, Write};
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

use self::sink::Sink;

/// Size of the lines that may wait to be written, in bytes: several thousand lines.
const MOST_WAITING: usize = 1024 * 1024;

/// Size of the buffers that are kept when nothing waits, in bytes.
const KEPT: usize = 64 * 1024;

/// Takes lines of the log, and never waits. Clones share one buffer and one thread.
#[derive(Debug, Clone)]
pub(super) struct Writer(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    buffer: Mutex<Buffer>,
    /// Lines came while the thread was idle.
    came: Condvar,
    /// The thread has written, or given up, everything.
    idle: Condvar,
    /// Lines that were dropped since the start.
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct Buffer {
    /// Whole lines that wait to be written.
    waiting: Vec<u8>,
    /// Whether the thread waits for lines.
    is_idle: bool,
}

impl Writer {
    /// Starts the thread, which writes to `target`. Once lines were dropped and writing works again, `notice` is called with
    /// their number; it may write a line itself.
    ///
    /// # Errors
    ///
    /// The system gives no thread.
    pub(super) fn start(
        target: impl Write + Send + 'static,
        notice: impl Fn(&Self, u64) + Send + 'static,
    ) -> io::Result<Self> {
        let writer = Self(Arc::default());
        let own = writer.clone();
        let work = move || own.work(&mut Sink::new(target), notice);
        thread::Builder::new().name("log".to_owned()).spawn(work)?;
        Ok(writer)
    }

    /// Takes whole lines, each with its end, or drops and counts them.
    pub(super) fn take(&self, lines: &[u8]) {
        let mut buffer = self.buffer();
        if buffer.waiting.len().saturating_add(lines.len()) > MOST_WAITING {
            drop(buffer);
            self.count(lines);
            return;
        }
        buffer.waiting.extend_from_slice(lines);
        let was_idle = mem::take(&mut buffer.is_idle);
        drop(buffer);
        if was_idle {
            self.0.came.notify_one();
        }
    }

    /// How many lines were dropped since the start.
    pub(super) fn dropped(&self) -> u64 {
        self.0.dropped.load(Ordering::Relaxed)
    }

    /// Waits until everything is written or given up, for `limit` at most.
    pub(super) fn finish(&self, limit: Duration) {
        let end = Instant::now() + limit;
        let mut buffer = self.buffer();
        while !(buffer.is_idle && buffer.waiting.is_empty()) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            buffer = self.0.idle.wait_timeout(buffer, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn work(&self, sink: &mut Sink<impl Write>, notice: impl Fn(&Self, u64)) {
        let mut lines = Vec::new();
        // How many dropped lines are in the log as missing, and how many will be when the notice on its way is written.
        let mut reported = 0;
        let mut on_its_way = None;
        loop {
            self.next(&mut lines);
            let lost = sink.write(&lines);
            self.0.dropped.fetch_add(lost, Ordering::Relaxed);
            lines.clear();
            lines.shrink_to(KEPT);
            if lost > 0 {
                on_its_way = None;
                continue;
            }
            reported = on_its_way.take().unwrap_or(reported);
            let dropped = self.dropped();
            // While the buffer is full the notice would be dropped as well.
            if dropped > reported && self.has_room() {
                notice(self, dropped - reported);
                on_its_way = Some(dropped);
            }
        }
    }

    /// Waits for lines, and puts them in the place of `lines`, which is empty.
    fn next(&self, lines: &mut Vec<u8>) {
        let mut buffer = self.buffer();
        while buffer.waiting.is_empty() {
            buffer.is_idle = true;
            self.0.idle.notify_all();
            buffer = self.0.came.wait(buffer).unwrap_or_else(PoisonError::into_inner);
        }
        buffer.is_idle = false;
        mem::swap(&mut buffer.waiting, lines);
    }

    fn has_room(&self) -> bool {
        self.buffer().waiting.len() < MOST_WAITING / 2
    }

    fn count(&self, lines: &[u8]) {
        self.0.dropped.fetch_add(sink::count(lines), Ordering::Relaxed);
    }

    fn buffer(&self) -> MutexGuard<'_, Buffer> {
        // It is whole after every statement, so one that a panic left behind can still be used.
        self.0.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> MakeWriter<'a> for Writer {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

/// Takes one line, which the log writes in one piece.
#[derive(Debug)]
pub(super) struct Line<'a>(&'a Writer);

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.take(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
