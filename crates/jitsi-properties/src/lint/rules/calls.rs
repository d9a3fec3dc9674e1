//! Rules about calls: the way to a server, encryption, codecs and ports.

pub(in crate::lint) mod codecs;
pub(in crate::lint) mod encryption;
pub(in crate::lint) mod media;
pub(in crate::lint) mod ports;
pub(in crate::lint) mod sip;
pub(in crate::lint) mod telephony;
