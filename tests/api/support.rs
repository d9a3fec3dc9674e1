//! What these tests share: the service in its different forms, and clients that talk to it.

pub mod app;
pub mod faulty_site;
pub mod front_log;
pub mod http_client;
pub mod http_front;
pub mod lived_in;
pub mod page_text;
pub mod pages;
pub mod service;
pub mod site;
pub mod update_folder;
pub mod visitor;
