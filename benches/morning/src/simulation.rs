//! Lets clients go their routes, from one event to the next.

mod events;
#[cfg(test)]
mod tests;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use self::events::{Event, Events};
use crate::outcome::Outcome;
use crate::route::{Place, Routes, Step};
use crate::site::Site;
use crate::station::Station;

/// A client, its own login, or an idle stream that is being opened.
#[derive(Debug)]
struct Job {
    kind: Kind,
    /// The number of the next step.
    next: usize,
    began: f64,
    has_permit: bool,
    /// It has its answer, or has given up: what still works on it works for nothing.
    is_over: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reply,
    OwnLogin,
    Stream,
}

struct Simulation<'a> {
    site: &'a Site,
    routes: &'a Routes,
    random: StdRng,
    now: f64,
    events: Events,
    jobs: Vec<Job>,
    service: Station,
    openfire: Station,
    directory: Station,
    /// The login queue: a server is a permit.
    permits: Station,
    running: usize,
    /// Opens one connection after another.
    turns: Station,
    idle_streams: usize,
    /// Idle streams that are being opened, or are about to be.
    opening: usize,
    /// When the next idle stream may be opened.
    next_opening: f64,
    outcome: Outcome,
}

/// A morning on which clients start at these times, in milliseconds and in order.
#[must_use]
pub fn simulate(site: &Site, routes: &Routes, starts: &[f64], seed: u64) -> Outcome {
    let mut simulation = Simulation {
        site,
        routes,
        random: StdRng::seed_from_u64(seed),
        now: 0.0,
        events: Events::default(),
        jobs: Vec::with_capacity(2 * starts.len()),
        service: Station::new(site.service_cores),
        openfire: Station::new(site.openfire_cores),
        directory: Station::new(site.threads),
        permits: Station::new(site.concurrent_logins),
        running: 0,
        turns: Station::new(1),
        idle_streams: site.idle_streams,
        opening: 0,
        next_opening: 0.0,
        outcome: Outcome::default(),
    };
    for start in starts {
        simulation.start(Kind::Reply, *start);
    }
    while let Some((time, event)) = simulation.events.next() {
        simulation.now = time;
        simulation.happen(event);
    }
    simulation.outcome
}

impl Simulation<'_> {
    fn start(&mut self, kind: Kind, time: f64) {
        let job = self.jobs.len();
        self.jobs.push(Job { kind, next: 0, began: time, has_permit: false, is_over: false });
        self.events.at(time, Event::Continue(job));
        if kind == Kind::Reply {
            let limit = self.site.request_deadline.min(self.site.patience);
            self.events.at(time + 1000.0 * limit, Event::Limit(job));
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Continue(job) => self.advance(job),
            Event::Done(place, job) => {
                if let Some(next) = self.station(place).leave() {
                    self.serve(place, next);
                }
                self.advance(job);
            }
            Event::NextTurn => self.next_turn(),
            Event::Limit(job) => self.give_up(job),
        }
    }

    /// Takes the job's steps until one takes time.
    fn advance(&mut self, number: usize) {
        loop {
            let Some(job) = self.jobs.get_mut(number).filter(|job| !job.is_over) else { return };
            let route = match job.kind {
                Kind::Reply => &self.routes.reply,
                Kind::OwnLogin => &self.routes.own_login,
                Kind::Stream => &self.routes.stream,
            };
            let Some(step) = route.get(job.next).copied() else { return self.end(number) };
            job.next += 1;
            match step {
                Step::Work(place, _) => {
                    if self.station(place).enter(number) {
                        self.serve(place, number);
                    }
                    return;
                }
                Step::Idle(mean) => {
                    let time = self.draw(mean);
                    self.events.at(self.now + time, Event::Continue(number));
                    return;
                }
                Step::Permit => {
                    if !self.permit(number) {
                        return;
                    }
                }
                Step::Stream(steps) => self.stream(number, steps),
                Step::Turn => {
                    if !self.turn(number) {
                        return;
                    }
                }
            }
        }
    }

    /// A server of a place begins to work on a job, whose last step that was.
    fn serve(&mut self, place: Place, number: usize) {
        let Some(job) = self.jobs.get(number) else { return };
        let route = match job.kind {
            Kind::Reply => &self.routes.reply,
            Kind::OwnLogin => &self.routes.own_login,
            Kind::Stream => &self.routes.stream,
        };
        // What has given up meanwhile costs no more than being looked at.
        let mean = match route.get(job.next.saturating_sub(1)) {
            Some(Step::Work(_, mean)) if !job.is_over => *mean,
            _ => 0.0,
        };
        let time = self.draw(mean);
        self.events.at(self.now + time, Event::Done(place, number));
    }

    /// Whether the job has a permit now. It waits for one otherwise, or gets 503 where the queue is full.
    fn permit(&mut self, number: usize) -> bool {
        let is_full = self.running >= self.site.concurrent_logins && self.permits.waiting() >= self.site.queued_logins;
        if is_full {
            self.over(number);
            self.outcome.full += 1;
            return false;
        }
        let is_permitted = self.permits.enter(number);
        if is_permitted {
            self.has_permit(number);
        }
        self.outcome.most_waiting = self.outcome.most_waiting.max(self.permits.waiting());
        is_permitted
    }

    fn has_permit(&mut self, number: usize) {
        if let Some(job) = self.jobs.get_mut(number) {
            job.has_permit = true;
        }
        self.running += 1;
        self.outcome.most_running = self.outcome.most_running.max(self.running);
    }

    /// Takes an idle stream if there is one, and has another one opened in its place.
    fn stream(&mut self, number: usize, steps: usize) {
        if self.idle_streams == 0 {
            return;
        }
        self.idle_streams -= 1;
        self.outcome.hits += 1;
        if let Some(job) = self.jobs.get_mut(number) {
            job.next += steps;
        }
        self.opening += 1;
        let at = self.next_opening.max(self.now);
        self.next_opening = at + 1000.0 / f64::from(self.site.opened_per_second.max(1));
        self.start(Kind::Stream, at);
    }

    /// Whether it is the job's turn to open a connection. It waits otherwise.
    fn turn(&mut self, number: usize) -> bool {
        let per_second = self.site.new_connections_per_second;
        if per_second == 0 {
            return true;
        }
        let is_next = self.turns.enter(number);
        if is_next {
            self.events.at(self.now + 1000.0 / f64::from(per_second), Event::NextTurn);
        }
        is_next
    }

    /// The first of those that wait and have not given up opens its connection.
    fn next_turn(&mut self) {
        while let Some(next) = self.turns.leave() {
            if self.jobs.get(next).is_some_and(|job| !job.is_over) {
                let interval = 1000.0 / f64::from(self.site.new_connections_per_second.max(1));
                self.events.at(self.now + interval, Event::NextTurn);
                return self.events.at(self.now, Event::Continue(next));
            }
        }
    }

    fn end(&mut self, number: usize) {
        let Some(job) = self.jobs.get(number) else { return };
        match job.kind {
            Kind::Reply => {
                self.outcome.times.push(self.now - job.began);
                self.over(number);
                if !self.routes.own_login.is_empty() {
                    self.start(Kind::OwnLogin, self.now);
                }
            }
            Kind::OwnLogin => {}
            Kind::Stream => {
                self.opening -= 1;
                self.idle_streams += 1;
            }
        }
    }

    /// The deadline of a request, or of its client's patience, if it comes earlier.
    fn give_up(&mut self, number: usize) {
        if self.jobs.get(number).is_none_or(|job| job.is_over) {
            return;
        }
        self.over(number);
        self.permits.give_up(number);
        if self.site.request_deadline <= self.site.patience {
            self.outcome.late += 1;
        } else {
            self.outcome.gave_up += 1;
        }
    }

    /// Its permit goes to the next one.
    fn over(&mut self, number: usize) {
        let Some(job) = self.jobs.get_mut(number) else { return };
        job.is_over = true;
        if !std::mem::take(&mut job.has_permit) {
            return;
        }
        self.running -= 1;
        if let Some(next) = self.permits.leave() {
            self.has_permit(next);
            self.events.at(self.now, Event::Continue(next));
        }
    }

    fn station(&mut self, place: Place) -> &mut Station {
        match place {
            Place::Service => &mut self.service,
            Place::Openfire => &mut self.openfire,
            Place::Directory => &mut self.directory,
        }
    }

    /// A time from an exponential distribution.
    fn draw(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.random.random_range(0.0..1.0_f64)).ln()
    }
}
