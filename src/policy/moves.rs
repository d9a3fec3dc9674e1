//! What clients keep of one template when a rule gives their users another: groups and networks change.

use jitsi_properties::changes::{Change, compare};
use jitsi_properties::parse;

use crate::model::account::{ExtraNames, Password};
use crate::template::{Sample, Template};

/// What is wrong after a client that had one template got another.
#[derive(Debug)]
pub struct Move {
    /// Name of the template that the client had.
    pub from: String,
    /// Name of the template that it gets.
    pub to: String,
    /// What it then holds that it should not: a lock that stays, an account that loses its password, settings that do not
    /// go together.
    pub change: Change,
}

/// Most templates that are compared, each with each.
const MOST: usize = 40;

/// Compares what the templates give the everyday sample user, each with each.
#[must_use]
pub fn moves(templates: &[&Template], names: &ExtraNames) -> Vec<Move> {
    let samples = Sample::all(names);
    let Some(plain) = samples.iter().find(|sample| sample.name == Sample::PLAIN) else { return Vec::new() };
    let text = |template: &&Template| parse(&template.render(&plain.context()).ok()?).ok();
    let replies: Vec<_> =
        templates.iter().take(MOST).filter_map(|template| Some((template.name(), text(template)?))).collect();
    let mut moves = Vec::new();
    for (from, earlier) in &replies {
        for (to, new) in replies.iter().filter(|(to, _)| to != from) {
            let changes = compare(earlier, new, Password::placeholder().typed()).into_iter();
            let harm = changes.filter(|change| {
                matches!(change, Change::Locked(_) | Change::Breaks { .. } | Change::LosesPassword { .. })
            });
            moves.extend(harm.map(|change| Move { from: (*from).to_owned(), to: (*to).to_owned(), change }));
        }
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::super::in_force::load_templates;
    use super::*;
    use crate::model::config;

    const JABBER: &str = "net.java.sip.communicator.impl.protocol.jabber.";
    const LOCK: &str = "net.java.sip.communicator.impl.gui.main.configforms.SHOW_OPTIONS_WINDOW=false\n";
    const OPEN: &str = "service.gui.MESSAGE_HISTORY_SIZE=20\n";

    /// An XMPP account that logs in as the sample user.
    fn account(id: &str, more: &str) -> String {
        let settings = [
            "ACCOUNT_UID=Jabber:{{ user.jid }}@{{ user.domain }}",
            "USER_ID={{ user.jid }}",
            "PROTOCOL_NAME=Jabber",
            more,
        ];
        let lines = settings.iter().filter(|line| !line.is_empty()).map(|line| format!("{JABBER}{id}.{line}\n"));
        format!("{JABBER}{id}={id}\n{}", lines.collect::<Vec<_>>().concat())
    }

    /// The moves between templates of these texts, which are called by their places: `0 to 1`, and what harms.
    #[track_caller]
    fn found(texts: &[&str]) -> Vec<(String, Change)> {
        let folder = tempfile::tempdir().unwrap();
        let names = ExtraNames::default();
        let load = |(place, text): (usize, &&str)| {
            let file = folder.path().join(format!("{place}.properties"));
            std::fs::write(&file, text).unwrap();
            load_templates(&config::Template { file: Some(file), ..config::Template::default() }, &names).unwrap()
        };
        let loaded: Vec<_> = texts.iter().enumerate().map(load).collect();
        let templates: Vec<&Template> = loaded.iter().map(|one| &**one.all().next().unwrap().template).collect();
        let place = |name: &str| templates.iter().position(|template| template.name() == name).unwrap();
        let moves = moves(&templates, &names).into_iter();
        moves.map(|one| (format!("{} to {}", place(&one.from), place(&one.to)), one.change)).collect()
    }

    #[test]
    fn a_lock_stays_with_a_client_that_gets_a_template_without_it() {
        let [(way, Change::Locked(keys))] = &found(&[LOCK, OPEN])[..] else { panic!("one lock") };
        let keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
        assert_eq!((way.as_str(), keys), ("0 to 1", vec![LOCK.split('=').next().unwrap().to_owned()]));
        let removed = LOCK.replace("false", "${null}");
        assert!(found(&[LOCK, &removed]).is_empty());
    }

    #[test]
    fn an_account_loses_its_password_when_another_id_takes_it_over() {
        let old = account("accold", "PASSWORD={{ password }}");
        let new = format!("{JABBER}accold=${{null}}\n{}", account("accnew", ""));
        let found = found(&[&old, &new]);
        let lost = |(way, change): &(String, Change)| way == "0 to 1" && matches!(change, Change::LosesPassword { .. });
        assert!(found.iter().any(lost), "{found:?}");
        // The way back brings the password, and an account that stays beside it.
        assert!(found.iter().all(|one| lost(one) || one.0 == "1 to 0"), "{found:?}");
    }

    #[test]
    fn two_accounts_of_one_uid_are_found_both_ways() {
        let found = found(&[&account("accone", ""), &account("acctwo", "")]);
        let twice = |way: &str| {
            let is_it =
                |change: &Change| matches!(change, Change::Breaks { rule, .. } if rule.id == "account-uid-twice");
            found.iter().any(|(found, change)| found == way && is_it(change))
        };
        assert!(twice("0 to 1") && twice("1 to 0"), "{found:?}");
    }

    #[test]
    fn what_both_templates_set_is_no_harm() {
        let same = account("accone", "PASSWORD={{ password }}");
        assert!(found(&[&same, &format!("{same}{OPEN}")]).is_empty());
        assert!(found(&[LOCK]).is_empty());
    }

    #[test]
    fn no_value_of_a_user_is_in_a_message() {
        let found = found(&[&account("accone", "PASSWORD={{ password }}"), &account("acctwo", "")]);
        assert!(!found.is_empty() && !format!("{found:?}").contains("correct horse"), "{found:?}");
    }

    #[test]
    fn not_more_than_some_templates_are_compared() {
        let mut texts = vec![OPEN; MOST];
        texts.push(LOCK);
        assert!(found(&texts).is_empty());
        assert_eq!(found(&texts[MOST - 1..]).len(), 1);
    }
}
