//! One Openfire, two services on it, their clients, and outages one after the other.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::crowd::{Addresses, Crowd, Event, MOST_CLIENTS, Moment};
use crate::journal::Journal;
use crate::kind::{Kind, Store};
use crate::ledger::Ledger;
use crate::plan::{Outage, Plan};
use crate::service::Service;
use crate::site::Site;
use crate::tally::{Record, Tally};

/// Time for all clients to be let in before the first outage.
const WARM_UP_LIMIT: Duration = Duration::from_mins(2);
/// Time for all clients to be let in after an outage; then the next one comes nevertheless.
pub const BACK_LIMIT: Duration = Duration::from_secs(90);
/// Shortly after an outage, a wrong password comes within this time.
const SHORTLY: Duration = Duration::from_secs(1);

/// What a trial is made of.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The program to try.
    pub program: PathBuf,
    /// Clients with right passwords on each service.
    pub clients: usize,
    /// Where they come from.
    pub addresses: Addresses,
    /// Where logs, configurations and all answers go; made if missing.
    pub folder: PathBuf,
}

/// A running trial; everything ends when it is dropped.
#[derive(Debug)]
pub struct Trial {
    // First, so that the clients stop before what they ask.
    crowd: Crowd,
    _services: [Service; 2],
    site: Site,
    events: mpsc::Receiver<Event>,
    clients: usize,
    folder: PathBuf,
    journal: Journal,
    /// Answers to wrong passwords before the first outage.
    quiet: [Tally; 2],
}

impl Trial {
    /// Starts everything, and waits until each client with a right password was let in and each with a wrong one was answered.
    pub async fn start(store: Store, setup: &Setup) -> anyhow::Result<Self> {
        let Setup { program, clients, addresses, folder } = setup;
        ensure!((1..=MOST_CLIENTS).contains(clients), "from 1 to {MOST_CLIENTS} clients, not {clients}");
        let site = Site::start(store).await?;
        let reference = site.reference();
        let openfire = site.openfire();
        let services = [
            Service::start(program, openfire, Some(&reference), &folder.join("with-reference")).await?,
            Service::start(program, openfire, None, &folder.join("without-reference")).await?,
        ];
        let journal = Journal::create(&folder.join("answers.tsv"))?;
        let addresses = (services.each_ref().map(Service::address), *addresses);
        let (crowd, events) = Crowd::start(&site, addresses.0, *clients, addresses.1);
        let quiet = [Tally::default(); 2];
        let mut trial = Self {
            crowd,
            _services: services,
            site,
            events,
            clients: *clients,
            folder: folder.clone(),
            journal,
            quiet,
        };
        trial.warm_up().await?;
        Ok(trial)
    }

    async fn warm_up(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + WARM_UP_LIMIT;
        // An outage without effect: it has ended as soon as it began.
        let mut record = Record::new(Outage::default());
        record.ended = Some(record.begun);
        self.collect(&mut record, deadline, Record::is_over).await?;
        ensure!(record.is_over(), "some clients were not let in before any outage: {:?}", Self::tallies(&record));
        for (number, moment) in (1..).zip([Moment::Before, Moment::During, Moment::After]) {
            self.crowd.ask_wrongly(moment, Duration::ZERO);
            let is_answered = |record: &Record| record.heard.iter().all(|heard| heard.tally.wrong.all() >= number);
            self.collect(&mut record, deadline, is_answered).await?;
            ensure!(is_answered(&record), "a wrong password was not answered before any outage");
        }
        self.quiet = Self::tallies(&record);
        Ok(())
    }

    /// Has the outages of a plan come and go.
    ///
    /// `progress` is called after each.
    pub async fn run(&mut self, kind: Kind, plan: &Plan, progress: impl Fn(&Record)) -> anyhow::Result<Ledger> {
        let mut records = Vec::new();
        for outage in plan.outages() {
            let record = self.outage(kind, outage).await.with_context(|| format!("outage {}", outage.number))?;
            progress(&record);
            records.push(record);
        }
        let log = self.folder.join("openfire.log");
        std::fs::write(&log, self.site.openfire().log()).with_context(|| log.display().to_string())?;
        Ok(Ledger { kind, clients: self.clients, records, quiet: self.quiet })
    }

    async fn outage(&mut self, kind: Kind, outage: Outage) -> anyhow::Result<Record> {
        let mut record = Record::new(outage);
        self.crowd.ask_wrongly(Moment::Before, Duration::ZERO);
        let begin = record.begun + outage.lead;
        self.collect(&mut record, begin, |_| false).await?;

        record.begun = Instant::now();
        self.site.begin(kind, &outage).await?;
        let down = Instant::now();
        record.down = Some(down);
        self.journal.line(&format!("outage {} begins", outage.number))?;
        self.crowd.ask_wrongly(Moment::During, rand::random_range(Duration::ZERO..=outage.length));
        // A busy machine may need a while to let it begin.
        let end = down + outage.length;
        self.collect(&mut record, end, |_| false).await?;

        // Before it ends: what comes meanwhile may be a reply already.
        let ended = Instant::now();
        record.ended = Some(ended);
        self.site.end(kind).await?;
        self.journal.line(&format!("outage {} has ended", outage.number))?;
        self.crowd.ask_wrongly(Moment::After, rand::random_range(Duration::ZERO..=SHORTLY));
        self.collect(&mut record, ended + BACK_LIMIT, Record::is_over).await?;
        self.collect(&mut record, Instant::now() + outage.gap, |_| false).await?;
        Ok(record)
    }

    /// Takes answers until `until`, or until the record is as wanted.
    async fn collect(
        &mut self,
        record: &mut Record,
        until: Instant,
        is_enough: impl Fn(&Record) -> bool,
    ) -> anyhow::Result<()> {
        while !is_enough(record) {
            let Ok(event) = timeout_at(until, self.events.recv()).await else { break };
            let event = event.context("the clients have stopped")?;
            self.journal.answer(&event)?;
            record.add(event, self.clients);
        }
        Ok(())
    }

    fn tallies(record: &Record) -> [Tally; 2] {
        record.heard.each_ref().map(|heard| heard.tally)
    }
}
