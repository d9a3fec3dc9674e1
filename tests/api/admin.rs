//! The administrators' pages, in a real browser.

mod console_plugin;
mod keyboard;
mod other_sites;
mod pictures;
mod proxy;
mod requests;
mod walk;
mod without_scripts;
