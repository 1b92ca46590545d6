//! A filter without its values.

use trunklog_odata::expr::{Expr, Node};

/// The longest shape that is written, in characters.
const MAX_CHARS: usize = 400;

/// Which properties a filter looks at and how, and never at which values.
///
/// ```
/// use trunklog_audit::FilterShape;
/// use trunklog_odata::expr::{Comparison, Expr, Kind, Literal, Node};
///
/// let caller = Box::new(Expr::new(Kind::Text, Node::Property(0)));
/// let number = Box::new(Expr::literal(Literal::Text("+49301234567".to_owned())));
/// let expr = Expr::new(Kind::Bool, Node::Compare(Comparison::Equal, caller, number));
/// let shape = FilterShape::of(&expr, &|_| Some("callerNumber"));
/// assert_eq!(shape.text(), "callerNumber eq ?");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FilterShape(String);

impl FilterShape {
    /// The shape of an expression, whose properties have names from a table.
    pub fn of(expr: &Expr, name: &dyn Fn(usize) -> Option<&'static str>) -> FilterShape {
        let mut text = String::new();
        write(expr, name, &mut text);
        FilterShape(shortened(text))
    }

    /// The names of what a filter looks at, where no more is known.
    pub fn names(names: &[&'static str]) -> FilterShape {
        FilterShape(shortened(names.join(", ")))
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        &self.0
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(MAX_CHARS).map(|(at, _)| at) {
        Some(end) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// Writes an expression's form. What is past the longest text is not looked at.
fn write(expr: &Expr, name: &dyn Fn(usize) -> Option<&'static str>, out: &mut String) {
    if out.len() > 4 * MAX_CHARS {
        return;
    }
    let named = |at: &usize| name(*at).unwrap_or("unknown");
    match &expr.node {
        Node::Literal(_) => out.push('?'),
        Node::Property(at) => out.push_str(named(at)),
        Node::Member(_) => out.push_str("element"),
        Node::And(parts) => joined(parts, " and ", name, out),
        Node::Or(parts) => joined(parts, " or ", name, out),
        Node::Not(of) => called("not", &[of], name, out),
        Node::IsNull(of) => {
            write(of, name, out);
            out.push_str(" eq null");
        }
        Node::Compare(by, left, right) => between(left, by.name(), right, name, out),
        Node::In(of, _) => {
            write(of, name, out);
            out.push_str(" in (?)");
        }
        Node::Arithmetic(by, left, right) => between(left, by.name(), right, name, out),
        Node::Negate(of) => called("-", &[of], name, out),
        Node::Call(by, arguments) => {
            let arguments: Vec<&Expr> = arguments.iter().collect();
            called(by.name(), &arguments, name, out);
        }
        Node::Any(at, of) => {
            out.push_str(named(at));
            called("/any", &of.as_deref().into_iter().collect::<Vec<&Expr>>(), name, out);
        }
        Node::All(at, of) => {
            out.push_str(named(at));
            called("/all", &[of], name, out);
        }
        Node::If(when, then, or) => called("if", &[when, then, or], name, out),
        // The reader's mask and the limits of an order are none of the filter.
        Node::Mask(of, _) | Node::Beginning(of) => write(of, name, out),
    }
}

fn joined(parts: &[Expr], by: &str, name: &dyn Fn(usize) -> Option<&'static str>, out: &mut String) {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push_str(by);
        }
        let needs_brackets = matches!(part.node, Node::And(_) | Node::Or(_));
        if needs_brackets {
            out.push('(');
        }
        write(part, name, out);
        if needs_brackets {
            out.push(')');
        }
    }
}

fn between(
    left: &Expr,
    by: &str,
    right: &Expr,
    name: &dyn Fn(usize) -> Option<&'static str>,
    out: &mut String,
) {
    write(left, name, out);
    out.push(' ');
    out.push_str(by);
    out.push(' ');
    write(right, name, out);
}

fn called(
    function: &str,
    arguments: &[&Expr],
    name: &dyn Fn(usize) -> Option<&'static str>,
    out: &mut String,
) {
    out.push_str(function);
    out.push('(');
    for (at, argument) in arguments.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(argument, name, out);
    }
    out.push(')');
}

#[cfg(test)]
mod tests {
    use trunklog_odata::expr::{Comparison, Function, Kind, Literal};

    use super::*;

    fn property(at: usize) -> Expr {
        Expr::new(Kind::Text, Node::Property(at))
    }

    fn text(value: &str) -> Expr {
        Expr::literal(Literal::Text(value.to_owned()))
    }

    fn shape(expr: &Expr) -> String {
        let name = |at: usize| ["callerNumber", "calleeNumber"].get(at).copied();
        FilterShape::of(expr, &name).text().to_owned()
    }

    #[test]
    fn values_are_left_out_everywhere() {
        let starts = Node::Call(Function::StartsWith, vec![property(0), text("secret")]);
        let chosen = Node::In(Box::new(property(1)), vec![Literal::Text("secret".to_owned())]);
        let differs = Node::Compare(Comparison::NotEqual, Box::new(property(7)), Box::new(text("secret")));
        let of = |node| Expr::new(Kind::Bool, node);
        let either = of(Node::Or(vec![of(chosen), of(differs)]));
        let all = of(Node::And(vec![of(starts), either]));
        assert_eq!(shape(&all), "startswith(callerNumber,?) and (calleeNumber in (?) or unknown ne ?)");
    }

    #[test]
    fn a_long_filter_has_a_short_shape() {
        let one = || {
            let null = Node::IsNull(Box::new(property(0)));
            Expr::new(Kind::Bool, Node::Not(Box::new(Expr::new(Kind::Bool, null))))
        };
        let long = Expr::new(Kind::Bool, Node::And((0..1_000).map(|_| one()).collect()));
        let shape = shape(&long);
        assert!(shape.starts_with("not(callerNumber eq null) and ") && shape.ends_with("..."), "{shape}");
        assert_eq!(shape.chars().count(), MAX_CHARS + 3);
    }
}
