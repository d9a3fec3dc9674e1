//! A service as administrators find it after some days: users who got replies and users who did not and are
//! locked out, data with secrets, a reload that failed, and clients that mean harm.

use test_servers::openfire::Openfire;

use super::http_client::{FORM, request};
use super::pages::{Pages, Way};

const FILES: [(&str, &str); 5] = [
    ("xmpp-sip.properties", include_str!("../../../templates/examples/xmpp-sip.properties")),
    ("xmpp-only.properties", include_str!("../../../templates/examples/xmpp-only.properties")),
    ("locked-down.properties", include_str!("../../../templates/examples/locked-down.properties")),
    ("front-desk.properties", FRONT_DESK),
    (
        "telephones.csv",
        "username,sip_extension,sip_password,voicemail\nanna.berger,201,4r7-hoe-tin,8201\ntomas.novak,202,9kk-sea-rye,\n",
    ),
];

/// A template with a long line and a finding below it: a key that no client knows.
const FRONT_DESK: &str = "{% extends \"locked-down.properties\" %}
{% block more %}
{{ super() }}
# The telephone at the front desk belongs to everyone who works there, so its list of contacts cannot be changed there.
net.java.sip.communicator.impl.gui.main.contactlist.CONTACT_ADD_DISABELD={{ user.name is startingwith('front') }}
{% endblock %}
";

/// Settings after those of `[admin]`.
const SETTINGS: &str = "
[template]
file = \"xmpp-sip.properties\"
[[template.rule]]
name = \"front desk\"
file = \"front-desk.properties\"
users = [\"front.desk\"]
[[data]]
name = \"telephones\"
file = \"telephones.csv\"
[reload]
debounce = \"50ms\"
[limits]
failures_per_user = 1
";

const WINDOWS: &str = "Jitsi/2.11.5633 (Windows 10)";

/// User, password and client, in this order.
const REQUESTS: [(&str, &str, &str); 9] = [
    ("anna.berger", "sunflower-42", WINDOWS),
    ("tomas.novak", "blue-bicycle-7", WINDOWS),
    ("maria.silva", "quiet-harbour-19", "Jitsi/2.10.5550"),
    ("front.desk", "welcome-desk-3", WINDOWS),
    ("yuki.tanaka", "paper-crane-88", "Jitsi/2.11.5633 (macOS)"),
    ("anna.berger", "sunflower", WINDOWS),
    ("no.such.user", "anything", "curl/7.88.1"),
    ("hostile", r#"="${null}\u0041'# !:<&>"#, HOSTILE),
    (HOSTILE, "anything", HOSTILE),
];

/// What would run if a page wrote it as it is.
pub const HOSTILE: &str = "<img src=x onerror=\"owned=1\">'><script>owned=1</script>{{ 7*7 }}&lt;";

/// A service with a past, by HTTPS. One refused login locks a user out.
pub async fn lived_in() -> Pages {
    let mut pages = Pages::of(Openfire::shared().await, Way::Https, SETTINGS, &FILES).await;
    for (name, password, client) in REQUESTS {
        let fields = [("username", name), ("password", password), ("os", "Windows 10"), ("hw", HOSTILE)];
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [("host", "provisioning.test"), ("content-type", FORM), ("user-agent", client)];
        pages.send(request("POST", "/provision", &headers, &form)).await;
    }
    pages.service.replace("xmpp-only.properties", &format!("{}{{{{ user.nickname }}}}\n", FILES[1].1));
    pages.service.line(&["WARN", "not reloaded"]).await;
    pages
}
