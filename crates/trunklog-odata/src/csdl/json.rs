//! CSDL as JSON.
//!
//! Defaults differ from XML: a value is text unless it has a `$Type`, and not
//! null unless it is `$Nullable`.

use super::document::{
    Annotation, Cardinality, Constant, Container, Document, Function, Presence, Schema, Structure,
    StructuredType, Type,
};
use crate::json::{write_int, write_string};

pub(super) fn write(document: &Document) -> Vec<u8> {
    let mut out = Vec::with_capacity(16 * 1024);
    object(&mut out, |root| {
        root.text("$Version", "4.01");
        if !document.vocabularies.is_empty() {
            root.object("$Reference", |references| {
                for vocabulary in &document.vocabularies {
                    references.object(&format!("{}.json", vocabulary.address), |reference| {
                        reference.array("$Include", [vocabulary], |include, vocabulary| {
                            include.text("$Namespace", vocabulary.namespace);
                            include.text("$Alias", vocabulary.alias);
                        });
                    });
                }
            });
        }
        for schema in &document.schemas {
            if let Some(container) = &schema.container {
                root.text("$EntityContainer", &format!("{}.{}", schema.namespace, container.name));
            }
        }
        for schema in &document.schemas {
            root.object(schema.namespace, |members| write_schema(schema, members));
        }
    });
    out
}

fn write_schema(schema: &Schema, members: &mut Members<'_>) {
    if let Some(alias) = schema.alias {
        members.text("$Alias", alias);
    }
    for of in &schema.enums {
        members.object(of.name, |members| {
            members.text("$Kind", "EnumType");
            for &(name, value) in of.members {
                write_int(value, members.name(name));
            }
        });
    }
    for of in &schema.types {
        members.object(of.name, |members| write_type(of, members));
    }
    // Functions of one name are overloads, which is why each is in a list.
    for function in &schema.functions {
        members.array(function.name, [function], |members, function| write_function(function, members));
    }
    if let Some(container) = &schema.container {
        members.object(container.name, |members| write_container(container, members));
    }
}

fn write_type(of: &StructuredType, members: &mut Members<'_>) {
    let kind = match of.kind {
        Structure::Entity | Structure::AbstractEntity => "EntityType",
        Structure::Complex => "ComplexType",
    };
    members.text("$Kind", kind);
    if let Some(base) = &of.base {
        members.text("$BaseType", base);
    }
    if of.kind == Structure::AbstractEntity {
        members.yes("$Abstract");
    }
    if !of.key.is_empty() {
        let out = members.name("$Key");
        for (at, name) in of.key.iter().enumerate() {
            out.push(if at == 0 { b'[' } else { b',' });
            write_string(name, out);
        }
        out.push(b']');
    }
    for property in &of.properties {
        members.object(property.name, |members| {
            write_type_of(&property.of, members);
            write_presence(property.presence, members);
        });
    }
    for contained in &of.contained {
        members.object(contained.name, |members| {
            members.text("$Kind", "NavigationProperty");
            members.yes("$Collection");
            members.text("$Type", &contained.of);
            members.yes("$ContainsTarget");
        });
    }
}

fn write_function(function: &Function, members: &mut Members<'_>) {
    members.text("$Kind", "Function");
    members.yes("$IsBound");
    members.array("$Parameter", &function.parameters, |members, parameter| {
        members.text("$Name", parameter.name);
        write_type_of(&parameter.of, members);
        write_presence(parameter.presence, members);
    });
    members.object("$ReturnType", |members| {
        write_type_of(&function.result, members);
        write_presence(Presence::Optional, members);
    });
    write_annotations(&function.annotations, members);
}

fn write_container(container: &Container, members: &mut Members<'_>) {
    members.text("$Kind", "EntityContainer");
    for (name, of) in &container.singletons {
        members.object(name, |members| members.text("$Type", of));
    }
    for set in &container.sets {
        members.object(set.name, |members| {
            members.yes("$Collection");
            members.text("$Type", &set.of);
            write_annotations(&set.annotations, members);
        });
    }
    write_annotations(&container.annotations, members);
}

fn write_annotations(annotations: &[Annotation], members: &mut Members<'_>) {
    for annotation in annotations {
        write_constant(&annotation.value, members.name(&format!("@{}", annotation.term)));
    }
}

/// Source: OData CSDL JSON Representation 4.01, section 14: paths are texts.
fn write_constant(value: &Constant, out: &mut Vec<u8>) {
    match value {
        Constant::Bool(true) => out.extend_from_slice(b"true"),
        Constant::Bool(false) => out.extend_from_slice(b"false"),
        Constant::Text(text) => write_string(text, out),
        Constant::Property(name) => write_string(name, out),
        Constant::Many(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_constant(item, out);
            }
            out.push(b']');
        }
        Constant::Record(properties) => object(out, |members| {
            for (name, value) in properties {
                write_constant(value, members.name(name));
            }
        }),
    }
}

fn write_type_of(of: &Type, members: &mut Members<'_>) {
    if of.cardinality == Cardinality::Many {
        members.yes("$Collection");
    }
    if of.item != "Edm.String" {
        members.text("$Type", &of.item);
    }
    if let Some(scale) = of.scale() {
        members.text("$Scale", scale);
    }
}

fn write_presence(presence: Presence, members: &mut Members<'_>) {
    match presence {
        Presence::Optional => members.yes("$Nullable"),
        Presence::Required => {}
    }
}

fn object(out: &mut Vec<u8>, fill: impl FnOnce(&mut Members<'_>)) {
    out.push(b'{');
    let begin = out.len();
    fill(&mut Members { out, begin });
    out.push(b'}');
}

/// The members of an object that is being written.
struct Members<'a> {
    out: &'a mut Vec<u8>,
    begin: usize,
}

impl Members<'_> {
    /// Writes a member's name; its value comes next.
    fn name(&mut self, name: &str) -> &mut Vec<u8> {
        if self.out.len() > self.begin {
            self.out.push(b',');
        }
        write_string(name, self.out);
        self.out.push(b':');
        self.out
    }

    fn text(&mut self, name: &str, value: &str) {
        write_string(value, self.name(name));
    }

    fn yes(&mut self, name: &str) {
        self.name(name).extend_from_slice(b"true");
    }

    fn object(&mut self, name: &str, fill: impl FnOnce(&mut Members<'_>)) {
        object(self.name(name), fill);
    }

    fn array<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Members<'_>, T),
    ) {
        let out = self.name(name);
        out.push(b'[');
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            object(out, |members| fill(members, item));
        }
        out.push(b']');
    }
}
