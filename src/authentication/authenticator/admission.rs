//! Whether an attempt to log in may run.

use std::net::IpAddr;

use tokio::time::Instant;

use super::Authenticator;
use crate::authentication::door::Door;
use crate::authentication::error::AuthenticationError;
use crate::authentication::throttle::{LoginAttempt, NotAdmitted, Who};
use crate::model::account::Username;

impl Authenticator {
    /// Admits an attempt. A user who has none left because of refusals that are not believed gets one when the doubt has
    /// ended.
    pub(super) async fn admit<'a>(
        &'a self,
        door: Door,
        who: Who<'a>,
        deadline: Instant,
    ) -> Result<LoginAttempt<'a>, AuthenticationError> {
        let throttle = self.doors.throttle(door);
        let not_admitted = match throttle.admit(who, deadline).await {
            Ok(attempt) => return Ok(attempt),
            Err(not_admitted) => not_admitted,
        };
        let reason = match not_admitted {
            NotAdmitted::TooMany(retry_after) => match self.in_doubt() {
                None => return Err(AuthenticationError::Throttled { retry_after }),
                Some(reason) => reason,
            },
            NotAdmitted::Crowded => {
                return Err(AuthenticationError::Unreachable {
                    reason: format!(
                        "too many logins of {}, or of this address, run at the same time (limits.failures_per_user, \
                         limits.failures_per_address, limits.attempts_per_user)",
                        who.user
                    ),
                });
            }
            NotAdmitted::Doubted => {
                if self.looks.begin(Instant::now()) {
                    let may_look = self.reference.is_none() || Box::pin(self.judge(deadline)).await.is_ok();
                    if let Some(attempt) = may_look.then(|| throttle.admit_anyway(who)).flatten() {
                        return Ok(attempt);
                    }
                }
                self.in_doubt().unwrap_or_else(|| "the latest refusals are not believed".to_owned())
            }
        };
        Err(AuthenticationError::CannotCheck {
            reason: format!(
                "Openfire was not asked, because too many logins were refused, and these refusals are in doubt: {reason}"
            ),
        })
    }

    /// Waits for the turn of an attempt at the pages' door, at an address where the user was not let in lately.
    pub(super) async fn take_turn(
        &self,
        user: &Username,
        address: IpAddr,
        deadline: Instant,
    ) -> Result<(), AuthenticationError> {
        self.doors.lanes.turn(user, address, deadline).await.map_err(|_| AuthenticationError::Unreachable {
            reason: format!(
                "sign-ins as {user} fail at many addresses, so each waits for its turn, and this one did not get it in time; try \
                 again, or see `admin.allowed_networks`"
            ),
        })
    }
}
