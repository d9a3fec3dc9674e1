//! Apache in front of the service.

use super::commented;
use super::proxy::{CertificateFiles, LARGEST_BODY, ProxiedSite};

/// The configuration: a virtual host.
#[must_use]
pub fn apache(site: &ProxiedSite, files: &CertificateFiles) -> String {
    let ProxiedSite { host, port, upstream } = site;
    let comment = commented(
        "#",
        &format!(
            "Apache handles TLS for {} and passes all requests on to openfire-provisioner.\n\n\
             1. This text belongs in /etc/apache2/sites-available/provisioning.conf (Red Hat: /etc/httpd/conf.d/provisioning.conf)\n\
             2. Once: a2enmod ssl proxy_http headers && a2ensite provisioning && systemctl restart apache2\n\
             3. Load it after a change: apache2ctl configtest && systemctl reload apache2\n\
             4. {}\n\n\
             Do not redirect: a client would lose its form. Do not log bodies: they hold passwords. The service\n\
             itself keeps /metrics closed, since X-Forwarded-For, which mod_proxy_http adds, shows that a client is not on its\n\
             machine. Jitsi 2.10 may not name its host in the TLS handshake, and gets the first virtual host of this port.",
            site.origin(),
            site.service_settings()
        ),
    );
    // Debian's ports.conf has this line for port 443.
    let listen = if *port == 443 { String::new() } else { format!("Listen {port}\n") };
    // Apache takes no IPv6 address there; without a name the first virtual host of the port answers.
    let name = if host.starts_with('[') { String::new() } else { format!("    ServerName {host}\n") };
    let CertificateFiles { certificate, key } = files;
    format!(
        "{comment}
{listen}<VirtualHost *:{port}>
{name}    SSLEngine on
    SSLCertificateFile {certificate}
    SSLCertificateKeyFile {key}

    # More than any form has.
    LimitRequestBody {LARGEST_BODY}
    # Removes what a client wrote there itself.
    RequestHeader unset Forwarded
    ProxyPreserveHost On
    # ttl: less than http.keep_alive of the service, so that no request meets a connection that is being closed.
    ProxyPass / http://{upstream}/ ttl=4
</VirtualHost>
"
    )
}
