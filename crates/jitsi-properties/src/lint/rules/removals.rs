//! Rules about `${null}`, by which the client removes every stored key that begins with the entry's key.

pub(in crate::lint) mod order;
pub(in crate::lint) mod reach;
