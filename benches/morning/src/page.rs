//! The tables of `docs/scaling.md`.

use std::fmt::Write as _;

use crate::arrivals::Arrivals;
use crate::costs::Costs;
use crate::outcome::Outcome;
use crate::route::Place;
use crate::site::Site;
use crate::sizing::{fewest_cores, load, mornings};

/// Users of the tables.
const USERS: [usize; 3] = [1_000, 10_000, 100_000];
/// The time spans of the tables, in seconds: a morning, and everyone at once, as after a power cut.
const WITHIN: [f64; 2] = [900.0, 60.0];
/// Idle streams of the column that has some.
const IDLE_STREAMS: usize = 32;

/// All tables, as Markdown.
#[must_use]
pub fn tables(costs: &Costs) -> String {
    let enough = enough(costs);
    let small = small(costs);
    let variants = variants(costs);
    format!(
        "{}\n### What is enough\n\n{enough}\n### Two cores each, and the default settings\n\n{small}\n\
         ### Other sites and settings\n\n{variants}",
        measured(costs)
    )
}

/// The costs that everything else is computed from.
#[must_use]
pub fn measured(costs: &Costs) -> String {
    format!(
        "| processor time of one reply, ms | to open the stream | the rest | together |\n|---|---|---|---|\n\
         | Openfire | {:.2} | {:.2} | {:.2} |\n| the service | {:.2} | {:.2} | {:.2} |\n",
        costs.openfire_stream,
        costs.openfire_login,
        costs.openfire(),
        costs.service_stream,
        costs.service_reply,
        costs.service(),
    )
}

/// One site as a table with one row.
#[must_use]
pub fn one(site: &Site, costs: &Costs, arrivals: Arrivals) -> String {
    format!("{SMALL}{}", row(site, costs, arrivals, None))
}

const SMALL: &str = "| users | within | cores in use at the peak: Openfire, service | p50 / p99 ms | most logins that run / wait | \
                     idle streams used | got 503 | gave up |\n|---|---|---|---|---|---|---|---|\n";

fn all() -> impl Iterator<Item = Arrivals> {
    WITHIN.into_iter().flat_map(|within| USERS.map(|users| Arrivals { users, within }))
}

/// The fewest cores, for each number of users.
fn enough(costs: &Costs) -> String {
    let mut text = "| users | within | start in a second at the peak | cores of Openfire (in use at the peak) | cores of the \
                    service (in use at the peak) | p50 / p99 ms | with 32 idle streams: p50 / p99 ms | most logins that run / wait |\n\
                    |---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for arrivals in all() {
        let start = format!("| {} | {} ", count(arrivals.users), span(arrivals.within));
        let peak = count(arrivals.per_second_at_the_peak().round() as usize);
        let Some((site, outcome)) = fewest_cores(&Site::with_defaults(), costs, arrivals) else {
            _ = writeln!(text, "{start}| {peak} | more than 64 | | | | |");
            continue;
        };
        let with_streams = mornings(&Site { idle_streams: IDLE_STREAMS, ..site.clone() }, costs, arrivals);
        _ = writeln!(
            text,
            "{start}| {peak} | {} ({}) | {} ({}) | {} | {} | {} |",
            site.openfire_cores,
            percent(load(&site, costs, arrivals, Place::Openfire)),
            site.service_cores,
            percent(load(&site, costs, arrivals, Place::Service)),
            times(&outcome),
            times(&with_streams),
            most(&outcome),
        );
    }
    text
}

/// What becomes of each number of users on small machines.
fn small(costs: &Costs) -> String {
    let rows = all().map(|arrivals| row(&Site::with_defaults(), costs, arrivals, None));
    format!("{SMALL}{}", rows.collect::<String>())
}

/// What else changes the picture.
fn variants(costs: &Costs) -> String {
    let site = Site::with_defaults();
    let (morning, power_cut) = (Arrivals { users: 10_000, within: 900.0 }, Arrivals { users: 20_000, within: 60.0 });
    let variants = [
        ("Openfire waits 20 ms for LDAP at each login", morning, Site { directory: 20.0, ..site.clone() }),
        ("200 ms", morning, Site { directory: 200.0, ..site.clone() }),
        ("500 ms", morning, Site { directory: 500.0, ..site.clone() }),
        ("`new_connections_per_second = 20`", morning, Site { new_connections_per_second: 20, ..site.clone() }),
        ("`new_connections_per_second = 15`", morning, Site { new_connections_per_second: 15, ..site.clone() }),
        ("nothing", power_cut, site.clone()),
        ("`concurrent_logins = 16`", power_cut, Site { concurrent_logins: 16, ..site.clone() }),
        ("`concurrent_logins = 512`", power_cut, Site { concurrent_logins: 512, ..site.clone() }),
        ("`queued_logins = 256`", power_cut, Site { queued_logins: 256, ..site.clone() }),
        ("`queued_logins = 8192`", power_cut, Site { queued_logins: 8192, ..site.clone() }),
        ("4 cores for Openfire", power_cut, Site { openfire_cores: 4, ..site }),
    ];
    let head = SMALL.replace("| users |", "| what is different | users |").replacen("|---", "|---|---", 1);
    let rows = variants.iter().map(|(name, arrivals, site)| row(site, costs, *arrivals, Some(name)));
    format!("{head}{}", rows.collect::<String>())
}

fn row(site: &Site, costs: &Costs, arrivals: Arrivals, name: Option<&str>) -> String {
    let outcome = mornings(site, costs, arrivals);
    format!(
        "{}| {} | {} | {}, {} | {} | {} | {} | {} | {} |\n",
        name.map(|name| format!("| {name} ")).unwrap_or_default(),
        count(arrivals.users),
        span(arrivals.within),
        percent(load(site, costs, arrivals, Place::Openfire)),
        percent(load(site, costs, arrivals, Place::Service)),
        times(&outcome),
        most(&outcome),
        percent(outcome.share(outcome.hits)),
        percent(outcome.share(outcome.full + outcome.late)),
        percent(outcome.share(outcome.gave_up)),
    )
}

/// Median and 99th percentile.
#[must_use]
pub fn times(outcome: &Outcome) -> String {
    let at = |share| outcome.percentile(share).map_or_else(|| "-".to_owned(), |time| count(time.round() as usize));
    format!("{} / {}", at(0.5), at(0.99))
}

fn most(outcome: &Outcome) -> String {
    format!("{} / {}", count(outcome.most_running), count(outcome.most_waiting))
}

/// A share; what is more than nothing is never shown as nothing.
fn percent(share: f64) -> String {
    match 100.0 * share {
        0.0 => "0".to_owned(),
        percent if percent < 0.1 => "< 0.1 %".to_owned(),
        percent if percent < 1.0 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}

fn span(seconds: f64) -> String {
    if seconds >= 60.0 { format!("{:.0} min", seconds / 60.0) } else { format!("{seconds:.0} s") }
}

/// A number with commas between its thousands.
fn count(number: usize) -> String {
    if number < 1000 { number.to_string() } else { format!("{},{:03}", count(number / 1000), number % 1000) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// What stands on the page before and behind the tables.
    const BEFORE: &str =
        "<!-- Up to the next comment: RENEW_DOCS=1 cargo test -p openfire-provisioner-morning tables -->\n\n";
    const BEHIND: &str = "\n<!-- End of the tables -->\n";

    #[test]
    fn the_page_has_the_tables_of_the_program() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scaling.md");
        let page = std::fs::read_to_string(&file).unwrap();
        let (before, rest) = page.split_once(BEFORE).unwrap();
        let (_, behind) = rest.split_once(BEHIND).unwrap();
        let expected = [before, BEFORE, &tables(&Costs::measured().unwrap()), BEHIND, behind].concat();
        if std::env::var_os("RENEW_DOCS").is_some() {
            std::fs::write(&file, &expected).unwrap();
        }
        let page = std::fs::read_to_string(&file).unwrap();
        assert!(
            page == expected,
            "docs/scaling.md is not what is computed; run `RENEW_DOCS=1 cargo test -p openfire-provisioner-morning tables`"
        );
    }

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!((count(7), count(1000), count(1_234_567)), ("7".into(), "1,000".into(), "1,234,567".into()));
        assert_eq!([0.0, 0.000_01, 0.004, 0.5].map(percent), ["0", "< 0.1 %", "0.4 %", "50 %"]);
        assert_eq!((span(900.0), span(40.0)), ("15 min".into(), "40 s".into()));
    }
}
