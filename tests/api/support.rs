//! What tests stand on: real servers, started once and shared, and what reads or plays the other side.

// Every test file uses a part of this; the parts that none uses yet are not dead.
#![expect(dead_code, reason = "shared by test files that are written one after the other")]

pub mod app;
pub mod component_port;
pub mod coturn;
pub mod faulty_site;
pub mod http_client;
pub mod http_front;
pub mod jdk;
pub mod log;
pub mod logins;
pub mod openfire;
pub mod process;
pub mod prosody;
pub mod relay;
pub mod scripted_peer;
pub mod seeds;
pub mod service;
pub mod update_folder;
