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
