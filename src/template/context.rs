//! What a template sees of a user, and made-up users with whom it is tried.

mod extra;
mod provision;
mod samples;
mod vcard;

pub use self::provision::ProvisionContext;
pub use self::samples::Sample;
