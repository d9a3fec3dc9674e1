//! Signing in with a code of the command `admin-link`.

use http::StatusCode;
use minijinja::context;

use crate::administration::admin_link::LinkError;
use crate::administration::audit::Action;
use crate::administration::sessions::Session;
use crate::http::admin::language::Argument;
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::visit::Guest;

/// The form, which replaces the browser's session if there is one.
pub(super) fn form(session: Option<&Session>) -> PageAnswer {
    let is_signed_in = session.is_some();
    PageAnswer::page("link.html", context! { is_signed_in, problem => None::<&str>, advice => None::<&str> })
}

/// Redeems the code. The session begins anew; the browser's earlier one ends.
pub(super) async fn redeem(guest: &Guest<'_>, earlier: Option<&Session>) -> PageAnswer {
    let (administration, address) = (guest.administration, guest.request.address);
    let code = guest.form.get("code").unwrap_or_default();
    let redeemed = match administration.admin_link.redeem(code, address).await {
        Ok(redeemed) => redeemed,
        Err(error) => {
            guest.record("", Action::LinkRefused, "", "", error.outcome());
            return again(guest, earlier.is_some(), &error);
        }
    };
    guest.record(&redeemed.person.to_string(), Action::LinkUsed, "", "", &redeemed.role.to_string());
    earlier.map(|earlier| administration.sessions.end(earlier));
    match administration.sessions.begin(redeemed.person, redeemed.role, address) {
        Ok(token) => PageAnswer::SignedIn { token, then: Box::new(PageAnswer::SeeOther("/admin/".to_owned())) },
        Err(_) => PageAnswer::error(&guest.view.words, StatusCode::INTERNAL_SERVER_ERROR, "internal", &[]),
    }
}

/// What the form says of a code that was not accepted.
fn again(guest: &Guest<'_>, is_signed_in: bool, error: &LinkError) -> PageAnswer {
    let words = &guest.view.words;
    let (status, name) = match error {
        LinkError::NotValid => (StatusCode::FORBIDDEN, "refused"),
        LinkError::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
        LinkError::NoStateDirectory => (StatusCode::SERVICE_UNAVAILABLE, "no-directory"),
        LinkError::Unusable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "unusable"),
    };
    let (name, advice) = (format!("link-{name}"), format!("link-{name}-advice"));
    let problem = match error {
        LinkError::TooMany { retry_after } => {
            let seconds = i64::try_from(retry_after.as_secs()).unwrap_or(i64::MAX).saturating_add(1);
            words.text(&name, &[("time", Argument::Text(&words.duration(seconds)))])
        }
        _ => words.text(&name, &[]),
    };
    let advice = words.has(&advice).then(|| words.text(&advice, &[]));
    PageAnswer::page_with(status, "link.html", context! { is_signed_in, problem, advice })
}
