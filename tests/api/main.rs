//! The service from outside: real servers, a scripted peer for the faults they never show.

mod http_clients;
mod http_connections;
mod http_contract;
mod http_forms;
mod http_log;
mod http_tls;
mod support;
