use proptest::prelude::*;

use super::*;

/// Whether a drawing is well-formed, as far as that can be told without a parser:
/// each tag is closed in its turn, and no attribute is cut short.
fn is_whole(svg: &Svg) -> bool {
    let text = svg.to_string();
    let mut open = Vec::new();
    for piece in text.split('<').skip(1) {
        let Some((tag, _)) = piece.split_once('>') else { return false };
        if !tag.matches('"').count().is_multiple_of(2) {
            return false;
        }
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        if tag.starts_with('/') {
            if open.pop() != Some(name.to_owned()) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(name.to_owned());
        }
    }
    open.is_empty()
}

fn numbers() -> impl Strategy<Value = Vec<Option<f64>>> {
    let number = prop_oneof![
        4 => (0.0..1e6_f64).prop_map(Some),
        1 => Just(None),
        1 => Just(Some(0.0)),
        1 => Just(Some(f64::NAN)),
        1 => Just(Some(f64::INFINITY)),
    ];
    proptest::collection::vec(number, 0..200)
}

fn drawn(values: &[Option<f64>], told: &str) -> Plot {
    let points = values
        .iter()
        .map(|value| Point {
            label: told.to_owned(),
            told: told.to_owned(),
            value: *value,
            before: value.map(|value| value / 2.0),
            is_open: value.is_none(),
        })
        .collect();
    let axis = |number: f64| format!("{number:.0}");
    let (name, description) = (told.to_owned(), told.to_owned());
    line(&Line { id: "t", name, description, points, is_whole: true, axis: &axis, most: None })
}

proptest! {
    #[test]
    fn no_number_and_no_text_breaks_a_drawing(values in numbers(), told in "\\PC{0,20}") {
        let parts: Vec<Part> = values.iter().flatten()
            .map(|size| Part { told: told.clone(), size: *size, class: "g-sbc" })
            .collect();
        let cells = values.iter().map(|value| HeatCell { told: told.clone(), value: *value }).collect();
        let days = vec![told.clone(); 7];
        let hours = values.iter().enumerate().map(|(at, value)| StripCell {
            label: told.clone(),
            told: told.clone(),
            value: value.unwrap_or(0.0),
            is_gap: value.is_none(),
            is_marked: at.is_multiple_of(3),
        });
        let (name, description) = (told.clone(), told.clone());
        let hours = Strip { id: "t", name, description, cells: hours.collect() };
        let field = Heat { id: "t", name: told.clone(), description: told.clone(), days, cells };
        let drawings = [
            drawn(&values, &told).svg,
            spark(&values, &told),
            stack("t", &told, &told, &parts),
            heat(&field),
            strip(&hours),
            bar(values.first().copied().flatten().unwrap_or(0.0), "g-sbc"),
        ];
        for svg in drawings {
            prop_assert!(is_whole(&svg), "{}", svg);
            // Numbers that cannot be drawn are not drawn. The text may say anything.
            let text = svg.to_string().replace(&escaped(&told), "");
            prop_assert!(!text.contains("NaN") && !text.contains("inf"), "{}", svg);
            prop_assert!(!text.contains("style=") && !text.contains("<script"), "{}", svg);
        }
    }

    #[test]
    fn axes_reach_beyond_the_largest_value(largest in 0.001..1e9_f64, is_whole in any::<bool>()) {
        let marks = ticks(largest, is_whole);
        let last = *marks.last().unwrap();
        prop_assert!(last >= largest * (1.0 - 1e-6), "{} {:?}", largest, marks);
        prop_assert!(marks.len() >= 2 && marks.len() <= 8, "{} {:?}", largest, marks);
        prop_assert!(!is_whole || marks.iter().all(|mark| mark.fract() == 0.0), "{:?}", marks);
    }
}

#[test]
fn markup_in_texts_is_text() {
    let svg = drawn(&[Some(1.0)], "</title><script>alert(1)</script>").svg.to_string();
    assert!(!svg.contains("<script") && svg.contains("&lt;script&gt;"), "{svg}");
    let plain = stack("a\"b", "n", "d", &[]).to_string();
    assert!(plain.contains("id=\"a&quot;b-name\""), "{plain}");
}

#[test]
fn lines_stop_where_nothing_is_known() {
    let svg = drawn(&[Some(1.0), Some(2.0), None, Some(3.0)], "x").svg.to_string();
    let path = svg.split("class=\"path now\" d=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(path.matches('M').count(), 2, "{path}");
    assert_eq!(path.matches('L').count(), 1, "{path}");
    // The last point stands alone.
    assert!(svg.contains("class=\"dot now\""), "{svg}");
    // What is open is hatched, once.
    assert_eq!(svg.matches("url(#t-open)").count(), 1);
}

#[test]
fn each_bucket_tells_its_numbers() {
    let svg = drawn(&[Some(1.0), None], "Monday: 1").svg.to_string();
    assert_eq!(svg.matches("<title>Monday: 1</title>").count(), 2, "{svg}");
    assert_eq!(drawn(&[], "x").place, "760 64 752");
}

#[test]
fn what_is_wrong_with_an_hour_has_a_form_and_not_a_colour_alone() {
    let cell = |is_gap, is_marked| StripCell { value: 1.0, is_gap, is_marked, ..StripCell::default() };
    let cells = vec![cell(false, false), cell(true, false), cell(false, true)];
    let svg = strip(&Strip { id: "t", name: "n".into(), description: "d".into(), cells }).to_string();
    for class in ["strip-gap", "strip-cross", "strip-mark"] {
        assert_eq!(svg.matches(&format!("class=\"{class}\"")).count(), 1, "{class}: {svg}");
    }
    assert_eq!(svg.matches("class=\"h7\"").count(), 2, "{svg}");
    assert!(
        strip(&Strip { id: "t", name: "n".into(), description: "d".into(), cells: Vec::new() })
            .to_string()
            .ends_with("</svg>")
    );
}

#[test]
fn colours_go_from_nothing_to_the_most() {
    let cell = |value| HeatCell { told: String::new(), value };
    let cells = vec![cell(Some(0.0)), cell(Some(0.1)), cell(Some(7.0)), cell(None)];
    let field = Heat { id: "t", name: "n".into(), description: "d".into(), days: vec!["Mon".into()], cells };
    let svg = heat(&field).to_string();
    for class in ["h0", "h1", "h7", "h-none"] {
        assert_eq!(svg.matches(&format!("class=\"{class}\"")).count(), 1, "{class}: {svg}");
    }
}
