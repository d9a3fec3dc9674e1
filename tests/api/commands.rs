//! The command line.

mod check;
mod check_online;
mod check_user;
mod console_plugin;
mod hidden_secrets;
mod lint;
mod newcomer;
mod openfire_5;
mod preview;
mod preview_diff;
mod serve;
