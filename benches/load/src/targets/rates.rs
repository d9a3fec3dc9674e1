//! Replies per second at 8 and 32 in flight: against raw logins, against a bare generator, and against another build.

use std::sync::Arc;

use test_servers::openfire::Openfire;

use super::goal::{Bound, Goal};
use super::side::{Load, Role, Side, Turn, Work, find, no_error, print, rounds};
use super::{Builds, Extent};
use crate::generator::bare::{Bare, Roster};
use crate::generator::login::RawLogin;
use crate::measure::warm_up;
use crate::service::{Service, Template};

/// In flight, without the other build.
const FEW: usize = 8;
/// In flight, with it.
const MANY: usize = 32;
/// The least share of raw logins per second.
const fn of_logins(template: Template) -> f64 {
    match template {
        Template::WithRoster => 0.87,
        Template::WithoutRoster => 0.93,
    }
}
/// The least share of what a bare generator gets that does the same.
const OF_BARE: f64 = 0.96;
/// Replies per second against another build: not below.
const RATE: f64 = 0.97;
/// Processor time for one reply against the build before, where the processor's instructions for SHA are used.
const CPU: f64 = 0.5;
/// The same where they are not.
const SOFTWARE_CPU: f64 = 1.0;
/// The same against any other build.
const SAME_CPU: f64 = 1.03;
/// 99th percentile against another build: not above.
const TAIL: f64 = 1.1;

const TEMPLATES: [Template; 2] = [Template::WithRoster, Template::WithoutRoster];

/// Measures, prints a table of the sides, and gives the goals.
pub(super) async fn run(openfire: &Openfire, builds: &Builds, extent: Extent) -> anyhow::Result<Vec<Goal>> {
    let login = Arc::new(RawLogin::new(openfire.c2s(), &openfire.ca_file())?);
    let bare = Arc::new(Bare::connect(openfire, "bare").await?);
    let (mut new, mut old) = (Vec::new(), Vec::new());
    for (template, name) in TEMPLATES.into_iter().zip(["roster", "vcard"]) {
        new.push(Service::start(&builds.new, openfire, &format!("new-{name}"), template).await?);
        if let Some((path, _)) = builds.old() {
            old.push(Service::start(path, openfire, &format!("old-{name}"), template).await?);
        }
    }
    let replies = |service| Work::Replies(service);
    let few: Vec<Side<'_>> = [
        Side::new(Role::Logins, Work::Logins(login)),
        Side::new(Role::Bare(Template::WithRoster), Work::Bare(Arc::clone(&bare), Roster::Asked)),
        Side::new(Role::Bare(Template::WithoutRoster), Work::Bare(bare, Roster::Left)),
    ]
    .into_iter()
    .chain(new.iter().map(|new| Side::new(Role::New(new.template()), replies(new))))
    .collect();
    let many = few.iter().map(Side::afresh);
    let many: Vec<_> = many.chain(old.iter().map(|old| Side::new(Role::Old(old.template()), replies(old)))).collect();

    warm(&many, extent).await?;
    let mut goals = Vec::new();
    for (in_flight, mut sides) in [(FEW, few), (MANY, many)] {
        eprintln!("{in_flight} in flight");
        let load = Load::InFlight(in_flight);
        rounds(openfire, &mut sides, load, extent.pass, extent.pairs).await?;
        print(&sides, load, builds);
        goals.extend(against_generators(&sides, load, builds));
        goals.extend(against_old(&sides, load, builds));
        goals.push(no_error(&load.to_string(), &sides, builds));
    }
    Ok(goals)
}

/// Runs each side until Openfire has compiled what it runs often.
async fn warm(sides: &[Side<'_>], extent: Extent) -> anyhow::Result<()> {
    eprintln!("warming up");
    for (place, side) in sides.iter().enumerate() {
        // The bare generator does all that Openfire is to do; the others only warm themselves.
        if place == 1 {
            warm_up(async || side.pass(Load::InFlight(FEW), extent.pass).await).await?;
        } else {
            side.pass(Load::InFlight(FEW), extent.pass).await?;
        }
    }
    Ok(())
}

fn against_generators(sides: &[Side<'_>], load: Load, builds: &Builds) -> Vec<Goal> {
    let mut goals = Vec::new();
    for template in TEMPLATES {
        let bare_bound = if template == Template::WithRoster { Bound::AtLeast(OF_BARE) } else { Bound::Free };
        let yardsticks = [
            ("raw logins", Role::Logins, Bound::AtLeast(of_logins(template))),
            ("a bare generator", Role::Bare(template), bare_bound),
        ];
        for (name, role, bound) in yardsticks {
            let replies = [
                (Role::New(template), String::new(), builds.with_instructions(bound)),
                (Role::Old(template), format!(" of {}", builds.old_name()), Bound::Free),
            ];
            for (service, build, bound) in replies {
                let Some((replies, yardstick)) = find(sides, service).zip(find(sides, role)) else { continue };
                let ratio = replies.against(yardstick, |turn| turn.pass.per_second());
                let what = format!("replies/s{build} against {name}, {}, {load}", template.name());
                goals.push(Goal::ratio(what, ratio, bound));
            }
        }
        // What is left of logins when no service is there at all.
        if let Some((bare, logins)) = find(sides, Role::Bare(template)).zip(find(sides, Role::Logins)) {
            let ratio = bare.against(logins, |turn| turn.pass.per_second());
            let what = format!("a bare generator against raw logins, {}, {load}", template.name());
            goals.push(Goal::ratio(what, ratio, Bound::Free));
        }
    }
    goals
}

fn against_old(sides: &[Side<'_>], load: Load, builds: &Builds) -> Vec<Goal> {
    let mut goals = Vec::new();
    for template in TEMPLATES {
        let Some((new, old)) = find(sides, Role::New(template)).zip(find(sides, Role::Old(template))) else { continue };
        let mut goal = |what: &str, value: fn(&Turn) -> f64, bound| {
            let what = format!("{what} against {}, {}, {load}", builds.old_name(), template.name());
            goals.push(Goal::ratio(what, new.against(old, value), bound));
        };
        let cpu = if builds.software_hash { SOFTWARE_CPU } else { CPU };
        goal("replies/s", |turn| turn.pass.per_second(), Bound::AtLeast(RATE));
        goal("99th percentile", |turn| turn.pass.percentile(0.99), Bound::AtMost(TAIL));
        goal("CPU for one reply", Turn::cpu_ms, builds.at_most(cpu, SAME_CPU));
    }
    goals
}
