//! How clients find the service on their network: on a link of their own, with the libraries of a client.

mod dhcp;
mod mdns;
