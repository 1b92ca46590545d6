//! What forms of pages send.

use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use trunklog_audit::{Action as Told, Outcome};
use trunklog_odata::{Error, query_pairs};
use trunklog_web::Links;
use trunklog_web::state::{FilterState, Who};

use super::address::Address;
use super::change::Changing;
use super::fault::Fault;
use super::form::Form;
use super::routes::{Needs, Route};
use super::work::{Next, Work};
use super::{check, made, seal, trunks};
use crate::answer::Failure;
use crate::audit;
use crate::backlog::Reader as Holder;
use crate::body;
use crate::share::Share;

/// What a form sends, by its path.
pub(super) struct Action {
    path: &'static [&'static str],
    /// What logs and metrics call it.
    pub(super) name: &'static str,
    needs: Needs,
    /// Whether it changes what is known of trunks, which the audit trail is told of.
    is_change: bool,
    /// Does it, on a worker.
    run: fn(&Work<'_>, &str) -> Result<Next, Fault>,
}

/// The actions. Whom a reader looks for is posted, since addresses end up in
/// histories and logs.
static ACTIONS: [Action; 3] = [
    Action { path: &["search"], name: "page search", needs: Needs::Calls, is_change: false, run: search },
    Action {
        path: &["trunks", "change"],
        name: "page trunk change",
        needs: Needs::Administer,
        is_change: true,
        run: trunks::change,
    },
    Action {
        path: &["trunks", "import"],
        name: "page trunk import",
        needs: Needs::Administer,
        is_change: true,
        run: trunks::import,
    },
];

/// The action of an address.
pub(super) fn of(address: &Address<'_>) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.path == address.segments.as_slice())
}

/// Does it, and says where to go on. A change is in the audit trail before it is made.
pub(super) async fn serve(
    changing: Changing<'_>,
    body: Body,
    action: &'static Action,
    is_one_of_several: bool,
) -> Result<Response, Failure> {
    let Changing { app, parts, reader, tenant } = changing;
    Form::check(app, parts)?;
    let told = action.is_change.then(|| changing.told(Told::SettingChange).of("trunks"));
    if let Err(failure) = check(reader, tenant, action.needs) {
        if let Some(told) = told {
            audit::refused(app, told, "role");
        }
        return Err(failure);
    }
    let share = Share::Tenant(tenant);
    let form = body::read(app, Holder::of(share, parts), body).await?;
    let form = String::from_utf8(form.into()).map_err(|_| Error::bad_request("The form is not UTF-8."))?;
    let engine = Arc::clone(&app.services.engine);
    let (configured, zone) = (app.settings.inventories.of(tenant), app.settings.zones.of(tenant).clone());
    let (now, sender) = (app.now(), reader.person().id.clone());
    let work = move || (action.run)(&Work { engine: &*engine, tenant, configured, zone, now, sender }, &form);
    if let Some(told) = &told {
        audit::recorded(app, told.clone()).await?;
    }
    let Next { path, state } = app.store.run(share, work).await?.map_err(|fault| {
        if let Some(told) = told {
            app.services.trail.note(told.outcome(Outcome::Failed));
        }
        made::failure(app, parts, fault)
    })?;
    let named = is_one_of_several.then_some(tenant);
    made::see_other(&Links::new(parts.uri.path(), named).to(&path, &state))
}

/// Makes the token of whom a reader looks for.
fn search(work: &Work<'_>, form: &str) -> Result<Next, Fault> {
    let Search { path, mut state, who } = Search::read(form)?;
    (state.commit, state.who) = (None, None);
    // The list of others has no place in this one.
    state.start_over();
    if let Some(who) = who {
        // By searches nobody finds out what is in a colleague's link.
        state.who = seal::of(work.engine, work.tenant)?.token_by(&work.sender, &who.to_text());
    }
    Ok(Next { path: path.to_owned(), state })
}

/// Whom a reader looks for, and where.
struct Search {
    /// The page to go on at.
    path: &'static str,
    state: FilterState,
    who: Option<Who>,
}

impl Search {
    fn read(form: &str) -> Result<Search, Error> {
        let (mut path, mut query, mut who) = (None, String::new(), None);
        for (name, value) in query_pairs(form)? {
            match name.as_str() {
                "path" => path = Some(value),
                "state" => query = value,
                "who" => who = Some(value),
                _ => return Err(Error::bad_request("The form has a field that it should not have.")),
            }
        }
        let who = Who::of_search(&who.unwrap_or_default());
        // A page about one thing is left: the search is about another.
        let route = path.as_deref().and_then(Route::by_path).or_else(|| Route::by_path(""));
        let (path, own) = route.map_or(("", &[][..]), |route| (route.path, route.own));
        Ok(Search { path, state: FilterState::read(&query, own)?, who })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_keeps_what_was_looked_at() {
        let search = Search::read("path=&state=range%3D28d%26metric%3Dner&who=%2B4930").unwrap();
        assert_eq!((search.path, search.state.query().as_str()), ("", "range=28d&metric=ner"));
        assert_eq!(search.who, Some(Who::Digits("+4930".to_owned())));
        assert_eq!(Search::read("path=&state=&who=").unwrap().who, None);
        assert_eq!(Search::read("path=https%3A%2F%2Fevil.example&who=x").unwrap().path, "");
        assert!(Search::read("state=colour%3Dred&who=x").is_err());
        assert!(Search::read("who=x&next=y").is_err());
    }

    #[test]
    fn no_action_is_taken_for_a_page() {
        for action in &ACTIONS {
            let address = Address::of(&format!("/{}", action.path.join("/"))).segments.len();
            assert_eq!(address, action.path.len(), "{}", action.name);
        }
        assert!(
            of(&Address::of("/trunks/change")).is_some()
                && of(&Address::of("/trunks/sbc1.example")).is_none()
        );
        assert!(of(&Address::of("/search/x")).is_none());
    }
}
