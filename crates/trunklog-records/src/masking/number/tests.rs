use proptest::prelude::*;

use super::*;

fn three(text: &str) -> String {
    masked(text, 3).into_owned()
}

#[test]
fn plain_numbers_lose_their_last_digits() {
    for (given, digits, expected) in [
        ("+4930123456", 3, "+4930123***"),
        ("004930123456", 4, "00493012****"),
        ("+1555123****", 3, "+1555123****"),
        ("123*56", 3, "******"),
        ("4930123456*", 3, "4930123****"),
        ("12**", 3, "****"),
        ("12**", 2, "12**"),
        ("**", 3, "**"),
        ("112", 3, "***"),
        ("+49", 3, "+**"),
        ("+", 3, "+"),
        ("+4930123456", 0, "+4930123456"),
        ("12345678901234567890", 15, "********************"),
        ("49301234567890123456789", 3, "4930*******************"),
        ("49301234567890123", 3, "49301234567890***"),
        ("49301234567890123***", 3, "49301234567890******"),
    ] {
        assert_eq!(masked(given, digits), expected);
    }
}

#[test]
fn numbers_are_found_in_every_form() {
    for (given, expected) in [
        ("tel:+4930123456", "tel:+4930123***"),
        ("TEL:030-123456;phone-context=example.com", "TEL:030-123***;phone-context=example.com"),
        ("tel:123456;phone-context=+4930", "tel:123***;phone-context=+4930"),
        ("tel:+49-30-123456;ext=12;isub=34567", "tel:+49-30-123***;ext=**;isub=*****"),
        ("tel:+4930123456;POSTD=pp22", "tel:+4930123***;POSTD=pp**"),
        ("sips:+4930123456:1234@10.0.0.17:5061;ttl=64", "sips:+4930123***:****@10.0.0.17:5061;ttl=64"),
        ("sip:+4930123456;ext=12@sbc9.example.com", "sip:+4930123***;ext=**@sbc9.example.com"),
        (
            "sip:+4930123456@[2001:db8::1]:5060?Subject=Call%201",
            "sip:+4930123***@[2001:db8::1]:5060?Subject=Call%201",
        ),
        ("4930123456@sbc9.example.com", "4930123***@sbc9.example.com"),
        ("sip:anonymous@30123456.example.com", "sip:anonymous@30123***.example.com"),
        ("ada@4711", "ada@4***"),
        ("+49 30 123 456", "+49 30 123 ***"),
        ("+49 (0)30 / 12-34.56", "+49 (0)30 / 12-3*.**"),
        ("\u{202a}+49\u{a0}30\u{2011}123456\u{202c}", "\u{202a}+49\u{a0}30\u{2011}123***\u{202c}"),
        ("4930123456#", "4930123***#"),
        ("*31#4930123456#", "***#4930123***#"),
        ("4930123456,,789", "4930123***,,***"),
        ("4930123456 789", "4930123*** ***"),
        ("030 123 456 030 123 457", "030 1** *** *** *** ***"),
        ("12 34 56 78 / 12 34 56 79", "12 34 5* ** / ** ** ** **"),
        ("22 33 44 55 - 22 33 44 56", "22 33 4* ** - ** ** ** **"),
        ("22 33 44 55  22 33 44 56", "22 33 4* **  ** ** ** **"),
        ("1234-5678 / 1234-5679", "1234-5*** / ****-****"),
        ("555-0100 & 555-0101", "555-0*** & ***-****"),
        ("555-0100/0101", "555-0***/****"),
        ("089/32168-0", "089/321**-*"),
        ("4711\n", "4***\n"),
        ("%2B4930123456", "%2B4930123***"),
        ("sip%3A%252B49301234%35%2536@sbc.example.com", "sip%3A%252B4930123***@sbc.example.com"),
        ("%D9%A3%D9%A3%D9%A3%D9%A3", "%D9%A3***"),
        ("+４９３０１２３４５６", "+４９３０１２３***"),
        ("\"\\4\\9\\3\\0\\1\\2\\3\"", "\"\\4\\9\\3\\0\\*\\*\\*\""),
        (
            "\"Ada Lovelace\" <sip:+4930123456@sbc.example.com;user=phone>;tag=a1b2",
            "\"Ada Lovelace\" <sip:+4930123***@sbc.example.com;user=phone>;tag=a1b2",
        ),
        ("\"30123456\" <sip:4711@sbc.example.com>", "\"30123***\" <sip:4***@sbc.example.com>"),
        ("Ada Lovelace 30123456", "Ada Lovelace 30123***"),
        ("Ada Lovelace, Tel. 4711", "Ada Lovelace, Tel. 4***"),
        ("4711x12", "4***x**"),
        ("4:+14255550123", "*:+14255550***"),
        ("Ada Nr. 4711", "Ada Nr. 4***"),
        ("Rufnummer 4711", "Rufnummer 4***"),
        ("H323:4711@sbc9.example.com", "H323:4***@sbc9.example.com"),
        ("IAX2:4711", "IAX2:4***"),
        ("4930123456²³¹", "4930123******"),
        ("6.5.4.3.2.1.0.3.9.4.e164.arpa", "*.*.*.*.*.*.*.*.*.*.e164.arpa"),
        ("sip:ada@6.5.4.E164.ARPA:5061", "sip:ada@*.*.*.E164.ARPA:5061"),
    ] {
        assert_eq!(three(given), expected);
    }
}

#[test]
fn tones_and_feature_codes_show_no_number() {
    for (given, expected) in [
        ("4930123456*12", "4930123******"),
        ("+4930123456*11*20#", "+4930123*********#"),
        ("**61*+4930123456*11*20#", "*****+4930123*********#"),
        ("**62*030123456*20#", "*****************#"),
        ("0301234567*123#", "0301234*******#"),
        ("sip:4930123456*1234@h", "sip:4930123********@h"),
        ("*674930123456", "*674930123***"),
        ("4930123456 *12", "4930123*** ***"),
        ("4930123456 789***", "4930123*** ******"),
        ("030-1234 030-5678", "030-1*** ***-****"),
        ("+1 555 123 0456", "+1 555 123 0***"),
        ("+33 1 23 04 56 78", "+33 1 23 04 5* **"),
    ] {
        assert_eq!(three(given), expected, "{given}");
        assert_eq!(three(expected), expected, "{given} again");
    }
}

#[test]
fn what_follows_a_number_is_hidden_whole() {
    for (given, expected) in [
        ("+4930123 App 456", "+4930*** App ***"),
        ("+4930123, App 456", "+4930***, App ***"),
        ("4930123@sbc9.example.com App 456", "4930***@sbc9.example.com App ***"),
        ("Ada 0171/1234567 Durchw. 89", "Ada 0171/1234*** Durchw. **"),
        ("+4930123456 (Zentrale) 12", "+4930123*** (Zentrale) **"),
        ("030123456 oder 457", "030123*** oder ***"),
        ("030123456 oder 0171234567", "030123*** oder 0171234***"),
        ("089/32168-0 oder -123", "089/321**-* oder -***"),
        ("030-12A34B56", "03*-**A**B**"),
        ("4930A123", "4***A***"),
        ("tel:+4930123456;extension=4711", "tel:+4930123***;extension=****"),
        ("tel:+4930123456;Extn=4711;x=1;sub=2", "tel:+4930123***;Extn=****;x=*;sub=*"),
        ("sip:+4930123456;pin=4711@sbc9.example.com", "sip:+4930123***;pin=****@sbc9.example.com"),
        ("+4930123456;App 456", "+4930123***;App ***"),
        ("+4930123456;x-line=1;number=4711", "+4930123***;x-line=1;number=4***"),
        ("+4930123456 <sip:ada7@sbc9.example.com>", "+4930123*** <sip:ada7@sbc9.example.com>"),
    ] {
        assert_eq!(three(given), expected, "{given}");
        assert_eq!(three(expected), expected, "{given} again");
    }
}

#[test]
fn names_stay() {
    for name in [
        "1&1 Service",
        "8:acs:efd3c229-b212-437a-945d-920326f13a1b_00000007-86e2-ab0d-e3c7-593a0d009234",
        "sip:efd3c229b212437a945d920326f13a1b@example.com",
        "sip:efd3c229-b212-437a-945d-920326f13a1b.gid@example.com",
    ] {
        assert_eq!(three(name), name);
    }
    for name in [
        "Anonymous",
        "anonymous@anonymous.invalid",
        "sip:ada@contoso.com",
        "Ada Lovelace",
        "ada.lovelace@contoso.com",
        "ada7@contoso.com",
        "Room 12",
        "Room #12, floor 3",
        "Café 2024 \u{1f600}",
        "100% Ada",
        "\"Helpdesk 24/7\" <sip:help@sbc9.example.com:5061;transport=tls>",
        "sip:5b7f0a51-2f5e-4a77-9c1d-0c5b7a1e4a10@sbc9.example.com",
        "8:orgid:12345678-1234-1234-1234-12345678901f",
        "sip:192.0.2.10:5061;transport=tls",
        "<sips:[2001:db8::1]:5061>",
        "sip:ada@192.0.2.10;received=192.0.2.110;rport=50600",
    ] {
        assert!(matches!(masked(name, 15), Cow::Borrowed(text) if text == name), "{name}");
    }
}

/// One digit in some script or encoding.
fn digit_as(digit: char, way: usize) -> String {
    let value = digit.to_digit(10).unwrap();
    let of_script = |zero: u32| char::from_u32(zero + value).unwrap().to_string();
    match way {
        0 => format!("%3{digit}"),
        1 => format!("%253{digit}"),
        2 => of_script(0x0660),
        3 => of_script(0xff10),
        _ => digit.to_string(),
    }
}

/// A digit and how it is written, as a number or in a text.
fn digits(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(char, usize, usize)>> {
    // Mostly plain, and mostly without a separator after it.
    prop::collection::vec((prop::char::range('0', '9'), 0..24_usize, 0..24_usize), count)
}

/// Digits as text.
fn joined(digits: &[(char, usize, usize)]) -> String {
    const SEPARATORS: [&str; 9] = [" ", "-", ".", "/", " (", ") ", "\u{a0}", "%20", " - "];
    let last = digits.len() - 1;
    let mut text = String::new();
    for (at, (digit, way, separator)) in digits.iter().enumerate() {
        text.push_str(&digit_as(*digit, *way));
        if at < last {
            text.push_str(SEPARATORS.get(*separator).unwrap_or(&""));
        }
    }
    text
}

/// What is around a number, `N` for it and `E` for an extension: nothing
/// with a digit beyond what the mask knows to be none.
const FORMS: [&str; 22] = [
    "N",
    "+N",
    "00N",
    "%2BN",
    "N#",
    " N ",
    "(N)",
    "tel:+N",
    "tel:N;phone-context=example.com",
    "tel:+N;ext=E",
    "tel:+N;isub=E;postd=E",
    "sip:+N@sbc9.example.com",
    "sip:+N@sbc9.example.com:5061;user=phone",
    "SIPS:N@192.0.2.10;transport=tls;lr",
    "sip:+N;ext=E@[2001:db8::1]:5060?Priority=urgent",
    "sip%3A%2BN%40sbc9.example.com",
    "Ada Lovelace <sip:+N@sbc9.example.com;user=phone>",
    "\"Ada Lovelace\" <tel:+N>;tag=a1",
    "\"+N\" <sip:+N@sbc9.example.com>",
    "Ada Lovelace +N",
    "N x E",
    "+N ext. E",
];

/// What of a masked form was a number: what `form` wrote around it goes.
fn shown_digits(text: &str) -> String {
    let mut known = text.to_owned();
    for part in ["sbc9", ":5061", "192.0.2.10", "[2001:db8::1]:5060", "tag=a1", "%2B", "%3A", "%40", "%20"] {
        known = known.replace(part, " ");
    }
    let tokens = tokens(&known);
    let shown = tokens.iter().map(|token| token.is).filter(|is| *is != '*' && is_digit(*is));
    shown.map(value_of).collect()
}

fn value_of(digit: char) -> char {
    match u32::from(digit) {
        code @ 0x0660..=0x0669 => char::from_digit(code - 0x0660, 10).unwrap(),
        code @ 0xff10..=0xff19 => char::from_digit(code - 0xff10, 10).unwrap(),
        _ => digit,
    }
}

/// Tones and feature codes around a number `N`, and `E` for what is dialled
/// with it.
const DIALLED: [&str; 6] = ["N*E", "+N*E*E#", "**61*+N*E#", "*E#N", "sip:N*E@sbc9.example.com", "*E*+N*E"];

proptest! {
    #[test]
    fn nothing_dialled_shows_last_digits(
        number in "[1-9][0-9]{6,14}",
        extension in "[0-9]{1,5}",
        form in prop::sample::select(DIALLED.to_vec()),
        hidden in 1..=6_usize,
    ) {
        let text = form.replace('N', &number).replace('E', &extension);
        let seen = masked(&text, u8::try_from(hidden).unwrap());
        let shown = &number[..number.len() - hidden];
        prop_assert!(!seen.contains(&number[..=shown.len()]), "{} became {}", text, seen);
        prop_assert!(seen.contains(shown), "{} became {}", text, seen);
        prop_assert_eq!(masked(&seen, u8::try_from(hidden).unwrap()), seen.as_ref());
    }

    #[test]
    fn no_form_of_a_number_shows_its_last_digits(
        number in digits(1..16),
        extension in digits(1..6),
        form in prop::sample::select(FORMS.to_vec()),
        hidden in 1..=6_u8,
    ) {
        let text = form.replace('N', &joined(&number)).replace('E', &joined(&extension));
        let seen = masked(&text, hidden);
        let mut all: String = number.iter().map(|(digit, _, _)| *digit).collect();
        if form.starts_with("00") {
            all.insert_str(0, "00");
        }
        let kept = all.len().saturating_sub(usize::from(hidden));
        let shown = shown_digits(&seen);
        // One form writes the number twice.
        let times = form.matches('N').count();
        prop_assert!(shown.len() <= kept * times, "{text} became {seen}");
        let once = &shown[..shown.len() / times];
        prop_assert!(all[..kept].starts_with(once), "{text} became {seen}");
        // No more is hidden than must be, unless a block may be a whole number.
        if !number.iter().any(|(_, _, separator)| *separator < 9) {
            prop_assert_eq!(shown, all[..kept].repeat(times), "{} became {}", text, seen);
        }
    }

    #[test]
    fn only_digits_change_and_only_once(
        text in prop_oneof![
            ".{0,40}",
            "[0-9*+#%a-f;@<>\"=:,. ]{0,40}",
            "(%25|%3[0-9]|%2[0-9a-f]|%[0-9a-f]|[0-9]){0,20}",
            "([A-Za-zäß]{1,8}[ .]?|[0-9]{1,9}|;ext=|sip:|@){0,12}",
        ],
        hidden in 0..=15_u8,
    ) {
        let seen = masked(&text, hidden);
        prop_assert_eq!(masked(&seen, hidden), seen.as_ref(), "masked again");
        prop_assert!(seen.len() <= text.len());
        let (before, after) = (tokens(&text), tokens(&seen));
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            let stays = before.is == after.is;
            prop_assert!(stays || (is_digit(before.is) && after.is == '*'), "{} became {}", text, seen);
        }
    }

    #[test]
    fn names_without_many_digits_stay(
        words in prop::collection::vec("[A-Zäö][a-zß]{2,9}", 1..4),
        number in prop::option::of(0..9_999_u32),
        host in prop::option::of("@[a-z]{2,8}[0-9]{0,4}\\.example"),
    ) {
        // A word that announces a number makes no name.
        let announces = |word: &String| announced(&tokens(word)) != Announcement::Nothing;
        prop_assume!(!words.iter().any(announces));
        let number = number.map_or_else(String::new, |number| format!(" {number}"));
        let text = format!("{}{number}{}", words.join(" "), host.unwrap_or_default());
        prop_assert_eq!(masked(&text, 15), text.as_str());
    }

    #[test]
    fn a_mask_hides_what_a_smaller_one_hides(
        text in "[0-9+ a-c;=@.]{0,24}",
        less in 0..=7_u8,
        more in 0..=8_u8,
    ) {
        let more = less + more;
        let (of_less, of_more) = (masked(&text, less), masked(&text, more));
        for (of_less, of_more) in of_less.chars().zip(of_more.chars()) {
            prop_assert!(of_more == of_less || of_more == '*', "{} became {}", text, of_more);
        }
        prop_assert_eq!(masked(&of_more, less), of_more.as_ref());
    }
}

#[test]
fn time_grows_with_the_length_alone() {
    // Quadratic steps would take hours.
    for part in ["%25", "%", "@", ";", "a1", "1 ", "+", "<", "é", "=", "%e9"] {
        let text = part.repeat(400_000);
        assert!(masked(&text, 3).len() <= text.len());
    }
}

#[test]
fn what_is_masked_stays_as_it_is() {
    let odd = "tel:03-123 45[\0\0\0\u{0}30-130-123 \u{0}123 4563 \\\\\\\\456;pho\u{0}11";
    let seen = masked(odd, 3);
    assert_eq!(masked(&seen, 3), seen);
    assert!(!seen.contains("4563") && !seen.contains("0123"), "{seen}");
}
