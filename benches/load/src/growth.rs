//! How cost grows: curves over requests in flight, users of the server, contacts and the size of vCards.
//!
//! The claim: the service's processor time for one reply grows in a straight line in what the template mentions, and not at
//! all in the number of users.

mod curve;
mod plot;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use test_servers::openfire::{Openfire, OpenfireOptions};

use self::curve::{Curve, Point};
use self::plot::{Axis, svg};
use crate::measure::warm_up;
use crate::replies::replies;
use crate::service::{Launch, Service, Template};
use crate::targets::{Bound, Extent, Goal, table};
use crate::users::Users;
use crate::with_properties;

/// In flight, where something else grows.
const IN_FLIGHT: usize = 8;
const FLIGHTS: [usize; 5] = [1, 8, 32, 128, 512];
const USERS: [usize; 3] = [10, 1_000, 100_000];
const CONTACTS: [usize; 3] = [10, 200, 2_000];
/// In KiB.
const VCARDS: [usize; 3] = [1, 50, 100];
/// Users where contacts or vCards grow: few, so that Openfire keeps all of them in its caches.
const FEW_USERS: usize = 10;
/// One password for all: 100,000 of their own would take Openfire's launcher minutes.
const PASSWORD: &str = "pw";
/// Larger than what ten users have, in bytes. By default Openfire reads rosters of 2,000 contacts again for each login.
const CACHE: &str = "104857600";
/// Processor time for one reply with the most users against that with the fewest: not above.
const USERS_GOAL: f64 = 1.1;
/// What one more costs in the upper part of a curve against the lower part: not above.
const LINE_GOAL: f64 = 1.25;

/// What is measured, and how long.
#[derive(Debug)]
pub(crate) struct Growth<'a> {
    /// The program.
    pub(crate) program: &'a Path,
    /// Where the plots go.
    pub(crate) folder: PathBuf,
    /// Passes of each point.
    pub(crate) extent: Extent,
    /// Properties of each Openfire, as NAME=VALUE.
    pub(crate) properties: &'a [String],
}

impl Growth<'_> {
    /// Measures all curves, writes their plots, prints their tables, and says whether they are as they should be.
    pub(crate) async fn run(&self) -> anyhow::Result<bool> {
        fs::create_dir_all(&self.folder)?;
        let flights = self.flights().await?;
        let users = self.users().await?;
        let contacts = self.contacts().await?;
        let vcards = self.vcards().await?;
        let mut errors = 0;
        for curve in [&flights, &users, &contacts, &vcards] {
            let file = self.folder.join(curve.name).with_extension("svg");
            fs::write(&file, svg(curve.axis, &curve.panels())?).with_context(|| file.display().to_string())?;
            println!("{}", curve.table());
            for (count, why) in curve.points.iter().map(|point| &point.errors) {
                errors += count;
                if let Some(why) = why {
                    println!("{}: an error: {why}\n", curve.axis.title);
                }
            }
        }
        let goals = [
            Goal::value(
                "CPU for one reply, 100,000 users against 10",
                ratio(&users, USERS.len() - 1, 0),
                "",
                Bound::AtMost(USERS_GOAL),
            ),
            Goal::value(
                "CPU that one more contact costs, 200 to 2,000 against 10 to 200",
                contacts.slope(1, 2) / contacts.slope(0, 1),
                "",
                Bound::AtMost(LINE_GOAL),
            ),
            Goal::value("errors", errors as f64, "", Bound::AtMost(0.0)),
        ];
        println!("{}", table(&goals));
        println!(
            "One more contact costs the service {:.1} µs, one more KiB of a vCard {:.1} µs.",
            contacts.slope(0, 2) * 1000.0,
            vcards.slope(0, 2) * 1000.0
        );
        Ok(goals.iter().all(Goal::is_met))
    }

    async fn flights(&self) -> anyhow::Result<Curve> {
        let users = Users::new(1_000);
        let openfire = self.openfire(OpenfireOptions::numbered_users(users.count)).await?;
        let service = self.service(&openfire, users).await?;
        let mut points = Vec::new();
        for in_flight in FLIGHTS {
            points.push(self.point(in_flight as f64, &service, in_flight).await?);
        }
        openfire.stop().await;
        let axis = Axis { title: "requests in flight", is_logarithmic: true };
        Ok(Curve { name: "in-flight", axis, points })
    }

    async fn users(&self) -> anyhow::Result<Curve> {
        let mut points = Vec::new();
        for count in USERS {
            points.push(self.alone(count as f64, count, |options| options).await?);
        }
        let axis = Axis { title: "users in the server", is_logarithmic: true };
        Ok(Curve { name: "users", axis, points })
    }

    async fn contacts(&self) -> anyhow::Result<Curve> {
        let mut points = Vec::new();
        for count in CONTACTS {
            let options = |options: OpenfireOptions| options.set("CONTACTS", &count.to_string());
            points.push(self.alone(count as f64, FEW_USERS, options).await?);
        }
        let axis = Axis { title: "contacts of the user", is_logarithmic: false };
        Ok(Curve { name: "contacts", axis, points })
    }

    async fn vcards(&self) -> anyhow::Result<Curve> {
        let mut points = Vec::new();
        for kib in VCARDS {
            let options = |options: OpenfireOptions| options.set("VCARD_BYTES", &(kib * 1024).to_string());
            points.push(self.alone(kib as f64, FEW_USERS, options).await?);
        }
        let axis = Axis { title: "length of the vCard, KiB", is_logarithmic: false };
        Ok(Curve { name: "vcards", axis, points })
    }

    /// A point on an Openfire of its own, where all users have one password.
    async fn alone(
        &self,
        value: f64,
        count: usize,
        set: impl Fn(OpenfireOptions) -> OpenfireOptions,
    ) -> anyhow::Result<Point> {
        let users = Users { count, password: Some(PASSWORD) };
        let options = OpenfireOptions::numbered_users(count)
            .set("PASSWORD", PASSWORD)
            .property("cache.username2roster.size", CACHE)
            .property("cache.vcardCache.size", CACHE);
        let openfire = self.openfire(set(options)).await?;
        let service = self.service(&openfire, users).await?;
        let point = self.point(value, &service, IN_FLIGHT).await?;
        openfire.stop().await;
        Ok(point)
    }

    async fn openfire(&self, options: OpenfireOptions) -> anyhow::Result<Openfire> {
        Openfire::try_start(with_properties(options, self.properties)?).await.map_err(anyhow::Error::msg)
    }

    async fn service(&self, openfire: &Openfire, users: Users) -> anyhow::Result<Service> {
        let launch = Launch { users: Some(users), ..Launch::default() };
        let service = Service::launch(self.program, openfire, "growth", Template::WithRoster, launch).await?;
        warm_up(async || replies(&service, IN_FLIGHT, self.extent.pass).await).await?;
        Ok(service)
    }

    async fn point(&self, value: f64, service: &Service, in_flight: usize) -> anyhow::Result<Point> {
        eprintln!("{} users, {in_flight} in flight: {value}", service.users().count);
        Point::measure(value, service, in_flight, self.extent.pass, self.extent.pairs).await
    }
}

/// Processor time at one point against that at another, by their places.
fn ratio(curve: &Curve, at: usize, against: usize) -> f64 {
    let cpu = |place: usize| curve.points.get(place).map_or(f64::NAN, |point| point.cpu_ms.median);
    cpu(at) / cpu(against)
}

/// A number with commas, and with decimals only where it is small.
fn thousands(value: f64) -> String {
    if value < 10.0 && (value - value.round()).abs() > 0.001 {
        return format!("{value:.1}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_have_commas() {
        let texts = [0.0, 0.5, 7.999_999_9, 9.96, 10.4, 999.9, 1_000.0, 99_999.999_9, 1_234_567.0].map(thousands);
        assert_eq!(texts, ["0", "0.5", "8", "10.0", "10", "1,000", "1,000", "100,000", "1,234,567"]);
    }
}
