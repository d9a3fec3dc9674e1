//! The component on a real Prosody 0.12, which says no in other words.

use openfire_provisioner::openfire::component::ComponentError;
use test_servers::openfire::COMPONENT_SECRET;
use test_servers::prosody::{Prosody, component_name};

use super::setup::{connected, ping, reason, settings, start};

#[tokio::test]
async fn it_connects_in_the_clear() {
    let prosody = Prosody::shared().await;
    let settings = settings(&component_name(), COMPONENT_SECRET, prosody.component(), "tls = \"none\"");
    let component = start(&settings, &prosody.ca_file());
    connected(&component).await;
    assert_eq!(ping(&component).await, Ok(None));
}

#[tokio::test]
async fn starttls_and_direct_tls_are_not_to_be_had_there() {
    let prosody = Prosody::shared().await;
    let starttls = settings(&component_name(), COMPONENT_SECRET, prosody.component(), "tls = \"starttls\"");
    let reason_of_starttls = reason(&start(&starttls, &prosody.ca_file())).await;
    assert!(matches!(*reason_of_starttls, ComponentError::NoTls), "{reason_of_starttls}");
    let direct = settings(&component_name(), COMPONENT_SECRET, prosody.component(), "tls = \"direct\"");
    let reason_of_direct = reason(&start(&direct, &prosody.ca_file())).await;
    assert!(reason_of_direct.to_string().contains("component."), "{reason_of_direct}");
}

#[tokio::test]
async fn a_wrong_secret_is_reported() {
    let prosody = Prosody::shared().await;
    let settings = settings(&component_name(), "wrong", prosody.component(), "tls = \"none\"");
    let reason = reason(&start(&settings, &prosody.ca_file())).await;
    assert!(matches!(*reason, ComponentError::WrongSecret { .. }), "{reason}");
}

#[tokio::test]
async fn a_taken_name_is_reported_and_the_first_component_stays() {
    let prosody = Prosody::shared().await;
    let settings = settings(&component_name(), COMPONENT_SECRET, prosody.component(), "tls = \"none\"");
    let first = start(&settings, &prosody.ca_file());
    connected(&first).await;
    let reason = reason(&start(&settings, &prosody.ca_file())).await;
    assert!(matches!(*reason, ComponentError::NameTaken { .. }), "{reason}");
    assert_eq!(ping(&first).await, Ok(None));
    assert_eq!(first.epoch(), 1);
}

#[tokio::test]
async fn a_name_that_the_server_does_not_know_is_reported() {
    let prosody = Prosody::shared().await;
    let settings = settings("nope.example.test", COMPONENT_SECRET, prosody.component(), "tls = \"none\"");
    let reason = reason(&start(&settings, &prosody.ca_file())).await;
    assert!(matches!(*reason, ComponentError::NameNotAllowed { .. }), "{reason}");
}
