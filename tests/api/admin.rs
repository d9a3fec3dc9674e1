//! The administrators' pages: by a visitor without a browser, and in a real one.

mod audit;
mod browser;
mod console_plugin;
mod forms;
mod listing;
mod preview;
mod signing_in;
mod watching;
