//! Everything that reads a request's address: version, path, function call,
//! range of time and query options, in both profiles.
//!
//! The input is the address after the host: `/v1.0/…?…`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trunklog_odata::path::function_call;
use trunklog_odata::{Instant, Profile, QueryOptions, Version};

fuzz_target!(|input: &[u8]| {
    let Ok(address) = std::str::from_utf8(input) else { return };
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let Ok((version, rest)) = Version::split(path) else { return };
    assert!(Version::split(version.segment()).is_ok_and(|(again, _)| again == version));

    // An alias does not depend on what else the query holds.
    let options = QueryOptions::parse(query, Profile::Default).unwrap_or_default();
    let strict = range(rest, &options, Profile::Strict);
    let default = range(rest, &options, Profile::Default);
    if strict.is_some() {
        assert_eq!(
            strict, default,
            "the default profile reads all that the strict one reads, and the same way"
        );
    }

    if let Ok(options) = QueryOptions::parse(query, Profile::Default) {
        let strict = QueryOptions::parse(query, Profile::Strict);
        let strict = strict.expect("the strict profile only leaves out refusals");
        assert_eq!((strict.skip(), strict.skip_token()), (options.skip(), options.skip_token()));
        assert_eq!((strict.filter(), strict.order_by(), strict.select()), (None, None, None));
        assert_eq!((strict.top(), strict.count(), strict.format()), (None, false, None));
    }
});

fn range(rest: &str, options: &QueryOptions, profile: Profile) -> Option<(Instant, Instant)> {
    let call = function_call(rest, profile).ok()?;
    assert!(rest.contains(&call.segment), "links are built from the segment as it was sent");
    call.range(|alias| options.alias(alias), profile).ok()
}
