//! What can be done, as entries name it.

/// What was done, or tried.
///
/// ```
/// use trunklog_audit::Action;
///
/// assert_eq!(Action::CallsRead.name(), "calls.read");
/// assert_eq!(Action::named("number.reveal"), Some(Action::NumberReveal));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// A person or an application signed in, or tried to.
    SignIn,
    /// A person signed out.
    SignOut,
    /// Somebody ended a session, their own from elsewhere or another person's.
    SessionRevoke,
    /// Rows of calls were read: a page, a list, one call.
    CallsRead,
    /// A report that tells of persons, numbers or calls was read.
    ReportRead,
    /// Hidden digits of one number were shown.
    NumberReveal,
    /// Rows left as a file or stream.
    CallsExport,
    /// Rows were taken in.
    CallsImport,
    /// Rows were deleted by order of the operator.
    CallsDelete,
    /// A person's or number's data was handed out.
    PersonExport,
    /// A person or a number was erased.
    PersonErase,
    /// Rows of a person or a number were kept from deletion, or no longer are.
    PersonHold,
    /// An application was registered.
    ApplicationAdd,
    /// An application got other roles or another secret.
    ApplicationChange,
    /// An application was removed.
    ApplicationRemove,
    /// An account of a person was made.
    AccountAdd,
    /// An account got other roles, another password or another second factor.
    AccountChange,
    /// An account was removed.
    AccountRemove,
    /// A setting was changed that is not in the configuration file.
    SettingChange,
    /// Tenants were named, merged or removed.
    TenantChange,
    /// The server started.
    ServerStart,
    /// The server stopped in order.
    ServerStop,
    /// The trail itself was looked at.
    AuditRead,
    /// The trail itself was exported.
    AuditExport,
}

const NAMES: [(Action, &str); 24] = [
    (Action::SignIn, "sign-in"),
    (Action::SignOut, "sign-out"),
    (Action::SessionRevoke, "session.revoke"),
    (Action::CallsRead, "calls.read"),
    (Action::ReportRead, "report.read"),
    (Action::NumberReveal, "number.reveal"),
    (Action::CallsExport, "calls.export"),
    (Action::CallsImport, "calls.import"),
    (Action::CallsDelete, "calls.delete"),
    (Action::PersonExport, "person.export"),
    (Action::PersonErase, "person.erase"),
    (Action::PersonHold, "person.hold"),
    (Action::ApplicationAdd, "application.add"),
    (Action::ApplicationChange, "application.change"),
    (Action::ApplicationRemove, "application.remove"),
    (Action::AccountAdd, "account.add"),
    (Action::AccountChange, "account.change"),
    (Action::AccountRemove, "account.remove"),
    (Action::SettingChange, "setting.change"),
    (Action::TenantChange, "tenant.change"),
    (Action::ServerStart, "server.start"),
    (Action::ServerStop, "server.stop"),
    (Action::AuditRead, "audit.read"),
    (Action::AuditExport, "audit.export"),
];

impl Action {
    /// All of them, in a fixed order.
    pub fn all() -> impl Iterator<Item = Action> {
        NAMES.iter().map(|(action, _)| *action)
    }

    /// Its name in entries.
    pub fn name(self) -> &'static str {
        NAMES[self as usize].1
    }

    /// The action of that name.
    pub fn named(name: &str) -> Option<Action> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(action, _)| *action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_the_enum_and_differ() {
        for (at, (action, name)) in NAMES.iter().enumerate() {
            assert_eq!(*action as usize, at, "{name}");
            assert_eq!(Action::named(name), Some(*action));
            assert!(!name.starts_with("trail."), "{name}: that is the trail's own");
        }
    }
}
