//! A log that cannot be written, and one that nobody reads.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::*;

/// Time in which the thread does what it is asked for; long, since the machine may be busy.
const LIMIT: Duration = Duration::from_secs(20);

/// What a target does with the next write.
#[derive(Debug, Clone, Copy)]
enum Next {
    Take,
    TakeOnly(usize),
    Fail(io::ErrorKind),
    /// Blocks until the gate opens.
    Wait,
}

/// A target that follows its script, and then takes everything.
struct Target {
    script: VecDeque<Next>,
    gate: Receiver<()>,
    written: Arc<Mutex<Vec<u8>>>,
}

struct Setup {
    writer: Writer,
    gate: SyncSender<()>,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let next = self.script.pop_front().unwrap_or(Next::Take);
        let taken = match next {
            Next::Take => bytes.len(),
            Next::TakeOnly(count) => count.min(bytes.len()),
            Next::Fail(kind) => return Err(kind.into()),
            Next::Wait => {
                self.gate.recv().unwrap();
                bytes.len()
            }
        };
        self.written.lock().unwrap().extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn start(script: &[Next]) -> Setup {
    let (gate, opened) = sync_channel(1);
    let written = Arc::default();
    let target = Target { script: script.iter().copied().collect(), gate: opened, written: Arc::clone(&written) };
    let notice = |writer: &Writer, count| writer.take(format!("{count} missing\n").as_bytes());
    Setup { writer: Writer::start(target, notice).unwrap(), gate, written }
}

impl Setup {
    /// Takes a line and waits until it is written or given up.
    fn line(&self, line: &str) {
        self.writer.take(line.as_bytes());
        self.writer.finish(LIMIT);
    }

    fn text(&self) -> String {
        self.writer.finish(LIMIT);
        String::from_utf8(self.written.lock().unwrap().clone()).unwrap()
    }
}

#[test]
fn lines_are_written_in_their_order_and_none_is_missing() {
    let setup = start(&[Next::TakeOnly(3), Next::Fail(io::ErrorKind::Interrupted)]);
    let mut expected = String::new();
    for number in 0..1000 {
        let line = format!("line {number}\n");
        setup.writer.take(line.as_bytes());
        expected.push_str(&line);
    }
    assert_eq!((setup.text(), setup.writer.dropped()), (expected, 0));
}

#[test]
fn lines_that_cannot_be_written_are_counted_and_reported_later() {
    let full = Next::Fail(io::ErrorKind::StorageFull);
    let setup = start(&[Next::Take, full, full]);
    for line in ["one\n", "two\n", "three\nfour\n", "five\n"] {
        setup.line(line);
    }
    assert_eq!((setup.text().as_str(), setup.writer.dropped()), ("one\nfive\n3 missing\n", 3));
    setup.line("six\n");
    assert_eq!(setup.text(), "one\nfive\n3 missing\nsix\n");
}

#[test]
fn a_notice_that_is_lost_is_made_up_for() {
    let closed = Next::Fail(io::ErrorKind::BrokenPipe);
    let setup = start(&[closed, Next::Take, closed]);
    setup.line("one\n");
    setup.line("two\n");
    setup.line("three\n");
    assert_eq!(setup.text(), "two\nthree\n2 missing\n");
}

#[test]
fn half_a_line_stays_on_a_line_of_its_own() {
    let full = Next::Fail(io::ErrorKind::StorageFull);
    let setup = start(&[Next::TakeOnly(6), full, full]);
    setup.line("one\ntwo\nthree\n");
    assert_eq!(setup.writer.dropped(), 2);
    setup.line("four\n");
    setup.line("five\n");
    assert_eq!(setup.text(), "one\ntw\nfive\n3 missing\n");
}

#[test]
fn a_target_that_is_not_ready_is_tried_again() {
    let setup =
        start(&[Next::Fail(io::ErrorKind::WouldBlock), Next::TakeOnly(2), Next::Fail(io::ErrorKind::WouldBlock)]);
    setup.line("one\n");
    assert_eq!((setup.text().as_str(), setup.writer.dropped()), ("one\n", 0));
}

#[test]
fn nobody_reads_and_nobody_waits() {
    let setup = start(&[Next::Wait]);
    let line = format!("{}\n", "x".repeat(1023));
    // The first lines are with the target; as many as fit wait; the rest is dropped.
    for _ in 0..3000 {
        setup.writer.take(line.as_bytes());
    }
    let dropped = setup.writer.dropped();
    assert!((3000 - 2 * 1024..=3000 - 1024).contains(&dropped), "{dropped}");
    setup.writer.finish(Duration::from_millis(10));
    setup.gate.send(()).unwrap();
    let text = setup.text();
    assert!(text.ends_with(&format!("\n{dropped} missing\n")), "{}", text.lines().last().unwrap());
    assert_eq!(text.lines().count() as u64, 3000 - dropped + 1);
}

#[test]
fn a_line_larger_than_all_room_is_dropped() {
    let setup = start(&[]);
    setup.line(&format!("{}\n", "x".repeat(MOST_WAITING)));
    setup.line("one\n");
    assert_eq!(setup.text(), "one\n1 missing\n");
}
