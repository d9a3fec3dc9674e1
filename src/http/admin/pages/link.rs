//! Signing in with a code of the command `admin-link`.

use http::StatusCode;
use minijinja::context;

use super::sign_in;
use crate::administration::admin_link::LinkError;
use crate::administration::audit::Action;
use crate::administration::sessions::Session;
use crate::http::admin::page_answer::PageAnswer;
use crate::http::admin::visit::Guest;

/// The form, which replaces the browser's session if there is one.
pub(super) fn form(session: Option<&Session>) -> PageAnswer {
    let is_signed_in = session.is_some();
    PageAnswer::page("link.html", context! { is_signed_in, problem => None::<&str>, advice => None::<&str> })
}

/// Redeems the code. The session begins anew; the browser's earlier one ends.
pub(super) async fn redeem(guest: &Guest<'_>, earlier: Option<&Session>) -> PageAnswer {
    let code = guest.form.get("code").unwrap_or_default();
    let redeemed = match guest.administration.admin_link.redeem(code, guest.request.address).await {
        Ok(redeemed) => redeemed,
        Err(error) => {
            guest.record("", Action::LinkRefused, "", "", error.outcome());
            return again(guest, earlier.is_some(), &error);
        }
    };
    guest.record(&redeemed.person.to_string(), Action::LinkUsed, "", "", &redeemed.role.to_string());
    match sign_in::begin(guest, earlier, redeemed.person, redeemed.role) {
        Ok(token) => PageAnswer::SignedIn { token, then: Box::new(PageAnswer::SeeOther("/admin/".to_owned())) },
        Err(answer) => answer,
    }
}

/// What the form says of a code that was not accepted.
fn again(guest: &Guest<'_>, is_signed_in: bool, error: &LinkError) -> PageAnswer {
    let (status, name) = match error {
        LinkError::NotValid => (StatusCode::FORBIDDEN, "refused"),
        LinkError::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too-many"),
        LinkError::NoStateDirectory => (StatusCode::SERVICE_UNAVAILABLE, "no-directory"),
        LinkError::Unusable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "unusable"),
    };
    let wait = match error {
        LinkError::TooMany { retry_after } => Some(*retry_after),
        _ => None,
    };
    let (problem, advice) = sign_in::refusal(&guest.view.words, &format!("link-{name}"), wait);
    PageAnswer::page_with(status, "link.html", context! { is_signed_in, problem, advice })
}
