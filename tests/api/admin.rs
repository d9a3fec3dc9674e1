//! The administrators' pages: by a visitor without a browser, and in a real one.

mod audit;
mod browser;
mod console_plugin;
mod forms;
mod listing;
mod locked_out;
mod overview;
mod preview;
mod request_list;
mod settings;
mod signing_in;
mod site;
