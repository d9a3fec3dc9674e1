//! What is known of a request to the service once it has ended.

use std::net::IpAddr;
use std::time::Duration;

use super::account::ClientVersion;

/// A request that has ended: plain values for the log, the metrics and the pages of administrators.
///
/// It holds neither the password nor anything else of the form, of the query or of the reply.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestRecord {
    /// The number of the request, counted from 1 in each process; the `id` of its tracing span.
    pub id: u64,
    /// The local part of the account; none when the request did not get that far.
    pub user: Option<String>,
    /// The address of the client, behind trusted proxies too.
    pub address: IpAddr,
    /// The `User-Agent`, printable ASCII of at most 256 bytes; empty when there is none.
    pub agent: String,
    /// The version that the user agent names.
    pub version: ClientVersion,
    /// What was asked for.
    pub asked: Asked,
    /// The template that was chosen; none when the request did not get that far.
    pub chosen: Option<Chosen>,
    /// How it ended.
    pub end: RequestEnd,
    /// Where the time went.
    pub stages: Stages,
    /// From the end of the head to the answer.
    pub total: Duration,
}

/// What a request is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A provisioning text.
    Provisioning,
    /// A file of the update channel, by its path there; none when the channel has no such file.
    Update(Option<String>),
    /// Unknown: the head of the request was refused.
    Unknown,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestEnd {
    /// `provisioned`, `update`, `abandoned`, `panic`, or the error string of the answer.
    pub outcome: &'static str,
    /// The status of the answer; none when there was no answer.
    pub status: Option<u16>,
    /// Why it failed; none when it did not.
    pub reason: Option<String>,
    /// Whether an administrator has to mend the service or Openfire. False when the client caused the failure.
    pub needs_repair: bool,
}

/// How a request ended, in few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// The client got its provisioning text.
    Provisioned,
    /// The client got a file of the update channel, or learnt that it has it.
    Update,
    /// It was refused for a reason that lies with the client or its user.
    Refused,
    /// It failed for a reason that an administrator must deal with.
    Failed,
    /// There was no answer: the client went away, or the service stopped.
    Abandoned,
}

impl RequestRecord {
    /// How it ended, in few words.
    #[must_use]
    pub fn kind(&self) -> RequestKind {
        let RequestEnd { outcome, needs_repair, .. } = self.end;
        match outcome {
            "panic" => RequestKind::Failed,
            _ if needs_repair => RequestKind::Failed,
            "provisioned" => RequestKind::Provisioned,
            "update" => RequestKind::Update,
            "abandoned" => RequestKind::Abandoned,
            _ => RequestKind::Refused,
        }
    }
}

/// The template that a user gets, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The template's file.
    pub template: String,
    /// The name of the rule that chose it; none for the default.
    pub rule: Option<String>,
}

/// Time that each stage of a request took; none for those that it did not reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stages {
    /// The SASL login, queueing for it included.
    pub login: Option<Duration>,
    /// vCard, roster and groups.
    pub directory: Option<Duration>,
    /// Template, lint and encoding.
    pub render: Option<Duration>,
}
