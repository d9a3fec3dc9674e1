//! What the directory finds out about a user.

mod commands;
mod prosody;
mod roster;
mod scripted;
pub mod setup;
mod vcard;
mod vcard_mapping;
