//! The map: who may know whom. `docs/architecture.md` says it in words, with the reasons.

/// A room, and the rooms that it may use; of `a::b` only that. All may use the rooms in [`GROUND`].
///
/// A room that is not named here may not exist, and one that is named must.
pub(crate) const ROOMS: &str = "
    main            > cli
    cli             > app certificates http provision policy template site_data updates openfire console_plugin jitsi_properties administration settings discovery migration snippets
    app             > administration reload inbound http authentication provision policy template site_data updates openfire settings discovery
    administration  > authentication provision policy template openfire jitsi_properties settings
    reload          > policy site_data http::server::tls
    http            > administration authentication provision policy updates console_plugin settings jitsi_properties
    provision       > authentication policy openfire template updates jitsi_properties
    authentication  > openfire
    policy          > template site_data jitsi_properties
    template        > jitsi_properties
    site_data       > jitsi_properties
    updates         > jitsi_properties
    inbound         > openfire
    openfire        >
    discovery       > jitsi_properties
    certificates    > jitsi_properties
    console_plugin  >
    migration       >
    settings        >
    snippets        > jitsi_properties
    telemetry       > model
    model           > jitsi_properties
";

/// What every room may use.
pub(crate) const GROUND: [&str; 2] = ["model", "telemetry"];

/// What builds the parts of the service. Only `app` calls it, and the rooms themselves; the commands go through `app`.
pub(crate) const CONSTRUCTORS: &[&str] = &[
    "Component::start(",
    "Directory::new(",
    "Discovery::new(",
    "Login::new(",
    "Provisioner::new(",
    "Reference::new(",
    "Settings::load(",
    "Settings::look(",
    "SiteData::new(",
    "Source::all(",
    "Source::new(",
    "Templates::load(",
];

/// The crates of the workspace, and the crates that each may use.
pub(crate) const CRATES: &str = "
    openfire_provisioner > jitsi_properties
    jitsi_properties     >
    test_servers         >
    client_source        > jitsi_properties
";

/// Inside a room: of two wings, the one in a lower line knows nothing of those above it, and those in one line know nothing of
/// each other.
pub(crate) const WINGS: &[(&str, &str)] = &[
    (
        "openfire_provisioner::cli",
        "check preview
         lint daemon health migrate console_plugin administration snippets
         reply running_service
         output",
    ),
    (
        "openfire_provisioner::reload",
        "take_over certificate
         attempt report
         source_states
         candidate poller
         source_tables schedule watch file_digests folder_listing background",
    ),
    (
        "openfire_provisioner::http",
        "server
         routes
         admin provisioning updates monitoring wrong_path
         request_guard client_address
         services access setup_mistakes answer arrival error_strings gzip write_deadline",
    ),
    (
        "openfire_provisioner::http::admin",
        "endpoint
         frame
         pages
         page_answer plot
         render
         visit
         assets csrf view
         advice cookie language request response",
    ),
    (
        "openfire_provisioner::http::updates",
        "endpoint
         pieces
         slots conditions range
         failure",
    ),
    (
        "openfire_provisioner::provision",
        "provisioner
         gather outcome
         render
         earlier marks error",
    ),
    (
        "openfire_provisioner::administration",
        "word
         attention
         overview",
    ),
    (
        "openfire_provisioner::authentication",
        "authenticator
         door
         doubt recent_logins reference throttle lane
         familiar error pause verdicts
         bounded",
    ),
    (
        "openfire_provisioner::policy",
        "in_force installation state
         review
         diagnostic source_state
         shown_line own_rules",
    ),
    (
        "openfire_provisioner::template",
        "selection
         compile
         checker compiled
         engine trace context rehearsal highlight
         library
         language
         error schema
         output",
    ),
    (
        "openfire_provisioner::site_data",
        "source
         csv document command endpoint
         table text
         error wiped",
    ),
    (
        "openfire_provisioner::updates",
        "live
         scan feed
         release defect open
         names platform",
    ),
    (
        "openfire_provisioner::settings",
        "keeper
         messages
         change file
         in_force
         stored
         values
         secret",
    ),
    (
        "openfire_provisioner::administration::audit",
        "writer export
         files filter
         entry",
    ),
    (
        "openfire_provisioner::discovery::mdns",
        "presence
         listener responder report
         rivals
         heard
         announcement host_name interface",
    ),
    (
        "openfire_provisioner::openfire",
        "directory software
         component login admin_commands roster vcard
         link
         tls
         connect
         server_text stanza_limits",
    ),
    (
        "openfire_provisioner::telemetry",
        "recorder
         metrics fields history writer",
    ),
    (
        "openfire_provisioner::model",
        "server_facts named_groups
         config request
         account files bytes",
    ),
    (
        "jitsi_properties",
        "changes
         lint
         hiding encode parse
         document provisioning_url
         secrets
         catalogue
         jitsi_keys prefix_list secret_names suggestion version java_hash escape",
    ),
    (
        "jitsi_properties::lint",
        "display markdown suppression
         rules
         client settings finding
         rule
         level",
    ),
    (
        "jitsi_properties::lint::rules",
        "text
         accounts calls contacts known provisioning removals suppressions
         network",
    ),
    (
        "test_servers",
        "prosody
         openfire coturn component_port scripted_peer
         ldap_proxy
         slapd chromium nginx
         process seeds",
    ),
];

/// The most files that a folder has of its own: `.rs` files in it, but for the fronts of folders (`x.rs` beside `x/`).
pub(crate) const MOST_FILES: usize = 12;

/// Targets of log lines and spans. Administrators filter by them, so a file that moves keeps its own (a constant `TARGET`).
pub(crate) const TARGETS: &[&str] = &[
    "openfire_provisioner",
    "openfire_provisioner::administration::admin_link",
    "openfire_provisioner::administration::audit",
    "openfire_provisioner::administration::sign_in",
    "openfire_provisioner::administration::word",
    "openfire_provisioner::app::reload::report",
    "openfire_provisioner::app::reload::watch",
    "openfire_provisioner::authentication::authenticator",
    "openfire_provisioner::authentication::doubt",
    "openfire_provisioner::cli::discover",
    "openfire_provisioner::cli::serve",
    "openfire_provisioner::discovery::dhcp",
    "openfire_provisioner::discovery::mdns",
    "openfire_provisioner::http",
    "openfire_provisioner::http::client_address",
    "openfire_provisioner::http::connection",
    "openfire_provisioner::http::listener",
    "openfire_provisioner::http::other_protocol",
    "openfire_provisioner::http::request_log",
    "openfire_provisioner::http::updates::pieces",
    "openfire_provisioner::http::wrong_path",
    "openfire_provisioner::openfire::component::keeper",
    "openfire_provisioner::openfire::directory",
    "openfire_provisioner::openfire::link",
    "openfire_provisioner::openfire::login",
    "openfire_provisioner::openfire::login::idle_streams",
    "openfire_provisioner::openfire::login::opening",
    "openfire_provisioner::openfire::login::session",
    "openfire_provisioner::provision::gather",
    "openfire_provisioner::settings",
    "openfire_provisioner::telemetry",
    "openfire_provisioner::telemetry::recorder",
    "openfire_provisioner::updates::live",
];

/// Fails with all complaints.
#[track_caller]
pub(crate) fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}
