//! The map: who may know whom. `docs/architecture.md` says it in words, with the reasons.

/// A room, and the rooms that it may use; of `a::b` only that. All may use what stands in [`GROUND`].
///
/// A room that is not named here may not exist, and one that is named must.
pub(crate) const ROOMS: &str = "
    main            > cli
    cli             > app jitsi_properties
                      http authentication provision policy template site_data updates openfire
    app             > reload inbound jitsi_properties
                      http authentication provision policy template site_data updates openfire
    reload          > policy template site_data http::server::tls
    http            > provision authentication policy updates
    provision       > authentication policy template openfire updates jitsi_properties
    authentication  > openfire
    policy          > template site_data jitsi_properties
    updates         > jitsi_properties
    template        > jitsi_properties
    site_data       > jitsi_properties
    inbound         > openfire
    openfire        >
    telemetry       > model
    model           > jitsi_properties
";

/// What every room may use.
pub(crate) const GROUND: [&str; 2] = ["model", "telemetry"];

/// What builds the parts of the service. Only `app` calls it, and the rooms themselves; the commands go through `app`.
pub(crate) const CONSTRUCTORS: [&str; 9] = [
    "Component::start(",
    "Directory::new(",
    "Login::new(",
    "Provisioner::new(",
    "Reference::new(",
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
";

/// Inside a room: of two wings on one line, the right one knows nothing of the left one.
pub(crate) const WINGS: [(&str, &str); 5] = [
    ("openfire_provisioner::http", "server > routes > provisioning updates monitoring"),
    ("openfire_provisioner::openfire", "directory > component login > connect"),
    ("openfire_provisioner::model", "config > account > files"),
    ("openfire_provisioner::telemetry", "writer > metrics"),
    ("jitsi_properties", "lint changes > catalogue > version secret_names"),
];

/// What is not as the map says yet: parts of complaints that are let pass.
pub(crate) const OPEN: [&str; 15] = [
    "authentication > provision",
    "a circle in openfire_provisioner: provision > authentication",
    "a circle in openfire_provisioner::http",
    "a circle in openfire_provisioner::site_data",
    "a circle in openfire_provisioner::template",
    "provisioning > server",
    "updates > server",
    "monitoring > server",
    "routes > server",
    "openfire_provisioner::http::server::connection is no target",
    "openfire_provisioner::http::server::listener is no target",
    "openfire_provisioner::http::server::other_protocol is no target",
    "openfire_provisioner::http::connection any more",
    "openfire_provisioner::http::listener any more",
    "openfire_provisioner::http::other_protocol any more",
];

/// Folders with more files of their own than [`MOST_FILES`], until they are sorted.
pub(crate) const STILL_TOO_WIDE: [&str; 4] =
    ["src/template", "crates/jitsi-properties/src/lint", "tests/api", "tests/api/support"];

/// The most files that a folder has of its own: `.rs` files in it, but for the fronts of folders (`x.rs` beside `x/`).
pub(crate) const MOST_FILES: usize = 12;

/// Targets of log lines and spans. Administrators filter by them, so a file that moves keeps its own (a constant `TARGET`).
pub(crate) const TARGETS: [&str; 22] = [
    "openfire_provisioner",
    "openfire_provisioner::app::reload::report",
    "openfire_provisioner::app::reload::watch",
    "openfire_provisioner::cli::serve",
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
    "openfire_provisioner::openfire::login::opening",
    "openfire_provisioner::openfire::login::session",
    "openfire_provisioner::provision::gather",
    "openfire_provisioner::telemetry",
    "openfire_provisioner::telemetry::recorder",
    "openfire_provisioner::updates::live",
];

/// Fails with all complaints but for those about what is [`OPEN`].
#[track_caller]
pub(crate) fn assert_none(complaints: &[String]) {
    let is_open = |complaint: &&String| OPEN.iter().any(|open| complaint.contains(open));
    let left: Vec<&str> =
        complaints.iter().filter(|complaint| !is_open(complaint)).map(|complaint| &**complaint).collect();
    assert!(left.is_empty(), "{} complaints:\n{}", left.len(), left.join("\n"));
}
