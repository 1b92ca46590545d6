//! Whether a selection fits its log.

use trunklog_odata::edm::{ComplexType, EdmType};
use trunklog_odata::expr::{Arithmetic, Expr, Function, Kind, Literal, Node};
use trunklog_records::Log;

use super::{Columns, MAX_ORDER, Selection};
use crate::error::{Error, ErrorKind, Result};

impl Selection {
    /// Checks what the types of the fields leave open: that all columns and
    /// properties exist, and that every part of an expression is of the kind
    /// that it must be. A parser makes nothing else, but an engine need not
    /// trust its callers.
    ///
    /// An engine that called it may take for granted that expressions name properties
    /// which the log has, that columns ascend, that functions have the arguments which
    /// they take and that numbers are finite. How deep an expression is nested is
    /// bounded where it is read ([`MAX_DEPTH`](trunklog_odata::filter::MAX_DEPTH)), and
    /// not here.
    ///
    /// ```
    /// use trunklog_records::TimeRange;
    /// use trunklog_records::schema::SMS;
    /// use trunklog_store::{Columns, Selection};
    ///
    /// let columns = Columns::Only(vec![SMS.properties.len() + 1]);
    /// let beyond = Selection { columns, ..Selection::all(&SMS, TimeRange::ALL) };
    /// assert!(beyond.check().is_err());
    /// ```
    pub fn check(&self) -> Result<()> {
        if let Columns::Only(columns) = &self.columns {
            let known = columns.last().is_none_or(|last| *last <= self.log.properties.len());
            if !known || !columns.is_sorted_by(|a, b| a < b) {
                return Err(self.misfit("the list of columns does"));
            }
        }
        let scope = Scope { log: self.log, element: None };
        if self.filter.as_ref().is_some_and(|filter| scope.of_kind(filter, Kind::Bool).is_none()) {
            return Err(self.misfit("the filter does"));
        }
        if self.order.len() > MAX_ORDER {
            let text = format!("an order has {} criteria: give at most {MAX_ORDER}", self.order.len());
            return Err(Error::new(ErrorKind::Other, text));
        }
        if self.order.iter().any(|criterion| scope.kind(&criterion.by).is_none()) {
            return Err(self.misfit("the criteria of the order do"));
        }
        Ok(())
    }

    fn misfit(&self, what: &str) -> Error {
        Error::new(ErrorKind::Other, format!("{what} not fit the properties of {}", self.log.name))
    }
}

/// The kind of a property's values as they are stored; a collection is text
/// there.
///
/// ```
/// use trunklog_odata::expr::Kind;
/// use trunklog_records::schema::SMS;
/// use trunklog_store::kind_of;
///
/// let kind = |name: &str| kind_of(SMS.properties[SMS.index_of(name).unwrap()].edm);
/// assert_eq!(kind("callCharge"), Kind::Number);
/// assert_eq!(kind("administrativeUnitInfos"), Kind::Text);
/// ```
pub fn kind_of(edm: EdmType) -> Kind {
    edm.kind().unwrap_or(Kind::Text)
}

/// What properties an expression can name.
#[derive(Clone, Copy)]
struct Scope {
    log: &'static Log,
    /// Within `any` and `all`.
    element: Option<&'static ComplexType>,
}

impl Scope {
    /// The kind of an expression; None when it or a part of it does not fit.
    fn kind(self, expr: &Expr) -> Option<Kind> {
        let kind = match &expr.node {
            Node::Literal(literal) => literal_kind(literal)?,
            Node::Property(at) => kind_of(self.log.properties.get(*at)?.edm),
            Node::Member(at) => kind_of(self.element?.properties.get(*at)?.1),
            Node::And(parts) | Node::Or(parts) => {
                let fit = parts.iter().all(|part| self.of_kind(part, Kind::Bool).is_some());
                fit.then_some(Kind::Bool)?
            }
            Node::Not(of) => self.of_kind(of, Kind::Bool)?,
            Node::IsNull(of) => self.kind(of).map(|_| Kind::Bool)?,
            Node::Compare(_, left, right) => {
                let fit = are_comparable(self.kind(left)?, self.kind(right)?);
                fit.then_some(Kind::Bool)?
            }
            Node::In(of, literals) => {
                let kind = self.kind(of)?;
                let fits = |literal| literal_kind(literal).is_some_and(|other| are_comparable(kind, other));
                literals.iter().all(fits).then_some(Kind::Bool)?
            }
            Node::Arithmetic(by, left, right) => match (by, self.number(left)?, self.number(right)?) {
                (Arithmetic::DivideBy, _, _) | (_, Kind::Number, _) | (_, _, Kind::Number) => Kind::Number,
                _ => Kind::Int,
            },
            Node::Negate(of) => self.number(of)?,
            Node::Call(function, arguments) => self.call(*function, arguments)?,
            Node::Any(at, predicate) => {
                let inside = self.inside(*at)?;
                match predicate {
                    Some(predicate) => inside.of_kind(predicate, Kind::Bool)?,
                    None => Kind::Bool,
                }
            }
            Node::All(at, predicate) => self.inside(*at)?.of_kind(predicate, Kind::Bool)?,
            Node::If(when, then, or) => {
                self.of_kind(when, Kind::Bool)?;
                self.of_kind(or, self.kind(then)?)?
            }
            Node::Mask(of, _) | Node::Beginning(of) => self.of_kind(of, Kind::Text)?,
        };
        (kind == expr.kind).then_some(kind)
    }

    fn of_kind(self, expr: &Expr, kind: Kind) -> Option<Kind> {
        self.kind(expr).filter(|found| *found == kind)
    }

    fn number(self, expr: &Expr) -> Option<Kind> {
        self.kind(expr).filter(|kind| is_number(*kind))
    }

    fn call(self, function: Function, arguments: &[Expr]) -> Option<Kind> {
        let (parameters, result) = signature(function);
        let fits = |(argument, kinds): (&Expr, &&[Kind])| {
            self.kind(argument).is_some_and(|kind| kinds.contains(&kind))
        };
        let fit = arguments.len() == parameters.len() && arguments.iter().zip(parameters).all(fits);
        fit.then_some(result)
    }

    /// The scope of a predicate over a collection's elements, whose types have
    /// no collections themselves.
    fn inside(self, at: usize) -> Option<Scope> {
        match (self.element, self.log.properties.get(at)?.edm) {
            (None, EdmType::Collection(element)) => Some(Scope { element: Some(element), ..self }),
            _ => None,
        }
    }
}

/// The kinds that each parameter of a function takes, and the result's.
///
/// ```
/// use trunklog_odata::expr::{Function, Kind};
/// use trunklog_store::signature;
///
/// let (parameters, result) = signature(Function::Year);
/// assert_eq!(parameters, [[Kind::Instant, Kind::Date]]);
/// assert_eq!(result, Kind::Int);
/// ```
pub fn signature(function: Function) -> (&'static [&'static [Kind]], Kind) {
    const TEXT: &[Kind] = &[Kind::Text];
    const INSTANT: &[Kind] = &[Kind::Instant];
    const DAY: &[Kind] = &[Kind::Instant, Kind::Date];
    const CLOCK: &[Kind] = &[Kind::Instant, Kind::TimeOfDay];
    match function {
        Function::StartsWith | Function::EndsWith | Function::Contains => (&[TEXT, TEXT], Kind::Bool),
        Function::ToLower | Function::ToUpper => (&[TEXT], Kind::Text),
        Function::Length => (&[TEXT], Kind::Int),
        Function::Year | Function::Month | Function::Day => (&[DAY], Kind::Int),
        Function::Hour | Function::Minute | Function::Second => (&[CLOCK], Kind::Int),
        Function::Date => (&[INSTANT], Kind::Date),
        Function::Time => (&[INSTANT], Kind::TimeOfDay),
    }
}

/// A literal's kind; None for a number that is none.
fn literal_kind(literal: &Literal) -> Option<Kind> {
    match literal {
        Literal::Number(number) if !number.is_finite() => None,
        literal => Some(literal.kind()),
    }
}

fn are_comparable(left: Kind, right: Kind) -> bool {
    left == right || is_number(left) && is_number(right)
}

fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Int | Kind::Number)
}
