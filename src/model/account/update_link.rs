//! Where a client finds its updates.

/// Where a client finds its update. Both texts are empty when there is none for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UpdateLink {
    /// The address for the client's `net.java.sip.communicator.UPDATE_LINK`.
    pub link: String,
    /// The version that is offered there, for example `2.11.5633`.
    pub version: String,
}
