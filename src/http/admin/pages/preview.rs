//! What a user would get, key by key, and what it would change.
//!
//! What was chosen is part of the address, so a preview can be linked to. Only a pasted reply comes by POST, and its text is
//! never shown again as it came: it may hold secrets.

mod changes;
mod typed;

use http::StatusCode;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use self::changes::ComparisonView;
use self::typed::Typed;
use super::templates::finding::{FindingView, Place};
use crate::administration::audit::Action;
use crate::administration::preview::{Against, CannotPreview, Preview, Question, ShownKey, needs_a_login};
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::visit::Visit;
use crate::model::account::Missing;
use crate::model::visible::visible;
use crate::provision::{ProvisionError, RulePassedOver};

/// Longest value that is shown whole, in characters.
const MAX_SHOWN: usize = 500;

/// The page, with a preview if a user is named.
pub(super) async fn show(visit: &Visit<'_>) -> PageAnswer {
    let typed = Typed::of(if visit.request.is_post() { &visit.form } else { &visit.request.query });
    if typed.user.is_empty() {
        return shown(StatusCode::OK, &typed, None, None, "");
    }
    let question = match question(visit, &typed) {
        Ok(question) => question,
        Err(problem) => return shown(StatusCode::UNPROCESSABLE_ENTITY, &typed, Some(problem), None, ""),
    };
    match visit.administration.previewer.preview(&question, visit.deadline).await {
        Ok(preview) => {
            visit.record(Action::Previewed, &preview.user, "", "");
            let pasted = changes::pasted_again(&preview);
            shown(StatusCode::OK, &typed, None, Some(PreviewView::of(&preview, visit)), &pasted)
        }
        Err(error) => {
            let (status, problem) = problem(visit, &error);
            shown(status, &typed, Some(problem), None, "")
        }
    }
}

/// What is wrong: in the reader's language, and in the service's own words.
#[derive(Debug, Serialize)]
struct Problem {
    text: String,
    reason: String,
}

fn question(visit: &Visit<'_>, typed: &Typed) -> Result<Question, Problem> {
    let previewer = &visit.administration.previewer;
    let client = |fields: &typed::TypedClient, name: &str| {
        let wrong = |error| Problem { text: visit.text(name), reason: format!("{error}") };
        previewer.client(&fields.fields()).map_err(wrong)
    };
    let against = match (visit.form.filled("pasted"), &typed.other) {
        (Some(pasted), _) => Against::Pasted(pasted.to_owned().into()),
        (None, other) if !other.is_empty() => Against::Client(client(other, "preview-no-other-client")?),
        _ => Against::Nothing,
    };
    Ok(Question { user: typed.user.clone(), client: client(&typed.client, "preview-no-client")?, against })
}

fn problem(visit: &Visit<'_>, error: &CannotPreview) -> (StatusCode, Problem) {
    let (status, name) = match error {
        CannotPreview::Name(_) => (StatusCode::UNPROCESSABLE_ENTITY, "preview-no-name"),
        CannotPreview::PastedTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "preview-pasted-too-large"),
        CannotPreview::Pasted(_) => (StatusCode::UNPROCESSABLE_ENTITY, "preview-pasted-wrong"),
        CannotPreview::Busy => (StatusCode::SERVICE_UNAVAILABLE, "preview-busy"),
        CannotPreview::TooSlow => (StatusCode::SERVICE_UNAVAILABLE, "preview-too-slow"),
        CannotPreview::Broken(_) => (StatusCode::INTERNAL_SERVER_ERROR, "preview-broken"),
        CannotPreview::NoReply(ProvisionError::Template { .. }) => (StatusCode::OK, "preview-template-fails"),
        CannotPreview::NoReply(ProvisionError::Reserved { .. }) => (StatusCode::OK, "preview-reserved"),
        CannotPreview::NoReply(_) => (StatusCode::OK, "preview-no-reply"),
    };
    (status, Problem { text: visit.text(name), reason: error.to_string() })
}

fn shown(
    status: StatusCode,
    typed: &Typed,
    problem: Option<Problem>,
    preview: Option<PreviewView>,
    pasted: &str,
) -> PageAnswer {
    let values = context! {
        typed => Serde(typed),
        problem => Serde(problem),
        preview => Serde(preview),
        pasted,
        usual_agent => crate::model::account::ClientInfo::USUAL_AGENT,
    };
    PageAnswer::page_with(status, "preview.html", values)
}

/// A preview as the page shows it.
#[derive(Debug, Serialize)]
struct PreviewView {
    user: String,
    login_pattern: Option<String>,
    template: String,
    template_link: String,
    rule: Option<String>,
    passed_over: Vec<PassedOverView>,
    keys: Vec<KeyView>,
    left_out: usize,
    findings: Vec<FindingView>,
    errors: usize,
    warnings: usize,
    notes: usize,
    is_harmful: bool,
    asked: Vec<&'static str>,
    missing: Vec<MissingView>,
    withheld: Vec<MissingView>,
    may_be_unknown: bool,
    disconnected: Option<String>,
    comparison: Option<ComparisonView>,
}

#[derive(Debug, Serialize)]
struct PassedOverView {
    rule: String,
    setting: String,
}

#[derive(Debug, Serialize)]
struct MissingView {
    part: &'static str,
    reason: String,
    needs_login: bool,
}

#[derive(Debug, Serialize)]
struct KeyView {
    line: usize,
    key: String,
    value: String,
    is_hidden: bool,
    /// What the key does; none for a key that none of the clients that were looked at reads.
    meaning: Option<String>,
    default: Option<String>,
    is_late: bool,
    place: Option<Place>,
    findings: Vec<FindingView>,
}

impl PreviewView {
    fn of(preview: &Preview, visit: &Visit<'_>) -> Self {
        let keys: Vec<KeyView> = preview.keys.iter().map(KeyView::of).collect();
        let findings: Vec<FindingView> = preview.findings.iter().map(FindingView::of).collect();
        let all = || keys.iter().flat_map(|key| &key.findings).chain(&findings);
        let count = |level| all().filter(|finding| finding.level == level).count();
        Self {
            errors: count("error"),
            warnings: count("warning"),
            notes: count("note"),
            user: preview.user.clone(),
            login_pattern: preview.login_pattern.clone(),
            template: preview.chosen.template.clone(),
            template_link: Place::of(&preview.chosen.template, 1).link,
            rule: preview.chosen.rule.clone(),
            passed_over: preview.passed_over.iter().map(PassedOverView::of).collect(),
            left_out: preview.left_out,
            is_harmful: preview.is_harmful,
            asked: preview.asked.iter().map(|part| part.as_str()).collect(),
            missing: preview.missing.iter().map(MissingView::of).collect(),
            withheld: preview.withheld.iter().map(MissingView::of).collect(),
            may_be_unknown: preview.may_be_unknown,
            disconnected: preview.disconnected.clone(),
            comparison: preview.comparison.as_ref().map(|comparison| ComparisonView::of(comparison, &visit.view.words)),
            keys,
            findings,
        }
    }
}

impl PassedOverView {
    fn of(rule: &RulePassedOver) -> Self {
        let field = rule.field.as_ref().map(|name| format!(".{name}")).unwrap_or_default();
        Self { rule: rule.rule.clone(), setting: format!("{}{field}", rule.setting) }
    }
}

impl MissingView {
    fn of(missing: &Missing) -> Self {
        let needs_login = needs_a_login(missing);
        Self { part: missing.part.as_str(), reason: missing.reason.to_string(), needs_login }
    }
}

impl KeyView {
    fn of(key: &ShownKey) -> Self {
        let meaning = key.meaning.map(|meaning| match meaning.instead {
            Some(instead) => format!("{} Better: {instead}.", meaning.text),
            None => meaning.text.to_owned(),
        });
        Self {
            line: key.line,
            key: visible(&key.key, MAX_SHOWN).to_string(),
            value: visible(&key.value, MAX_SHOWN).to_string(),
            is_hidden: key.is_hidden,
            meaning,
            default: key.meaning.and_then(|meaning| meaning.default.map(str::to_owned)),
            is_late: key.meaning.is_some_and(|meaning| meaning.late),
            place: key.place.as_ref().map(|(file, line)| Place::of(file, *line)),
            findings: key.findings.iter().map(FindingView::of).collect(),
        }
    }
}
