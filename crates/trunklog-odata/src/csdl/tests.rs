use super::*;
use crate::edm::{EdmType, EnumType};

static COLOUR: EnumType = EnumType { name: "colour", members: &[("red", 0), ("blue", -1)] };

/// A document with everything that can be said.
fn document() -> Document {
    let element = |name, of, presence| Element { name, of, presence };
    let property = |name, edm: EdmType| element(name, Type::from(edm), Presence::Optional);
    let entity = StructuredType {
        kind: Structure::AbstractEntity,
        name: "entity",
        base: None,
        key: &["id", "part"],
        properties: vec![element("id", Type::one("Edm.String"), Presence::Required)],
        contained: Vec::new(),
    };
    let shelf = StructuredType {
        kind: Structure::Entity,
        name: "shelf",
        base: Some("a.b.entity".to_owned()),
        key: &[],
        properties: Vec::new(),
        contained: vec![ContainedCollection { name: "books", of: "a.b.entity".to_owned() }],
    };
    let row = StructuredType {
        kind: Structure::Complex,
        name: "row",
        base: None,
        key: &[],
        properties: vec![
            property("charge", EdmType::Decimal),
            property("colour", EdmType::Enum(&COLOUR)),
            element("tags", Type::many("Edm.String"), Presence::Optional),
        ],
        contained: Vec::new(),
    };
    let function = Function {
        name: "rows",
        parameters: vec![element("shelf", Type::many("a.b.shelf"), Presence::Optional)],
        result: Type::many("a.b.row"),
        annotations: vec![Annotation {
            term: "Core.Description",
            value: Constant::Text("a < b & \"c\"\u{1}\nd>".to_owned()),
        }],
    };
    let container = Container {
        name: "Service",
        singletons: vec![("shop", "a.b.shelf".to_owned())],
        sets: vec![
            EntitySet { name: "plain", of: "a.b.entity".to_owned(), annotations: Vec::new() },
            EntitySet {
                name: "shelves",
                of: "a.b.shelf".to_owned(),
                annotations: vec![
                    Annotation { term: "Core.Y", value: Constant::Property("id") },
                    Annotation {
                        term: "Core.Z",
                        value: Constant::Record(vec![
                            ("Is", Constant::Bool(true)),
                            (
                                "Of",
                                Constant::Many(vec![
                                    Constant::Property("id"),
                                    Constant::Text("<".to_owned()),
                                    Constant::Record(vec![("Name", Constant::Text("n".to_owned()))]),
                                ]),
                            ),
                        ]),
                    },
                ],
            },
        ],
        annotations: vec![Annotation { term: "Core.X", value: Constant::Bool(false) }],
    };
    Document {
        vocabularies: vec![Vocabulary { address: "https://v.example/c", namespace: "V.C", alias: "Core" }],
        schemas: vec![Schema {
            namespace: "a.b",
            alias: Some("b"),
            enums: vec![&COLOUR],
            types: vec![entity, shelf, row],
            functions: vec![function],
            container: Some(container),
        }],
    }
}

#[test]
fn xml_says_everything() {
    let written = String::from_utf8(document().to_xml()).unwrap();
    assert!(written.ends_with(">\n") && !written.contains('\r'), "{written:?}");
    insta::assert_snapshot!(written, @r#"
    <?xml version="1.0" encoding="utf-8"?>
    <edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
      <edmx:Reference Uri="https://v.example/c.xml">
        <edmx:Include Namespace="V.C" Alias="Core"/>
      </edmx:Reference>
      <edmx:DataServices>
        <Schema Namespace="a.b" Alias="b" xmlns="http://docs.oasis-open.org/odata/ns/edm">
          <EnumType Name="colour">
            <Member Name="red" Value="0"/>
            <Member Name="blue" Value="-1"/>
          </EnumType>
          <EntityType Name="entity" Abstract="true">
            <Key>
              <PropertyRef Name="id"/>
              <PropertyRef Name="part"/>
            </Key>
            <Property Name="id" Type="Edm.String" Nullable="false"/>
          </EntityType>
          <EntityType Name="shelf" BaseType="a.b.entity">
            <NavigationProperty Name="books" Type="Collection(a.b.entity)" ContainsTarget="true"/>
          </EntityType>
          <ComplexType Name="row">
            <Property Name="charge" Type="Edm.Decimal" Scale="variable"/>
            <Property Name="colour" Type="microsoft.graph.callRecords.colour"/>
            <Property Name="tags" Type="Collection(Edm.String)"/>
          </ComplexType>
          <Function Name="rows" IsBound="true">
            <Parameter Name="shelf" Type="Collection(a.b.shelf)"/>
            <ReturnType Type="Collection(a.b.row)"/>
            <Annotation Term="Core.Description" String="a &lt; b &amp; &quot;c&quot;�&#10;d&gt;"/>
          </Function>
          <EntityContainer Name="Service">
            <Singleton Name="shop" Type="a.b.shelf"/>
            <EntitySet Name="plain" EntityType="a.b.entity"/>
            <EntitySet Name="shelves" EntityType="a.b.shelf">
              <Annotation Term="Core.Y" PropertyPath="id"/>
              <Annotation Term="Core.Z">
                <Record>
                  <PropertyValue Property="Is" Bool="true"/>
                  <PropertyValue Property="Of">
                    <Collection>
                      <PropertyPath>id</PropertyPath>
                      <String>&lt;</String>
                      <Record>
                        <PropertyValue Property="Name" String="n"/>
                      </Record>
                    </Collection>
                  </PropertyValue>
                </Record>
              </Annotation>
            </EntitySet>
            <Annotation Term="Core.X" Bool="false"/>
          </EntityContainer>
        </Schema>
      </edmx:DataServices>
    </edmx:Edmx>
    "#);
}

#[test]
fn json_says_the_same() {
    let written: serde_json::Value = serde_json::from_slice(&document().to_json()).unwrap();
    let expected = serde_json::json!({
        "$Version": "4.01",
        "$Reference": {
            "https://v.example/c.json": { "$Include": [{ "$Namespace": "V.C", "$Alias": "Core" }] }
        },
        "$EntityContainer": "a.b.Service",
        "a.b": {
            "$Alias": "b",
            "colour": { "$Kind": "EnumType", "red": 0, "blue": -1 },
            "entity": { "$Kind": "EntityType", "$Abstract": true, "$Key": ["id", "part"], "id": {} },
            "shelf": {
                "$Kind": "EntityType",
                "$BaseType": "a.b.entity",
                "books": {
                    "$Kind": "NavigationProperty",
                    "$Collection": true,
                    "$Type": "a.b.entity",
                    "$ContainsTarget": true
                }
            },
            "row": {
                "$Kind": "ComplexType",
                "charge": { "$Type": "Edm.Decimal", "$Scale": "variable", "$Nullable": true },
                "colour": { "$Type": "microsoft.graph.callRecords.colour", "$Nullable": true },
                "tags": { "$Collection": true, "$Nullable": true }
            },
            "rows": [{
                "$Kind": "Function",
                "$IsBound": true,
                "$Parameter": [
                    { "$Name": "shelf", "$Collection": true, "$Type": "a.b.shelf", "$Nullable": true }
                ],
                "$ReturnType": { "$Collection": true, "$Type": "a.b.row", "$Nullable": true },
                "@Core.Description": "a < b & \"c\"\u{1}\nd>"
            }],
            "Service": {
                "$Kind": "EntityContainer",
                "shop": { "$Type": "a.b.shelf" },
                "plain": { "$Collection": true, "$Type": "a.b.entity" },
                "shelves": {
                    "$Collection": true,
                    "$Type": "a.b.shelf",
                    "@Core.Y": "id",
                    "@Core.Z": { "Is": true, "Of": ["id", "<", { "Name": "n" }] }
                },
                "@Core.X": false
            }
        }
    });
    assert_eq!(written, expected);
}
