//! In which language a page is.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;
use trunklog_reports::Language;

/// The language that a browser likes best of those that there are. Source: RFC
/// 9110, section 12.5.4.
pub(crate) fn of(headers: &HeaderMap) -> Language {
    let values = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    let mut best = (0.0, Language::English);
    for item in values.flat_map(|value| value.split(',')).take(50) {
        let (tag, parameters) = item.split_once(';').unwrap_or((item, ""));
        let quality = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |text| text.trim().parse().ok());
        let Some(language) = Language::by_tag(tag.trim()) else { continue };
        let quality: f32 = quality.unwrap_or(0.0);
        if quality > best.0 {
            best = (quality, language);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_language_is_the_one_that_is_liked_best() {
        for (value, expected) in [
            ("de-DE,de;q=0.9,en;q=0.8", Language::German),
            ("nl, fr;q=0.5, en;q=0.4", Language::French),
            ("en;q=0.1, fr;q=0.2", Language::French),
            ("de;q=0", Language::English),
            ("de;q=x, fr;q=0.1", Language::French),
            ("*", Language::English),
            ("", Language::English),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(value))]);
            assert_eq!(of(&headers), expected, "{value}");
        }
        assert_eq!(of(&HeaderMap::new()), Language::English);
    }
}
