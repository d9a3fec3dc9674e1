//! The machines of a site, and the settings of the service.

use clap::Args;

/// What decides how long clients wait. The names and defaults of settings are those of the configuration, but without idle
/// streams.
#[derive(Debug, Clone, Args)]
pub struct Site {
    /// Cores of Openfire's machine.
    #[arg(long, default_value_t = 2)]
    pub openfire_cores: usize,
    /// Cores of the service's machine.
    #[arg(long, default_value_t = 2)]
    pub service_cores: usize,
    /// Openfire, the service and the clients share `openfire_cores`.
    #[arg(long)]
    pub one_machine: bool,
    /// `limits.concurrent_logins`.
    #[arg(long, default_value_t = 64)]
    pub concurrent_logins: usize,
    /// `limits.queued_logins`.
    #[arg(long, default_value_t = 1024)]
    pub queued_logins: usize,
    /// `limits.request_deadline`, in seconds.
    #[arg(long, default_value_t = 8.0)]
    pub request_deadline: f64,
    /// Seconds after which a client gives up.
    #[arg(long, default_value_t = 10.0)]
    pub patience: f64,
    /// `limits.new_connections_per_second`; 0 is no limit.
    #[arg(long, default_value_t = 0)]
    pub new_connections_per_second: u32,
    /// Idle streams that wait for logins when the morning begins, and to which the pool is filled up again.
    #[arg(long, default_value_t = 0)]
    pub idle_streams: usize,
    /// Idle streams that the service opens in a second.
    #[arg(long, default_value_t = 50)]
    pub opened_per_second: u32,
    /// Milliseconds for which a login waits in Openfire for LDAP or the database.
    #[arg(long, default_value_t = 0.0)]
    pub directory: f64,
    /// Threads of Openfire that can wait so at one time: its property xmpp.client.processing.threads.
    #[arg(long, default_value_t = 16)]
    pub threads: usize,
    /// What a client's own login costs Openfire after it was provisioned, as a share of a reply's cost.
    #[arg(long, default_value_t = 1.0)]
    pub own_login: f64,
}

impl Site {
    /// Two machines with two cores each, and the default settings, without idle streams.
    #[must_use]
    pub fn with_defaults() -> Self {
        Self {
            openfire_cores: 2,
            service_cores: 2,
            one_machine: false,
            concurrent_logins: 64,
            queued_logins: 1024,
            request_deadline: 8.0,
            patience: 10.0,
            new_connections_per_second: 0,
            idle_streams: 0,
            opened_per_second: 50,
            directory: 0.0,
            threads: 16,
            own_login: 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        site: Site,
    }

    #[test]
    fn the_defaults_of_the_options_are_those_of_the_tables() {
        let parsed = Only::parse_from(["morning"]).site;
        assert_eq!(format!("{parsed:?}"), format!("{:?}", Site::with_defaults()));
    }
}
