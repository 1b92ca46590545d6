//! CSDL as XML.

use super::document::{
    Annotation, Cardinality, Constant, Container, Document, Element, Function, Presence, Schema, Structure,
    StructuredType, Type,
};

const EDMX: &str = "http://docs.oasis-open.org/odata/ns/edmx";
const EDM: &str = "http://docs.oasis-open.org/odata/ns/edm";

pub(super) fn write(document: &Document) -> Vec<u8> {
    let mut xml = Writer { out: b"<?xml version=\"1.0\" encoding=\"utf-8\"?>".to_vec(), open: Vec::new() };
    xml.begin("edmx:Edmx", &[("Version", Some("4.0")), ("xmlns:edmx", Some(EDMX))]);
    for vocabulary in &document.vocabularies {
        let address = format!("{}.xml", vocabulary.address);
        xml.begin("edmx:Reference", &[("Uri", Some(address.as_str()))]);
        let (namespace, alias) = (Some(vocabulary.namespace), Some(vocabulary.alias));
        xml.empty("edmx:Include", &[("Namespace", namespace), ("Alias", alias)]);
        xml.end();
    }
    xml.begin("edmx:DataServices", &[]);
    for schema in &document.schemas {
        write_schema(schema, &mut xml);
    }
    xml.end();
    xml.end();
    xml.out.push(b'\n');
    xml.out
}

fn write_schema(schema: &Schema, xml: &mut Writer) {
    let (namespace, alias) = (("Namespace", Some(schema.namespace)), ("Alias", schema.alias));
    xml.begin("Schema", &[namespace, alias, ("xmlns", Some(EDM))]);
    for of in &schema.enums {
        xml.begin("EnumType", &[("Name", Some(of.name))]);
        for &(name, value) in of.members {
            xml.empty("Member", &[("Name", Some(name)), ("Value", Some(value.to_string().as_str()))]);
        }
        xml.end();
    }
    for of in &schema.types {
        write_type(of, xml);
    }
    for function in &schema.functions {
        write_function(function, xml);
    }
    if let Some(container) = &schema.container {
        write_container(container, xml);
    }
    xml.end();
}

fn write_type(of: &StructuredType, xml: &mut Writer) {
    let (element, is_abstract) = match of.kind {
        Structure::Entity => ("EntityType", None),
        Structure::AbstractEntity => ("EntityType", Some("true")),
        Structure::Complex => ("ComplexType", None),
    };
    let base = ("BaseType", of.base.as_deref());
    xml.begin(element, &[("Name", Some(of.name)), base, ("Abstract", is_abstract)]);
    if !of.key.is_empty() {
        xml.begin("Key", &[]);
        for &name in of.key {
            xml.empty("PropertyRef", &[("Name", Some(name))]);
        }
        xml.end();
    }
    for property in &of.properties {
        write_element("Property", property, xml);
    }
    for contained in &of.contained {
        let of = collection(&contained.of);
        let (name, of) = (("Name", Some(contained.name)), ("Type", Some(of.as_str())));
        xml.empty("NavigationProperty", &[name, of, ("ContainsTarget", Some("true"))]);
    }
    xml.end();
}

fn write_element(element: &str, is: &Element, xml: &mut Writer) {
    let nullable = match is.presence {
        Presence::Optional => None,
        Presence::Required => Some("false"),
    };
    let of = type_name(&is.of);
    let (name, of) = (("Name", Some(is.name)), ("Type", Some(of.as_str())));
    xml.empty(element, &[name, of, ("Nullable", nullable), ("Scale", is.of.scale())]);
}

fn write_function(function: &Function, xml: &mut Writer) {
    xml.begin("Function", &[("Name", Some(function.name)), ("IsBound", Some("true"))]);
    for parameter in &function.parameters {
        write_element("Parameter", parameter, xml);
    }
    let result = type_name(&function.result);
    xml.empty("ReturnType", &[("Type", Some(result.as_str())), ("Scale", function.result.scale())]);
    write_annotations(&function.annotations, xml);
    xml.end();
}

fn write_container(container: &Container, xml: &mut Writer) {
    xml.begin("EntityContainer", &[("Name", Some(container.name))]);
    for (name, of) in &container.singletons {
        xml.empty("Singleton", &[("Name", Some(*name)), ("Type", Some(of.as_str()))]);
    }
    for set in &container.sets {
        let attributes = [("Name", Some(set.name)), ("EntityType", Some(set.of.as_str()))];
        if set.annotations.is_empty() {
            xml.empty("EntitySet", &attributes);
        } else {
            xml.begin("EntitySet", &attributes);
            write_annotations(&set.annotations, xml);
            xml.end();
        }
    }
    write_annotations(&container.annotations, xml);
    xml.end();
}

fn write_annotations(annotations: &[Annotation], xml: &mut Writer) {
    for annotation in annotations {
        write_constant("Annotation", ("Term", annotation.term), &annotation.value, xml);
    }
}

/// An element that is named by an attribute and has a value: as another attribute
/// where it can be one.
fn write_constant(element: &str, (name, of): (&str, &str), value: &Constant, xml: &mut Writer) {
    let named = (name, Some(of));
    if let Some((attribute, text)) = attribute_of(value) {
        xml.empty(element, &[named, (attribute, Some(text.as_str()))]);
        return;
    }
    xml.begin(element, &[named]);
    write_value(value, xml);
    xml.end();
}

/// A value as an element.
fn write_value(value: &Constant, xml: &mut Writer) {
    match value {
        Constant::Many(items) => {
            xml.begin("Collection", &[]);
            for item in items {
                write_value(item, xml);
            }
            xml.end();
        }
        Constant::Record(properties) => {
            xml.begin("Record", &[]);
            for (name, value) in properties {
                write_constant("PropertyValue", ("Property", *name), value, xml);
            }
            xml.end();
        }
        Constant::Bool(_) | Constant::Text(_) | Constant::Property(_) => {
            if let Some((element, text)) = attribute_of(value) {
                xml.text(element, &text);
            }
        }
    }
}

/// What a simple value's attribute, or element, is called, and its text.
fn attribute_of(value: &Constant) -> Option<(&'static str, String)> {
    Some(match value {
        Constant::Bool(value) => ("Bool", value.to_string()),
        Constant::Text(text) => ("String", text.clone()),
        Constant::Property(name) => ("PropertyPath", (*name).to_owned()),
        Constant::Many(_) | Constant::Record(_) => return None,
    })
}

fn type_name(of: &Type) -> String {
    match of.cardinality {
        Cardinality::One => of.item.clone(),
        Cardinality::Many => collection(&of.item),
    }
}

fn collection(item: &str) -> String {
    format!("Collection({item})")
}

/// An attribute, which is left out when it has no value.
type Attribute<'a> = (&'a str, Option<&'a str>);

/// Writes elements, each on its own line.
struct Writer {
    out: Vec<u8>,
    open: Vec<String>,
}

impl Writer {
    fn begin(&mut self, element: &str, attributes: &[Attribute<'_>]) {
        self.tag(element, attributes);
        self.out.push(b'>');
        self.open.push(element.to_owned());
    }

    fn empty(&mut self, element: &str, attributes: &[Attribute<'_>]) {
        self.tag(element, attributes);
        self.out.extend_from_slice(b"/>");
    }

    /// An element with nothing but a text in it.
    fn text(&mut self, element: &str, text: &str) {
        self.tag(element, &[]);
        self.out.push(b'>');
        escape(text, &mut self.out);
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(element.as_bytes());
        self.out.push(b'>');
    }

    fn end(&mut self) {
        let element = self.open.pop().expect("every end follows its start");
        self.line();
        self.out.extend_from_slice(b"</");
        self.out.extend_from_slice(element.as_bytes());
        self.out.push(b'>');
    }

    fn tag(&mut self, element: &str, attributes: &[Attribute<'_>]) {
        self.line();
        self.out.push(b'<');
        self.out.extend_from_slice(element.as_bytes());
        for (name, value) in attributes {
            let Some(value) = value else { continue };
            self.out.push(b' ');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape(value, &mut self.out);
            self.out.push(b'"');
        }
    }

    fn line(&mut self) {
        self.out.push(b'\n');
        self.out.resize(self.out.len() + 2 * self.open.len(), b' ');
    }
}

/// Appends the value of an attribute. White space other than a blank would be
/// read back as blanks, and XML has no way at all to write other control
/// characters (XML 1.0, sections 2.2 and 3.3.3).
fn escape(value: &str, out: &mut Vec<u8>) {
    for c in value.chars() {
        match c {
            '&' => out.extend_from_slice(b"&amp;"),
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\t' => out.extend_from_slice(b"&#9;"),
            '\n' => out.extend_from_slice(b"&#10;"),
            '\r' => out.extend_from_slice(b"&#13;"),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => out.extend_from_slice("\u{fffd}".as_bytes()),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}
