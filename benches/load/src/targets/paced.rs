//! Latency when requests arrive at a steady pace, with streams that were opened ahead of need.

use std::sync::Arc;

use test_servers::openfire::Openfire;

use super::goal::{Bound, Goal};
use super::side::{Load, Role, Side, Work, find, no_error, print, rounds};
use super::{Builds, Extent};
use crate::generator::login::RawLogin;
use crate::service::{Launch, Service, Template};

/// Arrivals in a second.
const PACE: f64 = 20.0;
/// The median latency of a reply against that of the build before: not above.
const OF_BEFORE: f64 = 0.5;
/// The same against any other build.
const SAME: f64 = 1.1;
/// The median latency of a reply against that of a login on a fresh stream: not above.
const OF_LOGIN: f64 = 0.8;

/// Measures, prints a table of the sides, and gives the goals.
pub(super) async fn run(openfire: &Openfire, builds: &Builds, extent: Extent) -> anyhow::Result<Vec<Goal>> {
    let template = Template::WithRoster;
    let login = Arc::new(RawLogin::new(openfire.c2s(), &openfire.ca_file())?);
    let launch = Launch { config: builds.pool.clone(), ..Launch::default() };
    let new = Service::launch(&builds.new, openfire, "new-paced", template, launch).await?;
    let old = match builds.old() {
        Some((path, _)) => Some(Service::start(path, openfire, "old-paced", template).await?),
        None => None,
    };
    let mut sides =
        vec![Side::new(Role::New(template), Work::Replies(&new)), Side::new(Role::Logins, Work::Logins(login))];
    sides.extend(old.as_ref().map(|old| Side::new(Role::Old(template), Work::Replies(old))));

    eprintln!("warming up");
    for side in &sides {
        side.pass(Load::InFlight(8), extent.pass).await?;
    }
    let load = Load::Paced(PACE);
    eprintln!("{load}");
    // Few arrive in a second, so half as many passes are three times as long.
    rounds(openfire, &mut sides, load, extent.pass * 3, extent.pairs.div_ceil(2)).await?;
    print(&sides, load, builds);
    let bounds = [
        (Role::Old(template), builds.old_name(), builds.at_most(OF_BEFORE, SAME)),
        (Role::Logins, "a cold raw login", Bound::AtMost(OF_LOGIN)),
    ];
    let mut goals = Vec::new();
    for (role, name, bound) in bounds {
        if let Some((new, other)) = find(&sides, Role::New(template)).zip(find(&sides, role)) {
            let ratio = new.against(other, |turn| turn.pass.percentile(0.5));
            goals.push(Goal::ratio(format!("median latency against {name}, {load}"), ratio, bound));
        }
    }
    goals.push(no_error(&load.to_string(), &sides, builds));
    Ok(goals)
}
