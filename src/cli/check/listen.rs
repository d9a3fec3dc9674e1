//! `check`: the address that the service listens on.

use std::io::ErrorKind;

use super::Report;
use crate::cli::running_service::{self, Running};
use crate::http;
use crate::model::config::Config;
use crate::model::files::process_user;

/// Whether the service of the configuration runs. That Openfire is away is no fault of the service, so it is only a note.
pub(super) async fn check_running(config: &Config, report: &mut Report) {
    match running_service::health(config).await {
        Ok(healthy) => {
            report.fine("service", healthy.line);
            if let Err(why) = healthy.component {
                report.note("component", why);
            }
        }
        Err(why) => report.wrong("service", why),
    }
}

/// Tries to take the address and gives it back at once; where that fails, says what has it. Gives what runs there, if
/// anything does.
pub(super) async fn check(config: &Config, report: &mut Report) -> Option<Running> {
    let address = config.http.listen;
    // Any free port is always to be had.
    let error = http::try_listen(address).err().filter(|_| address.port() != 0)?;
    let running = match error.kind() {
        // A service with more rights may listen on a port that this user may not even try.
        ErrorKind::AddrInUse | ErrorKind::PermissionDenied => Some(running_service::ask(config).await),
        _ => None,
    };
    match (&running, error.kind()) {
        (Some(Running::Ours { .. }), _) => {
            report.note("http.listen", format!("the service runs already and listens on {address}"));
        }
        (Some(Running::Closed(why)), ErrorKind::AddrInUse) => report.wrong(
            "http.listen",
            format!(
                "{address} is in use, and what holds it accepts no connection ({why}): stop that program, or set another \
                 address"
            ),
        ),
        (Some(Running::Foreign(what)), ErrorKind::AddrInUse) => report.wrong(
            "http.listen",
            format!("{address} is in use, and the program that listens there {what}: stop it, or set another address"),
        ),
        // The check of the certificate says what is wrong with it.
        (Some(Running::Unknown(_)), ErrorKind::AddrInUse) => report.note(
            "http.listen",
            format!("{address} is in use; whether by this service is unknown, since its certificate cannot be read"),
        ),
        (_, ErrorKind::PermissionDenied) => report.note(
            "http.listen",
            format!(
                "{address} was not tried, because {} may not: ports below 1024 are for root and for programs with \
                 CAP_NET_BIND_SERVICE, which the unit of this project gives to the service",
                process_user::of_process()
            ),
        ),
        (_, ErrorKind::AddrNotAvailable) => report.wrong(
            "http.listen",
            format!("this machine has no address {}: set one that it has, or 0.0.0.0 for all of IPv4", address.ip()),
        ),
        _ => report.wrong("http.listen", format!("cannot listen on {address}: {error}")),
    }
    running
}
