//! Rules about accounts.

pub(in crate::lint) mod display_name;
pub(in crate::lint) mod identity;
pub(in crate::lint) mod ids;
pub(in crate::lint) mod passwords;
