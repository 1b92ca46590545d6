//! Types of Graph that are beside rows of logs and are none.

/// A type that no log has.
#[derive(Debug)]
pub(super) struct ForeignType {
    /// Its short name.
    pub(super) name: &'static str,
    /// The properties that tell its objects from all others.
    pub(super) properties: &'static [&'static str],
    /// Those that objects of any type may have, but no row of a log.
    pub(super) common: &'static [&'static str],
    /// Those that rows of a log have, too.
    pub(super) shared: &'static [&'static str],
}

impl ForeignType {
    /// All its properties, those that tell it first.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.properties, self.common, self.shared].into_iter().flatten().copied()
    }
}

/// What is fetched and saved along with the logs: what Graph has of calls and
/// meetings, notifications of them, and the users, events and messages with
/// which scripts join them. Of types that share properties, the first is named.
///
/// Source: the reference of Graph, learn.microsoft.com/graph/api/resources.
#[rustfmt::skip]
pub(super) static FOREIGN: [ForeignType; 9] = [
    ForeignType {
        name: "callRecord",
        properties: &[
            "modalities", "joinWebUrl", "organizer", "organizer_v2", "participants_v2",
        ],
        common: &["version", "type", "lastModifiedDateTime", "participants", "sessions"],
        shared: &[],
    },
    ForeignType {
        name: "session",
        properties: &["modalities", "failureInfo", "segments"],
        common: &["isTest", "caller", "callee"],
        shared: &[],
    },
    ForeignType {
        name: "segment",
        properties: &["failureInfo"],
        common: &["caller", "callee", "media"],
        shared: &[],
    },
    ForeignType {
        name: "participant",
        properties: &["removedState", "restrictedExperience"],
        common: &["identity"],
        shared: &[],
    },
    ForeignType {
        name: "onlineMeeting",
        properties: &[
            "allowedPresenters", "audioConferencing", "chatInfo", "creationDateTime", "joinInformation",
            "joinMeetingIdSettings", "joinWebUrl", "lobbyBypassSettings", "videoTeleconferenceId",
        ],
        common: &["participants", "subject"],
        shared: &[],
    },
    ForeignType {
        name: "event",
        properties: &[
            "attendees", "bodyPreview", "iCalUId", "isOnlineMeeting", "onlineMeeting", "organizer",
        ],
        common: &["body", "createdDateTime", "end", "lastModifiedDateTime", "location", "start", "subject"],
        shared: &[],
    },
    ForeignType {
        name: "message",
        properties: &[
            "bodyPreview", "conversationId", "receivedDateTime", "toRecipients",
        ],
        common: &["body", "createdDateTime", "from", "lastModifiedDateTime", "sender", "subject"],
        shared: &["sentDateTime"],
    },
    ForeignType {
        name: "user",
        properties: &[
            "accountEnabled", "assignedLicenses", "businessPhones", "givenName", "jobTitle", "mobilePhone",
            "officeLocation", "preferredLanguage", "surname",
        ],
        common: &["displayName", "mail"],
        shared: &["usageLocation"],
    },
    ForeignType {
        name: "changeNotification",
        properties: &[
            "changeType", "clientState", "lifecycleEvent", "resourceData", "subscriptionExpirationDateTime",
            "subscriptionId",
        ],
        common: &["resource", "tenantId"],
        shared: &[],
    },
];
