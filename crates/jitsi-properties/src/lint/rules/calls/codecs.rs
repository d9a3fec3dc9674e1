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
    Family { title: "Codecs", rules: &[&ENCODINGS_WITHOUT_OVERRIDE, &CODEC_NAME, &NO_CODEC] };

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

static NO_CODEC: Rule = Rule {
    id: "no-codec",
    levels: &[Level::Error],
    can_be_suppressed: true,
    is_about_value: false,
    what: "The settings leave no codec for sound.",
    why: "\
        No call has sound, and a call without video fails at once. An account with `OVERRIDE_ENCODINGS=true` has only the \
        codecs of its own `Encodings`, none of those for all calls.",
    example: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.OVERRIDE_ENCODINGS=true\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.Encodings.VP8/90000=100",
    instead: "\
        # …\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.OVERRIDE_ENCODINGS=true\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.Encodings.VP8/90000=100\n\
        net.java.sip.communicator.impl.protocol.jabber.accwork.Encodings.opus/48000=750",
};

/// What the keys of the codecs for all calls begin with.
const FOR_ALL: &str = "net.java.sip.communicator.impl.neomedia.codec.EncodingConfiguration.";

/// The codecs of the clients with their clock rates (`MediaUtils` of libjitsi, both versions). The client compares names
/// without regard to case (`MediaUtils.getMediaFormats`).
const CODECS: [(&str, &[&str]); 23] = [
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
    ("flexfec-03", &["90000"]),
    ("rtx", &["90000"]),
];

/// The codecs for sound, and whether the client offers them unless it is given another priority
/// (`EncodingConfigurationImpl.initializeFormatPreferences`; G723 only on 32-bit systems, so a call cannot rely on it). Tones,
/// `telephone-event`, carry no speech.
const SOUND: [(&str, bool); 16] = [
    ("opus/48000", true),
    ("SILK/24000", true),
    ("SILK/16000", true),
    ("G722/8000", true),
    ("speex/32000", true),
    ("speex/16000", true),
    ("PCMU/8000", true),
    ("PCMA/8000", true),
    ("iLBC/8000", true),
    ("GSM/8000", true),
    ("speex/8000", true),
    ("SILK/12000", false),
    ("SILK/8000", false),
    ("AMR-WB/16000", false),
    ("G723/8000", false),
    ("G729/8000", false),
];

/// Rules `encodings-without-override`, `codec-name` and `no-codec`.
pub(in crate::lint) fn check(settings: &Settings<'_>, findings: &mut Vec<Finding>) {
    for account in &settings.accounts {
        encodings(account, findings);
        findings.extend(silent_account(settings, account));
    }
    findings.extend(silent(settings));
    for entry in settings.below(FOR_ALL) {
        findings.extend(entry.key().strip_prefix(FOR_ALL).and_then(|codec| name(codec, entry)));
    }
}

/// `CallPeerMediaHandler.getLocallySupportedFormats` only looks at the account's own codecs with `OVERRIDE_ENCODINGS`.
fn encodings(account: &Account<'_>, findings: &mut Vec<Finding>) {
    let mut own = own(account).filter(|(_, entry)| value_of(*entry).is_some());
    let Some((codec, entry)) = own.next() else { return };
    if account.value("OVERRIDE_ENCODINGS").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        findings.extend(name(codec, entry));
        findings.extend(own.filter_map(|(codec, entry)| name(codec, entry)));
        return;
    }
    let id = account.id.escape_debug();
    // Otherwise `no-codec` would come next.
    let sound = if has_sound(self::own(account), false) {
        String::new()
    } else {
        format!(" and `….{id}.Encodings.opus/48000=750`")
    };
    let message = format!(
        "the client ignores the codecs of an account unless they override its own; add \
         `….{id}.OVERRIDE_ENCODINGS=true`{sound}, or remove the `Encodings` of the account"
    );
    findings.push(Finding::warning(&ENCODINGS_WITHOUT_OVERRIDE, entry, message));
}

/// The codecs of an account's own.
fn own<'a>(account: &Account<'a>) -> impl Iterator<Item = (&'a str, Entry<'a>)> {
    account.settings.iter().filter_map(|(setting, entry)| Some((setting.strip_prefix("Encodings.")?, *entry)))
}

/// Whether settings of codecs leave one for sound. `found` are the codecs with their values, `is_usual` says whether those
/// that are not named keep the client's own priority.
fn has_sound<'a>(found: impl Iterator<Item = (&'a str, Entry<'a>)>, is_usual: bool) -> bool {
    let mut has = SOUND.map(|(_, usual)| usual && is_usual);
    for (codec, entry) in found {
        // What is no number keeps the priority (`EncodingConfiguration.loadProperties`).
        let Some(priority) = value_of(entry).and_then(|value| value.parse::<i32>().ok()) else { continue };
        let known = SOUND.iter().zip(&mut has).find(|((name, _), _)| name.eq_ignore_ascii_case(codec));
        if let Some((_, has)) = known {
            *has = priority > 0;
        } else if codec.contains("sdp") && priority > 0 {
            return true;
        }
    }
    has.contains(&true)
}

/// `CallPeerMediaHandler.getLocallySupportedFormats` begins with `MediaService.createEmptyEncodingConfiguration` for an
/// account with codecs of its own, and a call for which no device has a format fails (`createMediaDescriptions`).
fn silent_account(settings: &Settings<'_>, account: &Account<'_>) -> Option<Finding> {
    let is_true = |value: &str| value.eq_ignore_ascii_case("true");
    let entry = account.entry("OVERRIDE_ENCODINGS").filter(|entry| value_of(*entry).is_some_and(is_true))?;
    if has_sound(own(account), false) || settings.of_account(account, "CALLING_DISABLED").is_some_and(is_true) {
        return None;
    }
    let message = format!(
        "the account has only the codecs of its own `Encodings` and none of these is for sound, so its calls fail; add \
         `….{}.Encodings.opus/48000=750`",
        account.id.escape_debug()
    );
    Some(Finding::error(&NO_CODEC, entry, message))
}

/// All codecs for sound at 0, those too that the client offers by itself.
fn silent(settings: &Settings<'_>) -> Option<Finding> {
    let all = || settings.below(FOR_ALL).filter_map(|entry| Some((entry.key().strip_prefix(FOR_ALL)?, entry)));
    // With less than all of those that the client offers there is one left, so this one is there too.
    let (_, opus) = all().filter(|(codec, _)| codec.eq_ignore_ascii_case("opus/48000")).last()?;
    (!has_sound(all(), true)).then(|| {
        let message = "all codecs for sound have priority 0, so calls fail; write `750`";
        Finding::error(&NO_CODEC, opus, message)
    })
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
        broken_by(&["encodings-without-override", "codec-name", "no-codec"], &below(NODE, settings))
    }

    #[test]
    fn codecs_of_an_account_need_to_be_switched_on() {
        assert_eq!(jabber(&["Encodings.opus/48000=750"]), [(1, "encodings-without-override")]);
        assert_eq!(jabber(&["Encodings.opus/48000=750", "OVERRIDE_ENCODINGS=true"]), []);
        assert_eq!(jabber(&["Encodings.opus/48000=${null}"]), []);
        assert_eq!(jabber(&["Encodings.G722/8000=0"]), [(1, "encodings-without-override")]);
    }

    #[test]
    fn a_call_needs_a_codec_for_sound() {
        const OWN: &str = "OVERRIDE_ENCODINGS=true";
        assert_eq!(jabber(&[OWN]), [(1, "no-codec")]);
        assert_eq!(jabber(&[OWN, "Encodings.opus/48000=0", "Encodings.telephone-event/8000=1"]), [(1, "no-codec")]);
        assert_eq!(jabber(&["Encodings.opus/48000=x", "OVERRIDE_ENCODINGS=True"]), [(2, "no-codec")]);
        assert_eq!(jabber(&[OWN, "Encodings.PCMA/8000=1"]), []);
        assert_eq!(jabber(&[OWN, "CALLING_DISABLED=true"]), []);
        let of_all = |but: &str| {
            let lines: Vec<String> =
                super::SOUND.iter().filter(|(name, _)| *name != but).map(|(name, _)| format!("{name}=0")).collect();
            below(super::FOR_ALL, &lines.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!(broken_by(&["no-codec"], &of_all("")), [(1, "no-codec")]);
        assert_eq!(broken_by(&["no-codec"], &of_all("iLBC/8000")), []);
        // No client offers this one by itself.
        assert_eq!(broken_by(&["no-codec"], &of_all("G729/8000")), [(1, "no-codec")]);
        assert_eq!(broken_by(&["no-codec"], &format!("{}{}SILK/8000=5", of_all(""), super::FOR_ALL)), []);
    }

    #[test]
    fn a_codec_has_the_client_s_name_and_clock_rate() {
        for wrong in ["opus", "opus/16000", "G711/8000", "H264", "opus/"] {
            let line = format!("Encodings.{wrong}=1");
            let found = jabber(&["OVERRIDE_ENCODINGS=true", "Encodings.PCMU/8000=1", &line]);
            assert_eq!(found, [(3, "codec-name")], "{wrong}");
            let text = format!("{}{wrong}=1", super::FOR_ALL);
            assert_eq!(broken_by(&["codec-name"], &text), [(1, "codec-name")], "{wrong}");
        }
        for right in ["opus/48000", "Opus/48000", "SILK/12000", "telephone-event/8000", "sdp3/8000", "rtx/90000"] {
            let found = jabber(&["OVERRIDE_ENCODINGS=true", "Encodings.PCMU/8000=1", &format!("Encodings.{right}=1")]);
            assert_eq!(found, [], "{right}");
        }
    }
}
