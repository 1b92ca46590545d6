//! How calls end, as pages choose and colour them.

use trunklog_reports::{Class, Ner};

use super::quoted;

/// How calls ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// The network delivered them.
    Delivered,
    /// It did not.
    Failed,
    /// They came in, and nobody took them.
    Missed,
    /// All that were not answered.
    Unanswered,
    /// A group of classes.
    Group(Group),
    /// One class.
    Class(Class),
}

/// Classes that have a colour in common: by who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Answered.
    Answered,
    /// Ended by what people did: nothing is wrong.
    People,
    /// Dialled wrongly.
    Dialling,
    /// Forbidden, or not set up.
    Configuration,
    /// The session border controller, its connection or the carrier.
    Sbc,
    /// Media.
    Media,
    /// Microsoft's service.
    Microsoft,
    /// The codes do not tell.
    Unknown,
}

impl Group {
    /// All, in the order in which they are shown.
    pub const ALL: [Group; 8] = [
        Group::Answered,
        Group::People,
        Group::Dialling,
        Group::Configuration,
        Group::Sbc,
        Group::Media,
        Group::Microsoft,
        Group::Unknown,
    ];

    /// What it is called in addresses and style sheets.
    pub fn key(self) -> &'static str {
        match self {
            Group::Answered => "g-answered",
            Group::People => "g-people",
            Group::Dialling => "g-dialling",
            Group::Configuration => "g-configuration",
            Group::Sbc => "g-sbc",
            Group::Media => "g-media",
            Group::Microsoft => "g-microsoft",
            Group::Unknown => "g-unknown",
        }
    }

    /// The key of the text that names it.
    pub fn name(self) -> &'static str {
        match self {
            Group::Answered => "group-answered",
            Group::People => "group-people",
            Group::Dialling => "group-dialling",
            Group::Configuration => "group-configuration",
            Group::Sbc => "group-sbc",
            Group::Media => "group-media",
            Group::Microsoft => "group-microsoft",
            Group::Unknown => "group-unknown",
        }
    }

    /// The group of a class.
    pub fn of(class: Class) -> Group {
        match class {
            Class::Answered => Group::Answered,
            Class::UserBusy
            | Class::RingNoAnswer
            | Class::CallerGaveUp
            | Class::CompletedElsewhere
            | Class::TerminalReject
            | Class::CalleeNotReachable => Group::People,
            Class::DiallingError => Group::Dialling,
            Class::Barred | Class::ConfigurationFault => Group::Configuration,
            Class::SbcFault | Class::ConnectionFault => Group::Sbc,
            Class::MediaFault => Group::Media,
            Class::MicrosoftFault => Group::Microsoft,
            Class::Unknown => Group::Unknown,
        }
    }
}

impl Ends {
    /// What it is called in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Ends::Delivered => "delivered",
            Ends::Failed => "failed",
            Ends::Missed => "missed",
            Ends::Unanswered => "unanswered",
            Ends::Group(group) => group.key(),
            Ends::Class(class) => class.key(),
        }
    }

    /// The one of that key.
    pub fn by_key(key: &str) -> Option<Ends> {
        let plain = [Ends::Delivered, Ends::Failed, Ends::Missed, Ends::Unanswered];
        let groups = Group::ALL.into_iter().map(Ends::Group);
        plain
            .into_iter()
            .chain(groups)
            .find(|ends| ends.key() == key)
            .or_else(|| Class::by_key(key).map(Ends::Class))
    }

    /// The key of the text that names it.
    pub fn name(self) -> &'static str {
        match self {
            Ends::Delivered => "ends-delivered",
            Ends::Failed => "ends-failed",
            Ends::Missed => "ends-missed",
            Ends::Unanswered => "ends-unanswered",
            Ends::Group(group) => group.name(),
            Ends::Class(class) => class.name(),
        }
    }

    /// The condition that a filter has for it. It counts what the key figures
    /// count.
    ///
    /// ```
    /// use trunklog_reports::Class;
    /// use trunklog_web::state::Ends;
    ///
    /// assert_eq!(Ends::Class(Class::SbcFault).condition(), "class eq 'sbcFault'");
    /// assert_eq!(Ends::Missed.condition(), "isMissed");
    /// assert!(Ends::Failed.condition().starts_with("class in ('diallingError',"));
    /// ```
    pub fn condition(self) -> String {
        match self {
            Ends::Delivered => any_of(|class| class.ner() == Ner::Effective),
            Ends::Failed => any_of(|class| class.ner() != Ner::Effective),
            Ends::Missed => "isMissed".to_owned(),
            Ends::Unanswered => any_of(|class| class != Class::Answered),
            Ends::Group(group) => any_of(|class| Group::of(class) == group),
            Ends::Class(class) => any_of(|of| of == class),
        }
    }
}

fn any_of(holds: impl Fn(Class) -> bool) -> String {
    let classes: Vec<String> =
        Class::ALL.into_iter().filter(|class| holds(*class)).map(|class| quoted(class.key())).collect();
    match classes.as_slice() {
        [only] => format!("class eq {only}"),
        all => format!("class in ({})", all.join(",")),
    }
}
