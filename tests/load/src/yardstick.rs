//! The table.

use std::time::Duration;

use super::measure::Pass;
use super::service::Service;

/// One number in flight, both sides.
#[derive(Debug)]
pub struct Row {
    in_flight: usize,
    /// Raw SASL logins.
    pub logins: Pass,
    /// Provisioning replies.
    pub replies: Pass,
}

impl Row {
    /// A row with nothing measured yet.
    pub fn new(in_flight: usize) -> Self {
        Self { in_flight, logins: Pass::default(), replies: Pass::default() }
    }

    fn line(&self) -> String {
        let (logins, replies) = (&self.logins, &self.replies);
        format!(
            "| {} | {:.0} | {:.0} | {:.2} | {:.1} / {:.1} | {:.1} / {:.1} | {} / {} |",
            self.in_flight,
            logins.per_second(),
            replies.per_second(),
            replies.per_second() / logins.per_second(),
            logins.percentile(0.5),
            logins.percentile(0.99),
            replies.percentile(0.5),
            replies.percentile(0.99),
            logins.errors,
            replies.errors,
        )
    }
}

/// Prints the table as Markdown.
pub fn print(rows: &[Row], service: &Service, idle_kib: u64, processor_time: Duration) {
    println!("| in flight | logins/s | replies/s | ratio | login p50 / p99 ms | reply p50 / p99 ms | errors |");
    println!("|---|---|---|---|---|---|---|");
    for row in rows {
        println!("{}", row.line());
    }
    println!();
    let mib = |kib: u64| format!("{:.1} MiB", kib as f64 / 1024.0);
    let peak = service.peak_resident_kib().map_or_else(|error| error.to_string(), mib);
    println!("Resident memory: {} idle, {peak} at the most under load.", mib(idle_kib));
    let replies: usize = rows.iter().map(|row| row.replies.micros.len()).sum();
    let each = processor_time.as_secs_f64() * 1000.0 / replies as f64;
    println!("Processor time of the service for one reply, its side of TLS and SCRAM included: {each:.2} ms.");
    println!("From start to listening: {:.0} ms.", service.started_in().as_secs_f64() * 1000.0);
}
