//! SASL (RFC 6120 section 6): what the server offers, which mechanism a login takes, and the exchange.

mod features;
pub(super) mod mechanism;
pub(super) mod scram;

pub(super) use self::features::Offer;
pub use self::mechanism::NothingAllowed;
pub(super) use self::mechanism::{ChannelBindings, Mechanism};
pub use self::scram::ScramError;
pub(super) use self::scram::is_escaped;
