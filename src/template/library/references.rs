//! The places where a file names another one.

use minijinja::machinery::ast::{Expr, Stmt};

use super::super::language::statements::bodies;

/// A place where a file names another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) line: usize,
    /// The names, of which the first that is there counts; or what is wrong with how they are written.
    pub(super) names: Result<Vec<String>, &'static str>,
    /// Whether none of them has to be there.
    pub(super) may_miss: bool,
}

const COMPUTED: &str = "write out the name of a file, as in `{% include 'sip.properties' %}`, so that the file can be \
    checked beforehand; choose between files with `{% if … %}`";
const ONE: &str = "one name is needed here; only `include` takes a list of them";
const NONE: &str = "the list of files is empty";

/// All references of a file, wherever they stand.
pub(super) fn references(tree: &Stmt<'_>) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(tree, &mut found);
    found
}

/// The names in an `include`.
pub(in super::super) fn names(expression: &Expr<'_>) -> Result<Vec<String>, &'static str> {
    let value = expression.as_const().ok_or(COMPUTED)?;
    if let Some(name) = value.as_str() {
        return Ok(vec![name.to_owned()]);
    }
    let items = value.try_iter().map_err(|_| COMPUTED)?;
    let names: Vec<String> =
        items.map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>().ok_or(COMPUTED)?;
    if names.is_empty() { Err(NONE) } else { Ok(names) }
}

/// The name in an `extends` or an `import`.
pub(in super::super) fn name(expression: &Expr<'_>) -> Result<Vec<String>, &'static str> {
    let names = names(expression)?;
    if matches!(expression, Expr::List(_) | Expr::Tuple(_)) { Err(ONE) } else { Ok(names) }
}

fn collect(statement: &Stmt<'_>, found: &mut Vec<Reference>) {
    match statement {
        Stmt::Include(include) => found.push(Reference {
            line: usize::from(include.span().start_line),
            names: names(&include.name),
            may_miss: include.ignore_missing,
        }),
        Stmt::Import(import) => found.push(required(import.span().start_line, &import.expr)),
        Stmt::FromImport(import) => found.push(required(import.span().start_line, &import.expr)),
        Stmt::Extends(extends) => found.push(required(extends.span().start_line, &extends.name)),
        _ => {}
    }
    for inner in bodies(statement).into_iter().flatten() {
        collect(inner, found);
    }
}

fn required(line: u16, expression: &Expr<'_>) -> Reference {
    Reference { line: usize::from(line), names: name(expression), may_miss: false }
}
