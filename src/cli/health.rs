//! `health`: whether the service answers, in one line; for a container's health check.

use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;

use super::output::{complain, say};
use super::{Verdict, load, running_service};
use crate::model::causes::with_causes;

/// Time for the whole answer: a little less than a container's engine is set to wait.
const LIMIT: Duration = Duration::from_secs(9);

/// Asks the service of the configuration. It is healthy when it answers, even while Openfire cannot be reached: a
/// restart of the service would not help then.
pub(super) fn health(file: Option<&Path>) -> Verdict {
    let cannot_run = |why: String| {
        complain(format!("openfire-provisioner: {why}"));
        Verdict::CannotRun
    };
    let config = match load(file) {
        Ok(config) => config,
        Err(error) => return cannot_run(with_causes(&*error)),
    };
    let run_time = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(run_time) => run_time,
        Err(error) => return cannot_run(format!("cannot start: {error}")),
    };
    let answer = run_time.block_on(async { timeout(LIMIT, running_service::health(&config)).await });
    match answer {
        Ok(Ok(healthy)) => {
            let component = healthy.component.err().map(|why| format!("; its component: {why}")).unwrap_or_default();
            say(format!("healthy: the service {}{component}", healthy.line));
            Verdict::Fine
        }
        Ok(Err(why)) => unhealthy(&why),
        Err(_) => unhealthy(&format!("gives no answer within {} s", LIMIT.as_secs())),
    }
}

fn unhealthy(why: &str) -> Verdict {
    say(format!("unhealthy: the service {why}"));
    Verdict::Finding
}
