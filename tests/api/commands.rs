//! The command line.

mod check;
mod console_plugin;
mod hidden_secrets;
mod lint;
mod migrate;
mod newcomer;
mod openfire_5;
mod preview;
mod preview_diff;
mod serve;
