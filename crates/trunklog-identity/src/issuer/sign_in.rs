//! Signing in with an application's id and secret at each request, as clients do
//! that know HTTP Basic and no tokens.

use std::net::IpAddr;

use uuid::Uuid;

use super::{BasicCredentials, Issuer};
use crate::guid::guid;
use crate::{Application, Principal, PrincipalKind, SecretCheck};

impl Issuer {
    /// Who sent an application's id and secret, if these were right before and
    /// still are. Takes microseconds, so that pages do not wait for hashes.
    pub fn recall(&self, credentials: &BasicCredentials) -> Option<Principal> {
        let client_id = guid(credentials.client_id.trim())?;
        self.applications.recall(client_id, &credentials.client_secret).map(|of| principal(&of))
    }

    /// Who sent an application's id and secret. The tenant is the application's.
    ///
    /// Hashes a secret, so it belongs on a blocking thread, of which no more than
    /// [`checks_at_once`](crate::checks_at_once) run at a time.
    ///
    /// # Errors
    /// What is wrong with them, which is never [`SecretCheck::Valid`]. Clients are
    /// better told no more than that they are refused, and for how long.
    pub fn sign_in(
        &self,
        credentials: &BasicCredentials,
        address: Option<IpAddr>,
    ) -> Result<Principal, Box<SecretCheck>> {
        // What is no GUID, or unknown, costs a hash like all others.
        let client_id = guid(credentials.client_id.trim()).unwrap_or(Uuid::nil());
        let tenant = self.applications.find(client_id).map_or(Uuid::nil(), |of| of.tenant);
        match self.applications.verify(tenant, client_id, &credentials.client_secret, address) {
            SecretCheck::Valid(application) => Ok(principal(&application)),
            refused => Err(Box::new(refused)),
        }
    }
}

fn principal(application: &Application) -> Principal {
    Principal {
        tenant: application.tenant,
        app_id: application.client_id.to_string(),
        roles: application.roles.iter().map(|role| role.name().to_owned()).collect(),
        kind: PrincipalKind::Application,
    }
}

#[cfg(test)]
mod tests;
