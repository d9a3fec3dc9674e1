use crate::lint::broken_by;

fn broken(text: &str) -> Vec<(usize, &'static str)> {
    broken_by(&["checks-off", "login-unprotected", "calls-unprotected"], text)
}

#[test]
fn a_check_that_is_switched_off_is_reported() {
    for line in [
        "net.java.sip.communicator.service.gui.ALWAYS_TRUST_MODE_ENABLED=true",
        "net.java.sip.communicator.service.gui.ALWAYS_TRUST_MODE_ENABLED=True",
        "${system}.net.java.sip.communicator.service.gui.ALWAYS_TRUST_MODE_ENABLED=true",
        "org.jitsi.impl.neomedia.transform.dtls.DtlsControlImpl.verifyAndValidateCertificate=false",
        "net.java.sip.communicator.util.dns.DNSSEC_VALIDATION_MODE=IgnoreDnssec",
        "${system}.com.sun.jndi.ldap.object.disableEndpointIdentification=true",
        "${system}.sun.security.ssl.allowUnsafeRenegotiation=true",
        "${system}.jdk.tls.client.protocols=TLSv1,TLSv1.2",
        "gov.nist.javax.sip.TLS_CLIENT_PROTOCOLS=TLSv1.2, SSLv3",
    ] {
        assert_eq!(broken(line), [(1, "checks-off")], "{line}");
    }
    for line in [
        "net.java.sip.communicator.service.gui.ALWAYS_TRUST_MODE_ENABLED=false",
        "net.java.sip.communicator.service.gui.ALWAYS_TRUST_MODE_ENABLED=${null}",
        "net.java.sip.communicator.service.tls.NO_USER_INTERACTION=true",
        "net.java.sip.communicator.util.dns.DNSSEC_VALIDATION_MODE=SecureOnly",
        "gov.nist.javax.sip.TLS_CLIENT_PROTOCOLS=TLSv1.2,TLSv1.3",
    ] {
        assert_eq!(broken(line), [], "{line}");
    }
}

#[test]
fn a_login_that_may_be_read_is_reported() {
    for line in [
        "impl.protocol.jabber.accx.ALLOW_NON_SECURE=true",
        "service.protocol.ALLOW_NON_SECURE=true",
        "service.protocol.jabber.ALLOW_NON_SECURE=TRUE",
        "impl.protocol.jabber.accx.BOSH_URL=http://chat.example.org/http-bind",
        "impl.protocol.irc.accx.DEFAULT_ENCRYPTION=false",
    ] {
        assert_eq!(broken(&format!("net.java.sip.communicator.{line}")), [(1, "login-unprotected")], "{line}");
    }
    for line in [
        "impl.protocol.jabber.accx.ALLOW_NON_SECURE=false",
        "impl.protocol.jabber.accx.ALLOW_NON_SECURE=${null}",
        "impl.protocol.jabber.accx.BOSH_URL=https://chat.example.org/http-bind",
        "impl.protocol.jabber.accx.BOSH_URL=http://localhost/http-bind",
        // SIP accounts have no such settings.
        "impl.protocol.sip.accx.ALLOW_NON_SECURE=true",
        "service.protocol.sip.ALLOW_NON_SECURE=true",
        "impl.protocol.sip.accx.BOSH_URL=http://chat.example.org/http-bind",
    ] {
        assert_eq!(broken(&format!("net.java.sip.communicator.{line}")), [], "{line}");
    }
}

#[test]
fn of_a_setting_that_is_there_twice_the_last_value_counts() {
    const KEY: &str = "net.java.sip.communicator.service.gui.ALWAYS_TRUST_MODE_ENABLED";
    assert_eq!(broken(&format!("{KEY}=true\n{KEY}=false")), []);
    assert_eq!(broken(&format!("{KEY}=false\n{KEY}=true")), [(2, "checks-off")]);
}

#[test]
fn calls_that_may_be_heard_are_reported() {
    for line in [
        "impl.protocol.jabber.accx.DEFAULT_ENCRYPTION=false",
        "impl.protocol.sip.accx.DEFAULT_ENCRYPTION=no",
        "service.protocol.DEFAULT_ENCRYPTION=false",
    ] {
        assert_eq!(broken(&format!("net.java.sip.communicator.{line}")), [(1, "calls-unprotected")], "{line}");
    }
    for line in [
        "impl.protocol.jabber.accx.DEFAULT_ENCRYPTION=true",
        // ZRTP needs no RTP/SAVP, and the client's own windows store this.
        "impl.protocol.sip.accx.SAVP_OPTION=0",
        "service.protocol.sip.SAVP_OPTION=0",
        "impl.protocol.sip.accx.ENCRYPTION_PROTOCOL_STATUS.SDES=false",
    ] {
        assert_eq!(broken(&format!("net.java.sip.communicator.{line}")), [], "{line}");
    }
}
