//! One entry of a roster.

/// One entry of a user's roster (RFC 6121 section 2.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The contact's bare JID.
    pub jid: String,
    /// The name the user gave it; empty when none.
    pub name: String,
    /// The groups it is in, in the server's order.
    pub groups: Vec<String>,
    /// Who sees whose presence.
    pub subscription: Subscription,
}

/// Who sees whose presence (RFC 6121 section 2.1.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Subscription {
    /// Neither.
    #[default]
    None,
    /// The user sees the contact.
    To,
    /// The contact sees the user.
    From,
    /// Both.
    Both,
}
