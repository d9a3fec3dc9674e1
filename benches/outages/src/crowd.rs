//! The clients: many with right passwords that ask all the time, and some with wrong ones.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use clap::ValueEnum;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::client::{Answer, ask};
use crate::site::{Account, Site, USERS};

/// Time between an answer and the next question of a client with the right password.
const PAUSE: RangeInclusive<Duration> = Duration::from_millis(200)..=Duration::from_secs(1);
/// The same of one whose user has forgotten it. At the default limits neither its users nor its address get 429.
const LONG_PAUSE: RangeInclusive<Duration> = Duration::from_secs(25)..=Duration::from_secs(35);
/// Users whose password that client has wrong.
const FORGETFUL: usize = 5;
/// The same for the clients of one [`Moment`].
const USERS_PER_MOMENT: usize = 10;
/// Most clients with right passwords on one service.
pub const MOST_CLIENTS: usize = USERS / 2 - FORGETFUL - 3 * USERS_PER_MOMENT;
/// Answers that may wait until they are counted.
const QUEUE: usize = 16 * 1024;

/// Which of the two services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// It has a reference account.
    WithReference,
    /// It has none.
    WithoutReference,
}

impl Which {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::WithReference, Self::WithoutReference];

    /// What tables call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WithReference => "with reference account",
            Self::WithoutReference => "without",
        }
    }
}

/// Where clients come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Addresses {
    /// All from one, as behind the NAT of an office.
    One,
    /// Each from one of its own.
    Each,
}

/// When a wrong password comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Shortly before an outage.
    Before,
    /// While it lasts.
    During,
    /// Shortly after it.
    After,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Event {
    /// From which service.
    pub service: Which,
    /// To whom.
    pub user: String,
    /// The password was right.
    pub is_right: bool,
    /// When the client began to connect.
    pub asked: Instant,
    /// When it had the whole answer, or gave up.
    pub answered: Instant,
    /// What it heard.
    pub answer: Answer,
}

/// The running clients; they stop when this is dropped.
#[derive(Debug)]
pub struct Crowd {
    tasks: JoinSet<()>,
    events: mpsc::Sender<Event>,
    wrong: Vec<WrongClient>,
}

/// A client that takes another user each time, so that no user and no address reaches a limit.
#[derive(Debug)]
struct WrongClient {
    moment: Moment,
    client: Client,
    users: Vec<Account>,
    next: usize,
}

#[derive(Debug, Clone)]
struct Client {
    service: Which,
    address: SocketAddr,
    from: IpAddr,
    events: mpsc::Sender<Event>,
}

impl Crowd {
    /// Starts `clients` with right passwords on each of the services, and one with a wrong password. No two have an account in
    /// common.
    #[must_use]
    pub fn start(
        site: &Site,
        services: [SocketAddr; 2],
        clients: usize,
        addresses: Addresses,
    ) -> (Self, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(QUEUE);
        let mut crowd = Self { tasks: JoinSet::new(), events, wrong: Vec::new() };
        for (half, (service, address)) in Which::BOTH.into_iter().zip(services).enumerate() {
            let mut users = (half * USERS / 2..).map(|number| site.user(number));
            let client = |from| Client { service, address, from, events: crowd.events.clone() };
            for (number, user) in (1..=clients).zip(users.by_ref()) {
                let from = match addresses {
                    Addresses::One => Ipv4Addr::LOCALHOST.into(),
                    Addresses::Each => loopback(1, number),
                };
                crowd.tasks.spawn(client(from).remembers(user));
            }
            let forgotten = users.by_ref().take(FORGETFUL).collect();
            crowd.tasks.spawn(client(Ipv4Addr::LOCALHOST.into()).has_forgotten(forgotten));
            for (number, moment) in (1..).zip([Moment::Before, Moment::During, Moment::After]) {
                let users = users.by_ref().take(USERS_PER_MOMENT).collect();
                crowd.wrong.push(WrongClient { moment, client: client(loopback(2, number)), users, next: 0 });
            }
        }
        (crowd, receiver)
    }

    /// Has one client ask each service with a wrong password after this time.
    pub fn ask_wrongly(&mut self, moment: Moment, after: Duration) {
        for wrong in self.wrong.iter_mut().filter(|wrong| wrong.moment == moment) {
            let Some(user) = wrong.users.get(wrong.next % wrong.users.len()).cloned() else { continue };
            wrong.next += 1;
            let client = wrong.client.clone();
            // What has ended is given back.
            while self.tasks.try_join_next().is_some() {}
            self.tasks.spawn(async move {
                sleep(after).await;
                let _ = client.ask(&user, false).await;
            });
        }
    }
}

impl Client {
    async fn remembers(self, user: Account) {
        sleep(rand::random_range(Duration::ZERO..=*PAUSE.end())).await;
        while self.ask(&user, true).await.is_ok() {
            sleep(rand::random_range(PAUSE)).await;
        }
    }

    async fn has_forgotten(self, users: Vec<Account>) {
        for user in users.iter().cycle() {
            sleep(rand::random_range(LONG_PAUSE)).await;
            if self.ask(user, false).await.is_err() {
                return;
            }
        }
    }

    /// Fails when the answers are no longer counted.
    async fn ask(&self, user: &Account, is_right: bool) -> Result<(), mpsc::error::SendError<Event>> {
        let password = if is_right { user.password.clone() } else { format!("not-{}", user.password) };
        let tried = Account { name: user.name.clone(), password };
        let asked = Instant::now();
        let answer = ask(self.address, self.from, &tried).await;
        let answered = Instant::now();
        self.events.send(Event { service: self.service, user: tried.name, is_right, asked, answered, answer }).await
    }
}

/// The loopback address `127.0.GROUP.NUMBER`.
fn loopback(group: u8, number: usize) -> IpAddr {
    Ipv4Addr::new(127, 0, group, u8::try_from(number).unwrap_or(u8::MAX)).into()
}
