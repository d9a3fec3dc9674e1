//! Rules about calls: the way to a server, encryption and codecs.

pub(in crate::lint) mod codecs;
pub(in crate::lint) mod encryption;
pub(in crate::lint) mod media;
pub(in crate::lint) mod sip;
pub(in crate::lint) mod telephony;
