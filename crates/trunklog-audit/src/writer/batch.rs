//! What waits to be written.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::Value;

use super::Stamped;
use crate::entry::{EXPIRED, Entry, FORGOT, whole_ms};
use crate::error::Result;
use crate::event::{Actor, Client, ClientId, Detail, Event, Outcome, Scene};
use crate::identity::{Identity, Kind};
use crate::keys::KeyStore;
use crate::retention::Expired;
use crate::trail::Forgotten;

/// How many different reads wait at most while the trail cannot be written.
const MOST_NOTES: usize = 8_192;

/// What waits to be written, in order.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) items: Vec<Item>,
    /// Where the reads are that others can join.
    by_scene: HashMap<Scene, usize>,
}

/// What makes one entry.
pub(super) enum Item {
    /// What was noted: it waits until it can be written.
    Note(Gathered),
    /// What was recorded: it is written at once or not at all.
    Record(Gathered),
    /// Keys of somebody were destroyed.
    Forgot { at: Timestamp, kind: Kind, forgotten: Forgotten },
    /// Files are removed.
    Expired { at: Timestamp, expired: Expired },
}

/// Events that are alike.
pub(super) struct Gathered {
    first: Stamped,
    until: Option<Timestamp>,
    requests: u64,
}

impl Batch {
    /// Adds a read, if there is room for it.
    pub(super) fn note(&mut self, stamped: Stamped) -> bool {
        let joins = stamped.event.reason.is_none();
        if joins
            && let Some(at) = self.by_scene.get(&stamped.event.scene)
            && let Some(Item::Note(gathered)) = self.items.get_mut(*at)
        {
            gathered.join(&stamped);
            return true;
        }
        if self.items.len() >= MOST_NOTES {
            return false;
        }
        if joins {
            self.by_scene.insert(stamped.event.scene.clone(), self.items.len());
        }
        self.items.push(Item::Note(Gathered::new(stamped)));
        true
    }

    /// Adds what somebody waits for.
    pub(super) fn record(&mut self, stamped: Stamped) {
        self.items.push(Item::Record(Gathered::new(stamped)));
    }

    /// Adds that keys were destroyed.
    pub(super) fn forgot(&mut self, at: Timestamp, kind: Kind, forgotten: Forgotten) {
        self.items.push(Item::Forgot { at, kind, forgotten });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many reads wait.
    pub(super) fn notes(&self) -> u64 {
        self.items
            .iter()
            .map(|item| if let Item::Note(gathered) = item { gathered.requests } else { 0 })
            .sum()
    }

    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.by_scene.clear();
    }

    /// Drops all but what was noted: who waited for it is told that it was not
    /// written.
    pub(super) fn forget_recorded(&mut self) {
        self.items.retain(|item| matches!(item, Item::Note(_)));
        self.by_scene.clear();
        for (at, item) in self.items.iter().enumerate() {
            if let Item::Note(gathered) = item
                && gathered.first.event.reason.is_none()
            {
                self.by_scene.insert(gathered.first.event.scene.clone(), at);
            }
        }
    }
}

impl Gathered {
    fn new(first: Stamped) -> Gathered {
        Gathered { first, until: None, requests: 1 }
    }

    fn join(&mut self, next: &Stamped) {
        self.requests += 1;
        self.until = Some(next.at);
        let rows = &mut self.first.event.rows;
        *rows = match (*rows, next.event.rows) {
            (Some(some), Some(more)) => Some(some.saturating_add(more)),
            (some, more) => some.or(more),
        };
    }

    fn entry(&self, n: u64, keys: &KeyStore, now: Timestamp) -> Result<Entry> {
        let Event { scene, rows, request, reason } = &self.first.event;
        let at = self.first.at;
        let Scene { action, actor, channel, outcome, tenant, address, of, range, filter, subject, details } =
            scene;
        let (who, actor) = match actor {
            Actor::Unknown => ("unknown".to_owned(), None),
            Actor::Program => ("program".to_owned(), None),
            Actor::Application(ClientId(Client::Guid(guid))) => (format!("application:{guid}"), None),
            Actor::Application(ClientId(Client::Other(identity)))
            | Actor::Person(identity)
            | Actor::Local(identity) => {
                let key = keys.key(None, identity, now)?;
                (key.pseudonym(), Some(key))
            }
        };
        let subject = subject.as_ref().map(|subject| keys.key(*tenant, subject, now)).transpose()?;
        let reason = match (reason, subject.as_ref().or(actor.as_ref())) {
            (Some(reason), Some(key)) => Some(key.seal(&reason.0)?),
            _ => None,
        };
        let from = match address {
            Some(address) => {
                let month = Identity::addresses(&at.strftime("%Y-%m").to_string());
                Some(keys.key(None, &month, now)?.address(*address))
            }
            None => None,
        };
        let (outcome, why) = match outcome {
            Outcome::Done => (None, None),
            Outcome::Refused(why) => (Some("refused".to_owned()), Some((*why).to_owned())),
            Outcome::Failed => (Some("failed".to_owned()), None),
        };
        Ok(Entry {
            until: self.until.map(whole_ms),
            via: Some(channel.name().to_owned()),
            who: Some(who),
            outcome,
            why,
            tenant: *tenant,
            from,
            of: of.map(str::to_owned),
            range: range.map(|(from, end)| [from.to_string(), end.to_string()]),
            filter: filter.as_ref().map(|shape| shape.text().to_owned()),
            subject: subject.map(|key| key.pseudonym()),
            reason,
            rows: *rows,
            requests: Some(self.requests).filter(|requests| *requests > 1),
            request: *request,
            details: details.iter().map(|(name, detail)| ((*name).to_owned(), value(detail))).collect(),
            ..Entry::own(n, at, action.name())
        })
    }
}

impl Item {
    /// The entry, with pseudonyms for whoever is in it.
    pub(super) fn entry(&self, n: u64, keys: &KeyStore, now: Timestamp) -> Result<Entry> {
        match self {
            Item::Note(gathered) | Item::Record(gathered) => gathered.entry(n, keys, now),
            Item::Forgot { at, kind, forgotten } => {
                Ok(Entry::own(n, *at, FORGOT).with("kind", kind.name()).with("keys", forgotten.keys))
            }
            Item::Expired { at, expired } => Ok(Entry {
                details: BTreeMap::from([
                    ("through".to_owned(), Value::from(expired.through.n)),
                    ("hash".to_owned(), Value::from(expired.through.hash.to_string())),
                    ("files".to_owned(), Value::from(expired.files.len())),
                ]),
                ..Entry::own(n, *at, EXPIRED)
            }),
        }
    }
}

fn value(detail: &Detail) -> Value {
    match detail {
        Detail::Word(word) => Value::from(*word),
        Detail::Words(words) => Value::from(words.clone()),
        Detail::Count(count) => Value::from(*count),
        Detail::Id(id) => Value::from(id.to_string()),
    }
}
