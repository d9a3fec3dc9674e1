//! The order of SRV records (RFC 2782).

use super::HostPort;

/// One SRV record.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) priority: u16,
    pub(super) weight: u16,
    pub(super) endpoint: HostPort,
}

/// Puts records into the order in which they are tried: by priority, inside one priority drawn by weight.
///
/// `draw(n)` gives a random number from 0 to `n`, both included.
pub(super) fn order(mut records: Vec<Record>, mut draw: impl FnMut(u32) -> u32) -> Vec<HostPort> {
    // Weight 0 first, as the RFC wants it, so that such a record has a small chance and not none.
    records.sort_by_key(|record| (record.priority, record.weight));
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(first) = records.first() {
        let priority = first.priority;
        let peers = records.iter().take_while(|record| record.priority == priority);
        let weights: Vec<u32> = peers.map(|record| u32::from(record.weight)).collect();
        let drawn = draw(weights.iter().sum());
        let mut sum = 0;
        let chosen = weights.iter().position(|weight| {
            sum += weight;
            sum >= drawn
        });
        ordered.push(records.remove(chosen.unwrap_or(0)).endpoint);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(priority: u16, weight: u16, host: &str) -> Record {
        Record { priority, weight, endpoint: HostPort { host: host.to_owned(), port: 5222 } }
    }

    fn hosts(records: Vec<Record>, draw: impl FnMut(u32) -> u32) -> Vec<String> {
        order(records, draw).into_iter().map(|endpoint| endpoint.host).collect()
    }

    #[test]
    fn the_lowest_priority_number_comes_first() {
        let records = vec![record(20, 0, "c"), record(5, 0, "a"), record(10, 0, "b")];
        assert_eq!(hosts(records, |_| 0), ["a", "b", "c"]);
    }

    #[test]
    fn inside_a_priority_the_running_sum_of_weights_decides() {
        let records = || vec![record(1, 60, "big"), record(1, 20, "mid"), record(1, 0, "none"), record(2, 9, "later")];
        // Running sums: none 0, mid 20, big 80.
        assert_eq!(hosts(records(), |_| 0), ["none", "mid", "big", "later"]);
        assert_eq!(hosts(records(), |sum| sum), ["big", "mid", "none", "later"]);
        assert_eq!(hosts(records(), |sum| sum.min(1)), ["mid", "big", "none", "later"]);
    }

    #[test]
    fn each_record_comes_exactly_once_whatever_is_drawn() {
        let records = (0..50).map(|n| record(n % 3, n * 7 % 11, &n.to_string())).collect();
        let mut ordered = hosts(records, |sum| sum / 2);
        ordered.sort_by_key(|host| host.parse::<u16>().unwrap());
        assert_eq!(ordered, (0..50).map(|n| n.to_string()).collect::<Vec<_>>());
    }
}
