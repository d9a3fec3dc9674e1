//! The administrators' pages: by a visitor without a browser, and in a real one.

mod audit;
mod console_plugin;
mod keyboard;
mod listing;
mod locked_out;
mod other_sites;
mod overview;
mod pictures;
mod preview;
mod proxy;
mod request_list;
mod requests;
mod signing_in;
mod site;
mod walk;
mod without_scripts;
