//! `check`: whether clients can use a URL of `[discovery]`, and whether the service answers there.

use jitsi_properties::ProvisioningUrl;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use crate::model::certificate;
use crate::model::config::{Http, HttpTls};

/// What keeps clients from using `url`. `http` is given where the URL can lead to the service of this configuration.
pub(super) fn doubts(url: &ProvisioningUrl, http: Option<&Http>) -> Vec<String> {
    let mut doubts: Vec<String> = url
        .unknown_placeholders()
        .map(|name| format!("{url}: clients do not fill in `${{{name}}}` there; correct its name, or remove it"))
        .collect();
    if let Some((name, _)) = url.fields().find(|(name, _)| name.starts_with("amp;")) {
        doubts.push(format!("{url}: clients send a field named `{name}`; write `&` instead of `&amp;`"));
    } else {
        doubts.extend(doubt_of_login(url, http));
    }
    doubts.extend(http.and_then(|http| doubt_of_path(url, http)));
    doubts
}

/// Whether the certificate of the service is for another host than that of `url`. A certificate that cannot be read is
/// reported elsewhere.
pub(super) fn doubt_of_certificate(url: &ProvisioningUrl, tls: &HttpTls) -> Option<String> {
    let host = url.host().trim_matches(['[', ']']).trim_end_matches('.');
    let first = CertificateDer::pem_file_iter(&tls.certificate).ok()?.next()?.ok()?;
    (!certificate::is_for(&first, host)).then(|| {
        format!(
            "{url}: the certificate in {} is not for `{host}`, so clients warn their users; correct the URL, or get a \
         certificate for this host",
            tls.certificate.display()
        )
    })
}

/// Whether clients send name and password at once, and in fields that the service reads.
fn doubt_of_login(url: &ProvisioningUrl, http: Option<&Http>) -> Option<String> {
    let field = |placeholder| url.fields().find(|(_, value)| *value == placeholder).map(|(name, _)| name);
    let (Some(username), Some(password)) = (field("${username}"), field("${password}")) else {
        return Some(format!(
            "{url}: without a field for each of `${{username}}` and `${{password}}` clients send no login with their form; \
             end the URL with `?username=${{username}}&password=${{password}}`"
        ));
    };
    let http = http?;
    let lists = [
        (username, "http.username_fields", &http.username_fields),
        (password, "http.password_fields", &http.password_fields),
    ];
    lists.into_iter().find(|(field, _, known)| !known.iter().any(|name| name == field)).map(|(field, key, known)| {
        format!(
            "{url}: the service does not read the field `{field}`; name it in `{key}`, or write `{}` in the URL",
            known.first().map_or("", String::as_str)
        )
    })
}

/// Whether the service has no such path, as `http::routes` compares paths.
fn doubt_of_path(url: &ProvisioningUrl, http: &Http) -> Option<String> {
    let segments = |path| str::split(path, '/').filter(|segment| !segment.is_empty());
    let mut paths = ["/provision"].into_iter().chain(http.paths.iter().map(String::as_str));
    // The client fills it in.
    if url.path().contains("${") || paths.any(|path| segments(path).eq(segments(url.path()))) {
        return None;
    }
    Some(format!(
        "{url}: the service has no path `{}`; write `/provision`, or name the path in `http.paths`, unless a proxy before the \
         service changes it",
        if url.path().is_empty() { "/" } else { url.path() }
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubts_of(rest: &str, http: Option<&Http>) -> String {
        let url = ProvisioningUrl::parse(&format!("https://a.test{rest}")).unwrap();
        doubts(&url, http).join("\n").replace(&format!("{url}: "), "")
    }

    #[test]
    fn a_url_that_works_is_not_doubted() {
        let http = Http::default();
        for rest in [
            "/provision?username=${username}&password=${password}",
            "/plugins/jitsiProvisioning/provision?user=${username}&pass=${password}&os=${osname}",
            "//provision/?secret=x&username=${username}&password=${password}",
        ] {
            assert_eq!(doubts_of(rest, Some(&http)), "", "{rest}");
            assert_eq!(doubts_of(rest, None), "", "{rest}");
        }
        // Of another service's fields and paths nothing is known.
        assert_eq!(doubts_of("/other?u=${username}&p=${password}", None), "");
    }

    #[test]
    fn what_cannot_work_is_named() {
        let http = Http::default();
        let login = "username=${username}&password=${password}";
        for (rest, doubt) in [
            ("/provision", "send no login"),
            ("/provision?username=&password=", "send no login"),
            ("/provision?username=${username}", "send no login"),
            ("/provision?username=${user}&password=${password}", "do not fill in `${user}`"),
            ("/provision?username=${username}&amp;password=${password}", "`amp;password`; write `&`"),
            ("/provision?name=${username}&password=${password}", "`http.username_fields`, or write `username`"),
            ("/provision?user=${username}&pwd=${password}", "`http.password_fields`, or write `password`"),
            (&format!("/provison?{login}"), "no path `/provison`"),
            (&format!("?{login}"), "no path `/`"),
        ] {
            let found = doubts_of(rest, Some(&http));
            assert!(found.contains(doubt), "{rest}: {found}");
        }
    }

    #[test]
    fn a_certificate_for_another_host_is_doubted() {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["a.test".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let certificate = folder.path().join("certificate.pem");
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        let tls = HttpTls { certificate, key: folder.path().join("key.pem") };
        let doubt = |url: &str, tls: &HttpTls| doubt_of_certificate(&ProvisioningUrl::parse(url).unwrap(), tls);
        for url in ["https://a.test/provision", "https://A.test.:8443/provision", "https://127.0.0.1/provision"] {
            assert_eq!(doubt(url, &tls), None, "{url}");
        }
        for (url, host) in [
            ("https://b.test/p", "b.test"),
            ("https://x.a.test/p", "x.a.test"),
            ("https://[2001:db8::1]/p", "2001:db8::1"),
        ] {
            let found = doubt(url, &tls).unwrap_or_default();
            assert!(found.contains(&format!("is not for `{host}`, so clients warn their users")), "{url}: {found}");
        }
        // What is wrong with a file is reported elsewhere.
        assert_eq!(doubt("https://b.test/p", &HttpTls { certificate: "/nowhere".into(), ..tls }), None);
    }
}
