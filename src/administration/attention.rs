//! What needs an administrator now.
//!
//! [`Attention::observe`] takes a look at the service and says what of it needs attention. What counts something has two limits,
//! one at which it begins and a lower one at which it ends, so that it does not come and go with every request:
//!
//! | what | begins | ends |
//! |---|---|---|
//! | a certificate expires | 14 days before | when more than 15 days are left |
//! | many refused | 20 in ten minutes, and a half of all requests, while provisioning is not paused | under 10, or under a quarter |
//! | many failed | 5 in ten minutes, and a tenth of all requests | under 2 |
//! | records lost | when one is lost | an hour after the last one |

mod concern;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

pub use self::concern::{Argument, Concern, Severity};
use super::overview::{LATELY, LinkState, Snapshot, days_left};
use crate::telemetry::Counts;

/// Days before the end of a certificate at which it needs attention.
const FEW_DAYS: i64 = 14;

/// How long lost records need attention.
const LOST: Duration = Duration::from_hours(1);

/// Something that needs attention.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// What.
    pub concern: Concern,
    /// Since when, as far as it is known.
    pub since: Timestamp,
}

/// Says what needs attention. There is one, shared by all who look.
#[derive(Debug, Default)]
pub struct Attention(Mutex<Before>);

/// What needed attention at the look before.
#[derive(Debug, Default)]
struct Before {
    /// What needs attention, by its id, and since when.
    standing: BTreeMap<&'static str, Timestamp>,
    /// When provisioning was last seen to be paused: every client is refused then, and shortly afterwards that still counts.
    paused: Option<Timestamp>,
    /// How many records were lost, and when that was first seen.
    lost: Option<(u64, Timestamp)>,
}

impl Attention {
    /// What needs attention at this look, the most serious first.
    pub fn observe(&self, snapshot: &Snapshot) -> Vec<Notice> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).observe(snapshot)
    }
}

impl Before {
    fn observe(&mut self, snapshot: &Snapshot) -> Vec<Notice> {
        let mut concerns = Vec::new();
        concerns.extend(of_openfire(snapshot));
        concerns.extend(of_policy(snapshot));
        concerns.extend(self.of_certificates(snapshot));
        concerns.extend(self.of_requests(snapshot));
        concerns.extend(of_settings(snapshot));
        let before = std::mem::take(&mut self.standing);
        let mut notices: Vec<Notice> = concerns
            .into_iter()
            .map(|concern| {
                let id = concern.id();
                let since = began(&concern, snapshot).or(before.get(id).copied()).unwrap_or(snapshot.at);
                self.standing.insert(id, since);
                Notice { concern, since }
            })
            .collect();
        notices.sort_by_key(|notice| notice.concern.severity());
        notices
    }

    /// Both certificates.
    fn of_certificates(&self, snapshot: &Snapshot) -> Vec<Concern> {
        let Snapshot { at, policy, openfire, .. } = snapshot;
        let expires = |ends: Timestamp, concern: fn(Timestamp, i64) -> Concern| {
            let days = days_left(ends, *at);
            let concern = concern(ends, days);
            let most = if self.stands(&concern) { FEW_DAYS + 1 } else { FEW_DAYS };
            (days <= most).then_some(concern)
        };
        let own =
            policy.certificate_ends.and_then(|ends| expires(ends, |ends, days| Concern::OwnCertificate { ends, days }));
        let of_openfire = openfire
            .certificate_ends
            .and_then(|ends| expires(ends, |ends, days| Concern::OpenfireCertificate { ends, days }));
        own.into_iter().chain(of_openfire).collect()
    }

    fn of_requests(&mut self, snapshot: &Snapshot) -> Vec<Concern> {
        let mut concerns = Vec::new();
        let lately @ Counts { refused, failed, .. } = snapshot.requests.lately;
        let of = lately.all();
        let many = Concern::ManyRefused { refused, of };
        let (least, share) = if self.stands(&many) { (10, 4) } else { (20, 2) };
        if snapshot.settings.paused.is_some() {
            self.paused = Some(snapshot.at);
        }
        let was_paused = self.paused.is_some_and(|at| snapshot.at.duration_since(at).unsigned_abs() <= LATELY);
        if refused >= least && refused.saturating_mul(share) >= of && !was_paused {
            concerns.push(many);
        }
        let many = Concern::ManyFailed { failed, of };
        let is_many = if self.stands(&many) { failed >= 2 } else { failed >= 5 && failed.saturating_mul(10) >= of };
        if is_many {
            concerns.push(many);
        }
        let lost = snapshot.requests.lost;
        if lost > self.lost.map_or(0, |(before, _)| before) {
            self.lost = Some((lost, snapshot.at));
        }
        if let Some((records, at)) = self.lost
            && snapshot.at.duration_since(at).unsigned_abs() < LOST
        {
            concerns.push(Concern::RecordsLost { records });
        }
        concerns
    }

    fn stands(&self, concern: &Concern) -> bool {
        self.standing.contains_key(concern.id())
    }
}

fn of_openfire(snapshot: &Snapshot) -> Vec<Concern> {
    let mut concerns = Vec::new();
    if let LinkState::Down { reason, attempts, .. } = &snapshot.component.link {
        concerns.push(Concern::ComponentDown { reason: reason.clone(), attempts: *attempts });
    }
    if let Some(reason) = &snapshot.doubt {
        concerns.push(Concern::InDoubt { reason: reason.clone() });
        if !snapshot.has_reference {
            concerns.push(Concern::NoReference);
        }
    } else if let Some(reason) = &snapshot.undecided {
        // A doubt is one of its reasons.
        concerns.push(Concern::Undecided { reason: reason.clone() });
    }
    concerns
}

fn of_policy(snapshot: &Snapshot) -> Vec<Concern> {
    let policy = &snapshot.policy;
    let failed = policy.failure.clone().map(|reason| Concern::ReloadFailed { reason, loaded: policy.loaded_at });
    let certificate = policy.certificate.clone().map(|reason| Concern::CertificateNotReloaded { reason });
    let unread = (!policy.unread.is_empty()).then(|| Concern::DataUnread { sources: policy.unread.join(", ") });
    let stale = (!policy.stale.is_empty()).then(|| Concern::DataStale { reasons: policy.stale.join("; ") });
    [failed, certificate, unread, stale].into_iter().flatten().collect()
}

fn of_settings(snapshot: &Snapshot) -> Vec<Concern> {
    let settings = &snapshot.settings;
    let paused = settings.paused.clone().map(|paused| Concern::Paused { by: paused.by, reason: paused.reason });
    let damaged = settings.problem.clone().map(|problem| Concern::SettingsDamaged { problem });
    let fixed = (!settings.is_writable).then_some(Concern::SettingsFixed);
    [paused, damaged, fixed].into_iter().flatten().collect()
}

/// When it began, where that is known better than by the first look that saw it.
fn began(concern: &Concern, snapshot: &Snapshot) -> Option<Timestamp> {
    match (concern, &snapshot.component.link) {
        (Concern::ComponentDown { .. }, LinkState::Down { since, .. }) => Some(*since),
        (Concern::Paused { .. }, _) => snapshot.settings.paused.as_ref().map(|paused| paused.since),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
