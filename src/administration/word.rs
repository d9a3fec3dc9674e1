//! Chat messages to administrators when something needs attention, and when it is over.
//!
//! The component sends them from its own address to the accounts of `admin.notify`. [`Words`] decides what is reported and when;
//! here are the clock, the checks of the service, and the sending. A message is sent only while the component is connected; what
//! came and went before is reported afterwards. After a restart, what still needs attention is reported again.

mod text;
mod words;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};
use xmpp_parsers::jid::BareJid;

pub use self::words::{Pace, Words};
use super::attention::Attention;
use super::overview::{LinkState, Overview};
use crate::openfire::component::{Component, MessageError};

/// Who gets messages, and how often.
#[derive(Debug, Clone)]
pub struct Audience {
    /// The accounts, without a resource; none: nothing is sent.
    pub to: Vec<BareJid>,
    /// The address of the pages, for the end of each message.
    pub pages: String,
    /// When and how often something is reported.
    pub pace: Pace,
    /// Time between two looks at the service.
    pub looks: Duration,
}

impl Audience {
    /// Time between two looks at the service.
    pub const LOOKS: Duration = Duration::from_secs(5);
}

/// Looks at the service again and again, keeps up to date what the overview shows, and sends messages. It runs until it is dropped.
pub async fn run(overview: Arc<Overview>, attention: Arc<Attention>, component: Component, audience: Audience) {
    let Audience { to, pages, pace, looks } = audience;
    let mut words = Words::new(pace, component.name().to_string(), pages);
    let mut ticks = interval(looks);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        overview.refresh().await;
        let snapshot = overview.snapshot();
        let notices = attention.observe(&snapshot);
        if to.is_empty() {
            continue;
        }
        words.see(&notices, Instant::now(), snapshot.at);
        let is_up = matches!(snapshot.component.link, LinkState::Connected { .. });
        if let Some(text) = is_up.then(|| words.message(Instant::now(), snapshot.at)).flatten()
            && send(&component, &to, &text)
        {
            words.was_sent(Instant::now());
        }
    }
}

/// Whether the message is on its way to anyone.
fn send(component: &Component, to: &[BareJid], text: &str) -> bool {
    let mut sent = 0;
    for account in to {
        match component.tell(account, text) {
            Ok(()) => sent += 1,
            // It is reported when the component is connected again.
            Err(MessageError::Disconnected) if sent == 0 => return false,
            Err(error) => tracing::warn!(
                message.to = %account,
                "the chat message to {account} about what needs attention was not sent: {error}"
            ),
        }
    }
    tracing::info!(
        messages.sent = sent,
        "a chat message about what needs attention was sent to {sent} of the accounts in `admin.notify`"
    );
    // A text that cannot be sent is not tried again and again.
    true
}
