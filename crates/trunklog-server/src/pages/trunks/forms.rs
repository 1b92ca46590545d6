//! What is entered of trunks.

use jiff::civil::Date;
use trunklog_odata::{Error, query_pairs};
use trunklog_reports::calendar::local_date;
use trunklog_trunks::{Entry, Fact, Fqdn, Inventory, Kind, TrunkError};
use trunklog_web::Links;
use trunklog_web::state::FilterState;

use crate::pages::fault::Fault;
use crate::pages::work::{Next, Work};

/// What a form says of a trunk.
struct Change {
    name: Fqdn,
    what: What,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
enum What {
    Add(Entry),
    Remove(Entry),
    /// All that people entered of it goes.
    Forget,
}

impl Change {
    fn read(form: &str) -> Result<Change, Fault> {
        let mut fields: [(&str, Option<String>); 6] =
            ["do", "trunk", "kind", "value", "from", "until"].map(|name| (name, None));
        for (name, value) in query_pairs(form)? {
            match fields.iter_mut().find(|(of, _)| *of == name) {
                Some((_, field)) => *field = Some(value),
                None => {
                    return Err(Error::bad_request("The form has a field that it should not have.").into());
                }
            }
        }
        let [act, trunk, kind, value, from, until] = fields.map(|(_, value)| value.unwrap_or_default());
        let name: Fqdn = trunk.parse()?;
        let entry = || -> Result<Entry, Fault> {
            let kind = Kind::by_key(&kind).ok_or(TrunkError::Kind)?;
            Ok(Entry::of(Fact::read(kind, &value)?, day("from", &from)?, day("until", &until)?)?)
        };
        let what = match act.as_str() {
            "add" => What::Add(entry()?),
            "remove" => What::Remove(entry()?),
            "forget" => What::Forget,
            _ => return Err(Error::bad_request("The form does not say what to do.").into()),
        };
        Ok(Change { name, what })
    }
}

/// A day as a form sends it; empty for none.
fn day(name: &str, text: &str) -> Result<Option<Date>, Fault> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.trim().parse().map(Some).map_err(|_| {
        let error = Error::bad_request(format!("{name}: it is no day"));
        error.hint("write it like 2026-11-30").into()
    })
}

/// Adds, removes or forgets what a form says.
pub(in crate::pages) fn change(work: &Work<'_>, form: &str) -> Result<Next, Fault> {
    let Change { name, what } = Change::read(form)?;
    if let What::Add(entry) = &what {
        let inventory = inventory(work)?;
        check_name(&inventory, &name)?;
        inventory.check(&name, entry)?;
    }
    trunklog_trunks::change(work.engine, work.tenant, &name, |mut trunk| {
        match &what {
            What::Add(entry) => trunk.add(entry.clone())?,
            What::Remove(entry) => trunk.remove(entry)?,
            What::Forget => return Ok(None),
        }
        Ok(Some(trunk))
    })?;
    let path = match what {
        What::Forget => "trunks".to_owned(),
        What::Add(_) | What::Remove(_) => format!("trunks/{}", Links::segment(name.as_str())),
    };
    Ok(Next { path, state: FilterState::default() })
}

/// Takes a saved answer of `Get-CsOnlinePSTNGateway`. What it says otherwise than
/// what is known holds from today on. What is wrong in it is named, and all else is
/// taken.
pub(in crate::pages) fn import(work: &Work<'_>, form: &str) -> Result<Next, Fault> {
    let mut text = None;
    for (name, value) in query_pairs(form)? {
        if name != "gateways" {
            return Err(Error::bad_request("The form has a field that it should not have.").into());
        }
        text = Some(value);
    }
    let read = trunklog_trunks::gateways(text.unwrap_or_default().as_bytes())?;
    let mut problems: Vec<String> =
        read.refused.into_iter().map(|(at, problem)| format!("object {at}: {problem}")).collect();
    let inventory = inventory(work)?;
    let today = local_date(&work.zone, work.now).parse().unwrap_or(Date::ZERO);
    for gateway in &read.gateways {
        if let Err(problem) = check_name(&inventory, &gateway.name) {
            problems.push(problem.to_string());
            continue;
        }
        trunklog_trunks::change(work.engine, work.tenant, &gateway.name, |mut trunk| {
            for fact in &gateway.facts {
                trunk.set(fact.clone(), today);
            }
            Ok(Some(trunk))
        })?;
    }
    if problems.is_empty() {
        return Ok(Next { path: "trunks".to_owned(), state: FilterState::default() });
    }
    let error = Error::bad_request(format!("gateways: {}", problems.join("; ")));
    Err(error.hint("all others were taken").into())
}

fn inventory(work: &Work<'_>) -> Result<Inventory, Fault> {
    Ok(trunklog_trunks::read(work.engine, work.tenant, work.configured.clone())?)
}

/// Checks that a name is not another trunk's.
fn check_name(inventory: &Inventory, name: &Fqdn) -> Result<(), TrunkError> {
    match inventory.owner(name).filter(|owner| *owner != name) {
        Some(owner) => Err(TrunkError::Taken { name: name.to_string(), trunk: owner.to_string() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(form: &str) -> Option<What> {
        Change::read(form).ok().map(|change| change.what)
    }

    #[test]
    fn forms_say_what_to_do() {
        let of = "trunk=SBC1.example&kind=channels&value=30";
        let entry = |from: Option<&str>| {
            Entry::of(Fact::Channels(30), from.map(|day| day.parse().unwrap()), None).unwrap()
        };
        assert_eq!(what(&format!("do=add&{of}")), Some(What::Add(entry(None))));
        assert_eq!(
            what(&format!("do=remove&{of}&from=2026-11-01&until=")),
            Some(What::Remove(entry(Some("2026-11-01"))))
        );
        assert_eq!(what("do=forget&trunk=sbc1.example"), Some(What::Forget));
        for wrong in [
            format!("do=add&{of}&from=1.11.2026"),
            format!("do=add&{of}&from=2026-11-02&until=2026-11-01"),
            format!("do=drop&{of}"),
            format!("do=add&{of}&colour=red"),
            "do=add&trunk=sbc1.example&kind=colour&value=red".to_owned(),
            "do=add&trunk=localhost&kind=name&value=x".to_owned(),
            String::new(),
        ] {
            assert_eq!(what(&wrong), None, "{wrong}");
        }
    }
}
