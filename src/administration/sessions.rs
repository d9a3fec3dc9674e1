//! Who is signed in.
//!
//! 1. A session begins with a sign-in, and never in any other way: a cookie that a browser had before is never taken over.
//!    Its token has 32 random bytes.
//! 2. It ends after [`IDLE`] without a request, after [`LONGEST`] at the latest, by a sign-out, and when the service stops.
//! 3. The table keeps the SHA-256 of a token in its place. So a copy of the memory opens no session, and a look-up
//!    compares digests: how long it takes says nothing about a token, which therefore needs no comparison in constant time.
//!
//! A session keeps the role that it began with. Another role, as after a change of `admin.viewers` or of Openfire's
//! administrators, needs a new sign-in.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use zeroize::Zeroizing;

use super::role::{Person, Role};
use crate::model::bytes::sha256;
use crate::model::random::{NoRandomness, random_bytes};

/// Time without a request after which a session ends.
pub const IDLE: Duration = Duration::from_mins(30);

/// Time after which a session ends in any case.
pub const LONGEST: Duration = Duration::from_hours(8);

/// Sessions at one time, and how many of one person. A new one ends the one that has been unused for longest.
const MOST: [usize; 2] = [1_000, 20];

/// Bytes of a token.
const BYTES: usize = 32;

/// The sessions, in memory only.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<HashMap<Digest, Entry>>);

/// What a browser keeps: 43 characters of base64url. `Debug` hides it.
#[derive(Debug, Clone)]
pub struct SessionToken(SecretString);

/// One session, as it was when it was looked up.
#[derive(Debug, Clone)]
pub struct Session {
    /// Who is signed in.
    pub person: Person,
    /// What is allowed.
    pub role: Role,
    /// The address from which it began.
    pub address: IpAddr,
    /// When it began.
    pub began: Timestamp,
    digest: Digest,
}

type Digest = [u8; 32];

#[derive(Debug)]
struct Entry {
    session: Session,
    since: Instant,
    used: Instant,
}

impl Sessions {
    /// Begins a session and gives the token that stands for it.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`], when the system gives no random numbers.
    pub fn begin(&self, person: Person, role: Role, address: IpAddr) -> Result<SessionToken, NoRandomness> {
        let token = SessionToken(URL_SAFE_NO_PAD.encode(*random_bytes::<BYTES>()?).into());
        let (digest, now) = (token.digest(), Instant::now());
        let session = Session { person, role, address, began: Timestamp::now(), digest };
        let entries = &mut *self.entries();
        make_room(entries, &session.person, now);
        entries.insert(digest, Entry { session, since: now, used: now });
        Ok(token)
    }

    /// The session of a token that a browser sends, which is used by this.
    #[must_use]
    pub fn find(&self, token: &SessionToken) -> Option<Session> {
        let (entries, now) = (&mut *self.entries(), Instant::now());
        let digest = token.digest();
        let entry = entries.get_mut(&digest)?;
        if entry.is_over(now) {
            entries.remove(&digest);
            return None;
        }
        entry.used = now;
        Some(entry.session.clone())
    }

    /// Ends a session. Says whether it was one.
    pub fn end(&self, session: &Session) -> bool {
        self.entries().remove(&session.digest).is_some()
    }

    /// Ends all sessions of a person, and says how many there were.
    pub fn end_all_of(&self, person: &Person) -> usize {
        let (entries, now) = (&mut *self.entries(), Instant::now());
        let before = entries.values().filter(|entry| !entry.is_over(now)).count();
        entries.retain(|_, entry| entry.session.person != *person && !entry.is_over(now));
        before - entries.len()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let now = Instant::now();
        self.entries().values().filter(|entry| !entry.is_over(now)).count()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Digest, Entry>> {
        // The table is whole after every statement, so one that a panic left behind can still be used.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionToken {
    /// Reads what a browser sent; none when it cannot be a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        (bytes.len() == BYTES).then(|| Self(text.into()))
    }

    /// What the browser keeps.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    fn digest(&self) -> Digest {
        sha256(self.expose().as_bytes())
    }
}

impl Entry {
    fn is_over(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.used) >= IDLE || now.saturating_duration_since(self.since) >= LONGEST
    }
}

/// Makes room for one more session of `person`: the one that was used least lately goes, of the person where that has all it may
/// have, otherwise of all.
fn make_room(entries: &mut HashMap<Digest, Entry>, person: &Person, now: Instant) {
    let [all, of_one] = MOST;
    entries.retain(|_, entry| !entry.is_over(now));
    let own = entries.values().filter(|entry| entry.session.person == *person).count();
    if own < of_one && entries.len() < all {
        return;
    }
    let goes = entries.iter().filter(|(_, entry)| own < of_one || entry.session.person == *person);
    let oldest = goes.min_by_key(|(_, entry)| entry.used).map(|(digest, _)| *digest);
    if let Some(oldest) = oldest {
        entries.remove(&oldest);
    }
}

#[cfg(test)]
mod tests;
