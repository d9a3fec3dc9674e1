//! From the syntax tree to classes, fields and methods.

use tree_sitter::{Node, Parser};

use super::expressions::{arguments, call, children, expression, simple, text};
use super::{CONSTRUCTOR, Call, Class, Expression, File, Method};

/// Reads a file; none when the grammar cannot be loaded.
pub(crate) fn read(source: &str) -> Option<File> {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_java::LANGUAGE.into()).ok()?;
    let tree = parser.parse(source, None)?;
    let mut file = File { package: String::new(), imports: Vec::new(), classes: Vec::new() };
    let mut cursor = tree.walk();
    for node in tree.root_node().named_children(&mut cursor) {
        match node.kind() {
            "package_declaration" => file.package = name_in(node, source),
            "import_declaration" => {
                let star = if text(node, source).contains('*') { ".*" } else { "" };
                file.imports.push(name_in(node, source) + star);
            }
            _ => add_class(node, source, None, &mut file),
        }
    }
    Some(file)
}

fn name_in(node: Node<'_>, source: &str) -> String {
    let mut cursor = node.walk();
    let name = node.named_children(&mut cursor).find(|child| child.kind().ends_with("identifier"));
    name.map(|name| text(name, source).to_owned()).unwrap_or_default()
}

fn is_class(node: Node<'_>) -> bool {
    matches!(node.kind(), "class_declaration" | "interface_declaration" | "enum_declaration" | "record_declaration")
}

fn add_class(node: Node<'_>, source: &str, outer: Option<usize>, file: &mut File) {
    if !is_class(node) {
        return;
    }
    let field = |name| node.child_by_field_name(name);
    let supertypes = ["superclass", "interfaces"].into_iter().filter_map(field);
    let extends = children(node).into_iter().filter(|child| child.kind() == "extends_interfaces");
    let class = Class {
        name: field("name").map(|name| text(name, source).to_owned()).unwrap_or_default(),
        outer,
        supertypes: supertypes.chain(extends).flat_map(|types| type_names(types, source)).collect(),
        methods: vec![Method::default()],
        ..Class::default()
    };
    let own = file.classes.len();
    file.classes.push(class);
    if let Some(body) = field("body") {
        add_members(body, source, own, file);
    }
}

fn add_members(body: Node<'_>, source: &str, own: usize, file: &mut File) {
    for member in children(body) {
        if is_class(member) {
            add_class(member, source, Some(own), file);
        } else if member.kind() == "enum_body_declarations" {
            add_members(member, source, own, file);
        } else if let Some(class) = file.classes.get_mut(own) {
            add_member(member, source, class);
        }
    }
}

fn add_member(member: Node<'_>, source: &str, class: &mut Class) {
    match member.kind() {
        "method_declaration" | "constructor_declaration" | "compact_constructor_declaration" => {
            let mut method = method(member, source);
            let number = class.methods.len();
            Body { source, class, method: &mut method, number }.walk_children(member);
            class.methods.push(method);
        }
        kind => {
            let Some(mut outside) = class.methods.first_mut().map(std::mem::take) else { return };
            if kind == "enum_constant" {
                let arguments = member.child_by_field_name("arguments").map(|list| arguments(list, source));
                let receiver = Some(Expression::Name(vec![class.name.clone()]));
                let line = member.start_position().row + 1;
                let arguments = arguments.unwrap_or_default();
                outside.calls.push(Call { receiver, name: CONSTRUCTOR.to_owned(), arguments, line });
            }
            Body { source, class, method: &mut outside, number: 0 }.walk(member);
            if let Some(first) = class.methods.first_mut() {
                *first = outside;
            }
        }
    }
}

fn method(node: Node<'_>, source: &str) -> Method {
    let field = |name| node.child_by_field_name(name);
    let mut method = Method {
        name: match node.kind() {
            "method_declaration" => field("name").map(|name| text(name, source).to_owned()).unwrap_or_default(),
            _ => CONSTRUCTOR.to_owned(),
        },
        returns_type: field("type").map(|kind| simple(text(kind, source))).unwrap_or_default(),
        ..Method::default()
    };
    for parameter in field("parameters").map(children).unwrap_or_default() {
        let Some((name, kind)) = parameter_of(parameter, source) else { continue };
        method.types.insert(name.clone(), kind);
        method.parameters.push(name);
    }
    method
}

/// Name and type of a parameter.
fn parameter_of(node: Node<'_>, source: &str) -> Option<(String, String)> {
    let declarator = children(node).into_iter().find(|child| child.kind() == "variable_declarator").unwrap_or(node);
    let name = declarator.child_by_field_name("name")?;
    let kind = node.child_by_field_name("type").map(|kind| simple(text(kind, source))).unwrap_or_default();
    Some((text(name, source).to_owned(), kind))
}

/// Goes through what is in a method, or outside of all.
struct Body<'a> {
    source: &'a str,
    class: &'a mut Class,
    method: &'a mut Method,
    /// Place of the method in its class.
    number: usize,
}

impl Body<'_> {
    fn walk(&mut self, node: Node<'_>) {
        match node.kind() {
            "field_declaration" | "constant_declaration" if self.number == 0 => self.variables(node, true),
            "local_variable_declaration" | "field_declaration" => self.variables(node, false),
            "assignment_expression" => self.assignment(node),
            "enhanced_for_statement" => {
                let (name, value) = (node.child_by_field_name("name"), node.child_by_field_name("value"));
                if let (Some(name), Some(value)) = (name, value) {
                    self.local(name, expression(value, self.source));
                }
            }
            "return_statement" => {
                if let Some(value) = node.named_child(0) {
                    self.method.returns.push(expression(value, self.source));
                }
            }
            "formal_parameter" if self.is_of_inner(node) => {
                if let Some((name, kind)) = parameter_of(node, self.source) {
                    self.method.types.insert(name.clone(), kind);
                    self.method.locals.entry(name).or_default().push(Expression::Other);
                }
            }
            "method_invocation" | "object_creation_expression" | "explicit_constructor_invocation" => {
                let call = call(node, self.source, &self.class.supertypes, &self.class.name);
                self.method.calls.extend(call);
            }
            _ => {}
        }
        self.walk_children(node);
    }

    fn walk_children(&mut self, node: Node<'_>) {
        for child in children(node) {
            self.walk(child);
        }
    }

    /// Whether a parameter belongs to a method of an anonymous class or to a lambda expression.
    fn is_of_inner(&self, parameter: Node<'_>) -> bool {
        parameter
            .child_by_field_name("name")
            .is_some_and(|name| !self.method.parameters.iter().any(|own| own == text(name, self.source)))
    }

    fn variables(&mut self, node: Node<'_>, are_fields: bool) {
        let kind = node.child_by_field_name("type").map(|kind| simple(text(kind, self.source))).unwrap_or_default();
        let mut cursor = node.walk();
        for declarator in node.children_by_field_name("declarator", &mut cursor) {
            let Some(name) = declarator.child_by_field_name("name") else { continue };
            let value = declarator.child_by_field_name("value").map(|value| expression(value, self.source));
            let name = text(name, self.source).to_owned();
            if are_fields {
                self.class.types.insert(name.clone(), kind.clone());
                self.class.fields.entry(name).or_default().extend(value.map(|value| (0, value)));
            } else {
                self.method.types.insert(name.clone(), kind.clone());
                self.method.locals.entry(name).or_default().extend(value);
            }
        }
    }

    fn assignment(&mut self, node: Node<'_>) {
        let field = |name| node.child_by_field_name(name);
        let (Some(left), Some(right), Some(operator)) = (field("left"), field("right"), field("operator")) else {
            return;
        };
        let mut value = expression(right, self.source);
        if text(operator, self.source) == "+=" {
            value = Expression::Sum(Box::new(expression(left, self.source)), Box::new(value));
        }
        match left.kind() {
            "identifier" if self.method.locals.contains_key(text(left, self.source)) => self.local(left, value),
            "identifier" if !self.method.parameters.iter().any(|own| own == text(left, self.source)) => {
                self.field(text(left, self.source), value);
            }
            "field_access" if left.child_by_field_name("object").is_some_and(|object| object.kind() == "this") => {
                if let Some(name) = left.child_by_field_name("field") {
                    self.field(text(name, self.source), value);
                }
            }
            _ => {}
        }
    }

    fn local(&mut self, name: Node<'_>, value: Expression) {
        self.method.locals.entry(text(name, self.source).to_owned()).or_default().push(value);
    }

    fn field(&mut self, name: &str, value: Expression) {
        self.class.fields.entry(name.to_owned()).or_default().push((self.number, value));
    }
}

/// Simple names of the types in a list of types.
fn type_names(node: Node<'_>, source: &str) -> Vec<String> {
    match node.kind() {
        "type_identifier" | "scoped_type_identifier" => vec![simple(text(node, source))],
        "generic_type" => children(node).first().map(|first| type_names(*first, source)).unwrap_or_default(),
        _ => children(node).into_iter().flat_map(|child| type_names(child, source)).collect(),
    }
}
