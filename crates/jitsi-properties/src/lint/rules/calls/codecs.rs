//! Rules about codecs.
//!
//! Codecs have no numbers: their values are priorities, and those that are not named keep the client's own
//! (`EncodingConfiguration.loadProperties`).

use crate::document::Entry;
use crate::lint::finding::Finding;
use crate::lint::level::Level;
use crate::lint::rule::{Family, Rule};
use crate::lint::settings::{Account, Settings, value_of};

pub(in crate::lint) static FAMILY: Family =
    Family { title: "Codecs", rules: &[&ENCODINGS_WITHOUT_OVERRIDE, &CODEC_NAME] };

static ENCODINGS_WITHOUT_OVERRIDE: Rule = Rule {
    id: "encodings-without-override",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "An account sets codecs without `OVERRIDE_ENCODINGS=true`.",
    why: "The client ignores the account's codecs. It looks for that line in the account itself, not among the defaults.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.Encodings.opus/48000=750",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.OVERRIDE_ENCODINGS=true\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.Encodings.opus/48000=750",
};

static CODEC_NAME: Rule = Rule {
    id: "codec-name",
    levels: &[Level::Warning],
    can_be_suppressed: true,
    is_about_value: false,
    what: "A codec has a name or clock rate that no client knows.",
    why: "The client ignores the line. The clock rate is part of the name, even if a codec has only one.",
    example: "net.java.sip.communicator.impl.neomedia.codec.EncodingConfiguration.opus/16000=750",
    instead: "net.java.sip.communicator.impl.neomedia.codec.EncodingConfiguration.opus/48000=750",
};

/// What the keys of the codecs for all calls begin with.
const FOR_ALL: &str = "net.java.sip.communicator.impl.neomedia.codec.EncodingConfiguration.";

/// The codecs of the clients with their clock rates (`MediaUtils` of libjitsi, both versions). The client compares names
/// without regard to case (`MediaUtils.getMediaFormats`).
const CODECS: [(&str, &[&str]); 21] = [
    ("PCMU", &["8000"]),
    ("PCMA", &["8000"]),
    ("GSM", &["8000"]),
    ("iLBC", &["8000"]),
    ("speex", &["8000", "16000", "32000"]),
    ("G722", &["8000"]),
    ("G723", &["8000"]),
    ("G729", &["8000"]),
    ("SILK", &["8000", "12000", "16000", "24000"]),
    ("opus", &["48000"]),
    ("AMR-WB", &["16000"]),
    ("telephone-event", &["8000"]),
    ("JPEG", &["90000"]),
    ("H261", &["90000"]),
    ("H263", &["90000"]),
    ("H263-1998", &["90000"]),
    ("H264", &["90000"]),
    ("VP8", &["90000"]),
    ("VP9", &["90000"]),
    ("red", &["90000"]),
    ("ulpfec", &["90000"]),
];

/// Rules `encodings-without-override` and `codec-name`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for account in &settings.accounts {
        encodings(account, findings);
    }
    for entry in settings.below(FOR_ALL) {
        findings.extend(entry.key().strip_prefix(FOR_ALL).and_then(|codec| name(codec, entry)));
    }
}

/// `CallPeerMediaHandler.getLocallySupportedFormats` only looks at the account's own codecs with `OVERRIDE_ENCODINGS`.
fn encodings(account: &Account<'_>, findings: &mut Vec<Finding>) {
    let mut own = account.settings.iter().filter_map(|(setting, entry)| {
        let codec = setting.strip_prefix("Encodings.")?;
        value_of(*entry).map(|_| (codec, *entry))
    });
    let Some((codec, entry)) = own.next() else { return };
    if account.value("OVERRIDE_ENCODINGS").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        findings.extend(name(codec, entry));
        findings.extend(own.filter_map(|(codec, entry)| name(codec, entry)));
        return;
    }
    let message = format!(
        "the client ignores the codecs of an account unless they override its own; add \
         `….{}.OVERRIDE_ENCODINGS=true`, or remove the `Encodings` of the account",
        account.id.escape_debug()
    );
    findings.push(Finding::warning(&ENCODINGS_WITHOUT_OVERRIDE, entry, message));
}

fn name(codec: &str, entry: Entry<'_>) -> Option<Finding> {
    value_of(entry)?;
    let (name, rate) = codec.rsplit_once('/').unwrap_or((codec, ""));
    let known = CODECS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    // Old names, which the client still understands, have `sdp` in them.
    if known.is_some_and(|(_, rates)| rates.contains(&rate)) || codec.contains("sdp") {
        return None;
    }
    let message = match known {
        Some((name, rates)) => format!(
            "the client knows this codec as {}, so it ignores the line; write one of these",
            rates.iter().map(|rate| format!("`{name}/{rate}`")).collect::<Vec<_>>().join(", ")
        ),
        None => "no client has a codec of this name, so the line has no effect; write the name as in docs/keys.md, with the \
            clock rate, for example `opus/48000`"
            .to_owned(),
    };
    Some(Finding::warning(&CODEC_NAME, entry, message))
}

#[cfg(test)]
mod tests {
    use crate::lint::{below, broken_by};

    fn jabber(settings: &[&str]) -> Vec<(usize, &'static str)> {
        const NODE: &str = "net.java.sip.communicator.impl.protocol.jabber.accx.";
        broken_by(&["encodings-without-override", "codec-name"], &below(NODE, settings))
    }

    #[test]
    fn codecs_of_an_account_need_to_be_switched_on() {
        assert_eq!(jabber(&["Encodings.opus/48000=750"]), [(1, "encodings-without-override")]);
        assert_eq!(jabber(&["Encodings.opus/48000=750", "OVERRIDE_ENCODINGS=true"]), []);
        assert_eq!(jabber(&["Encodings.opus/48000=${null}"]), []);
    }

    #[test]
    fn a_codec_has_the_client_s_name_and_clock_rate() {
        for wrong in ["opus", "opus/16000", "G711/8000", "H264", "opus/"] {
            let line = format!("Encodings.{wrong}=1");
            assert_eq!(jabber(&["OVERRIDE_ENCODINGS=true", &line]), [(2, "codec-name")], "{wrong}");
            let text = format!("{}{wrong}=1", super::FOR_ALL);
            assert_eq!(broken_by(&["codec-name"], &text), [(1, "codec-name")], "{wrong}");
        }
        for right in ["opus/48000", "Opus/48000", "SILK/12000", "telephone-event/8000", "sdp3/8000"] {
            assert_eq!(jabber(&["OVERRIDE_ENCODINGS=true", &format!("Encodings.{right}=1")]), [], "{right}");
        }
    }
}
