//! Types of Graph that lie beside rows of logs and are none.

/// A type that no log has.
#[derive(Debug)]
pub(super) struct Foreign {
    /// Its short name.
    pub(super) name: &'static str,
    /// The properties that tell its objects from rows; no log has one of them.
    pub(super) properties: &'static [&'static str],
}

/// What is fetched and saved along with the logs: what Graph has of calls and
/// meetings, notifications of them, and the users, events and messages with
/// which scripts join them. Of types that share properties, the first is named.
///
/// Source: the reference of Graph, learn.microsoft.com/graph/api/resources.
pub(super) static FOREIGN: [Foreign; 9] = [
    Foreign {
        name: "callRecord",
        properties: &[
            "version",
            "type",
            "modalities",
            "lastModifiedDateTime",
            "joinWebUrl",
            "organizer",
            "organizer_v2",
            "participants",
            "participants_v2",
            "sessions",
        ],
    },
    Foreign {
        name: "session",
        properties: &["modalities", "caller", "callee", "failureInfo", "isTest", "segments"],
    },
    Foreign { name: "segment", properties: &["caller", "callee", "failureInfo", "media"] },
    Foreign { name: "participant", properties: &["identity", "removedState", "restrictedExperience"] },
    Foreign {
        name: "onlineMeeting",
        properties: &[
            "allowedPresenters",
            "audioConferencing",
            "chatInfo",
            "creationDateTime",
            "joinInformation",
            "joinMeetingIdSettings",
            "joinWebUrl",
            "lobbyBypassSettings",
            "participants",
            "subject",
            "videoTeleconferenceId",
        ],
    },
    Foreign {
        name: "event",
        properties: &[
            "attendees",
            "body",
            "bodyPreview",
            "createdDateTime",
            "end",
            "iCalUId",
            "isOnlineMeeting",
            "lastModifiedDateTime",
            "location",
            "onlineMeeting",
            "organizer",
            "start",
            "subject",
        ],
    },
    Foreign {
        name: "message",
        properties: &[
            "body",
            "bodyPreview",
            "conversationId",
            "createdDateTime",
            "from",
            "lastModifiedDateTime",
            "receivedDateTime",
            "sender",
            "subject",
            "toRecipients",
        ],
    },
    Foreign {
        name: "user",
        properties: &[
            "accountEnabled",
            "assignedLicenses",
            "businessPhones",
            "displayName",
            "givenName",
            "jobTitle",
            "mail",
            "mobilePhone",
            "officeLocation",
            "preferredLanguage",
            "surname",
        ],
    },
    Foreign {
        name: "changeNotification",
        properties: &[
            "changeType",
            "clientState",
            "lifecycleEvent",
            "resource",
            "resourceData",
            "subscriptionExpirationDateTime",
            "subscriptionId",
            "tenantId",
        ],
    },
];
