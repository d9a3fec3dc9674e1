//! HAProxy in front of the service.

use super::proxy::{LARGEST_BODY, ProxiedSite};
use super::{SnippetError, commented};

/// Where HAProxy has its files.
const FOLDER: &str = "/etc/haproxy";

/// The configuration: sections that need nothing of `global` and `defaults`. `certificate` is a PEM file that holds the key
/// too.
pub fn haproxy(site: &ProxiedSite, certificate: Option<&str>) -> Result<String, SnippetError> {
    let ProxiedSite { port, upstream, .. } = site;
    let certificate = site.certificate_with_key(certificate, FOLDER)?;
    let comment = commented(
        "#",
        &format!(
            "HAProxy handles TLS for {} and passes all requests on to openfire-provisioner.\n\n\
             1. This text belongs at the end of /etc/haproxy/haproxy.cfg\n\
             2. The certificate with its chain, and after it the key, belong in {certificate}\n   \
                For example: (umask 077; cat fullchain.pem privkey.pem > {certificate})\n   \
                Repeat this and step 3 after each renewal, with certbot in a --deploy-hook.\n\
             3. Load it: haproxy -c -f /etc/haproxy/haproxy.cfg && systemctl reload haproxy\n\
             4. {}\n\n\
             Do not redirect: a client would lose its form. Do not log bodies: they hold passwords. The service\n\
             itself keeps /metrics closed, since X-Forwarded-For shows that a client is not on its machine.",
            site.origin(),
            site.service_settings()
        ),
    );
    Ok(format!(
        "{comment}
frontend provisioning
    mode http
    bind :{port} ssl crt {certificate}
    bind :::{port} v6only ssl crt {certificate}
    timeout client 30s
    timeout http-request 10s
    option forwardfor
    # Removes what a client wrote there itself.
    http-request del-header Forwarded
    # More than any form has.
    http-request deny deny_status 413 if {{ req.body_size gt {LARGEST_BODY} }}
    default_backend provisioning

backend provisioning
    mode http
    timeout connect 5s
    timeout server 30s
    option httpchk GET /healthz
    server service {upstream} check
"
    ))
}
