//! Rows and other JSON by the hundred.

use serde_json::{Map, Value as Json, json};
use trunklog_odata::edm::EdmType;

use super::dialects::pascal_case;
use super::*;
use crate::recognition::MAX_NAME;
use crate::schema::LOGS;

/// JSON that a property of a log can have. Periods start before they end.
fn value_of(log: &'static Log, at: usize) -> BoxedStrategy<Json> {
    let value = match log.properties[at].edm {
        EdmType::String => any::<String>().prop_map(|text| json!(text)).boxed(),
        EdmType::Int32 => any::<i32>().prop_map(|number| json!(number)).boxed(),
        EdmType::Boolean => any::<bool>().prop_map(|is| json!(is)).boxed(),
        EdmType::Decimal => "-?[1-9][0-9]{0,4}(\\.[0-9]{1,4})?".prop_map(|digits| json!(digits)).boxed(),
        EdmType::Enum(of) => proptest::sample::select(of.members).prop_map(|(name, _)| json!(name)).boxed(),
        EdmType::Collection(_) => proptest::collection::vec(any::<String>(), 0..3)
            .prop_map(|ids| ids.into_iter().map(|id| json!({ "id": id })).collect::<Json>())
            .boxed(),
        EdmType::DateTimeOffset => {
            let secs = if at == log.time_index() { 0_i64..1_000_000 } else { 1_000_000..2_000_000 };
            secs.prop_map(|secs| json!(Instant::from_unix_secs(secs).unwrap().to_string())).boxed()
        }
    };
    if at == log.time_index() { value } else { prop_oneof![3 => value, 1 => Just(Json::Null)].boxed() }
}

/// Rows of any log, with all its properties.
fn rows() -> impl Strategy<Value = (&'static Log, Map<String, Json>)> {
    proptest::sample::select(LOGS.to_vec()).prop_flat_map(|log| {
        let values: Vec<_> = (0..log.json_properties().len()).map(|at| value_of(log, at)).collect();
        values.prop_map(move |values| {
            let names = log.json_properties().iter().map(|property| property.name.to_owned());
            let row: Map<String, Json> = names.zip(values).collect();
            (log, row)
        })
    })
}

/// The same as an object of a cmdlet, and the objects within it, too.
fn as_of_cmdlet(row: &Map<String, Json>) -> Map<String, Json> {
    let member = |(name, value): (&String, &Json)| {
        let value: Json = match value {
            Json::Array(items) => items.iter().filter_map(Json::as_object).map(as_of_cmdlet).collect(),
            value => value.clone(),
        };
        (pascal_case(name), value)
    };
    let mut object: Map<String, Json> = row.iter().map(member).collect();
    object.insert("AdditionalProperties".to_owned(), json!({}));
    object
}

/// JSON of all that the decoder looks for, put together at random.
fn odd_json() -> impl Strategy<Value = Json> {
    let texts = [
        "",
        " ",
        "true",
        "blocked",
        "-1,5",
        "1e9",
        "/Date(0)/",
        "/Date(-62135596800000+0100)/",
        "0001-01-01T00:00:00+14:00",
        "2031-03-02T08:00:00Z",
        "@{id=1; x=System.Object[]}",
        "@{",
        "System.Object[]",
        "[{\"id\":1}]",
        "{}",
        "#microsoft.graph.callRecords.smsLogRow",
        "#microsoft.graph.user",
    ];
    let names = "id Id startDateTime StartDateTime sentDateTime blockDateTime periodStartDateTime duration \
                 charge callType successfulCall administrativeUnitInfos userBlockMode value Count DateTime \
                 DisplayHint AdditionalProperties @odata.type organizer segments never";
    let names: Vec<&str> = names.split(' ').collect();
    let leaf = prop_oneof![
        4 => proptest::sample::select(texts.to_vec()).prop_map(|text| json!(text)),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => Just(json!(null)),
    ];
    leaf.prop_recursive(4, 60, 8, move |inner| {
        let name = proptest::sample::select(names.clone()).prop_map(str::to_owned);
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| json!(items)),
            3 => proptest::collection::hash_map(name, inner, 0..8)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn objects_of_cmdlets_read_as_the_rows_themselves((log, row) in rows()) {
        let plain = read(log, &json!(row).to_string()).unwrap();
        prop_assert_eq!(read(log, &json!(as_of_cmdlet(&row)).to_string()).unwrap(), plain);
    }

    #[test]
    fn additional_properties_read_as_the_rows_own((log, row) in rows(), own in 0_usize..30) {
        let plain = read(log, &json!(row).to_string()).unwrap();
        let (mut object, mut additional) = (Map::new(), Map::new());
        for (at, (name, value)) in row.into_iter().enumerate() {
            let part = if at < own { &mut object } else { &mut additional };
            part.insert(name, value);
        }
        object.insert("AdditionalProperties".to_owned(), Json::Object(additional));
        prop_assert_eq!(read(log, &Json::Object(object).to_string()).unwrap(), plain);
    }

    #[test]
    fn text_in_the_place_of_values_reads_as_the_values((log, row) in rows()) {
        let as_text = row.iter().map(|(name, value)| {
            let text = match value {
                Json::Null | Json::String(_) => value.clone(),
                value => json!(format!(" {value} ")),
            };
            (name.clone(), text)
        });
        let as_text = Json::Object(as_text.collect()).to_string();
        prop_assert_eq!(read(log, &as_text).unwrap(), read(log, &json!(row).to_string()).unwrap());
    }

    #[test]
    fn no_json_makes_it_panic(json in odd_json()) {
        let text = json.to_string();
        let halves = text.replace("true", "\\ud83d");
        for (log, text) in LOGS.into_iter().flat_map(|log| [(log, &text), (log, &halves)]) {
            match read(log, text) {
                // What is shown of a row is read as the same again.
                Ok((row, _)) if log.shows_time() => {
                    let mut rows = RowBuilder::new(log);
                    RowDecoder::new(log).for_stored_rows().decode(row.as_bytes(), &mut rows).unwrap();
                    let mut again = Vec::new();
                    RowEncoder::new(log, Version::Beta).encode(&rows.finish(), &mut again);
                    prop_assert_eq!(String::from_utf8(again).unwrap(), row);
                }
                Err(RowError::OtherType(name)) => {
                    prop_assert!(name.len() <= MAX_NAME && name.bytes().all(|byte| byte.is_ascii_graphic()));
                }
                _ => {}
            }
        }
    }
}
