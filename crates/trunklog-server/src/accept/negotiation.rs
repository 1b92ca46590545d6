//! Which of several media types a client gets.

use http::HeaderMap;
use http::header::ACCEPT;

use super::list;
use super::media_range::{MediaRange, Specificity};

/// What a client prefers of all that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preference {
    /// Its place among the offers.
    pub(crate) offer: usize,
    /// The parameters that the client gave its media type, without the quality;
    /// names are in lower case.
    pub(crate) parameters: Vec<(String, String)>,
}

/// What the client prefers of `offers`, which are media types in our own order;
/// None when none of them will do. Source: RFC 9110, section 12.5.1.
///
/// For each offer the most specific of the media ranges that match it counts.
/// Of offers with one quality the client gets what it named more specifically,
/// else what we offer first; so does who names nothing at all.
pub(crate) fn preferred(headers: &HeaderMap, offers: &[&str]) -> Option<Preference> {
    let ranges: Vec<MediaRange> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| list::items(value, ','))
        .filter_map(MediaRange::parse)
        .collect();
    if ranges.is_empty() {
        return Some(Preference { offer: 0, parameters: Vec::new() });
    }
    let admitted = offers
        .iter()
        .enumerate()
        .filter_map(|(offer, media_type)| Some((offer, Match::best(&ranges, media_type)?)));
    let (offer, found) = first_best(admitted, |(_, found)| found.rank())?;
    Some(Preference { offer, parameters: found.range.parameters.clone() })
}

/// A media range that matches an offer.
struct Match<'a> {
    range: &'a MediaRange,
    specificity: Specificity,
}

impl Match<'_> {
    fn best<'a>(ranges: &'a [MediaRange], media_type: &str) -> Option<Match<'a>> {
        let matches = || {
            ranges.iter().filter_map(move |range| {
                let specificity = range.specificity(media_type)?;
                Some(Match { range, specificity })
            })
        };
        let most = matches().map(|found| found.specificity).max()?;
        let admitted = matches().filter(|found| found.specificity == most && found.range.quality > 0.0);
        first_best(admitted, Match::rank)
    }

    /// Larger is better.
    fn rank(&self) -> (f32, Specificity, usize) {
        (self.range.quality, self.specificity, self.range.parameters.len())
    }
}

/// The first of those with the largest rank.
fn first_best<T, R: PartialOrd>(items: impl Iterator<Item = T>, rank: impl Fn(&T) -> R) -> Option<T> {
    items.reduce(|best, other| if rank(&other) > rank(&best) { other } else { best })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::super::media_range::JSON;
    use super::*;

    const OFFERS: [&str; 3] = [JSON, "text/csv", "application/x-ndjson"];

    fn choice(values: &[&'static str]) -> Option<Preference> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT, HeaderValue::from_static(value));
        }
        preferred(&headers, &OFFERS)
    }

    fn offer(value: &'static str) -> Option<usize> {
        choice(&[value]).map(|preference| preference.offer)
    }

    #[test]
    fn who_says_nothing_gets_the_first() {
        assert_eq!(choice(&[]), Some(Preference { offer: 0, parameters: Vec::new() }));
        for value in ["", " , ", "nonsense", "a/b/c", "*/json", "text/csv;q=2", "text/csv;q=x"] {
            assert_eq!(offer(value), Some(0), "{value}");
        }
    }

    #[test]
    fn clients_get_what_they_ask_for() {
        for (value, expected) in [
            ("*/*", 0),
            ("application/*", 0),
            ("text/*", 1),
            ("Text/CSV", 1),
            ("application/json; charset=utf-8, text/plain, */*", 0),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 0),
            // What Java sends by itself.
            ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", 0),
            ("application/json;q=0.4, text/csv;q=0.5", 1),
            ("*/*, text/csv", 1),
            ("*/*;q=0.9, text/csv;q=0.8", 0),
            ("application/json;q=0, */*", 1),
            ("application/*;q=0, application/x-ndjson, text/csv;q=0.5", 2),
            ("text/csv, application/json", 0),
            ("text/csv;Q=0.5 , application/xml", 1),
            ("application/json;profile=\"a,b;q=0\", text/csv;q=0.9", 0),
        ] {
            assert_eq!(offer(value), Some(expected), "{value}");
        }
        assert_eq!(choice(&["text/html", "text/csv"]).map(|preference| preference.offer), Some(1));
    }

    #[test]
    fn what_is_not_offered_is_refused() {
        for value in [
            "application/xml",
            "text/html, image/png",
            "application/json;q=0",
            "*/*;q=0",
            "image/*",
            "application/json;odata.metadata=verbose",
            "application/json;IEEE754Compatible=perhaps",
        ] {
            assert_eq!(offer(value), None, "{value}");
        }
    }

    #[test]
    fn variants_of_json_are_weighed_against_each_other() {
        for (value, expected) in [
            ("application/json;odata.metadata=none", Some("none")),
            ("application/json;odata.metadata=none;q=0.3, application/json;q=0.9", None),
            ("application/json, application/json;odata.metadata=full", Some("full")),
            ("application/json;odata.metadata=full;q=0, application/json", None),
            (
                "application/json;odata.metadata=verbose, application/json;odata.metadata=\"none\";q=0.1",
                Some("none"),
            ),
            ("application/json;odata.metadata=verbose, */*;q=0.1", None),
        ] {
            let preference = choice(&[value]).unwrap();
            let named = |(name, _): &&(String, String)| name == "odata.metadata";
            let metadata = preference.parameters.iter().find(named).map(|(_, value)| value.as_str());
            assert_eq!((preference.offer, metadata), (0, expected), "{value}");
        }
    }
}
