//! From the syntax tree to expressions.

use tree_sitter::Node;

use super::{CONSTRUCTOR, Call, Expression};

/// What an expression is, as far as it can be text.
pub(super) fn expression(node: Node<'_>, source: &str) -> Expression {
    let field = |name| node.child_by_field_name(name).map(|child| expression(child, source));
    match node.kind() {
        "string_literal" => Expression::Literal(literal(node, source)),
        "character_literal" => Expression::Literal(text(node, source).trim_matches('\'').to_owned()),
        "decimal_integer_literal" | "true" | "false" => Expression::Literal(text(node, source).to_owned()),
        "scoped_identifier" => Expression::Name(text(node, source).split('.').map(str::to_owned).collect()),
        "identifier" | "this" | "super" => Expression::Name(vec![text(node, source).to_owned()]),
        "field_access" => {
            let name = node.child_by_field_name("field").map(|field| text(field, source).to_owned());
            match (field("object"), name) {
                (Some(Expression::Name(mut parts)), Some(name)) => {
                    parts.push(name);
                    Expression::Name(parts)
                }
                _ => Expression::Other,
            }
        }
        "binary_expression" => match (field("left"), field("right"), node.child_by_field_name("operator")) {
            (Some(left), Some(right), Some(operator)) if text(operator, source) == "+" => {
                Expression::Sum(Box::new(left), Box::new(right))
            }
            _ => Expression::Other,
        },
        "ternary_expression" => {
            Expression::Choice([field("consequence"), field("alternative")].into_iter().flatten().collect())
        }
        "parenthesized_expression" => node.named_child(0).map_or(Expression::Other, |inner| expression(inner, source)),
        "assignment_expression" => field("right").unwrap_or(Expression::Other),
        "array_access" => field("array").unwrap_or(Expression::Other),
        "cast_expression" | "array_creation_expression" => field("value").unwrap_or(Expression::Other),
        "array_initializer" => Expression::Choice(arguments(node, source)),
        "class_literal" => {
            Expression::Class(node.named_child(0).map(|name| simple(text(name, source))).unwrap_or_default())
        }
        "method_invocation" | "object_creation_expression" => {
            call(node, source, &[], "").map_or(Expression::Other, |call| Expression::Call(Box::new(call)))
        }
        _ => Expression::Other,
    }
}

/// A call. The class's names are for `super(…)` and `this(…)`.
pub(super) fn call(node: Node<'_>, source: &str, supertypes: &[String], own: &str) -> Option<Call> {
    let field = |name| node.child_by_field_name(name);
    let (receiver, name) = match node.kind() {
        "method_invocation" => (field("object").map(|object| expression(object, source)), text(field("name")?, source)),
        "object_creation_expression" => {
            (Some(Expression::Name(vec![simple(text(field("type")?, source))])), CONSTRUCTOR)
        }
        _ => {
            let is_super = field("constructor").is_some_and(|word| word.kind() == "super");
            let class = if is_super { supertypes.first()?.clone() } else { own.to_owned() };
            (Some(Expression::Name(vec![class])), CONSTRUCTOR)
        }
    };
    Some(Call {
        receiver,
        name: name.to_owned(),
        arguments: field("arguments").map(|list| arguments(list, source)).unwrap_or_default(),
        line: node.start_position().row + 1,
    })
}

/// The text of a literal. The keys have none of the rarer escapes.
fn literal(node: Node<'_>, source: &str) -> String {
    children(node)
        .into_iter()
        .map(|part| match (part.kind(), text(part, source)) {
            ("escape_sequence", "\\n") => "\n",
            ("escape_sequence", escaped) => escaped.trim_start_matches('\\'),
            (_, plain) => plain,
        })
        .collect()
}

/// The text of a node.
pub(super) fn text<'a>(node: Node<'_>, source: &'a str) -> &'a str {
    source.get(node.byte_range()).unwrap_or_default()
}

pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).collect()
}

pub(super) fn arguments(list: Node<'_>, source: &str) -> Vec<Expression> {
    let is_comment = |node: &Node<'_>| node.kind().ends_with("comment");
    children(list).into_iter().filter(|node| !is_comment(node)).map(|one| expression(one, source)).collect()
}

/// A type's name without package and type parameters.
pub(super) fn simple(name: &str) -> String {
    let plain = name.split(['<', '[', ' ']).next().unwrap_or_default();
    plain.rsplit('.').next().unwrap_or_default().to_owned()
}
