//! Caddy in front of the service.

use super::commented;
use super::proxy::{CertificateFiles, LARGEST_BODY, ProxiedSite};

/// The configuration: two sites. Without `files` Caddy gets the certificate itself (ACME).
#[must_use]
pub fn caddy(site: &ProxiedSite, files: Option<&CertificateFiles>) -> String {
    let ProxiedSite { host, upstream, .. } = site;
    let origin = site.origin();
    let comment = commented(
        "#",
        &format!(
            "Caddy handles TLS for {origin} and passes all requests on to openfire-provisioner.\n\n\
             1. This text belongs in /etc/caddy/provisioning.caddy\n\
             2. Once: echo 'import provisioning.caddy' >>/etc/caddy/Caddyfile\n\
             3. Load it: caddy validate --adapter caddyfile --config /etc/caddy/Caddyfile && systemctl reload caddy\n\
             4. {}\n\n\
             Do not redirect: a client would lose its form. Do not log bodies: they hold passwords. The service\n\
             itself keeps /metrics closed, since X-Forwarded-For shows that a client is not on its machine. Jitsi 2.10 may\n\
             not name its host in the TLS handshake: write `default_sni {host}` into the global options of the Caddyfile.",
            site.service_settings()
        ),
    );
    let tls = files.map(|files| format!("\ttls {} {}\n", files.certificate, files.key)).unwrap_or_default();
    format!(
        "{comment}
{origin} {{
{tls}\trequest_body {{
\t\tmax_size {LARGEST_BODY}
\t}}
\treverse_proxy {upstream} {{
\t\t# Removes what a client wrote there itself.
\t\theader_up -Forwarded
\t\ttransport http {{
\t\t\t# Less than http.keep_alive of the service, so that no request meets a connection that is being closed.
\t\t\tkeepalive 4s
\t\t}}
\t}}
}}

# Without this site Caddy redirects it to HTTPS.
http://{host} {{
\trespond \"Ask {origin} instead.\" 400
}}
"
    )
}
