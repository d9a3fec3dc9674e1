//! The administrators' pages: by a visitor without a browser, and in a real one.

mod audit;
mod console_plugin;
mod keyboard;
mod listing;
mod other_sites;
mod pictures;
mod preview;
mod proxy;
mod requests;
mod settings;
mod signing_in;
mod walk;
mod watching;
mod without_scripts;
