//! What the metrics say, and that their documentation says the same.

use std::collections::BTreeSet;

use super::*;

/// Everything was counted at least once.
fn counted() -> Metrics {
    let refusals = [("believed", 3), ("doubted", 2), ("disproved", 1)];
    let metrics = Metrics::new(move || Live { is_connected: true, refusals, ..Live::default() });
    metrics.request("provisioned");
    metrics.stage("login", Duration::from_millis(4));
    metrics.loaded();
    metrics.current(true);
    metrics.sources(["telephones"].into_iter());
    metrics.source("telephones", true);
    metrics.source("telephones", false);
    metrics
}

#[test]
fn the_text_is_that_of_prometheus() {
    let text = counted().text();
    for line in [
        "# TYPE openfire_provisioner_requests_total counter",
        "openfire_provisioner_requests_total{outcome=\"provisioned\"} 1",
        "openfire_provisioner_stage_duration_seconds_bucket{stage=\"login\",le=\"0.005\"} 1",
        "openfire_provisioner_reloads_total{result=\"failed\"} 0",
        "openfire_provisioner_policy_current 1",
        "openfire_provisioner_data_failures_total{source=\"telephones\"} 1",
        "openfire_provisioner_component_connected 1",
        "openfire_provisioner_in_doubt 0",
        "openfire_provisioner_refusals_total{verdict=\"disproved\"} 1",
        concat!("openfire_provisioner_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ] {
        assert!(text.lines().any(|found| found == line), "no `{line}` in:\n{text}");
    }
}

#[test]
fn the_documentation_lists_the_names_that_are_served() {
    let documented: BTreeSet<&str> = include_str!("../../../docs/metrics.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let text = counted().text();
    let served: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    assert_eq!(documented, served);
}

#[test]
fn a_source_that_is_gone_is_no_longer_reported() {
    let metrics = counted();
    assert!(metrics.text().contains("telephones"));
    metrics.sources(["crm"].into_iter());
    metrics.source("telephones", true);
    metrics.source("telephones", false);
    let text = metrics.text();
    assert!(!text.contains("telephones") && text.contains("data_failures_total{source=\"crm\"} 0"), "{text}");
}

#[test]
fn a_source_that_is_named_twice_keeps_its_age() {
    let metrics = counted();
    metrics.sources(["telephones", "crm", "telephones"].into_iter());
    let age = || {
        let text = metrics.text();
        let line = text.lines().find(|line| line.contains("data_age_seconds{source=\"telephones\"}")).unwrap();
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()
    };
    let before = age();
    assert!(before < age(), "its age does not grow");
}

#[test]
fn a_failed_reload_leaves_the_time_of_the_load() {
    let metrics = counted();
    let value = |name: &str| {
        let text = metrics.text();
        let line = text.lines().find(|line| line.starts_with(&format!("openfire_provisioner_{name} "))).unwrap();
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()
    };
    let loaded = value("policy_loaded_timestamp_seconds");
    for reloaded in [Reloaded::Failed, Reloaded::Unchanged] {
        metrics.reload(reloaded);
        assert!(value("policy_loaded_timestamp_seconds") <= loaded);
        assert!(value("policy_attempt_timestamp_seconds") > loaded);
    }
    metrics.reload(Reloaded::Replaced);
    assert!(value("policy_loaded_timestamp_seconds") > loaded);
}
