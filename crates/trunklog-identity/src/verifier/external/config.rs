//! What an operator says of an issuer outside.

use std::collections::BTreeMap;
use std::path::PathBuf;

use uuid::Uuid;

use crate::Cloud;
use crate::verifier::transport::Transport;

/// Entra's placeholder for a tenant in addresses.
pub(super) const TENANT_PLACEHOLDER: &str = "{tenantid}";

/// A token issuer outside whose tokens are to be accepted.
///
/// For Entra: register an API of your own with the application roles, let
/// clients ask for `api://<its id>/.default`, and name that as the audience.
#[derive(Debug, Clone)]
pub struct ExternalIssuer {
    /// The issuer's name, which starts its metadata's address:
    /// `https://login.microsoftonline.com/<tenant>/v2.0`. `{tenantid}` stands
    /// for any of `tenants`.
    pub issuer: String,
    /// The metadata's address, if it is not the usual one below `issuer`.
    pub metadata_url: Option<String>,
    /// Further names in `iss`. Both of Entra's, v1 and v2, are known without.
    pub accepted_issuers: Vec<String>,
    /// The cloud of Entra that is meant where `issuer` is the name of a v1
    /// issuer, which several clouds share.
    pub cloud: Cloud,
    /// The audiences tokens may be for; at least one.
    pub audiences: Vec<String>,
    /// The issuer's tenants that are welcome, each with the tenant here whose
    /// calls it may read, which may be the same; at least one.
    pub tenants: BTreeMap<Uuid, Uuid>,
    /// Whether to accept tokens made for Microsoft Graph, whose header holds a
    /// `nonce` that has to be hashed. Microsoft does not promise that form.
    pub graph_nonce: bool,
    /// Certificates, in PEM form, to trust beside the machine's.
    pub ca_file: Option<PathBuf>,
    /// How the issuer may be reached.
    pub transport: Transport,
}

impl ExternalIssuer {
    /// An issuer with that name, for those audiences and tenants, all else as
    /// usual.
    pub fn new(issuer: &str, audiences: Vec<String>, tenants: BTreeMap<Uuid, Uuid>) -> ExternalIssuer {
        ExternalIssuer {
            issuer: issuer.to_owned(),
            metadata_url: None,
            accepted_issuers: Vec::new(),
            cloud: Cloud::default(),
            audiences,
            tenants,
            graph_nonce: false,
            ca_file: None,
            transport: Transport::Https,
        }
    }
}
