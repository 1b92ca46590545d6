//! Who sent a request.

use uuid::Uuid;

use crate::Role;

/// Who sent a request, by a token that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The tenant whose calls the token is about.
    pub tenant: Uuid,
    /// The client: `appid` or `azp`.
    pub app_id: String,
    /// The roles in the token, whether known here or not.
    pub roles: Vec<String>,
    /// For whom the client acts.
    pub kind: PrincipalKind,
}

/// For whom a client acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrincipalKind {
    /// For itself.
    Application,
    /// For a person who signed in. Graph's reports refuse that (contract E8).
    Delegated,
}

impl Principal {
    /// Whether an application holds one of those roles. A delegated token holds
    /// none, whatever it lists: the roles in it are the person's.
    pub fn holds_any(&self, roles: &[Role]) -> bool {
        self.kind == PrincipalKind::Application
            && roles.iter().any(|role| self.roles.iter().any(|held| held == role.name()))
    }
}
