//! The steps of a client through the service and Openfire.

use crate::costs::Costs;
use crate::site::Site;

/// Where work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The cores of the service's machine.
    Service,
    /// The cores of Openfire's machine.
    Openfire,
    /// A thread of Openfire that waits for LDAP or the database.
    Directory,
}

/// One step. Its times are means: the times themselves are drawn from an exponential distribution, since some users have
/// more contacts than others, and Java collects garbage at times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Work of so many milliseconds, by one server of a place; it waits there until one is free.
    Work(Place, f64),
    /// Time in which nothing works on it, in milliseconds.
    Idle(f64),
    /// Wait for a place among `limits.concurrent_logins`.
    Permit,
    /// Take an idle stream if there is one, and then skip so many of the next steps.
    Stream(usize),
    /// Wait for the turn to open a connection (`limits.new_connections_per_second`).
    Turn,
}

/// The routes of a site.
#[derive(Debug, Clone, PartialEq)]
pub struct Routes {
    /// From a client's start until it has the reply.
    pub reply: Vec<Step>,
    /// The client's own login afterwards; empty where it does not count.
    pub own_login: Vec<Step>,
    /// The opening of an idle stream.
    pub stream: Vec<Step>,
}

/// Time from the reply until the client logs in itself, in milliseconds. Only that it is not at once matters.
const UNTIL_OWN_LOGIN: f64 = 1000.0;

impl Routes {
    /// Those of a site with these costs.
    ///
    /// A login is a conversation, so its work is done in pieces, between which others have their turn: two for the stream, four
    /// for SASL, binding and roster.
    #[must_use]
    pub fn new(site: &Site, costs: &Costs) -> Self {
        let service = if site.one_machine { Place::Openfire } else { Place::Service };
        let piece = |openfire: f64, own: f64| {
            [Step::Work(Place::Openfire, openfire), Step::Work(service, own), Step::Idle(costs.idle / 8.0)]
        };
        let stream = [piece(costs.openfire_stream / 2.0, costs.service_stream / 2.0); 2].concat();
        let login = [piece(costs.openfire_login / 4.0, costs.service_reply / 6.0); 4].concat();
        let directory = (site.directory > 0.0).then_some(Step::Work(Place::Directory, site.directory));
        let client = site.one_machine.then_some(Step::Work(Place::Openfire, costs.client / 2.0));
        let ends = Step::Work(service, costs.service_reply / 6.0);

        let mut reply = Vec::from_iter(client);
        reply.extend([Step::Idle(costs.idle / 8.0), ends, Step::Permit, Step::Stream(stream.len() + 1), Step::Turn]);
        reply.extend(stream.iter().chain(&directory).chain(&login).copied());
        reply.extend([ends, Step::Idle(costs.idle / 8.0)]);
        reply.extend(client);

        let mut own_login = Vec::new();
        if site.own_login > 0.0 {
            own_login.push(Step::Idle(UNTIL_OWN_LOGIN));
            own_login.extend([Step::Work(Place::Openfire, site.own_login * costs.openfire_stream / 2.0); 2]);
            own_login.extend(directory);
            own_login.extend([Step::Work(Place::Openfire, site.own_login * costs.openfire_login / 4.0); 4]);
        }
        Self { reply, own_login, stream }
    }

    /// Mean work of a place for one client, in milliseconds of one server, with its own login.
    #[must_use]
    pub fn work(&self, place: Place) -> f64 {
        let steps = self.reply.iter().chain(&self.own_login);
        steps
            .map(|step| {
                if let Step::Work(at, work) = step
                    && *at == place
                {
                    *work
                } else {
                    0.0
                }
            })
            .sum()
    }

    /// Mean time of a reply if the client is alone, in milliseconds.
    #[must_use]
    pub fn alone(&self) -> f64 {
        let time = |step: &Step| match step {
            Step::Work(_, time) | Step::Idle(time) => *time,
            Step::Permit | Step::Stream(_) | Step::Turn => 0.0,
        };
        self.reply.iter().map(time).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COSTS: Costs = Costs {
        openfire_stream: 2.0,
        openfire_login: 4.0,
        service_stream: 1.0,
        service_reply: 3.0,
        client: 0.5,
        idle: 0.8,
    };

    #[test]
    fn the_steps_of_a_route_cost_what_was_measured() {
        let near = |left: f64, right: f64| assert!((left - right).abs() < 1e-9, "{left} {right}");
        let alone = Site { own_login: 0.0, ..Site::with_defaults() };
        let routes = Routes::new(&alone, &COSTS);
        near(routes.work(Place::Openfire), COSTS.openfire());
        near(routes.work(Place::Service), COSTS.service());
        near(routes.alone(), COSTS.openfire() + COSTS.service() + COSTS.idle);

        let with_login = Routes::new(&Site { own_login: 0.5, ..alone.clone() }, &COSTS);
        near(with_login.work(Place::Openfire), 1.5 * COSTS.openfire());

        let shared = Routes::new(&Site { one_machine: true, ..alone }, &COSTS);
        near(shared.work(Place::Openfire), COSTS.openfire() + COSTS.service() + COSTS.client);
        near(shared.work(Place::Service), 0.0);
    }

    #[test]
    fn an_idle_stream_saves_exactly_what_opening_one_costs() {
        let routes = Routes::new(&Site::with_defaults(), &COSTS);
        let at = routes.reply.iter().position(|step| matches!(step, Step::Stream(_))).unwrap();
        let Step::Stream(skipped) = routes.reply[at] else { unreachable!() };
        let [turn, stream @ ..] = &routes.reply[at + 1..=at + skipped] else { unreachable!() };
        assert_eq!((turn, stream), (&Step::Turn, &routes.stream[..]));
    }
}
