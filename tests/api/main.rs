//! The service from outside: real servers, a scripted peer for the faults they never show.
