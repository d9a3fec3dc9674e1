//! Which requests a reader of the history wants to see.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::model::request::{RequestKind, RequestRecord};

/// What a request must have to be shown. All that is given must match; nothing given matches every request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// A part of the user's name, in upper or lower case.
    pub user: Option<String>,
    /// Where the client is.
    pub network: Option<IpNet>,
    /// How it ended.
    pub outcome: Option<OutcomeFilter>,
    /// A part of what the client calls itself, such as `2.10`, in upper or lower case.
    pub client: Option<String>,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutcomeFilter {
    /// All outcomes of a kind.
    Kind(RequestKind),
    /// This outcome.
    Outcome(String),
}

/// The same with texts in lower case.
pub(super) struct Prepared<'a> {
    user: Option<String>,
    network: Option<IpNet>,
    outcome: Option<&'a OutcomeFilter>,
    client: Option<String>,
}

impl HistoryFilter {
    pub(super) fn prepared(&self) -> Prepared<'_> {
        let lower = |text: &Option<String>| text.as_deref().map(str::to_lowercase);
        Prepared {
            user: lower(&self.user),
            network: self.network,
            outcome: self.outcome.as_ref(),
            client: lower(&self.client),
        }
    }
}

impl Prepared<'_> {
    pub(super) fn matches(&self, record: &RequestRecord) -> bool {
        // The cheap ones first.
        self.network.is_none_or(|network| contains(network, record.address))
            && self.outcome.is_none_or(|outcome| match outcome {
                OutcomeFilter::Kind(kind) => record.kind() == *kind,
                OutcomeFilter::Outcome(outcome) => record.end.outcome == outcome,
            })
            && self
                .user
                .as_deref()
                .is_none_or(|part| record.user.as_deref().is_some_and(|user| user.to_lowercase().contains(part)))
            && self.client.as_deref().is_none_or(|part| record.agent.to_lowercase().contains(part))
    }
}

fn contains(network: IpNet, address: IpAddr) -> bool {
    network.contains(&address.to_canonical())
}
