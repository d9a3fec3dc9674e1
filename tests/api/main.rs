//! The service from outside: real servers, a scripted peer for the faults they never show.

#![expect(unreachable_pub, reason = "a test is a crate of its own: nothing could reach what is `pub` here")]

#[cfg(test)] // Tells clippy that helpers are test code too.
mod commands_check;
#[cfg(test)]
mod commands_check_online;
#[cfg(test)]
mod commands_lint;
#[cfg(test)]
mod commands_newcomer;
#[cfg(test)]
mod commands_openfire_5;
#[cfg(test)]
mod commands_preview;
#[cfg(test)]
mod commands_preview_diff;
#[cfg(test)]
mod commands_serve;
#[cfg(test)]
mod component_openfire;
#[cfg(test)]
mod component_ports;
#[cfg(test)]
mod component_prosody;
#[cfg(test)]
mod directory_commands;
#[cfg(test)]
mod directory_prosody;
#[cfg(test)]
mod directory_roster;
#[cfg(test)]
mod directory_scripted;
#[cfg(test)]
mod directory_setup;
#[cfg(test)]
mod directory_vcard;
#[cfg(test)]
mod example_templates;
#[cfg(test)]
mod hidden_secrets;
mod http_clients;
#[cfg(test)]
mod http_connections;
#[cfg(test)]
mod http_contract;
#[cfg(test)]
mod http_forms;
#[cfg(test)]
mod http_log;
#[cfg(test)]
mod http_metrics;
#[cfg(test)]
mod http_tls;
#[cfg(test)]
mod java_hash_jdk;
#[cfg(test)]
mod log_secrecy;
#[cfg(test)]
mod log_unwritable;
#[cfg(test)]
mod login_binding;
#[cfg(test)]
mod login_connections;
#[cfg(test)]
mod login_faults;
#[cfg(test)]
mod login_names;
#[cfg(test)]
mod login_openfire;
#[cfg(test)]
mod login_ports;
#[cfg(test)]
mod login_prosody;
#[cfg(test)]
mod login_session;
#[cfg(test)]
mod login_speed;
#[cfg(test)]
mod login_turns;
#[cfg(test)]
mod properties_jdk;
#[cfg(test)]
mod provisioning;
#[cfg(test)]
mod provisioning_component_faults;
#[cfg(test)]
mod provisioning_directory;
#[cfg(test)]
mod provisioning_faults;
#[cfg(test)]
mod provisioning_limits;
#[cfg(test)]
mod provisioning_names;
#[cfg(test)]
mod provisioning_openfire_5;
#[cfg(test)]
mod provisioning_user_store;
#[cfg(test)]
mod provisioning_users;
#[cfg(test)]
mod provisioning_values;
#[cfg(test)]
mod readiness;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod reload_certificate;
#[cfg(test)]
mod reload_data;
#[cfg(test)]
mod reload_endpoint;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod site_data;
#[cfg(test)]
mod site_data_command;
#[cfg(test)]
mod site_data_documentation;
#[cfg(test)]
mod site_data_endpoint;
#[cfg(test)]
mod support;
#[cfg(test)]
mod template_selection;
#[cfg(test)]
mod turn_coturn;
#[cfg(test)]
mod updates;
#[cfg(test)]
mod updates_downloads;
#[cfg(test)]
mod updates_paths;
