//! What `$metadata` says of the feed, derived from the sets' tables.

use trunklog_odata::csdl::{
    Annotation, Constant, Container, Document, Element, EntitySet, Presence, Schema, Structure,
    StructuredType, Type,
};
use trunklog_odata::filter;
use trunklog_records::metadata::{CAPABILITIES, CORE};

use super::sets::{LAST_CHANGE, LOCAL_DATE, Set, Source, sets};

/// The namespace of all types.
pub(super) const NAMESPACE: &str = "trunklog.feed";

/// Describes the feed.
pub(super) fn describe() -> Document {
    let sets = sets();
    let container = Container {
        name: "Feed",
        singletons: Vec::new(),
        sets: sets.iter().map(entity_set).collect(),
        annotations: vec![
            yes_or_no("Capabilities.BatchSupported", false),
            yes_or_no("Capabilities.AsynchronousRequestsSupported", false),
            Annotation {
                term: "Capabilities.FilterFunctions",
                value: Constant::Many(
                    filter::names().into_iter().map(|name| Constant::Text(name.to_owned())).collect(),
                ),
            },
        ],
    };
    let schema = Schema {
        namespace: NAMESPACE,
        alias: None,
        enums: Vec::new(),
        types: sets.iter().map(entity).collect(),
        functions: Vec::new(),
        container: Some(container),
    };
    Document { vocabularies: vec![CORE, CAPABILITIES], schemas: vec![schema] }
}

fn entity(set: &Set) -> StructuredType {
    let element = |at: usize| {
        let name = set.property(at);
        let is_always_there = set.key().contains(&name) || at == set.date;
        let presence = if is_always_there { Presence::Required } else { Presence::Optional };
        Element { name, of: type_of(set, at), presence }
    };
    StructuredType {
        kind: Structure::Entity,
        name: set.entity,
        base: None,
        key: set.key(),
        properties: set.layout().into_iter().map(element).collect(),
        contained: Vec::new(),
    }
}

/// The type of a property. A date is one here.
fn type_of(set: &Set, at: usize) -> Type {
    if at == set.date { Type::one("Edm.Date") } else { Type::from(set.edm(at)) }
}

/// A set with what can be asked of it. Each statement is one that the checks in
/// `choice` and `entities` keep; a test asks for all of them.
fn entity_set(set: &Set) -> EntitySet {
    let is_rows = matches!(set.source, Source::Rows);
    let by_range = Constant::Record(vec![
        ("Property", Constant::Property(LOCAL_DATE)),
        ("AllowedExpressions", Constant::Text("MultiRange".to_owned())),
    ]);
    let record = |term, properties| Annotation { term, value: Constant::Record(properties) };
    let never = |term, property| record(term, vec![(property, Constant::Bool(false))]);
    let annotations = vec![
        Annotation { term: "Core.Description", value: Constant::Text(description(set)) },
        record(
            "Capabilities.FilterRestrictions",
            vec![
                ("Filterable", Constant::Bool(true)),
                ("NonFilterableProperties", paths([LAST_CHANGE])),
                ("FilterExpressionRestrictions", Constant::Many(vec![by_range])),
            ],
        ),
        record("Capabilities.SortRestrictions", orders(set)),
        record("Capabilities.CountRestrictions", vec![("Countable", Constant::Bool(is_rows))]),
        record(
            "Capabilities.SelectSupport",
            vec![("Supported", Constant::Bool(true)), ("Expandable", Constant::Bool(false))],
        ),
        yes_or_no("Capabilities.TopSupported", true),
        yes_or_no("Capabilities.SkipSupported", true),
        yes_or_no("Capabilities.ComputeSupported", false),
        yes_or_no("Capabilities.IndexableByKey", false),
        never("Capabilities.SearchRestrictions", "Searchable"),
        never("Capabilities.ExpandRestrictions", "Expandable"),
        never("Capabilities.ChangeTracking", "Supported"),
        never("Capabilities.InsertRestrictions", "Insertable"),
        never("Capabilities.UpdateRestrictions", "Updatable"),
        never("Capabilities.DeleteRestrictions", "Deletable"),
    ];
    EntitySet { name: set.name, of: format!("{NAMESPACE}.{}", set.entity), annotations }
}

/// In which orders the entities of a set can be had.
fn orders(set: &Set) -> Vec<(&'static str, Constant)> {
    let named = |is_meant: &dyn Fn(usize) -> bool| {
        paths(set.layout().into_iter().filter(|at| is_meant(*at)).map(|at| set.property(at)))
    };
    let is_time = |at: usize| at == set.log.time_index() || at == set.date;
    let mut orders = vec![("Sortable", Constant::Bool(true))];
    match set.source {
        // A date is taken as the last criterion only.
        Source::Rows => {
            orders.push(("NonSortableProperties", named(&|at| at == set.date)));
        }
        Source::Sums(_) => {
            orders.push(("AscendingOnlyProperties", named(&is_time)));
            orders.push(("NonSortableProperties", named(&|at| !is_time(at))));
        }
    }
    orders
}

fn paths(names: impl IntoIterator<Item = &'static str>) -> Constant {
    Constant::Many(names.into_iter().map(Constant::Property).collect())
}

fn yes_or_no(term: &'static str, value: bool) -> Annotation {
    Annotation { term, value: Constant::Bool(value) }
}

/// What the entities of a set are, in words.
fn description(set: &Set) -> String {
    let what = match (set.source, set.name) {
        (Source::Rows, _) => format!("Rows as the beta of Graph's {} has them.", set.log.function),
        (Source::Sums(_), "trunkHours") => "Calls of direct routing by trunk and hour.".to_owned(),
        (Source::Sums(_), "usageByDay") => "Calls of direct routing by day and call type.".to_owned(),
        (Source::Sums(_), "endReasons") => "Why calls of direct routing ended, by day and trunk.".to_owned(),
        (Source::Sums(_), "destinations") => "Calls of direct routing by day and country.".to_owned(),
        (Source::Sums(_), "users") => "Calls of direct routing by day and user.".to_owned(),
        (Source::Sums(_), name) => format!("Sums of direct routing: {name}."),
    };
    format!(
        "{what} {LOCAL_DATE} is the date of {} in the tenant's zone; {LAST_CHANGE} is when the newest commit \
         was made that the answer shows, not when this entity changed.",
        set.log.time
    )
}
