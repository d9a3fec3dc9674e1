//! What an account with SDES or DTLS-SRTP needs beside them, so that its calls are encrypted.

use super::uses;
use crate::catalogue::Protocol;
use crate::lint::finding::Finding;
use crate::lint::rules::network::protection::CALLS_UNPROTECTED;
use crate::lint::settings::{Account, Settings, value_of};

/// Rule `calls-unprotected`.
pub(super) fn check(settings: &Settings<'_>, account: &Account<'_>, findings: &mut Vec<Finding>) {
    if account.protocol == Protocol::Sip {
        findings.extend(not_offered(settings, account).or_else(|| readable_keys(settings, account)));
    }
}

/// Whether encryption is off in an account, which another finding says.
fn is_off(settings: &Settings<'_>, account: &Account<'_>) -> bool {
    settings.of_account(account, "DEFAULT_ENCRYPTION").is_some_and(|value| !value.eq_ignore_ascii_case("true"))
}

const SAVP_OPTION: &str = "SAVP_OPTION";

/// Whether an account offers SDES and DTLS-SRTP once they are on. `createMediaDescriptions` of SIP does so only with RTP/SAVP,
/// which `getRtpTransports` leaves out unless the option says otherwise. A number that is none counts as 0.
pub(super) fn offers_savp(settings: &Settings<'_>, account: &Account<'_>) -> bool {
    let option = settings.of_account(account, SAVP_OPTION).and_then(|value| value.parse::<i32>().ok());
    account.protocol != Protocol::Sip || option.is_some_and(|option| option != 0)
}

fn not_offered(settings: &Settings<'_>, account: &Account<'_>) -> Option<Finding> {
    let name = ["SDES", "DTLS-SRTP"].into_iter().find(|name| uses(account, name))?;
    if offers_savp(settings, account) || is_off(settings, account) {
        return None;
    }
    let own = account.entry(SAVP_OPTION).filter(|entry| value_of(*entry).is_some());
    let place = own.or_else(|| account.entry(&format!("ENCRYPTION_PROTOCOL_STATUS.{name}")))?;
    let message = format!(
        "account `{id}` does not offer RTP/SAVP, so calls that it makes with {name} are not encrypted; write \
         `….{id}.SAVP_OPTION=2` to encrypt when the other side can, or `….{id}.SAVP_OPTION=1` to have no other calls",
        id = account.id.escape_debug()
    );
    Some(Finding::warning(&CALLS_UNPROTECTED, place, message))
}

/// SDES sends the keys in the signalling (RFC 4568, section 1). The transport counts with a fixed proxy only.
fn readable_keys(settings: &Settings<'_>, account: &Account<'_>) -> Option<Finding> {
    let sdes = account.entry("ENCRYPTION_PROTOCOL_STATUS.SDES").filter(|_| uses(account, "SDES"))?;
    let of_account = |name| settings.of_account(account, name);
    let is_auto = of_account("PROXY_AUTO_CONFIG").is_none_or(|value| value.eq_ignore_ascii_case("true"));
    let transport = of_account("PREFERRED_TRANSPORT").filter(|_| !is_auto && !is_off(settings, account))?;
    ["UDP", "TCP"].iter().any(|plain| plain.eq_ignore_ascii_case(transport)).then(|| {
        let id = account.id.escape_debug();
        // Otherwise `sip-proxy-port` would come next.
        let has_port = of_account("PROXY_PORT").is_some();
        let port = if has_port { String::new() } else { format!(" and `….{id}.PROXY_PORT=5061`") };
        let message = format!(
            "SDES sends the keys of a call in its SIP messages, and these cross the network unencrypted; write \
             `….{id}.PREFERRED_TRANSPORT=TLS`{port}, or use ZRTP or DTLS-SRTP instead"
        );
        Finding::warning(&CALLS_UNPROTECTED, sdes, message)
    })
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    const PROTOCOLS: &str = "net.java.sip.communicator.impl.protocol.";

    fn broken(text: &str) -> Vec<(usize, &'static str)> {
        broken_by(&["calls-unprotected"], text)
    }

    fn account(protocol: &str, lines: &[&str]) -> Vec<(usize, &'static str)> {
        let node = format!("{PROTOCOLS}{protocol}.accx");
        broken(&(format!("{node}=accx\n") + &below(&format!("{node}."), lines)))
    }

    #[test]
    fn a_key_exchange_is_offered() {
        for name in ["SDES", "DTLS-SRTP"] {
            let place = format!("ENCRYPTION_PROTOCOL.{name}=0");
            let status = format!("ENCRYPTION_PROTOCOL_STATUS.{name}=true");
            let sip = |option: &str| account("sip", &[&place, &status, option]);
            assert_eq!(account("sip", &[&place, &status]), [(3, "calls-unprotected")], "{name}");
            assert_eq!(sip("SAVP_OPTION=0"), [(4, "calls-unprotected")], "{name}");
            assert_eq!(sip("SAVP_OPTION=optional"), [(4, "calls-unprotected")], "{name}");
            for option in ["SAVP_OPTION=1", "SAVP_OPTION=2"] {
                assert_eq!(sip(option), [], "{name} {option}");
            }
            assert_eq!(account("jabber", &[&place, &status]), [], "{name}");
        }
        // Another rule reports what has no place.
        assert_eq!(account("sip", &["ENCRYPTION_PROTOCOL_STATUS.SDES=true"]), []);
    }

    #[test]
    fn keys_are_sent_encrypted() {
        const SDES: [&str; 3] = ["ENCRYPTION_PROTOCOL.SDES=0", "ENCRYPTION_PROTOCOL_STATUS.SDES=true", "SAVP_OPTION=2"];
        let sip = |lines: &[&str]| account("sip", &[&SDES, lines].concat());
        let proxy = ["PROXY_AUTO_CONFIG=false", "PROXY_ADDRESS=proxy.example.org"];
        for transport in ["UDP", "tcp"] {
            let transport = format!("PREFERRED_TRANSPORT={transport}");
            assert_eq!(sip(&[proxy[0], proxy[1], &transport]), [(3, "calls-unprotected")], "{transport}");
            assert_eq!(sip(&[&transport, "PROXY_AUTO_CONFIG=true"]), [], "DNS decides, not {transport}");
        }
        assert_eq!(sip(&[proxy[0], proxy[1], "PREFERRED_TRANSPORT=TLS", "PROXY_PORT=5061"]), []);
        assert_eq!(sip(&[]), []);
    }
}
