//! The HTTP front.

mod clients;
mod connections;
mod contract;
mod fairness;
mod forms;
mod log;
mod metrics;
mod tls;
