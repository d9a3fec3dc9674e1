//! Rules about where contacts come from: directories, lists on a server, chat rooms.

pub(in crate::lint) mod ldap;
pub(in crate::lint) mod lists;
pub(in crate::lint) mod rooms;
