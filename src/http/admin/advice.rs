//! What to do about each outcome of a request, and the page of the documentation that says more.
//!
//! This table is the only one. Tests hold that it has every outcome that is an error, that the languages have the texts, and that
//! the documentation has the sections.

/// What helps with an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Advice {
    outcome: &'static str,
    /// Names the messages: `outcome-NAME` says in a few words what went wrong, and `advice-NAME` what to do.
    pub(super) name: &'static str,
    /// The page of the documentation and its section.
    pub(super) page: &'static str,
}

const ERRORS: &str = "docs/errors.md#answers-to-provisioning-requests";
const UPDATES: &str = "docs/updates.md#addresses";

const fn advice(outcome: &'static str, name: &'static str, page: &'static str) -> Advice {
    Advice { outcome, name, page }
}

const ALL: [Advice; 14] = [
    advice("UnauthorizedException", "unauthorized", ERRORS),
    advice("RequestNotAuthorised", "not-authorised", ERRORS),
    advice("IllegalArgumentException", "illegal-argument", ERRORS),
    advice("ConnectionException", "connection", ERRORS),
    advice("InternalUnauthenticatedException", "internal", ERRORS),
    advice("TemplateException", "template", ERRORS),
    advice("TooManyRequests", "too-many", ERRORS),
    advice("JitsiProvisioning Disabled", "paused", ERRORS),
    advice("NotFound", "update-not-found", UPDATES),
    advice("TooManyDownloads", "too-many-downloads", UPDATES),
    advice("UpdateException", "update", UPDATES),
    advice("PreconditionFailed", "precondition", UPDATES),
    advice("RangeNotSatisfiable", "range", UPDATES),
    advice("panic", "panic", "docs/logging.md"),
];

impl Advice {
    /// Names the message `advice-NAME` about this reason: a refusal that points at a setting has its own.
    pub(super) fn name_for(self, reason: Option<&str>) -> &'static str {
        let points = reason.is_some_and(|reason| reason.trim_end_matches(['`', '.']).ends_with("openfire.login_names"));
        if self.name == "unauthorized" && points { "login-names" } else { self.name }
    }
}

/// What helps with this outcome; none when nothing is wrong.
pub(super) fn advice_for(outcome: &str) -> Option<Advice> {
    ALL.into_iter().find(|advice| advice.outcome == outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::admin::language::Languages;
    use crate::http::request_guard::outcomes;

    const DOCUMENTS: [(&str, &str); 3] = [
        ("docs/errors.md", include_str!("../../../docs/errors.md")),
        ("docs/updates.md", include_str!("../../../docs/updates.md")),
        ("docs/logging.md", include_str!("../../../docs/logging.md")),
    ];

    #[test]
    fn every_outcome_that_is_an_error_has_advice_and_no_other() {
        for outcome in outcomes() {
            let is_error = !matches!(outcome, "provisioned" | "update" | "abandoned");
            assert_eq!(advice_for(outcome).is_some(), is_error, "{outcome}");
        }
        for advice in ALL {
            assert!(outcomes().any(|outcome| outcome == advice.outcome), "{}", advice.outcome);
        }
    }

    #[test]
    fn a_refusal_that_points_at_the_patterns_has_their_advice() {
        let refused = advice_for("UnauthorizedException").unwrap();
        let pointing = "`a b` is no name of an account; see openfire.login_names";
        assert_eq!(refused.name_for(Some(pointing)), "login-names");
        assert_eq!(refused.name_for(Some("not-authorized")), "unauthorized");
        assert_eq!(refused.name_for(None), "unauthorized");
        assert!(Languages::load().iter().all(|words| words.has("advice-login-names")));
    }

    #[test]
    fn all_advice_can_be_read_here_and_in_the_documentation() {
        for advice in ALL {
            for words in Languages::load().iter() {
                for message in ["outcome", "advice"].map(|kind| format!("{kind}-{}", advice.name)) {
                    assert!(words.has(&message), "{}: {message}", words.tag());
                }
            }
            let (file, section) = advice.page.split_once('#').unwrap_or((advice.page, ""));
            let (_, text) = DOCUMENTS.iter().find(|(name, _)| *name == file).expect("a page of the documentation");
            let titles = text.lines().filter_map(|line| line.strip_prefix("## "));
            let mut sections = titles.map(|title| title.to_lowercase().replace(' ', "-"));
            assert!(section.is_empty() || sections.any(|found| found == section), "{}", advice.page);
            // Those of updates are named by their status.
            assert!(file != "docs/errors.md" || text.contains(advice.outcome), "{}", advice.outcome);
        }
    }
}
