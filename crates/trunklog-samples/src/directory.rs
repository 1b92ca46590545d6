//! Who works there.

use uuid::Uuid;

use super::dice::Dice;
use super::numbers::{COUNTRIES, COUNTRY_COUNT, Country, Number, home};

/// Users and the accounts of attendants and queues.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) users: Vec<Account>,
    pub(super) bots: Vec<Account>,
}

/// Someone or something that has a number.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) id: String,
    pub(super) principal_name: String,
    pub(super) display_name: String,
    pub(super) number: Number,
    pub(super) country: &'static Country,
    /// `administrativeUnitInfos`, as JSON.
    pub(super) units: String,
}

/// Whose call it is, as an index into the directory.
#[derive(Debug, Clone, Copy)]
pub(super) enum Party {
    User(usize),
    Bot(usize),
}

const DOMAIN: &str = "contoso.com";

/// Of a hundred users, how many belong to an administrative unit.
const IN_UNIT_PERCENT: u32 = 35;

/// Given names and surnames, each as displayed and as in an address.
#[rustfmt::skip]
const GIVEN_NAMES: [(&str, &str); 40] = [
    ("Adele", "adele"), ("Alex", "alex"), ("Amira", "amira"), ("Anna", "anna"), ("Ben", "ben"),
    ("Björn", "bjoern"), ("Carla", "carla"), ("Chloé", "chloe"), ("Daniel", "daniel"), ("Diego", "diego"),
    ("Elif", "elif"), ("Emma", "emma"), ("Erik", "erik"), ("Fatima", "fatima"), ("Felix", "felix"),
    ("Grace", "grace"), ("Hannah", "hannah"), ("Ines", "ines"), ("Isaiah", "isaiah"), ("Jan", "jan"),
    ("Johanna", "johanna"), ("Jürgen", "juergen"), ("Katja", "katja"), ("Lara", "lara"), ("Lee", "lee"),
    ("Lidia", "lidia"), ("Lukas", "lukas"), ("Lynne", "lynne"), ("Marie", "marie"), ("Megan", "megan"),
    ("Miriam", "miriam"), ("Nadia", "nadia"), ("Nestor", "nestor"), ("Omar", "omar"), ("Patti", "patti"),
    ("Pradeep", "pradeep"), ("René", "rene"), ("Sofia", "sofia"), ("Tomasz", "tomasz"), ("Zoë", "zoe"),
];

#[rustfmt::skip]
const SURNAMES: [(&str, &str); 50] = [
    ("Adams", "adams"), ("Ahmed", "ahmed"), ("Bauer", "bauer"), ("Becker", "becker"), ("Berg", "berg"),
    ("Brown", "brown"), ("Bühler", "buehler"), ("Carter", "carter"), ("Clark", "clark"), ("Costa", "costa"),
    ("Dubois", "dubois"), ("Evans", "evans"), ("Fischer", "fischer"), ("Fontaine", "fontaine"), ("Garcia", "garcia"),
    ("Groß", "gross"), ("Gupta", "gupta"), ("Hansen", "hansen"), ("Hill", "hill"), ("Hoffmann", "hoffmann"),
    ("Ivanova", "ivanova"), ("Jensen", "jensen"), ("Jones", "jones"), ("Kaya", "kaya"), ("Keller", "keller"),
    ("Khan", "khan"), ("Krüger", "krueger"), ("Lang", "lang"), ("Larsson", "larsson"), ("Lehmann", "lehmann"),
    ("Lopez", "lopez"), ("Meyer", "meyer"), ("Moreau", "moreau"), ("Müller", "mueller"), ("Nguyen", "nguyen"),
    ("Novak", "novak"), ("O'Neill", "oneill"), ("Patel", "patel"), ("Peters", "peters"), ("Richter", "richter"),
    ("Rossi", "rossi"), ("Schäfer", "schaefer"), ("Schulz", "schulz"), ("Silva", "silva"), ("Smith", "smith"),
    ("Taylor", "taylor"), ("Vogel", "vogel"), ("Wagner", "wagner"), ("Wilson", "wilson"), ("Zimmermann", "zimmermann"),
];

const BOTS: [(&str, &str); 3] =
    [("Reception", "aa-reception"), ("Support hotline", "cq-support"), ("Sales queue", "cq-sales")];

/// Steps through all pairs of names before it repeats one, because it has no
/// divisor in common with their number.
const NAME_STEP: usize = 983;

impl Directory {
    pub(super) fn new(users: u32, dice: &mut Dice) -> Directory {
        let units: Vec<Uuid> = (0..3).map(|_| dice.uuid()).collect();
        let pairs = GIVEN_NAMES.len() * SURNAMES.len();
        let first_pair = usize::try_from(dice.below(2_000)).unwrap_or(0);
        let mut counts = [0; COUNTRY_COUNT];
        let bots: Vec<Account> = BOTS
            .iter()
            .map(|(name, address)| Account {
                id: dice.uuid().to_string(),
                principal_name: format!("{address}@{DOMAIN}"),
                display_name: (*name).to_owned(),
                number: next_number(home(), &mut counts),
                country: home(),
                units: "[]".to_owned(),
            })
            .collect();
        let user = |at: u32| {
            let at = usize::try_from(at).expect("a directory fits into memory");
            let pair = (first_pair + at * NAME_STEP) % pairs;
            let (given, given_ascii) = GIVEN_NAMES[pair % GIVEN_NAMES.len()];
            let (surname, surname_ascii) = SURNAMES[pair / GIVEN_NAMES.len()];
            // Beyond all pairs of names, people are told apart by a number.
            let namesake = match at / pairs {
                0 => String::new(),
                earlier => (earlier + 1).to_string(),
            };
            let country = dice.weighted(&COUNTRIES, |country| country.user_share);
            let units = if dice.below(100) < IN_UNIT_PERCENT {
                format!("[{{\"id\":\"{}\"}}]", dice.weighted(&units, |_| 1))
            } else {
                "[]".to_owned()
            };
            Account {
                id: dice.uuid().to_string(),
                principal_name: format!("{given_ascii}.{surname_ascii}{namesake}@{DOMAIN}"),
                display_name: format!("{given} {surname}"),
                number: next_number(country, &mut counts),
                country,
                units,
            }
        };
        Directory { users: (0..users).map(user).collect(), bots }
    }

    /// A user, some more often than others.
    pub(super) fn draw_user(&self, dice: &mut Dice) -> Party {
        Party::User(dice.skewed_index(self.users.len()))
    }

    pub(super) fn draw_bot(&self, dice: &mut Dice) -> Party {
        Party::Bot(dice.index(self.bots.len()))
    }

    pub(super) fn account(&self, party: Party) -> &Account {
        match party {
            Party::User(at) => &self.users[at],
            Party::Bot(at) => &self.bots[at],
        }
    }
}

/// A number that no earlier account of the country has.
fn next_number(country: &'static Country, counts: &mut [usize; COUNTRY_COUNT]) -> Number {
    let at = COUNTRIES.iter().position(|other| other.code == country.code).unwrap_or(0);
    counts[at] += 1;
    Number::of_user(country, counts[at] - 1)
}
