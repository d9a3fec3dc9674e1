//! User names with `,` or `=`, which SCRAM escapes (RFC 5802 section 5.1) and Openfire 5 does not read then.

use openfire_provisioner::openfire::login::{CannotCheck, LoginError, Refusal, Session};
use test_servers::openfire::Openfire;
use test_servers::prosody::Prosody;
use test_servers::scripted_peer::text::{SUCCESS, failure, mechanisms, open, secured};
use test_servers::scripted_peer::{Fault, Scram, ScriptedPeer, Step};

use crate::support::logins::{credentials, login, settings, settings_with_ca, soon};

/// The last two become `=` and `,` by nodeprep (NFKC).
const NAMES: [&str; 5] = ["x=y", "p,q", "=,=2c", "full\u{ff1d}width", "full\u{ff0c}width"];
const OFFER: [&str; 3] = ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"];
const ONLY_SCRAM: &str = "mechanisms = [\"SCRAM-SHA-256\", \"SCRAM-SHA-1\"]";

fn answer(mechanism: &'static str, answer: &str) -> [Step; 3] {
    [Step::Expect(mechanism), Step::Expect("</auth>"), Step::Send(answer.to_owned())]
}

async fn attempt(scripts: impl IntoIterator<Item = Vec<Step>>, name: &str, more: &str) -> Result<Session, LoginError> {
    let peer = ScriptedPeer::start(scripts).await;
    let settings = match more {
        "tls = \"none\"" => settings(peer.address(), more),
        more => settings_with_ca(peer.address(), &peer.ca_file(), more),
    };
    login(&settings).authenticate(&credentials(name, "secret"), soon()).await
}

#[track_caller]
fn assert_named(outcome: Result<Session, LoginError>) {
    let error = outcome.err().expect("a failure");
    assert!(matches!(error, LoginError::CannotCheck(CannotCheck::EscapedName)), "{error:?}");
    let reported = error.to_string();
    assert!(["`,` or `=`", "PLAIN", "`openfire.mechanisms`"].iter().all(|word| reported.contains(word)), "{reported}");
}

#[tokio::test]
async fn inside_tls_such_a_name_takes_plain_where_it_is_offered() {
    for name in NAMES {
        let script = [secured(&mechanisms(&OFFER)), answer("'PLAIN'", SUCCESS).into()].concat();
        let outcome = attempt([script], name, "").await;
        assert!(outcome.is_ok(), "{name}: {:?}", outcome.err());
        // A refusal by PLAIN is one.
        let refusal = failure("not-authorized");
        let script = [secured(&mechanisms(&OFFER)), answer("'PLAIN'", &refusal).into()].concat();
        let outcome = attempt([script], name, "").await;
        assert!(matches!(outcome, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{name}: {:?}", outcome.err());
    }
}

#[tokio::test]
async fn without_plain_such_a_name_takes_scram_and_a_refusal_of_it_is_not_believed() {
    for condition in ["not-authorized", "account-disabled", "credentials-expired", "malformed-request"] {
        for (name, offer) in [("x=y", &OFFER[1..]), ("p,q", &OFFER[1..2])] {
            let script = [secured(&mechanisms(offer)), answer("SCRAM-SHA-1", &failure(condition)).into()].concat();
            assert_named(attempt([script], name, "").await);
        }
        let script = [secured(&mechanisms(&OFFER)), answer("SCRAM-SHA-1", &failure(condition)).into()].concat();
        assert_named(attempt([script], "x=y", ONLY_SCRAM).await);
        let in_clear = [open(&mechanisms(&OFFER)), answer("'SCRAM-SHA-1'", &failure(condition)).into()].concat();
        assert_named(attempt([in_clear], "x=y", "tls = \"none\"").await);
    }
}

#[tokio::test]
async fn a_wrong_proof_of_such_a_name_is_no_refusal_and_a_right_one_counts() {
    for (password, right) in [("another", false), ("secret", true)] {
        let scram = Step::Scram(Scram { password, iterations: 4096, fault: Fault::None });
        let script = [secured(&mechanisms(&["SCRAM-SHA-256"])), vec![Step::Expect("</auth>"), scram]].concat();
        let outcome = attempt([script], "p,q", "").await;
        if right {
            assert!(outcome.is_ok(), "{:?}", outcome.err());
        } else {
            assert_named(outcome);
        }
    }
}

#[tokio::test]
async fn other_names_are_refused_by_scram_as_before() {
    for name in ["anna", "anna b", "o'hara", "joe@corp"] {
        let script = [secured(&mechanisms(&OFFER[..2])), answer("'SCRAM-SHA-1'", &failure("not-authorized")).into()];
        let outcome = attempt([script.concat()], name, "").await;
        assert!(matches!(outcome, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{name}: {:?}", outcome.err());
    }
}

#[tokio::test]
async fn on_a_real_openfire_such_users_log_in_and_wrong_passwords_are_refused() {
    let openfire = Openfire::shared().await;
    let ca_file = openfire.ca_file();
    for name in ["named=x", "named,x", "=named,=x=2c"] {
        openfire.control(&["user", name, "right", "Named", "named@example.test"]).await;
        let login = login(&settings_with_ca(openfire.c2s(), &ca_file, ""));
        let outcome = login.authenticate(&credentials(name, "right"), soon()).await;
        let session = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(session.roster(soon()).await.is_ok(), "{name}");
        let outcome = login.authenticate(&credentials(name, "wrong"), soon()).await;
        assert!(matches!(outcome, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{name}: {:?}", outcome.err());
        let only_scram = self::login(&settings_with_ca(openfire.c2s(), &ca_file, ONLY_SCRAM));
        assert_named(only_scram.authenticate(&credentials(name, "wrong"), soon()).await);
    }
}

/// Prosody undoes the escaping.
#[tokio::test]
async fn on_a_real_prosody_such_users_log_in_by_either_way() {
    let prosody = Prosody::shared().await;
    for name in ["named=x", "named,x", "=named,=x=2c"] {
        prosody.add_account(name, "right");
        for more in ["", ONLY_SCRAM] {
            let login = login(&settings_with_ca(prosody.c2s(), &prosody.ca_file(), more));
            let outcome = login.authenticate(&credentials(name, "right"), soon()).await;
            let session = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(session.roster(soon()).await.is_ok(), "{name}");
            let outcome = login.authenticate(&credentials(name, "wrong"), soon()).await;
            if more.is_empty() {
                assert!(matches!(outcome, Err(LoginError::Refused(Refusal::NotAuthorized, _))), "{:?}", outcome.err());
            } else {
                assert_named(outcome);
            }
        }
    }
}
