//! What became of a morning.

/// Counts and waiting times of all clients of one or more mornings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Time from the start of a client until its reply, in milliseconds, of those that got one.
    pub times: Vec<f64>,
    /// Clients that got 503 since the login queue was full.
    pub full: usize,
    /// Clients that got 503 at the deadline.
    pub late: usize,
    /// Clients that gave up without an answer.
    pub gave_up: usize,
    /// Most logins that ran at one time.
    pub most_running: usize,
    /// Most logins that waited in the login queue at one time.
    pub most_waiting: usize,
    /// Logins that got an idle stream.
    pub hits: usize,
}

impl Outcome {
    /// Adds another morning.
    pub fn add(&mut self, other: &Self) {
        self.times.extend(&other.times);
        self.full += other.full;
        self.late += other.late;
        self.gave_up += other.gave_up;
        self.most_running = self.most_running.max(other.most_running);
        self.most_waiting = self.most_waiting.max(other.most_waiting);
        self.hits += other.hits;
    }

    /// Clients without a reply.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.full + self.late + self.gave_up
    }

    /// The time in milliseconds within which this share of all replies came (0.5 is the median); none without a reply.
    #[must_use]
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let mut sorted = self.times.clone();
        sorted.sort_by(f64::total_cmp);
        let index = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
        sorted.get(index).copied()
    }

    /// Which share of all clients this number is.
    #[must_use]
    pub fn share(&self, number: usize) -> f64 {
        number as f64 / (self.times.len() + self.failed()).max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mornings_add_up_and_the_busiest_moment_is_that_of_all() {
        let one = Outcome { times: vec![3.0, 1.0], full: 1, most_waiting: 5, ..Outcome::default() };
        let mut all = Outcome { times: vec![2.0], late: 1, most_waiting: 2, ..Outcome::default() };
        all.add(&one);
        assert_eq!((all.percentile(0.5), all.percentile(1.0)), (Some(2.0), Some(3.0)));
        assert_eq!((all.failed(), all.most_waiting), (2, 5));
        assert!((all.share(all.failed()) - 0.4).abs() < 1e-9);
        assert_eq!(Outcome::default().percentile(0.5), None);
    }
}
