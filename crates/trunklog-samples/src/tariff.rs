//! What calls and messages cost. The prices are made up; the licences are the
//! ones that Microsoft names.
//!
//! Source: learn.microsoft.com/microsoftteams/teams-analytics-and-reports/pstn-usage-report,
//! on capabilities.

use std::fmt;

use super::numbers::Country;

/// An amount in ten-thousandths of a currency's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Money(u64);

/// How far a call or message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Domestic,
    International,
}

/// Over whom the calls of users go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    /// A Calling Plan.
    Microsoft,
    /// Operator Connect, with the operator's name.
    Operator(&'static str),
}

/// What calls of a user are charged to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Licence {
    capability: &'static str,
    included: Allowance,
    /// What pays for the calls that are not included.
    beyond: &'static str,
}

/// Which calls to outside cost nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Allowance {
    None,
    Domestic,
    All,
}

/// What a call costs, and what pays for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Price {
    pub(super) capability: &'static str,
    pub(super) charge: Money,
    pub(super) connection: Money,
}

/// The prices of a country in its currency. Those of calls are for each minute
/// that has started, all of them in the units of [`Money`].
#[derive(Debug)]
pub(super) struct Tariff {
    country: &'static str,
    pub(super) currency: &'static str,
    pub(super) carrier: Carrier,
    /// Users have these in turn.
    calling: &'static [Licence],
    meetings: &'static [Licence],
    domestic: u32,
    international: u32,
    /// For each international call.
    connection: u32,
    /// For each part of a message.
    message: u32,
    message_abroad: u32,
}

const fn licence(capability: &'static str, included: Allowance, beyond: &'static str) -> Licence {
    Licence { capability, included, beyond }
}

/// Communications Credits.
const CREDITS: &str = "MCOPSTNPP";

const DOMESTIC_PLAN: Licence = licence("MCOPSTN1", Allowance::Domestic, CREDITS);
const INTERNATIONAL_PLAN: Licence = licence("MCOPSTN2", Allowance::All, CREDITS);
const PAY_AS_YOU_GO: Licence = licence(CREDITS, Allowance::None, CREDITS);
/// The operator sends its own bill.
const OPERATOR_PLAN: Licence = licence("MCOEV", Allowance::All, "MCOEV");
const CONFERENCING: Licence = licence("MCOMEETADD", Allowance::Domestic, CREDITS);
const CONFERENCING_US: Licence = licence("MCOMEETADD_DIALOUT_US", Allowance::Domestic, CREDITS);
const CONFERENCING_PER_MINUTE: Licence = licence("MCOMEETACPEA", Allowance::None, "MCOMEETACPEA");

/// The licence of attendants and queues.
pub(super) static VIRTUAL_USER: Licence = licence("MCOEV_VIRTUALUSER", Allowance::All, "MCOEV_VIRTUALUSER");

/// The licence of messages.
pub(super) const MESSAGES: &str = "MCOSMS1";

static TARIFFS: [Tariff; 4] = [
    Tariff {
        country: "DE",
        currency: "EUR",
        carrier: Carrier::Microsoft,
        calling: &[DOMESTIC_PLAN, INTERNATIONAL_PLAN, PAY_AS_YOU_GO],
        meetings: &[CONFERENCING, CONFERENCING, CONFERENCING_PER_MINUTE],
        domestic: 158,
        international: 1_290,
        connection: 500,
        message: 750,
        message_abroad: 1_100,
    },
    Tariff {
        country: "GB",
        currency: "GBP",
        carrier: Carrier::Operator("Fabrikam Voice"),
        calling: &[OPERATOR_PLAN],
        meetings: &[CONFERENCING, CONFERENCING_PER_MINUTE],
        domestic: 110,
        international: 980,
        connection: 400,
        message: 400,
        message_abroad: 820,
    },
    Tariff {
        country: "US",
        currency: "USD",
        carrier: Carrier::Microsoft,
        calling: &[DOMESTIC_PLAN, DOMESTIC_PLAN, INTERNATIONAL_PLAN],
        meetings: &[CONFERENCING_US, CONFERENCING_US, CONFERENCING_PER_MINUTE],
        domestic: 130,
        international: 850,
        connection: 0,
        message: 75,
        message_abroad: 395,
    },
    Tariff {
        country: "FR",
        currency: "EUR",
        carrier: Carrier::Microsoft,
        calling: &[PAY_AS_YOU_GO],
        meetings: &[CONFERENCING],
        domestic: 150,
        international: 1_250,
        connection: 500,
        message: 700,
        message_abroad: 1_050,
    },
];

impl Tariff {
    pub(super) fn of(country: &Country) -> &'static Tariff {
        let found = TARIFFS.iter().find(|tariff| tariff.country == country.code);
        found.expect("a test asks for the tariff of every country")
    }

    /// What a user's own calls are charged to; `user` is its place in the
    /// directory.
    pub(super) fn calling(&self, user: usize) -> &'static Licence {
        &self.calling[user % self.calling.len()]
    }

    /// What the calls of meetings are charged to that a user organises.
    pub(super) fn meetings(&self, user: usize) -> &'static Licence {
        &self.meetings[user % self.meetings.len()]
    }

    /// What a call costs; one from outside has no reach and costs nothing.
    pub(super) fn price(&self, licence: &'static Licence, reach: Option<Reach>, secs: u32) -> Price {
        let chargeable = reach.filter(|reach| !licence.includes(*reach) && secs > 0);
        let Some(reach) = chargeable else {
            return Price {
                capability: licence.capability,
                charge: Money::NOTHING,
                connection: Money::NOTHING,
            };
        };
        let (per_minute, connection) = match reach {
            Reach::Domestic => (self.domestic, 0),
            Reach::International => (self.international, self.connection),
        };
        let charge = u64::from(secs.div_ceil(60)) * u64::from(per_minute);
        Price { capability: licence.beyond, charge: Money(charge), connection: Money(u64::from(connection)) }
    }

    /// What a message of that many parts costs, if it is sent to outside.
    pub(super) fn message(&self, reach: Reach, parts: u32) -> Money {
        let each = match reach {
            Reach::Domestic => self.message,
            Reach::International => self.message_abroad,
        };
        Money(u64::from(each) * u64::from(parts))
    }
}

impl Licence {
    fn includes(&self, reach: Reach) -> bool {
        match self.included {
            Allowance::None => false,
            Allowance::Domestic => reach == Reach::Domestic,
            Allowance::All => true,
        }
    }
}

impl Reach {
    pub(super) fn between(here: &Country, there: &Country) -> Reach {
        if here.code == there.code { Reach::Domestic } else { Reach::International }
    }

    /// As Graph names it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Reach::Domestic => "Domestic",
            Reach::International => "International",
        }
    }
}

impl Carrier {
    pub(super) fn operator(self) -> &'static str {
        match self {
            Carrier::Microsoft => "Microsoft",
            Carrier::Operator(name) => name,
        }
    }

    /// What is before the names of call types. `oc_ucap_in` was seen, the
    /// others are named alike.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Carrier::Microsoft => "",
            Carrier::Operator(_) => "oc_",
        }
    }

    /// The member of `pstnCallDurationSource`.
    pub(super) fn duration_source(self) -> &'static str {
        match self {
            Carrier::Microsoft => "microsoft",
            Carrier::Operator(_) => "operator",
        }
    }
}

impl Money {
    pub(super) const NOTHING: Money = Money(0);
}

impl fmt::Display for Money {
    /// With two digits after the point, or as many more as are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (units, hundredths, rest) = (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100);
        write!(f, "{units}.{hundredths:02}")?;
        match (rest / 10, rest % 10) {
            (0, 0) => Ok(()),
            (tenths, 0) => write!(f, "{tenths}"),
            (..) => write!(f, "{rest:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::{COUNTRIES, home};

    #[test]
    fn every_country_has_a_tariff() {
        for country in &COUNTRIES {
            let tariff = Tariff::of(country);
            assert_eq!(tariff.country, country.code);
            assert!(!tariff.calling.is_empty() && !tariff.meetings.is_empty(), "{}", country.code);
        }
    }

    #[test]
    fn amounts_have_two_digits_or_more() {
        for (amount, text) in [
            (0, "0.00"),
            (1, "0.0001"),
            (10, "0.001"),
            (109, "0.0109"),
            (500, "0.05"),
            (12_830, "1.283"),
            (128_300, "12.83"),
            (10_000_000, "1000.00"),
        ] {
            assert_eq!(Money(amount).to_string(), text);
        }
    }

    #[test]
    fn a_call_costs_what_its_licence_does_not_include() {
        let tariff = Tariff::of(home());
        let price = |licence: &'static Licence, reach, secs| {
            let Price { capability, charge, connection } = tariff.price(licence, reach, secs);
            format!("{capability} {charge} {connection}")
        };
        let domestic = tariff.calling(0);
        assert_eq!(price(domestic, Some(Reach::Domestic), 600), "MCOPSTN1 0.00 0.00");
        // Three minutes have started.
        assert_eq!(price(domestic, Some(Reach::International), 121), "MCOPSTNPP 0.387 0.05");
        assert_eq!(price(domestic, Some(Reach::International), 0), "MCOPSTN1 0.00 0.00");
        assert_eq!(price(domestic, None, 600), "MCOPSTN1 0.00 0.00");
        assert_eq!(price(tariff.calling(1), Some(Reach::International), 600), "MCOPSTN2 0.00 0.00");
        assert_eq!(price(tariff.meetings(2), Some(Reach::Domestic), 60), "MCOMEETACPEA 0.0158 0.00");
        assert_eq!(tariff.message(Reach::International, 2).to_string(), "0.22");
    }
}
