//! nginx in front of the service.

use super::commented;
use super::proxy::{CertificateFiles, LARGEST_BODY, ProxiedSite};

/// The configuration, for the context `http`.
#[must_use]
pub fn nginx(site: &ProxiedSite, files: &CertificateFiles) -> String {
    let ProxiedSite { host, port, upstream } = site;
    let comment = commented(
        "#",
        &format!(
            "nginx handles TLS for {} and passes all requests on to openfire-provisioner.\n\n\
             1. This text belongs in /etc/nginx/conf.d/provisioning.conf\n\
             2. Load it: nginx -t && systemctl reload nginx\n\
             3. {}\n\n\
             Do not redirect: a client would lose its form. Do not log bodies: they hold passwords. The service\n\
             itself keeps /metrics closed, since X-Forwarded-For shows that a client is not on its machine. Jitsi 2.10 may\n\
             not name its host in the TLS handshake: if there are other servers on this port, add `default_server` to `listen`.",
            site.origin(),
            site.service_settings()
        ),
    );
    let CertificateFiles { certificate, key } = files;
    format!(
        "{comment}
server {{
    listen {port} ssl;
    listen [::]:{port} ssl;
    server_name {host};
    ssl_certificate {certificate};
    ssl_certificate_key {key};

    # More than any form has. A body is kept in memory and never written to a file.
    client_max_body_size {LARGEST_BODY};
    client_body_buffer_size {LARGEST_BODY};

    location / {{
        proxy_pass http://{upstream};
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        # Removes what a client wrote there itself.
        proxy_set_header Forwarded \"\";
        # Passes downloads on to the client directly, not through a file.
        proxy_buffering off;
    }}
}}
"
    )
}
